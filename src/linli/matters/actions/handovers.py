# SPDX-License-Identifier: MulanPSL-2.0
"""One press: all open work of a post goes to another, and comes back while nothing of it has moved."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import F, Max, Q

from linli.core import clock
from linli.core.actions import Call, Done, action
from linli.core.faults import Conflict, Invalid, NotVisible
from linli.core.fields import Field
from linli.core.words import words
from linli.elements.assignments import end_on
from linli.elements.models import Absence, GridAssignment, Post
from linli.matters import handovers
from linli.matters.handovers import HANDS_OVER, Load
from linli.matters.models import Handover, HandoverItem, Matter, Move, Round

BATCH = 500
GIVES = "matter.assign"
"""The step under which a change of the worker stands in the history of a matter (matters/phases.py)."""
HANDED = words("随岗位移交", "With the handover of the post")

SAME = words("不能移交给同一个人。", "It cannot be handed over to the same person.")
NO_RECEIVER = words("接手的岗位不存在、已经结束，或不在您的范围内。", "The receiving post does not exist within your area, or has ended.")
NOTHING = words("这个岗位没有可以移交给对方的在办工作。", "This post has no open work that the other can take.")
NOTHING_REMEDY = words("请看移交预览里的说明，或换一个接手人。", "See the reasons in the preview, or choose another receiver.")
NOT_BACK = words("移交日期要从今天或以后开始。", "The day lies today or later.")
TAKEN_BACK = words("这次移交已经撤回。", "This handover has been taken back.")
MOVED = words("移交以后已有办理（{what}），不能整体撤回。", "Something has been done since ({what}); it cannot be taken back as a whole.")
MOVED_REMEDY = words("请对剩下的工作再做一次移交。", "Hand over what remains once more.")
GRID_MOVED = words("网格安排或巡查有变化", "a grid was changed or walked")
STAND_IN_MOVED = words("顶岗安排有变化", "a stand-in was changed")
MATTER_MOVED = words("有事项已继续办理", "a matter has moved on")


@action(HANDS_OVER, words("移交全部在办工作", "Hand over all open work"), ability=HANDS_OVER, subject="handover", fields=(
    Field("giver", words("移交人的岗位", "Post of the giver"), "integer", required=True, low=1),
    Field("receiver", words("接手人的岗位", "Post of the receiver"), "integer", required=True, low=1),
    Field("day", words("从哪天起", "From"), "day"), Field("reason", words("原因", "Reason"), "text", limit=200)))
def hand_over(call: Call) -> Done:
    """Grids, stand-ins, matters given to him and questions he asked go to the other post in one step; what cannot is kept with its reason."""
    giver = handovers.post_within(call.actor, call.given["giver"], present=False)
    if giver is None:
        raise NotVisible
    receiver = handovers.post_within(call.actor, call.given["receiver"], present=True)
    if receiver is None:
        raise Invalid({"receiver": NO_RECEIVER})
    if receiver.account_id == giver.account_id:
        raise Invalid({"receiver": SAME})
    day = call.given["day"] or clock.today()
    if day < clock.today():
        raise Invalid({"day": NOT_BACK})
    load = handovers.fitting(handovers.open_work(giver, day), receiver)
    if not load.size:
        raise Conflict(NOTHING, NOTHING_REMEDY, code="nothing_to_hand_over")
    made = Handover.objects.create(area=giver.place.area, from_post=giver.pk, to_post=receiver.pk, day=day, made_by=call.actor.account or 0,
                                   made_at=call.recorded_at, left=[one.as_dict() for one in load.left])
    items = _hand_all(call, made, load, receiver, day)
    HandoverItem.objects.bulk_create(items, batch_size=BATCH)
    counts = {"grids": len(load.grids), "stand_ins": len(load.stand_ins), "matters": len(load.matters), "questions": len(load.questions)}
    records = {kind: [one.record for one in items if one.kind == kind] for kind in ("grid", "stand_in", "matter", "question")}
    return Done(giver.place.area, made.pk, {"handover": made.pk, "left": len(load.left)} | counts, {"records": records}, is_new=True)


def _hand_all(call: Call, made: Handover, load: Load, receiver: Post, day: date) -> list[HandoverItem]:
    items = [_hand_grid(made, one, receiver, day) for one in load.grids]
    for away in load.stand_ins:
        items.append(_item(made, away.area, "stand_in", away.pk, {"stand_in": made.from_post}, {"stand_in": receiver.pk}))
    Absence.objects.filter(pk__in=[one.pk for one in load.stand_ins]).update(stand_in=receiver)
    for matter in load.matters:
        items.append(_item(made, matter.area, "matter", matter.pk, {"worker": matter.worker}, {"worker": receiver.account_id, "version": matter.version + 1}))
    _give(call, load.matters, receiver.account_id, receiver.account.name, made.pk)
    return items + [_item(made, one.area, "question", one.pk, {}, {}) for one in load.questions]


def _give(call: Call, matters: Sequence[Matter], worker: int, name: str, handover: int) -> None:
    """Each matter gets its line of history and its next version, in batches of one statement each."""
    for start in range(0, len(matters), BATCH):
        part = matters[start:start + BATCH]
        last = dict(Move.objects.filter(matter__in=[one.pk for one in part]).values_list("matter").annotate(last=Max("step")).order_by())
        Move.objects.bulk_create([
            Move(area=one.area, matter_id=one.pk, step=last.get(one.pk, 0) + 1, action=GIVES, from_phase=one.phase, to_phase=one.phase, round=one.round,
                 actor=call.actor.account, actor_name=call.actor.name, role=call.actor.role, unit=call.actor.organisation, occurred_at=call.recorded_at,
                 recorded_at=call.recorded_at, note=str(HANDED.zh), detail={"worker": worker, "worker_name": name, "handover": handover}) for one in part])
        Matter.objects.filter(pk__in=[one.pk for one in part]).update(worker=worker, version=F("version") + 1)


def _item(made: Handover, area: int, kind: str, record: int, before: dict[str, Any], after: dict[str, Any], new: int | None = None) -> HandoverItem:
    return HandoverItem(area=area, handover=made, kind=kind, record=record, made=new, before=before, after=after)


def _hand_grid(made: Handover, old: GridAssignment, receiver: Post, day: date) -> HandoverItem:
    """The old assignment ends that day, one of the receiver follows with the same end; a team that he is in already needs none."""
    until, since = old.valid_to, max(day, old.valid_from)
    absences = [[one.pk, one.valid_from.isoformat(), one.valid_to.isoformat()] for one in Absence.objects.filter(assignment=old, valid_to__gt=since)]
    before = {"valid_to": until.isoformat() if until else None, "absences": absences}
    end_on(old, since)
    member = GridAssignment.objects.filter(Q(valid_to=None) | Q(valid_to__gt=since), area=old.area, post=receiver, is_team=True).exists()
    new = None if member else GridAssignment.objects.create(area=old.area, place=old.place, post=receiver, valid_from=since, valid_to=until, is_team=old.is_team)
    return _item(made, old.area, "grid", old.pk, before, {"valid_to": since.isoformat(), "until": before["valid_to"]}, new.pk if new else None)


@action("post.take_back", words("撤回移交", "Take a handover back"), ability=HANDS_OVER, subject="handover", fields=(
    Field("handover", words("移交", "Handover"), "integer", required=True, low=1),))
def take_back(call: Call) -> Done:
    """Everything is as before, while nothing of it has moved; otherwise nothing is changed and the sentence says what moved."""
    found = Handover.objects.visible_to(call.actor).select_for_update().filter(pk=call.given["handover"]).first()
    if found is None:
        raise NotVisible
    if found.taken_back_at is not None:
        raise Conflict(TAKEN_BACK, MOVED_REMEDY, code="taken_back")
    items = list(HandoverItem.objects.filter(handover=found.pk).order_by("id"))
    by_kind = {kind: [one for one in items if one.kind == kind] for kind in ("grid", "stand_in", "matter")}
    for kind, is_moved, said in (("grid", _grids_moved, GRID_MOVED), ("stand_in", _stand_ins_moved, STAND_IN_MOVED), ("matter", _matters_moved, MATTER_MOVED)):
        if by_kind[kind] and is_moved(found, by_kind[kind]):
            raise Conflict(MOVED.format(what=said), MOVED_REMEDY, code="moved")
    for one in by_kind["grid"]:
        _give_back(one)
    Absence.objects.filter(pk__in=[one.record for one in by_kind["stand_in"]]).update(stand_in=found.from_post)
    _put_back(call, found, [one.record for one in by_kind["matter"]])
    found.taken_back_at = call.recorded_at
    found.save(update_fields=["taken_back_at"])
    return Done(found.area, found.pk, {"handover": found.pk, "back": len(items)})


def _put_back(call: Call, found: Handover, matters: Sequence[int]) -> None:
    giver = Post.objects.select_related("account").get(pk=found.from_post)
    _give(call, list(Matter.objects.filter(pk__in=matters).order_by("id")), giver.account_id, giver.account.name, found.pk)


def _grids_moved(found: Handover, items: list[HandoverItem]) -> bool:
    new = {one.pk: one for one in GridAssignment.objects.filter(pk__in=[item.made for item in items if item.made])}
    old = {one.pk: one for one in GridAssignment.objects.filter(pk__in=[item.record for item in items])}
    for item in items:
        if old[item.record].valid_to is None or old[item.record].valid_to.isoformat() != item.after["valid_to"]:
            return True
        until = new[item.made].valid_to if item.made else None
        if item.made and (until.isoformat() if until else None) != item.after["until"]:
            return True
    areas = [one.area for one in items]
    walked = Round.objects.filter(post=found.to_post, area__in=areas, began_recorded_at__gte=found.made_at)
    return walked.exists() or Absence.objects.filter(assignment__in=list(new)).exists()


def _stand_ins_moved(found: Handover, items: list[HandoverItem]) -> bool:
    return Absence.objects.filter(pk__in=[one.record for one in items], stand_in=found.to_post).count() != len(items)


def _matters_moved(found: Handover, items: list[HandoverItem]) -> bool:
    held = {pk: (worker, version) for pk, worker, version in Matter.objects.filter(pk__in=[one.record for one in items]).values_list("pk", "worker", "version")}
    return any(held.get(one.record) != (one.after["worker"], one.after["version"]) for one in items)


def _give_back(item: HandoverItem) -> None:
    """Empty the assignment that followed, then let the old one and its absences run as before."""
    if item.made:
        new = GridAssignment.objects.get(pk=item.made)
        end_on(new, new.valid_from)
    GridAssignment.objects.filter(pk=item.record).update(valid_to=item.before["valid_to"])
    for number, since, to in item.before["absences"]:
        Absence.objects.filter(pk=number).update(valid_from=since, valid_to=to)
