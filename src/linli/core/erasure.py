# SPDX-License-Identifier: MulanPSL-2.0
"""Erasure: destroys the key and the protected payloads of one subject by an action that is itself a line."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from linli.core import journal, registry
from linli.core.actions import Call, Done, action
from linli.core.faults import NotVisible
from linli.core.fields import Field
from linli.core.models import JournalLine
from linli.core.sight import Actor
from linli.core.words import words

LONGEST = 19
"""Digits of a bigint."""
Eraser = Callable[[int, bool], int]
"""Removes the live personal rows of one subject, with the person's words when told so; answers in how many places words gave way."""


@dataclass(frozen=True)
class Erasure:
    """What one room erases of a kind of subject.

    `spoken` are the actions by which the person spoke, whose payloads go as a whole. `may_words_go` says of one subject
    whether the offices have done with the words; while they have not, contact and letters go alone.
    """

    subject_kind: str
    run: Eraser
    spoken: tuple[str, ...] = ()
    may_words_go: Callable[[int], bool] = lambda _subject: True
    finds: Callable[[Actor, int], Any | None] | None = None
    """Gives the record itself (it has an `area`) within the actor's sight: for records that came in bulk, without a line of their own."""
    beside: Callable[[Sequence[int]], Mapping[str, Sequence[int]]] = lambda _subjects: {}
    """Further subjects, by kind, that speak of the same person and lose their keys and protected payloads with him: his proposals."""
    says_all: Callable[[], Sequence[str]] = tuple
    """Further actions whose payloads go as a whole, asked when it is done: those that the registers' declarations generate."""


def erases(subject_kind: str, **more: Any) -> Callable[[Eraser], Eraser]:
    """Declare the decorated function as an eraser of a kind of subject; each module that keeps something of it declares its own."""

    def declare(body: Eraser) -> Eraser:
        registry.add("erasure", f"{subject_kind}/{body.__module__}", Erasure(subject_kind, body, **more))
        return body

    return declare


def erasures_of(subject_kind: str) -> list[Erasure]:
    """Everything that is declared to be erased of a kind of subject."""
    return [one for one in registry.everything("erasure") if one.subject_kind == subject_kind]


def _kinds() -> list[tuple[str, Any]]:
    return [(name, words(name, name)) for name in sorted({one.subject_kind for one in registry.everything("erasure")})]


def _subject(actor: Actor, given: Mapping[str, Any]) -> Any:
    """The record itself where its room can find it, else its first line, within the actor's sight; what is needed of both is the area."""
    kind, number = str(given.get("subject_kind", "")), str(given.get("subject", ""))
    if not number.isdecimal() or len(number) >= LONGEST:
        raise NotVisible
    finders = [one.finds for one in erasures_of(kind) if one.finds]
    found = finders[0](actor, int(number)) if finders else JournalLine.objects.visible_to(actor).filter(subject_kind=kind, subject=int(number)).order_by("id").first()
    if found is None:
        raise NotVisible
    return found


@action(
    "journal.erase", words("删除个人信息", "Erase personal data"), ability="journal.erase", subject="erasure", finds=_subject,
    fields=(
        Field("subject_kind", words("记录类型", "Kind of record"), "choice", required=True, choices=_kinds),
        Field("subject", words("记录编号", "Record"), "integer", required=True, low=1),
        Field("reason", words("删除依据", "On what ground"), "text", required=True, limit=300),
    ),
)
def erase(call: Call) -> Done:
    """Destroy what is protected of a subject and what the person said (Personal Information Protection Law 47).

    The lines stay, their payloads go; words give way to a tombstone. What the offices did and wrote is kept: the law asks
    them to (same law, 47: where a period of keeping is laid down, it is kept and not used for anything else).
    """
    kind, subject = call.given["subject_kind"], call.given["subject"]
    declared = erasures_of(kind)
    is_over = all(one.may_words_go(subject) for one in declared)
    lines = journal.erase(kind, subject, [name for one in declared for name in (*one.spoken, *one.says_all())] if is_over else [])
    for one in declared if is_over else []:
        for other, numbers in one.beside([subject]).items():
            lines += journal.erase(other, numbers)
    replaced = sum(one.run(subject, is_over) for one in declared)
    answer = {"erased": len(lines), "words": replaced, "is_complete": is_over}
    return Done(area=call.record.area, subject=subject, answer=answer, payload={"erased_lines": lines, "words": replaced, "is_complete": is_over})
