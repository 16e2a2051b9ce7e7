# SPDX-License-Identifier: MulanPSL-2.0
"""职责清单: whose duty something is, by the list in force at a place; what is not ours is refused by naming an entry of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from linli.core import clock, registry, rows
from linli.core.actions import Call
from linli.core.faults import Invalid
from linli.core.words import Words, words
from linli.elements import places
from linli.matters.models import Citation, DutyList, Matter

MOST_VERSIONS = 20
SECTION = "duties"
WHOSE: dict[str, Words] = {
    "community": words("社区", "Community"), "street": words("街道", "Street office"), "other": words("其他单位", "Another body"),
}
CITED: Mapping[str, str] = {"matter.refuse": "not_ours", "matter.return": "not_competent", "matter.return_order": "not_ours"}
"""The reason of each action that has to name an entry of the list."""
NAME_ONE = words("请选出职责清单里的一条，写明该由谁办。", "Name the entry of the list of duties that says whose duty it is.")
NO_ENTRY = words("职责清单里没有“{code}”这一条，请从列表里选。", "The list of duties has no entry “{code}”. Please pick one from the list.")
INSTEAD = words("按职责清单，“{text}”由{responsible}负责。请向其反映，或拨打 12345 便民热线，由热线转办。",
                "By the list of duties, “{text}” is the duty of {responsible}. Please turn to them, or call the 12345 hotline, which passes it on.")
OWN = words("“{text}”按清单是{whose}自己的职责，不能以此不受理。", "By the list, “{text}” is a duty of the {whose} itself; it is no reason to refuse.")


@dataclass(frozen=True)
class Duty:
    """One entry: what it is about, on what basis, whose duty (community, street, other) and who is responsible by name."""

    code: str
    text: str
    basis: str
    whose: str
    responsible: str

    @property
    def words(self) -> Words:
        """The entry in one line, for a choice."""
        said = f"{self.code} {self.text} → {self.responsible}"
        return words(said, said)


@dataclass(frozen=True)
class Listed:
    """A list as it stands at a place: its name and entries; `is_proposed` for the one that the platform brings along."""

    name: str
    source: str
    entries: tuple[Duty, ...]
    valid_from: date | None = None
    version: int = 0
    place: int = 0
    is_proposed: bool = False

    def entry(self, code: str) -> Duty | None:
        """The entry of a code; None when there is none."""
        return next((one for one in self.entries if one.code == code), None)


def declare(listed: Listed) -> Listed:
    """Register the list that holds where nobody has loaded one."""
    registry.add(SECTION, listed.name, listed)
    return listed


def list_for(area: int, day: date | None = None) -> Listed:
    """The list in force at a place: of its street, else of its district, else the one that was brought along (拟)."""
    return lists_for([area], day)[area]


def lists_for(areas: Iterable[int], day: date | None = None) -> dict[int, Listed]:
    """The lists in force at several places, read together."""
    above = {area: [one.area for one in reversed(places.path_of(area)) if one.level in ("street", "district")] for area in set(areas)}
    wanted = {one for path in above.values() for one in path}
    kept_ones = DutyList.objects.filter(place__in=wanted, valid_from__lte=day or clock.today()).order_by("valid_from", "version") if wanted else []
    newest = {one.place: one for one in kept_ones}
    loaded = {place: opened(one) for place, one in newest.items()}
    brought: list[Listed] = registry.everything(SECTION)
    fallback = brought[0] if brought else Listed("", "", (), is_proposed=True)
    return {area: next((loaded[place] for place in path if place in loaded), fallback) for area, path in above.items()}


def versions_of(area: int) -> list[DutyList]:
    """The versions that a place has loaded, newest first."""
    return list(DutyList.objects.filter(place=area).order_by("-version")[:MOST_VERSIONS])


def opened(row: DutyList) -> Listed:
    """A loaded version with its entries."""
    return Listed(row.name, row.source, tuple(Duty(**one) for one in row.entries), row.valid_from, row.version, row.place)


def kept(entries: Sequence[Duty]) -> list[dict[str, Any]]:
    """Entries as they are stored."""
    return [asdict(one) for one in entries]


def told(detail: Mapping[str, Any]) -> Words | None:
    """What the reporter of a refused matter reads: who is responsible instead; None where no entry was cited."""
    if not detail.get("responsible"):
        return None
    return INSTEAD.format(responsible=detail["responsible"], text=detail.get("duty_text", ""))


def cite(call: Call, action: str) -> dict[str, Any]:
    """What a refusal says of the entry that it names, for the history; empty where the reason needs none. Invalid when it is missing."""
    if call.given.get("reason") != CITED[action]:
        return {}
    matter: Matter = call.record
    listed, code = list_for(matter.area), str(call.given.get("duty") or "")
    if not code:
        raise Invalid({"duty": NAME_ONE})
    found = listed.entry(code)
    if found is None:
        raise Invalid({"duty": NO_ENTRY.format(code=code[:40])})
    if found.whose != "other" and action != "matter.return":
        raise Invalid({"duty": OWN.format(text=found.text, whose=WHOSE[found.whose])})
    rows.put(Citation(area=matter.area, matter_id=matter.pk, action=action, list_name=listed.name[:120], code=found.code, text=found.text[:300],
                      responsible=found.responsible[:120], unit=call.actor.organisation, at=call.recorded_at))
    return {"duty": found.code, "duty_text": found.text, "responsible": found.responsible}
