# SPDX-License-Identifier: MulanPSL-2.0
"""再巡查: the guarded machine of one re-inspection. Which state a step asks for, who may take it, and how it is written down."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from linli.core import clock
from linli.core.actions import Call
from linli.core.faults import Conflict, NotAble, NotVisible
from linli.core.fields import Field
from linli.core.sight import Actor, SightQuerySet
from linli.core.words import words
from linli.titles.kinds import CALENDAR, TitleKind, kind_named
from linli.titles.models import Reinspection, ReinspectionSide, ReinspectionStep

SEES, LEADS, DRAWS, RECTIFIES, REVOKES, LISTS = "title.see", "title.lead", "title.draw", "title.rectify", "title.revoke", "title.list"
"""See the register; lead a re-inspection; draw the round; answer for the community; decide a revocation and an appeal; bring history into the register."""
UNANNOUNCED = ("drawn", "inspecting")
"""States of which the community knows nothing yet: only who leads sees them."""
STATES: Mapping[str, tuple[Any, str]] = {
    "drawn": (words("已抽中，待再巡查", "Drawn, to be inspected"), "accent"), "inspecting": (words("正在暗访", "Unannounced visit under way"), "accent"),
    "rectifying": (words("已通报，整改中", "Circulated, being rectified"), "warn"), "recheck": (words("复查中", "Being re-checked"), "accent"),
    "proposed": (words("拟撤销，听取陈述", "Revocation proposed, committee heard"), "bad"), "revoked": (words("已撤销，可以申诉", "Revoked, may be appealed"), "bad"),
    "appealed": (words("申诉审理中", "Appeal under way"), "warn"), "kept": (words("保留称号", "Title kept"), "good"),
    "restored": (words("申诉成立，恢复称号", "Appeal upheld, title restored"), "good"), "final": (words("申诉不成立，维持撤销", "Appeal dismissed, revocation stands"), "bad"),
}
SIDES: Mapping[str, Any] = {
    "lead": words("组织再巡查的一方", "who leads the re-inspection"), "community": words("整改的社区", "the community that rectifies"),
    "assess": words("再巡查的测评员", "assessor of the re-inspection"), "recheck": words("复查的测评员", "assessor of the re-check"),
    "decide": words("决定撤销的人", "who decides the revocation"), "judge": words("审理申诉的人", "who judges the appeal"),
}
WRONG_STATE = words("现在的状态是“{state}”，不能办理这一步。", "It stands at “{state}”; this step cannot be taken.")
WRONG_STATE_REMEDY = words("请刷新页面查看现在可以办理的步骤。", "Reload the page to see which steps can be taken now.")
OTHER_SIDE = words("您在这次再巡查里已经是“{side}”，不能再办理这一步。", "In this re-inspection you already are {side}; you cannot take this step.")
OTHER_SIDE_REMEDY = words("请由另一位没有参与过的人办理。", "Somebody who took no part in it has to do this.")
CASE = Field("reinspection", words("再巡查", "Re-inspection"), "integer", required=True, low=1)
VERSION = Field("version", words("版本", "Version"), "integer", low=1)


def seen_by(actor: Actor) -> SightQuerySet:
    """The re-inspections within somebody's range; those that are unannounced only for who leads or decides."""
    found: SightQuerySet = Reinspection.objects.visible_to(actor)
    return found if actor.may(LEADS) or actor.may(REVOKES) else found.exclude(state__in=UNANNOUNCED)


def find_case(actor: Actor, given: Mapping[str, Any]) -> Reinspection:
    """The re-inspection of a number as far as somebody sees it. NotVisible otherwise, and for what is still unannounced to him."""
    text = str(given.get("reinspection", ""))
    found = seen_by(actor).filter(pk=int(text)).select_related("title", "title__batch", "round").first() if text.isdecimal() and len(text) < 19 else None
    if not isinstance(found, Reinspection):
        raise NotVisible
    return found


def finds(ability: str) -> Callable[[Actor, Mapping[str, Any]], Reinspection]:
    """Finds it for an action: 403 before looking when the post sees something but is not able, so that nobody learns who was drawn."""

    def find(actor: Actor, given: Mapping[str, Any]) -> Reinspection:
        if not actor.may(ability) and actor.hi > actor.lo:
            raise NotAble
        return find_case(actor, given)

    return find


def locked(call: Call, *states: str) -> Reinspection:
    """The re-inspection of the running action, locked, in one of these states. Conflict when it has moved on."""
    held: Reinspection = Reinspection.objects.select_for_update(of=("self",)).select_related("title", "title__batch").get(pk=call.record.pk)
    if held.state not in states:
        raise Conflict(WRONG_STATE.format(state=STATES[held.state][0]), WRONG_STATE_REMEDY, code="title_state")
    return held


def stand(held: Reinspection, side: str, accounts: Iterable[int | None]) -> None:
    """Put accounts on a side of a re-inspection, for good. NotAble names the side on which one of them stands already."""
    wanted = {one for one in accounts if one is not None}
    there = dict(ReinspectionSide.objects.filter(case=held, account__in=wanted).values_list("account", "side"))
    for other in there.values():
        if other != side:
            raise NotAble(OTHER_SIDE.format(side=SIDES[other]), OTHER_SIDE_REMEDY, "other_side")
    ReinspectionSide.objects.bulk_create([ReinspectionSide(area=held.area, case=held, account=one, side=side) for one in sorted(wanted - set(there))])


def step(call: Call, held: Reinspection, side: str, name: str, *, text: str = "", document_no: str = "", day: date | None = None) -> ReinspectionStep:
    """Write one step down, by the acting account on that side. NotAble when he stands on another."""
    stand(held, side, [call.actor.account])
    return ReinspectionStep.objects.create(area=held.area, case=held, step=name, side=side, account=call.actor.account, text=text or "",
                                           document_no=document_no or "", day=day, at=call.recorded_at)


def move(call: Call, held: Reinspection, state: str, due_on: date | None = None) -> None:
    """Bring it to a state with the last day of what comes next, and keep the row with all that the step changed."""
    held.state, held.due_on, held.version = state, due_on, held.version + 1
    held.closed_at = call.recorded_at if state in ("kept", "restored", "final") else None
    held.save()


def touch(held: Reinspection) -> None:
    """Keep the row in the same state under a new version."""
    held.version += 1
    held.save()


def last_day(kind: TitleKind, limit: str, start: date) -> date:
    """The last day of a limit that begins after `start`, by the limit that is valid on that day. ValueError for a limit that is not in calendar days."""
    found = kind.limit(limit, start)
    if found.unit != CALENDAR:
        raise ValueError(f"The limit {limit!r} counts in {found.unit}, not in days of the calendar.")
    return start + timedelta(days=found.number)


def kind_of(held: Reinspection) -> TitleKind:
    """The kind of title that it is about."""
    return kind_named(held.kind)


def is_past(held: Reinspection, day: date | None = None) -> bool:
    """Whether the last day of the step has gone by."""
    return held.due_on is not None and held.due_on < (day or clock.today())


def possible(actor: Actor, held: Reinspection) -> tuple[str, ...]:
    """Names of the actions that the state and the post allow; sides and outcomes are looked at when one is taken."""
    found = [name for name, (states, ability) in ALLOWED.items() if held.state in states and actor.may(ability)]
    if held.extension or is_past(held):
        found = [one for one in found if one != "title.ask_extension"]
    if held.extension != "asked":
        found = [one for one in found if one != "title.decide_extension"]
    return tuple(found)


ALLOWED: Mapping[str, tuple[tuple[str, ...], str]] = {
    "title.begin_reinspection": (("drawn",), LEADS),
    "title.circulate": (("inspecting",), LEADS),
    "title.keep": (("inspecting", "recheck"), LEADS),
    "title.remedy": (("rectifying",), RECTIFIES),
    "title.ask_extension": (("rectifying",), RECTIFIES),
    "title.decide_extension": (("rectifying",), LEADS),
    "title.begin_recheck": (("rectifying",), LEADS),
    "title.judge_item": (("recheck",), LEADS),
    "title.propose_revocation": (("rectifying", "recheck"), LEADS),
    "title.be_heard": (("proposed",), RECTIFIES),
    "title.revoke": (("proposed",), REVOKES),
    "title.dismiss_revocation": (("proposed",), REVOKES),
    "title.appeal": (("revoked",), RECTIFIES),
    "title.decide_appeal": (("appealed",), REVOKES),
}
"""Action to the states in which it may be taken and the ability it asks for: the whole machine in one table."""
