# SPDX-License-Identifier: MulanPSL-2.0
"""Loading the divisions of a city: bulk, repeatable, with the history of renamed and reused codes; one journal line."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.conf import settings

from linli.core import clock
from linli.core.actions import Call, Done, action
from linli.core.editions import bump
from linli.core.faults import Invalid
from linli.core.fields import Field
from linli.core.words import words
from linli.elements.accounts import of_city
from linli.elements.division_files import LEVELS, Register, Span, read_register
from linli.elements.models import Place, PlaceCode, PlaceName
from linli.elements.names import may_be_one_place
from linli.elements.pinyin import pinyin_key

NBS = "NBS"
"""统计用区划代码, National Bureau of Statistics."""
MCA = "MCA"
"""The lineage of codes kept by civil affairs (民政) and the map services."""
EDITION = "places"
FULL = words("“{name}”下面已经没有空闲编号，不能再增加。", "There is no free number left below “{name}”.")
LARGEST = 20_000_000
"""Characters of one file (Tianjin has 0.6 million)."""


def width_of(code: str) -> int:
    """How many area numbers a unit with a code of this length covers."""
    return int(10 ** (15 - len(code)))


class Numbers:
    """Area numbers that were ever given out: each is given once."""

    def __init__(self, used: Iterable[int], wanted: Iterable[int]) -> None:
        self._used = set(used)
        self._wanted = set(wanted)

    def take(self, span: Span, parent: Place | None) -> int:
        """The number like the official code if no other place ever had it, else the next free one from the top downward."""
        width = width_of(span.code)
        area = int(span.code.ljust(15, "0"))
        if parent is not None:
            area = parent.lo + area % (parent.hi - parent.lo) // width * width
        if area in self._used:
            area = self._next(parent, width, span)
        self._used.add(area)
        return area

    def _next(self, parent: Place | None, width: int, span: Span) -> int:
        lo, hi = (parent.lo, parent.hi) if parent else (0, 0)
        for area in range(hi - width, lo, -width):
            if area not in self._used and area not in self._wanted:
                return area
        raise Invalid({"divisions": FULL.format(name=parent.name if parent else span.name)})


class Intake:
    """One load: compares the files with the tables and writes the difference."""

    def __init__(self, register: Register, state: date) -> None:
        self.register, self.state = register, state
        self.counts: Counter[str] = Counter()
        self.touched: dict[int, Place] = {}
        self.places = {place.pk: place for place in Place.objects.exclude(level="grid")}
        self.names: dict[int, list[PlaceName]] = {}
        for name in PlaceName.objects.filter(place__in=self.places):
            self.names.setdefault(name.place_id, []).append(name)
        self.codes: dict[tuple[str, str], list[PlaceCode]] = {}
        for code in PlaceCode.objects.exclude(place__level="grid"):
            self.codes.setdefault((code.system, code.code), []).append(code)
        wanted = (int(span.code.ljust(15, "0")) for span in register.spans)
        self.numbers = Numbers((place.area for place in self.places.values()), wanted)
        self.of_span: dict[int, Place] = {}
        self.taking_over: set[int] = set()
        self.by_code: dict[str, list[tuple[Span, Place]]] = {}

    def run(self) -> Counter[str]:
        """Write; answers what was added and changed."""
        for level in LEVELS:
            spans = [span for span in self.register.spans if span.level == level]
            fresh = [(span, self._place(span)) for span in spans]
            Place.objects.bulk_create([place for _, place in fresh if place.pk is None], batch_size=1000)
            for span, place in fresh:
                self.places[place.pk] = place
                self.of_span[id(span)] = place
                self.by_code.setdefault(span.code, []).append((span, place))
        self._successors()
        Place.objects.bulk_update(self.touched.values(), ["name", "short_name", "pinyin", "kind", "is_virtual", "valid_from", "valid_to",
                                                          "successor"], batch_size=500)
        self._write_codes()
        self._write_names()
        self._write_others()
        return self.counts

    def _place(self, span: Span) -> Place:
        found = self._known(span)
        if found is not None:
            self._bring_up_to_date(found, span)
            return found
        parent = self._parent(span)
        area = self.numbers.take(span, parent)
        self.counts[f"{span.level} added"] += 1
        return Place(area=area, lo=area, hi=area + width_of(span.code), level=span.level, name=span.name, short_name=span.short,
                     pinyin=pinyin_key(span.short), kind=span.kind, is_virtual=span.is_virtual, parent=parent,
                     valid_from=span.since or (self.state if id(span) in self.taking_over else None), valid_to=span.until)

    def _known(self, span: Span) -> Place | None:
        bearers = [self.places[code.place_id] for code in self.codes.get((NBS, span.code), []) if code.place_id in self.places]
        written = {named.name for named in span.names}
        taken = {place.pk for _, place in self.by_code.get(span.code, [])}
        free = [place for place in bearers if place.pk not in taken]
        for place in free:
            if place.name in written or written & {one.name for one in self.names.get(place.pk, [])}:
                return place
        if span.until is not None:
            return None
        for place in free:
            if place.valid_to is None and may_be_one_place(place.name, span.name, span.level):
                return place
        for place in free:
            if place.valid_to is None:
                self._end(place)
                self.taking_over.add(id(span))
        return None

    def _end(self, place: Place) -> None:
        place.valid_to = self.state
        self._touch(place, "ended")

    def _touch(self, place: Place, what: str) -> None:
        self.touched[place.pk] = place
        self.counts[f"{place.level} {what}"] += 1

    def _bring_up_to_date(self, place: Place, span: Span) -> None:
        if place.name != span.name and not any(named.name == place.name for named in span.names):
            self._keep_name(place, span)
        wanted: dict[str, Any] = {"name": span.name, "short_name": span.short, "pinyin": pinyin_key(span.short), "kind": span.kind,
                                  "is_virtual": span.is_virtual, "valid_from": span.since or place.valid_from,
                                  "valid_to": span.until or place.valid_to}
        changed = [name for name, value in wanted.items() if getattr(place, name) != value]
        for name in changed:
            setattr(place, name, wanted[name])
        if changed:
            self._touch(place, "changed")

    def _keep_name(self, place: Place, span: Span) -> None:
        held = self.names.setdefault(place.pk, [])
        if any(one.name == span.name for one in held):
            return
        for one in held:
            if one.valid_to is None:
                one.valid_to = self.state
                one.save(update_fields=["valid_to"])
        if not any(one.name == place.name for one in held):
            held.append(PlaceName.objects.create(place=place, name=place.name, valid_to=self.state))
        held.append(PlaceName.objects.create(place=place, name=span.name, valid_from=self.state))
        self.counts["names added"] += 2

    def _parent(self, span: Span) -> Place | None:
        held = next((self.by_code[span.parent[:length]] for length in (len(span.parent), 6, 4, 2) if span.parent[:length] in self.by_code), [])
        if not held:
            if span.level != "city":
                raise Invalid({"changes": words("代码 {code} 的上级 {parent} 不在文件里。", "The parent {parent} of code {code} is not in the files.")
                               .format(code=span.code, parent=span.parent)})
            return None
        begin = span.since or date.min
        for other, place in held:
            if (other.until or date.max) > begin:
                return place
        return held[-1][1]

    def _successors(self) -> None:
        for span in self.register.spans:
            held = [place for other, place in self.by_code.get(span.successor, []) if other.until is None] if span.successor else []
            place = self.of_span[id(span)]
            if held and place.successor_id != held[-1].pk and held[-1].pk != place.pk:
                place.successor = held[-1]
                self._touch(place, "succeeded")

    def _write_codes(self) -> None:
        fresh, changed = [], []
        for span in self.register.spans:
            place = self.of_span[id(span)]
            held = next((code for code in self.codes.get((NBS, span.code), []) if code.place_id == place.pk), None)
            if held is None:
                fresh.append(PlaceCode(place=place, system=NBS, code=span.code, valid_from=place.valid_from, valid_to=place.valid_to))
            elif (held.valid_from, held.valid_to) != (place.valid_from, place.valid_to):
                held.valid_from, held.valid_to = place.valid_from, place.valid_to
                changed.append(held)
        changed += self._ended_codes()
        PlaceCode.objects.bulk_create(fresh, batch_size=2000)
        PlaceCode.objects.bulk_update(changed, ["valid_from", "valid_to"], batch_size=500)
        self.counts["codes added"] += len(fresh)
        self.counts["codes changed"] += len(changed)

    def _ended_codes(self) -> list[PlaceCode]:
        in_file = {place.pk for place in self.of_span.values()}
        ended = [code for (system, _), held in self.codes.items() if system == NBS for code in held
                 if code.place_id in self.touched and code.place_id not in in_file and code.valid_to is None]
        for code in ended:
            code.valid_to = self.touched[code.place_id].valid_to
        return ended

    def _write_names(self) -> None:
        fresh = []
        for span in self.register.spans:
            place = self.of_span[id(span)]
            known = {(one.name, one.valid_from) for one in self.names.get(place.pk, [])}
            if len(span.names) > 1:
                fresh += [PlaceName(place=place, name=one.name, valid_from=one.since, valid_to=one.until)
                          for one in span.names if (one.name, one.since) not in known]
        PlaceName.objects.bulk_create(fresh, batch_size=2000)
        self.counts["names added"] += len(fresh)

    def _write_others(self) -> None:
        fresh = []
        for code, name, other in self.register.others:
            held = [place for span, place in self.by_code.get(code or other, []) if span.until is None or (not code and place.name == name)]
            if not held:
                self.counts["codes without a place"] += 1
            elif not any(one.place_id == held[-1].pk for one in self.codes.get((MCA, other), [])):
                fresh.append(PlaceCode(place=held[-1], system=MCA, code=other))
        PlaceCode.objects.bulk_create(fresh, batch_size=2000)
        self.counts["codes added"] += len(fresh)


def _file(name: str, zh: str, en: str, *, required: bool = False) -> Field:
    return Field(name, words(zh, en), "file_text", required=required, limit=LARGEST)


@action(
    "place.load", words("载入区划", "Load divisions"), ability="place.load", subject="place", sight="this_record", opens=of_city,
    fields=(
        _file("divisions", "区划文件（CSV）", "Divisions (CSV)", required=True),
        _file("changes", "历年变化（CSV）", "Changes over the years (CSV)"),
        _file("crosswalk", "代码对照（CSV）", "Codes of another system (CSV)"),
        Field("state", words("文件反映的日期", "Day that the file describes"), "day"),
    ),
)
def load_places(call: Call) -> Done:
    """Bring the places to what the files say; a second load of the same files changes nothing."""
    texts = {name: call.given[name] or "" for name in ("divisions", "changes", "crosswalk")}
    register = read_register(**texts)
    counts = Intake(register, call.given["state"] or clock.today()).run()
    done = {name: number for name, number in sorted(counts.items()) if number}
    if any(not name.endswith("without a place") for name in done):
        bump(EDITION)
    digests = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in texts.items() if text}
    city = register.spans[0]
    subject = PlaceCode.objects.filter(system=NBS, code=city.code).values_list("place_id", flat=True)[0]
    return Done(settings.CITY_AREA, subject, {"city": city.name, "units": len(register.spans), "done": done}, {"digests": digests, "done": done})

