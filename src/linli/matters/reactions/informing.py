# SPDX-License-Identifier: MulanPSL-2.0
"""What reporters are told by itself after an action: one reaction an occasion, set-wise, never on the path of a report."""

from collections.abc import Mapping, Sequence

from linli.core.due import after_action
from linli.core.models import Due
from linli.matters import duties, occasions
from linli.matters.informing import Values, last_moves, tell
from linli.matters.kinds import kind_of
from linli.matters.models import CallBack, Matter, Question


def _causes(rows: Sequence[Due]) -> Mapping[int, int]:
    """Matter to the line of the journal that a letter answers to."""
    return {row.subject: row.line or 0 for row in rows}


@after_action("matter.tell_received")
def tell_received(rows: Sequence[Due]) -> None:
    """Left by a report whose reporter wants messages."""
    tell(occasions.RECEIVED, dict.fromkeys((row.subject for row in rows), 0), with_merged=False)


@after_action("matter.tell_accepted", "matter.file")
def tell_accepted(rows: Sequence[Due]) -> None:
    """The report was accepted."""
    tell(occasions.ACCEPTED, _causes(rows))


@after_action("matter.tell_refused", "matter.refuse")
def tell_refused(rows: Sequence[Due]) -> None:
    """Not accepted, with where to go instead."""
    causes = _causes(rows)
    moves, kinds = last_moves(causes, "matter.refuse"), dict(Matter.objects.filter(pk__in=causes).values_list("pk", "kind"))

    def remedy(matter: int) -> Values:
        if matter not in moves:
            return {"remedy": ""}
        reasons = {one.code: one.remedy for one in kind_of(kinds[matter]).refusals}
        instead = duties.told(moves[matter].detail)
        return {"remedy": instead if instead is not None else reasons.get(moves[matter].reason, "")}

    tell(occasions.REFUSED, causes, remedy)


@after_action("matter.tell_merged", "matter.merge")
def tell_merged(rows: Sequence[Due]) -> None:
    """Dealt with together with another report of the same; those who followed it before know already."""
    tell(occasions.MERGED, _causes(rows), with_merged=False)


@after_action("matter.tell_parted", "matter.unmerge")
def tell_parted(rows: Sequence[Due]) -> None:
    """By itself again."""
    tell(occasions.PARTED, _causes(rows))


@after_action("matter.tell_asked")
def tell_asked(rows: Sequence[Due]) -> None:
    """Left by a question: its subject is the question."""
    for one in Question.objects.filter(pk__in=[row.subject for row in rows], answered_at=None).order_by("id"):
        text = one.text
        tell(occasions.ASKED, {one.matter_id: one.pk}, lambda _matter, text=text: {"question": text}, with_merged=False)  # type: ignore[misc]


@after_action("matter.tell_answered", "matter.reply", "matter.gather")
def tell_answered(rows: Sequence[Due]) -> None:
    """The unit has answered, or the parts of a split matter have given their answers together."""
    moves = last_moves(_causes(rows), "matter.reply", "matter.gather")
    causes = {matter: cause for matter, cause in _causes(rows).items() if matter in moves and moves[matter].detail.get("passed") is not False}
    tell(occasions.ANSWERED, causes, lambda matter: {"answer": moves[matter].note if matter in moves else ""})


@after_action("matter.tell_closed", "matter.close")
def tell_closed(rows: Sequence[Due]) -> None:
    """Closed, with the invitation to rate."""
    tell(occasions.CLOSED, _causes(rows))


@after_action("matter.tell_reopened", "matter.object")
def tell_reopened(rows: Sequence[Due]) -> None:
    """The reporter's wish was heard."""
    tell(occasions.REOPENED, _causes(rows))


@after_action("matter.tell_called_back", "matter.call_back")
def tell_called_back(rows: Sequence[Due]) -> None:
    """After a call-back: done again, or not reached for the last time."""
    causes = _causes(rows)
    again = {matter for matter, move in last_moves(causes, "matter.call_back").items() if move.to_phase == "handling"}
    unreached = set(CallBack.objects.filter(matter__in=causes, outcome="unreachable").values_list("matter", flat=True)) - again
    tell(occasions.REOPENED, {matter: cause for matter, cause in causes.items() if matter in again})
    tell(occasions.CALL_BACK, {matter: cause for matter, cause in causes.items() if matter in unreached}, with_merged=False)
