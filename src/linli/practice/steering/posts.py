# SPDX-License-Identifier: MulanPSL-2.0
"""The posts of the offices that lead, and of the platform's administration, which sees no record of any area."""

from linli.core.words import words
from linli.elements.posts import Role, declare

declare(Role(
    "head", words("属地负责人", "Accountable head of the area"),
    frozenset({"matter.see", "matter.decide", "results.see", "journal.see", "alarm.take", "route.see", "export.make", "matter.supervise",
               "matter.decide_suspension", "round.see", "track.order",
               "record.see", "organisation.see", "thing.see", "responsibility.see",
               "claim.decide", "quality.see", "quality.open", "intake.bring",
               "template.see", "template.keep", "template.fill",
               "fund.see", "fund.allocate", "fund.spend", "proof.keep",
               "title.see", "title.review_street",
               "value.override", "evidence.add", "norm.see",
               "guard.judge"}),
    level=frozenset({"district", "street", "community"}), needs_organisation=True,
))
declare(Role(
    "district", words("区级管理人员", "District officer"),
    frozenset({"matter.see", "matter.merge", "results.see", "journal.see", "journal.erase", "alarm.take", "route.see", "route.edit", "route.publish",
               "export.make", "matter.oversee", "round.see", "boundary.redraw", "place.reorganise", "place.confirm_reorganisation", "duty.edit", "aid.see",
               "record.see",
               "organisation.see", "thing.see", "responsibility.see", "claim.decide", "retention.see",
               "quality.see", "quality.measure", "quality.draw", "intake.bring",
               "place.confirm_names",
               "template.see", "template.keep", "template.fill",
               "fund.see", "fund.allocate", "fund.spend", "proof.keep",
               "inspection.open",
               "survey.see", "survey.open", "survey.enter", "survey.decide",
               "title.see", "title.review_district",
               "title.lead",
               "value.override", "value.confirm_override", "evidence.add",
               "standard.see", "standard.try", "norm.see",
               "guard.judge"}),
    level=frozenset({"district"}),
))
declare(Role(
    "city", words("市级管理人员", "City officer"),
    frozenset({"matter.see", "results.see", "journal.see", "calendar.publish_year", "alarm.take", "export.make", "letter.watch", "route.see", "route.edit",
               "route.publish", "round.see", "aid.see", "claim.decide", "keys.see", "place.reorganise", "place.confirm_reorganisation", "retention.see", "quality.see",
               "place.confirm_names",
               "template.see",
               "fund.see",
               "inspection.open",
               "survey.see", "survey.decide",
               "title.see", "title.plan", "title.draw_patrols",
               "title.lead", "title.draw", "title.revoke", "title.list",
               "period.close", "period.confirm", "value.confirm_override", "run.see",
               "standard.see", "standard.draft", "standard.release", "standard.try",
               "norm.see", "norm.keep"}),
    level=frozenset({"city"}), see_personal=False,
))
declare(Role(
    "assessor", words("测评员", "Assessor"), frozenset({"inspection.assess", "evidence.add"}),
    level=frozenset({"city", "district"}), see_personal=False,
))
declare(Role(
    "exchange", words("交换接口", "Exchange with another system"),
    frozenset({"matter.report", "matter.report_for_others", "evidence.add"}), level=frozenset({"city", "district", "street", "community"}), see_personal=False,
))
declare(Role(
    "sysadmin", words("系统管理员", "System administrator"),
    frozenset({
        "account.see", "account.add", "account.change", "account.close", "account.reset_password", "post.give", "post.end", "token.make",
        "token.revoke", "place.load", "place.add", "place.rename", "place.end", "boundary.load", "organisation.load", "calendar.publish_year",
        "wording.publish", "foreign.import", "category.manage", "aid.see", "keys.see", "retention.see", "run.see",
    }),
    level=frozenset({"city", "district"}), see_personal=False, has_sight=False,
))
