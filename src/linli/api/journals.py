# SPDX-License-Identifier: MulanPSL-2.0
"""The journal as machines read it: lines within the range, newest first, with the open part of what was given."""

from typing import Annotated, Any

from annotated_types import Ge, Lt
from django.http import HttpRequest
from ninja import Router

from linli.api.callers import WITH_TOKEN, able
from linli.api.lookups import Area, Short, Upto100, place_inside
from linli.api.shapes import LineOut, LinePage
from linli.core.faults import Invalid
from linli.core.models import JournalLine, JournalPayload
from linli.core.sight import looking, of_post
from linli.core.words import words
from linli.matters.inbox import BAD_CURSOR

router = Router(tags=["journal"])

KIND_TOO = words("按编号查找时，请同时给出 subject_kind。", "Give subject_kind too when you ask for a subject.")


@router.get("/journal", auth=WITH_TOKEN, response=LinePage, summary="流水 Journal")
def list_lines(request: HttpRequest, action: Short = "", subject_kind: Short = "", subject: Annotated[int, Ge(0), Lt(2**63)] | None = None,
               area: Area = None, cursor: Short = "", limit: Upto100 = 50) -> Any:
    """Lines within the range of the post, newest first. What is of protection class 2 and up is never in it."""
    actor = able(request, "journal.see")
    if cursor and not (cursor.isdecimal() and len(cursor) < 19):
        raise Invalid({"cursor": BAD_CURSOR})
    if subject is not None and not subject_kind:
        raise Invalid({"subject_kind": KIND_TOO})
    inside = place_inside(actor, area) if area is not None else None
    asked = {"action": action, "subject_kind": subject_kind, "subject": subject, "id__lt": int(cursor) if cursor else None}
    with looking(of_post(actor), read_only=True):
        found = JournalLine.objects.visible_to(actor).filter(**{name: value for name, value in asked.items() if value not in ("", None)})
        if inside is not None:
            found = found.within(inside.lo, inside.hi)
        rows = list(found.order_by("-id")[: limit + 1])
        held = JournalPayload.objects.visible_to(actor).filter(line_id__in=[one.pk for one in rows]).values_list("line_id", "plain", "sealed")
        payloads = {line: (plain, sealed is not None) for line, plain, sealed in held}
    more = len(rows) > limit
    return LinePage(items=[_line(one, *payloads.get(one.pk, (None, False))) for one in rows[:limit]], next=str(rows[limit - 1].pk) if more else "")


def _line(one: JournalLine, plain: dict[str, Any] | None, has_protected: bool) -> LineOut:
    return LineOut(
        line=one.pk, recorded_at=one.recorded_at, occurred_at=one.occurred_at, actor=one.actor, role=one.role, action=one.action, area=one.area,
        subject_kind=one.subject_kind, subject=one.subject, digest=bytes(one.digest).hex(), payload=plain, has_protected=has_protected)
