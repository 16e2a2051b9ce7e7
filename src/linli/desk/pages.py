# SPDX-License-Identifier: MulanPSL-2.0
"""What the desk puts into its navigation, by what a post may do."""

from linli.core.words import words
from linli.ui.navigation import Entry, declare

declare(Entry("today", words("今天", "Today"), "desk:today", "today", 10, "matter.see"))
declare(Entry("inbox", words("事项", "Matters"), "desk:inbox", "inbox", 20, "matter.see", also="/desk/matter/"))
declare(Entry("alarms", words("告警", "Alarms"), "desk:alarms", "warn", 25, "alarm.take"))
declare(Entry("grids", words("网格", "Grids"), "desk:grids", "map", 24, ("round.see", "grid.assign"), also="/desk/handover/"))
declare(Entry("rounds", words("巡查", "Rounds"), "desk:rounds", "check", 26, ("round.walk", "round.see"), also="/desk/workload/"))
declare(Entry("report", words("上报", "Report"), "desk:report", "plus", 30, "matter.report"))
declare(Entry("chat", words("群聊登记", "From a chat"), "desk:chat", "people", 31, "matter.take_chat"))
declare(Entry("call_backs", words("回访", "Call-backs"), "desk:call_backs", "phone", 35, "matter.call_back"))
declare(Entry("hotline", words("12345 工单", "Hotline"), "desk:hotline", "phone", 36, "hotline.import"))
declare(Entry("duties", words("职责清单", "Duties"), "desk:duties", "journal", 38, ("matter.refuse", "matter.return", "duty.edit")))
declare(Entry("routes", words("派遣规则", "Routing"), "desk:routes", "arrow", 37, "route.see"))
declare(Entry("categories", words("类别", "Categories"), "desk:categories", "search", 38, "aid.see"))
declare(Entry("results", words("结果", "Results"), "desk:results", "results", 40, "results.see"))
declare(Entry("map", words("地图", "Map"), "desk:map", "pin", 43, "matter.see"))
declare(Entry("statistics", words("统计", "Statistics"), "desk:statistics", "results", 45, "results.see"))
declare(Entry("exports", words("导出", "Exports"), "desk:exports", "download", 48, "export.make"))
declare(Entry("journal", words("流水", "Journal"), "desk:journal", "journal", 50, "journal.see"))
declare(Entry("accounts", words("账号", "Accounts"), "desk:accounts", "people", 60, "account.see"))
declare(Entry("places", words("地方", "Places"), "desk:places", "map", 70, ("place.load", "place.add")))
declare(Entry("wordings", words("用语", "Wording"), "desk:wordings", "edit", 75, "wording.publish"))
declare(Entry("calendar", words("日历", "Calendar"), "desk:calendar", "clock", 80, "calendar.publish_year"))
