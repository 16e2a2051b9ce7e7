# SPDX-License-Identifier: MulanPSL-2.0
"""Taking judged requests in, a few hundred at a time: matters with their history, or what is new in those that are here already."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Max

from linli.core import journal, outgoing
from linli.core.due import following
from linli.core.keys import keyring
from linli.core.models import Due
from linli.core.protection import TOMBSTONE
from linli.elements.coordinates import cell
from linli.matters import categories, deadlines
from linli.matters.foreign.judging import CLOSED, OPEN, Judged, Note, mark_of
from linli.matters.kinds import FIRST_REPLY, WHOLE, Kind, Term, kind_of
from linli.matters.models import Contact, ForeignImport, ForeignMatter, Limit, Matter, Move, Origin, OutsidePhoto
from linli.matters.routing import proposing

HISTORY, WITHDRAWN = "history", "withdrawn"
NOTE, END, BACK = "foreign.note", "foreign.end", "foreign.undo"
"""The steps by which another system's history stands in ours; no move of the loop."""
ROLE = "other_system"
WORKER = "system:worker"


def system_of(name: str) -> str:
    """The name under which the numbers of a source are kept."""
    return f"georeport.{name}"


@dataclass
class Batch:
    """One stretch of an import on its way into the tables."""

    brought: ForeignImport
    at: datetime
    counts: Counter[str] = field(default_factory=Counter)
    moves: list[Move] = field(default_factory=list)
    limits: list[Limit] = field(default_factory=list)
    dues: dict[tuple[str, str, bool], Mapping[str, tuple[Term, Any]]] = field(default_factory=dict)

    @property
    def system(self) -> str:
        """Where its numbers belong."""
        return system_of(self.brought.system)

    def take(self, found: Sequence[Judged]) -> None:
        """Write everything: what is new, and what has changed in what is here."""
        here = dict(Origin.objects.filter(system=self.system, number__in=[one.number for one in found]).values_list("number", "matter"))
        self._add([one for one in found if one.number not in here])
        self._renew({here[one.number]: one for one in found if one.number in here})
        Move.objects.bulk_create(self.moves, batch_size=1000)
        Limit.objects.bulk_create(self.limits, batch_size=1000)

    def _add(self, found: Sequence[Judged]) -> None:
        matters = Matter.objects.bulk_create([self._matter(one) for one in found])
        pairs = list(zip(found, matters, strict=True))
        for one, matter in pairs:
            self._history(one, matter)
            self.counts["new_open" if one.is_open else "new_history"] += 1
        Origin.objects.bulk_create([Origin(
            area=matter.area, matter_id=matter.pk, system=self.system, number=one.number, received_at=one.requested_at,
            account=self.brought.account, given={"import": self.brought.pk, "service_code": one.code, "agency": one.agency}) for one, matter in pairs])
        ForeignMatter.objects.bulk_create([ForeignMatter(
            area=matter.area, matter_id=matter.pk, brought=self.brought.pk, digest=one.digest, seen=_marks(one), state=OPEN if one.is_open else CLOSED,
            version=matter.version) for one, matter in pairs])
        Contact.objects.bulk_create([Contact(
            matter_id=matter.pk, area=matter.area, sealed=keyring().seal(json.dumps(one.contact, ensure_ascii=False), f"contact:{matter.pk}"))
            for one, matter in pairs if one.contact])
        journal.write_open([self._line(one, matter) for one, matter in pairs])
        _await_photos((matter, one.link) for one, matter in pairs)
        Due.objects.bulk_create([
            Due(reaction=reaction, area=matter.area, subject_kind="matter", subject=matter.pk, at=self.at)
            for one, matter in pairs if one.is_open for reaction in _what_follows(matter)])

    def _line(self, one: Judged, matter: Matter) -> journal.Entry:
        """Each matter begins with a line of its own in the journal: what is known of it can be found and erased like any other."""
        return journal.Entry(
            action="foreign.take", area=matter.area, subject_kind="matter", subject=matter.pk, actor=None, role=WORKER, post=None,
            occurred_at=one.requested_at, recorded_at=self.at,
            plain={"import": self.brought.pk, "for": self.brought.account, "system": self.system, "number": one.number, "phase": matter.phase})

    def _matter(self, one: Judged) -> Matter:
        category = categories.loaded(one.category)
        assert category is not None
        kind = kind_of(category.kind)
        reachable = one.is_open and bool(one.contact.get("contact_phone") or one.contact.get("contact_email"))
        made = Matter(
            area=one.area, kind=kind.name, category=category, phase="captured" if one.is_open else "archived", source="resident" if one.is_open else HISTORY,
            version=_steps(one), summary=one.text, address=one.address, lon_e6=one.position[0], lat_e6=one.position[1], cell=cell(*one.position),
            is_contactable=reachable, occurred_at=one.requested_at, reported_at=one.requested_at, closed_at=None if one.is_open else one.ended_at)
        if one.is_open:
            dues = self._dues(kind, category.code, reachable)
            made.due_at, made.close_due_at = dues["captured"][1].at, dues[WHOLE][1].at
            made.first_reply_due_at = dues[FIRST_REPLY][1].at if FIRST_REPLY in dues else None
            made.is_provisional = any(due.provisional for _, due in dues.values())
        return made

    def _dues(self, kind: Kind, code: str, reachable: bool) -> Mapping[str, tuple[Term, Any]]:
        """The limits of a matter that begins now: its clock begins with the import, whenever it was reported there."""
        key = kind.name, code, reachable
        if key not in self.dues:
            self.dues[key] = deadlines.first_dues(kind, self.at, reachable, code)
        return self.dues[key]

    def _history(self, one: Judged, matter: Matter) -> None:
        """The report, its notes in the order of time, and its end there."""
        detail = {"origin_system": self.system, "origin_number": one.number, "agency": one.agency, "link": one.link}
        self._step(matter, 1, "matter.report", ("", "captured"), one.requested_at, one.text, {name: value for name, value in detail.items() if value})
        for place, note in enumerate(one.notes, start=2):
            self._step(matter, place, NOTE, ("captured", "captured"), note.at, note.text, _said(note))
        if not one.is_open:
            self._step(matter, _steps(one), END, ("captured", "archived"), one.ended_at, "", {})
            return
        kind = kind_of(matter.kind)
        for name, (term, due) in self._dues(kind, matter.category.code, matter.is_contactable).items():
            self.limits.append(deadlines.limit_row(matter, name, term, self.at, due, kind.watch))

    def _step(self, matter: Matter, step: int, action: str, phases: tuple[str, str], at: datetime, text: str, detail: Mapping[str, Any]) -> None:
        self.moves.append(Move(
            area=matter.area, matter_id=matter.pk, step=step, action=action, from_phase=phases[0], to_phase=phases[1], round=matter.round,
            actor=None, actor_name=self.brought.system, role=ROLE, occurred_at=at, recorded_at=self.at, note=text, is_public=action == "matter.report",
            detail=dict(detail)))

    def _renew(self, found: Mapping[int, Judged]) -> None:
        """What is new there becomes history here; nothing that it says moves a matter."""
        known = {one.pk: one for one in ForeignMatter.objects.filter(pk__in=list(found))}
        changed = {number: one for number, one in found.items() if number in known and bytes(known[number].digest) != one.digest}
        self.counts["same"] += len(found) - len(changed)
        if not changed:
            return
        matters = list(Matter.objects.select_for_update().filter(pk__in=list(changed)).order_by("pk"))
        last = dict(Move.objects.filter(matter__in=list(changed)).values_list("matter").annotate(Max("step")))
        for matter in matters:
            self._say_what_is_new(matter, known[matter.pk], changed[matter.pk], last[matter.pk])
        Matter.objects.bulk_update(matters, ["version"], batch_size=500)
        ForeignMatter.objects.bulk_update([known[one.pk] for one in matters], ["digest", "seen", "state", "version"], batch_size=500)
        _await_photos((matter, changed[matter.pk].link) for matter in matters if matter.summary != TOMBSTONE)

    def _say_what_is_new(self, matter: Matter, known: ForeignMatter, one: Judged, last: int) -> None:
        said: list[tuple[datetime, str, dict[str, str]]] = [(note.at, note.text, _said(note)) for note in one.notes if note.mark not in known.seen]
        if mark_of(one.text) not in known.seen:
            said.append((one.ended_at, one.text, {"said": "text"}))
        state = OPEN if one.is_open else CLOSED
        if state != known.state:
            said.append((one.ended_at, "", {"said": state}))
        if matter.summary == TOMBSTONE:
            said = []
        for place, (at, text, detail) in enumerate(sorted(said, key=lambda each: each[0]), start=1):
            self._step(matter, last + place, NOTE, (matter.phase, matter.phase), at, text, detail)
        is_untouched = known.version == matter.version
        matter.version += len(said)
        known.digest, known.seen, known.state = one.digest, sorted({*known.seen, *_marks(one)}), state
        known.version = matter.version if is_untouched else known.version
        self.counts["updated" if said else "same"] += 1


def _what_follows(matter: Matter) -> list[str]:
    """What an open request sets off, as a report here does: what follows reports, and filing by a rule."""
    return [*following("matter.report"), *(["matters.file_by_rule"] if proposing.concerns_rules(matter.source, matter.category) else [])]


def _steps(one: Judged) -> int:
    return 1 + len(one.notes) + (not one.is_open)


def _marks(one: Judged) -> list[str]:
    return sorted({mark_of(one.text), *(note.mark for note in one.notes)})


def _said(note: Note) -> dict[str, str]:
    return {"type": note.kind} if note.kind else {}


def _await_photos(links: Iterable[tuple[Matter, str]]) -> None:
    """Photos on hosts of the list wait to be fetched; links to anywhere else stay words."""
    OutsidePhoto.objects.bulk_create(
        [OutsidePhoto(area=matter.area, matter_id=matter.pk, url=link, next_at=matter.reported_at)
         for matter, link in links if link and outgoing.is_listed(link, settings.PHOTO_HOSTS)], ignore_conflicts=True)
