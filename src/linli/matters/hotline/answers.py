# SPDX-License-Identifier: MulanPSL-2.0
"""What goes back to the hotline: the orders that wait for an answer, and the rows of a table of answers in their columns."""

from collections.abc import Iterator

from linli.core import clock
from linli.core.sight import Actor
from linli.core.words import Words, words
from linli.elements import directories
from linli.matters import numbers
from linli.matters.kinds import kind_of
from linli.matters.models import HotlineAnswer, HotlineOrder, Matter, Move
from linli.matters.phases import PHASES

MOST = 200
"""Orders on the page of those not answered yet (our choice); the rest follows as they are answered."""
YES_NO = {True: words("是", "yes"), False: words("否", "no")}
UNKNOWN = words("未评价", "not rated")


def waiting(actor: Actor, source: str = "") -> list[HotlineOrder]:
    """Orders that the hotline waits for, soonest limit first; capped."""
    found = HotlineOrder.objects.visible_to(actor).filter(answered_at=None, returned_at=None)
    if source:
        found = found.filter(source=source)
    return list(found.select_related("matter__category").order_by("answer_due_at", "matter")[:MOST])


def rows_of(answer: HotlineAnswer) -> Iterator[list[str]]:
    """The rows of a table of answers, its headings first."""
    yield [heading for _, heading in answer.columns]
    orders = list(HotlineOrder.objects.filter(answer=answer.pk).select_related("matter").order_by("answer_due_at", "matter"))
    moves: dict[int, Move] = {}
    wanted = Move.objects.filter(matter__in=[one.pk for one in orders], action__in=("matter.reply", "matter.refuse"), from_phase__in=("handling", "captured"))
    for move in wanted.order_by("matter", "step"):
        moves[move.matter_id] = move
    units = directories.unit_names([one.matter.unit for one in orders])
    for one in orders:
        said = _said(one, moves.get(one.pk), units.get(one.matter.unit or 0, ""))
        yield [said[name] for name, _ in answer.columns]


def _said(order: HotlineOrder, move: Move | None, unit: str) -> dict[str, str]:
    matter: Matter = order.matter
    reason: Words | None = next((one.words for one in kind_of(matter.kind).refusals if move is not None and one.code == move.reason), None)
    reply = " ".join(part for part in (reason.zh if reason else "", str(move.detail.get("responsible", "")) if move else "", move.note if move else "") if part)
    return {
        "number": order.number, "result": PHASES[matter.phase].zh, "reply": reply,
        "ended_at": f"{clock.local(matter.closed_at):%Y-%m-%d %H:%M}" if matter.closed_at else "", "contacted": YES_NO[matter.first_reply_at is not None].zh,
        "satisfied": YES_NO[matter.rating <= 2].zh if matter.rating is not None else UNKNOWN.zh, "unit": unit, "our_number": numbers.number_of(matter.pk)}
