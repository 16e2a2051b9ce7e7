# SPDX-License-Identifier: MulanPSL-2.0
"""What the public site adds to the navigation."""

from linli.core.words import words
from linli.ui.navigation import Entry, declare

declare(Entry("front", words("首页", "Home"), "website:front", "home", 10, face="public"))
declare(Entry("report", words("报问题", "Report"), "website:report", "plus", 20, face="public"))
declare(Entry("follow", words("查进度", "Follow"), "website:follow", "search", 30, face="public"))
declare(Entry("own", words("本人信息", "My data"), "website:own_enter", "people", 50, face="public"))
declare(Entry("places", words("我的社区", "My community"), "website:city", "map", 40, face="public"))
