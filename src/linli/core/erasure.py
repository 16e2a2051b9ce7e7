# SPDX-License-Identifier: MulanPSL-2.0
"""Erasure: destroys the key and the protected payloads of one subject by an action that is itself a line."""

from collections.abc import Callable, Mapping
from typing import Any

from linli.core import journal, registry
from linli.core.actions import Call, Done, action
from linli.core.faults import NotVisible
from linli.core.fields import Field
from linli.core.models import JournalLine
from linli.core.registry import REGISTRY
from linli.core.sight import Actor
from linli.core.words import words

Eraser = Callable[[int], None]
"""Removes the live personal rows of one subject; declared by its room with `erases`."""


def erases(subject_kind: str) -> Callable[[Eraser], Eraser]:
    """Declare the decorated function as the eraser of a kind of subject."""

    def declare(body: Eraser) -> Eraser:
        registry.add("erasure", subject_kind, body)
        return body

    return declare


def _kinds() -> list[tuple[str, Any]]:
    return [(name, words(name, name)) for name in registry.names("erasure")]


def _first_line(actor: Actor, given: Mapping[str, Any]) -> JournalLine:
    subject = str(given.get("subject", ""))
    lines = JournalLine.objects.visible_to(actor).filter(subject_kind=str(given.get("subject_kind", "")))
    found = lines.filter(subject=int(subject)).order_by("id").first() if subject.isdecimal() and len(subject) < 19 else None
    if found is None:
        raise NotVisible
    return found  # type: ignore[no-any-return]


@action(
    "journal.erase", words("删除个人信息", "Erase personal data"), ability="journal.erase", subject="erasure", finds=_first_line,
    fields=(
        Field("subject_kind", words("记录类型", "Kind of record"), "choice", required=True, choices=_kinds),
        Field("subject", words("记录编号", "Record"), "integer", required=True, low=1),
        Field("reason", words("删除依据", "On what ground"), "text", required=True, limit=300),
    ),
)
def erase(call: Call) -> Done:
    """Destroy what is protected of a subject (Personal Information Protection Law 47); the lines stay, their payloads go."""
    kind, subject = call.given["subject_kind"], call.given["subject"]
    lines = journal.erase(kind, subject)
    eraser: Eraser = REGISTRY.require("erasure", kind)
    eraser(subject)
    return Done(area=call.record.area, subject=subject, answer={"erased": len(lines)}, payload={"erased_lines": lines})
