# SPDX-License-Identifier: MulanPSL-2.0
"""Matters that are the same: merging them, undoing it, remembering that two are not the same, and joining while reporting."""

from collections.abc import Mapping
from typing import Any

from linli.core import evidence, rows
from linli.core.actions import Call, Done, action
from linli.core.faults import Conflict, Invalid, NotVisible
from linli.core.fields import Field
from linli.core.sight import AREA_END, Actor, Sight, of_place
from linli.core.words import words
from linli.elements import maps, places
from linli.matters import alike, deadlines, moving, numbers, records, standing
from linli.matters.actions import reporting
from linli.matters.actions.loop import NOTE, NUMBER, VERSION, first_reply, reasons_of
from linli.matters.kinds import FIRST_REPLY, WHOLE, kind_of
from linli.matters.models import Joining, Likeness, Matter, Move, Rating
from linli.matters.moving import Step, by_number, check, make, rule_for
from linli.matters.phases import OPEN
from linli.matters.routing import proposing

INTO = Field("into", words("并入哪一件（编号）", "Into which one (number)"), "text", required=True, limit=24,
             help=words("一般并入先上报的那一件。", "Usually into the one that was reported first."))
OTHER = Field("other", words("另一件的编号", "Number of the other one"), "text", required=True, limit=24)
UNKNOWN = words("没有编号为“{number}”的事，或不在您的范围内。", "There is no matter numbered “{number}” within your area.")
ITSELF = words("不能把一件事并入它自己，或并入已经并到它里面的事。", "A matter cannot be merged into itself, or into one that was merged into it.")
ITSELF_REMEDY = words("请另选一件。", "Choose another one.")
HAS_ENDED = words("{number} 已经办结，不能再并入。", "{number} has ended; nothing can be merged into it.")
HAS_ENDED_REMEDY = words("问题又出现的，请单独办理。", "If the problem has come back, deal with it by itself.")
NOT_PUBLIC = words("{number} 的类别不公开，公开上报的事不能并入，否则上报人会看到不该看的内容。",
                   "The category of {number} is not public; a public report cannot be merged into it, or its reporter would see what is not for him.")
NOT_PUBLIC_REMEDY = words("请反过来并入公开的那一件，或分别办理。", "Merge the other way round, or deal with each by itself.")
SAY_WHY = words("请写明为什么撤销并案，上报人会看到。", "Say why the merging is undone; the reporter reads it.")
RATED = words("上报人已经对合并后的办理结果作了评价，不能再撤销并案。", "The reporter has rated the joint result; the merging cannot be undone any more.")
RATED_REMEDY = words("如确有遗漏的问题，请另行登记一件。", "If a problem was left out, record it as a new matter.")
SAME_PAIR = words("请选另一件事。", "Choose another matter.")
SAID_THE_SAME = words("上报人说明：与附近正在办理的一件是同一问题。", "The reporter says: the same problem as one already being dealt with near by.")


def leading_within(call: Call, number: str, field: str) -> Matter:
    """The matter that a number leads to in the end, inside the actor's range. Invalid with a sentence when there is none."""
    found = numbers.matter_of(number)
    seen = records.matter_within(found, call.actor.lo, call.actor.hi) if found else None
    lead = records.matter_within(moving.leading(seen.pk), call.actor.lo, call.actor.hi) if seen and seen.merged_into else seen
    if lead is None:
        raise Invalid({field: UNKNOWN.format(number=number[:24])})
    return lead


@action("matter.merge", words("并案", "Merge into another"), ability="matter.merge", subject="matter", finds=by_number, fields=(
    NUMBER, VERSION, INTO, Field("reason", words("并案的原因", "Reason"), "choice", required=True, choices=reasons_of("matter.merge")), NOTE))
def merge_matter(call: Call) -> Done:
    """The dispatcher merges a matter into another that is the same; its reporter follows that one from now on. Its limits stop."""
    matter: Matter = call.record
    lead = leading_within(call, call.given["into"], "into")
    kind = kind_of(matter.kind)
    rule = rule_for(kind, matter, "matter.merge")
    check(kind, rule, call)
    if lead.pk == matter.pk:
        raise Conflict(ITSELF, ITSELF_REMEDY, code="into_itself")
    records.hold(matter.pk, lead.pk)
    lead = leading_within(call, numbers.number_of(lead.pk), "into")
    _refuse_as_lead(lead, matter)
    stood = standing.taken_down(matter)
    changes = standing.stop(matter, call.recorded_at) | {"merged_into": lead.pk, "closed_at": call.recorded_at, **first_reply(call)}
    if matter.phase == "filed":
        proposing.settle(matter)
    done = make(call, Step(rule, changes, call.given.get("note") or "", call.given["reason"], is_public=True, turns_clocks=False,
                           detail={"into": numbers.number_of(lead.pk)}))
    rows.put(Joining(area=matter.area, matter_id=matter.pk, sort="merge", into=lead.pk, stood=stood, reason=call.given["reason"],
                     by=call.actor.account, at=call.recorded_at))
    rows.also("select lead_followers(%s, %s)", [matter.pk, lead.pk])
    return Done(done.area, done.subject, {**done.answer, "merged_into": numbers.number_of(lead.pk)}, {**done.payload, "into": lead.pk})


def _refuse_as_lead(lead: Matter, matter: Matter) -> None:
    """Conflict when nothing, or not this one, may be merged into that matter."""
    number = numbers.number_of(lead.pk)
    if lead.pk == matter.pk:
        raise Conflict(ITSELF, ITSELF_REMEDY, code="into_itself")
    if lead.phase not in OPEN:
        raise Conflict(HAS_ENDED.format(number=number), HAS_ENDED_REMEDY, code="lead_ended")
    if matter.category.is_public and not lead.category.is_public:
        raise Conflict(NOT_PUBLIC.format(number=number), NOT_PUBLIC_REMEDY, code="lead_not_public")


@action("matter.unmerge", words("撤销并案", "Undo the merging"), ability="matter.merge", subject="matter", finds=by_number, fields=(
    NUMBER, VERSION, Field("note", words("撤销的理由", "Why it is undone"), "long_text", required=True, limit=2000, help=SAY_WHY)))
def unmerge_matter(call: Call) -> Done:
    """The matter stands by itself again exactly as it stood: phase, unit, and every limit with the working time that was left."""
    matter: Matter = call.record
    kind = kind_of(matter.kind)
    joining = Joining.objects.filter(matter=matter.pk, sort="merge", undone_at=None).first()
    rule = rule_for(kind, matter, "matter.unmerge", joining.stood["phase"] if joining else None)
    check(kind, rule, call)
    if joining is None or Rating.objects.filter(matter=matter.pk, leading__isnull=False, at__gte=joining.at).exists():
        raise Conflict(RATED, RATED_REMEDY, code="already_rated")
    changes = standing.put_back(matter, joining.stood, joining.at, call.recorded_at) | {"merged_into": None}
    done = make(call, Step(rule, changes, call.given["note"], is_public=True, turns_clocks=False, detail={"is_paused": changes["is_paused"]}))
    Joining.objects.filter(pk=joining.pk).update(undone_at=call.recorded_at, undone_by=call.actor.account)
    rows.also("select lead_followers(%s, %s)", [matter.pk, matter.pk])
    return Done(done.area, done.subject, {**done.answer, "merged_into": None}, {**done.payload, "was_in": joining.into})


@action("matter.not_duplicate", words("不是同一件", "Not the same"), ability="matter.merge", subject="matter", finds=by_number, fields=(NUMBER, OTHER))
def keep_apart(call: Call) -> Done:
    """Somebody looked and says that two matters are not the same: they are not proposed to each other again."""
    matter: Matter = call.record
    other = numbers.matter_of(call.given["other"])
    found = records.matter_within(other, call.actor.lo, call.actor.hi) if other else None
    if found is None:
        raise Invalid({"other": UNKNOWN.format(number=call.given["other"][:24])})
    if found.pk == matter.pk:
        raise Invalid({"other": SAME_PAIR})
    one, two = sorted((matter, found), key=lambda row: row.pk)
    pair = alike.likeness(alike.facts_of(one), alike.facts_of(two))
    Likeness.objects.bulk_create([alike.row_of(pair, two.area, call.recorded_at)], ignore_conflicts=True)
    Likeness.objects.filter(one=one.pk, two=two.pk).update(denied_at=call.recorded_at, denied_by=call.actor.account)
    answer = {"number": numbers.number_of(matter.pk), "other": numbers.number_of(found.pk), "version": matter.version}
    return Done(area=matter.area, subject=matter.pk, answer=answer, payload={"other": found.pk})


SAME_AS = Field("same_as", words("与哪一件相同（附近在办的编号）", "The same as which one (number from what is near by)"), "text", required=True, limit=24)
KEPT_FIELDS = frozenset({"address", "position", "evidence", "contact_name", "contact_phone", "contact_email", "wants_letters"})
JOIN_FIELDS = (
    SAME_AS,
    Field("summary", words("补充说明", "Anything to add"), "long_text", limit=2000,
          help=words("可以不填。只有办理人员和您自己能看到。", "May be left out. Only those who deal with it and you yourself see it.")),
    *(one for one in reporting.COMMON if one.name in KEPT_FIELDS),
)


def _place_of_lead(_actor: Actor, given: Mapping[str, Any]) -> Sight:
    """The community of the matter that is named. NotVisible when there is none."""
    found = numbers.matter_of(str(given.get("same_as", "")))
    area = moving.area_of(found) if found else None
    community = places.community_of(area) if area is not None else None
    if community is None:
        raise NotVisible
    return of_place(community.lo, community.hi)


def joinable(_actor: Actor, given: Mapping[str, Any]) -> Matter:
    """The open public matter that a reporter says is the same. NotVisible for any other: it reads as though there were none."""
    found = numbers.matter_of(str(given.get("same_as", "")))
    lead = records.matter_within(found, 0, AREA_END) if found else None
    if lead is None or not alike.is_public(lead):
        raise NotVisible
    return lead


@action("matter.join", words("就是这一件，一起跟进", "It is the same; follow it too"), ability=None, subject="matter", fields=JOIN_FIELDS,
        sight="place_named_in_input", opens=_place_of_lead, finds=joinable,
        completes=lambda answer: answer | {"query_code": numbers.query_code(numbers.matter_of(answer["number"]) or 0)})
def join_matter(call: Call) -> Done:
    """A reporter says that his problem is one already being dealt with near by: he gets a number and a query code of his own and follows it."""
    records.hold(call.record.pk)
    lead = joinable(call.actor, call.given)
    kind, position = kind_of(lead.kind), call.given.get("position")
    if position is not None and not maps.in_city(*position):
        raise Invalid({"position": reporting.OUTSIDE})
    given = dict(call.given) | {"summary": call.given.get("summary") or SAID_THE_SAME.zh, "position": position or _point_of(lead)}
    matter = reporting.opened(Call(call.actor, given, call.occurred_at, call.recorded_at), kind, lead.category, lead.area)
    dues = deadlines.first_dues(kind, call.recorded_at, matter.is_contactable, lead.category.code)
    matter.due_at, matter.close_due_at = dues["captured"][1].at, dues[WHOLE][1].at
    matter.first_reply_due_at = dues[FIRST_REPLY][1].at if FIRST_REPLY in dues else None
    matter.is_provisional = any(due.provisional for _, due in dues.values())
    stood = standing.of_step(matter, "captured") | {"limits": list(dues)}
    matter.phase, matter.version, matter.merged_into, matter.due_at = "merged", 2, lead.pk, None
    matter.closed_at = call.recorded_at
    rows.put_first(matter)
    deadlines.open_limits(kind, matter, call.recorded_at, dues)
    standing.stop(matter, call.recorded_at)
    _append_both(call, matter, lead)
    rows.put(Joining(area=matter.area, matter_id=matter.pk, sort="merge", into=lead.pk, is_by_reporter=True, stood=stood, by=call.actor.account,
                     at=call.recorded_at))
    reporting.keep_contact(matter, call.given)
    evidence.attach(call.given.get("evidence"), area=matter.area, subject_kind="matter", subject=matter.pk, actor=call.actor, claim=call.device,
                    vouched=call.vouched)
    answer = {"number": numbers.number_of(matter.pk), "phase": "merged", "version": 2, "merged_into": numbers.number_of(lead.pk)}
    return Done(area=matter.area, subject=matter.pk, is_new=True, payload={"area": matter.area, "into": lead.pk}, answer=answer)


def _point_of(lead: Matter) -> tuple[int, int] | None:
    return (lead.lon_e6, lead.lat_e6) if lead.lon_e6 is not None and lead.lat_e6 is not None else None


def _append_both(call: Call, matter: Matter, lead: Matter) -> None:
    """The two steps of a report that is merged with its first breath."""
    common: dict[str, Any] = {
        "area": matter.area, "matter_id": matter.pk, "round": 1, "actor": call.actor.account, "actor_name": call.actor.name, "role": call.actor.role,
        "unit": call.actor.organisation, "occurred_at": call.occurred_at, "recorded_at": call.recorded_at, "is_public": True}
    rows.put(
        Move(**common, step=1, action="matter.report", from_phase="", to_phase="captured", note=matter.summary),
        Move(**common, step=2, action="matter.join", from_phase="captured", to_phase="merged", detail={"into": numbers.number_of(lead.pk)}))

