# SPDX-License-Identifier: MulanPSL-2.0
"""Guards of the chapters (policy.md 3.3, proposed): late entry, entry in heaps, reported and closed by one hand; they flag and score nobody."""

from django.db.models import Q

from linli.core.words import words
from linli.measures.guarding.declaring import Entries, Guard, GuardLimit, declare_entries, declare_guard, journalled
from linli.measures.predicates import NUMBER, YES_NO

PROPOSED = "policy.md 3.3, gaming guards [P]"
DAY_SECONDS = 86_400
MINUTE = 60

declare_entries(Entries(
    "visits", words("走访记录", "Visits"), ("households",), """
select v.id, v.household_id as record, v.area / 1000 as community, p.account_id as account, v.happened_at, v.recorded_at,
       cast(floor(extract(epoch from v.recorded_at - v.happened_at)) as bigint) as delay
  from elements_visit v left join elements_post p on p.id = v.post_id
 where v.household_id is not null and v.outcome = 'met'""", "household", {}))
declare_entries(Entries(
    "matters", words("上报的事项", "Matters reported"), ("matters", "six_problem_cases"), """
select m.id, m.id as record, m.community, m.reporter as account, m.reported_at as happened_at, m.reported_at as recorded_at, 0 as delay,
       cast(floor(extract(epoch from m.closed_at - m.reported_at)) as bigint) as seconds_open,
       exists (select 1 from matters_move v where v.matter_id = m.id and v.action = 'matter.close' and v.actor = m.reporter) as is_own
  from matters_matter m
 where m.parent is null and m.source not in ('history', 'withdrawn') and m.phase <> 'self_handled'""", "matter",
    {"seconds_open": NUMBER, "is_own": YES_NO}))
declare_entries(journalled("confirmations", words("核实住户信息", "Households confirmed"), ("data_quality",), "household", ("household.confirm",)))

declare_guard(Guard(
    "late_entry", words("补录晚于 {limit} 天", "entered more than {limit} days late"),
    words("发生后很久才录入的记录，难以核对当时的情况。", "What is entered long after it happened can hardly be checked."),
    ("visits",), (GuardLimit(30, PROPOSED),), condition=lambda days: Q(delay__gt=days * DAY_SECONDS)))
declare_guard(Guard(
    "mass_entry", words("为一分钟内集中录入（同一账号超过 {limit} 条）", "entered in heaps (over {limit} by one account within a minute)"),
    words("一分钟里录入很多条，可能是事后成批补的，也可能是集中整理。", "Many entries within a minute may be made up afterwards, or be paper work caught up with."),
    ("visits", "matters", "confirmations"), (GuardLimit(5, PROPOSED),), seconds=MINUTE))
declare_guard(Guard(
    "own_closing", words("由上报人自己在 {limit} 分钟内结案", "closed by whoever reported them within {limit} minute"),
    words("同一人上报又立即结案的，没有别人看过。随手办另有抽查，不在此列。", "Reported and closed at once by one hand, nobody else has looked. Jobs settled on the spot are checked by sample and not meant here."),
    ("matters",), (GuardLimit(1, PROPOSED),), condition=lambda minutes: Q(is_own=True, seconds_open__lte=minutes * MINUTE)))
