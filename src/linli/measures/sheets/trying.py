# SPDX-License-Identifier: MulanPSL-2.0
"""What-if: a draft over the kept figures of a period, beside the version then in force; inside the offices, and nothing of it is a result."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from linli.core import clock, jobs
from linli.core.actions import Call, Done, action
from linli.core.faults import Conflict, Invalid, NotVisible
from linli.core.fields import Field
from linli.core.sight import Actor, looking, of_all, of_place
from linli.core.words import words
from linli.elements import places
from linli.elements.places import KnownPlace
from linli.measures.grading import grade
from linli.measures.kept import values_of
from linli.measures.models import Draft, StandardVersion, WhatIf, WhatIfRow
from linli.measures.periods import Period, parse
from linli.measures.results import Results, assembled
from linli.measures.sheets import checking, drafts, linking
from linli.measures.sheets.drafts import TRY
from linli.measures.standards import Sheet, sheet_of, sheet_on

JOB = "measures.what_if"
LEVELS = ("city", "district", "street", "community")
BLOCK = 200
"""Communities that are computed together: one query a block (our choice)."""
KEPT = timedelta(days=30)
"""How long a what-if can be looked at (our choice); then it is deleted with its rows."""
MOST_WAITING = 3
CHOOSE = words("请选一份草案或一版标准。", "Choose a draft or a version.")
FAULTY = words("草案还有 {count} 处要改，改好才能试算。", "The draft has {count} faults; mend them first.")
NOT_HERE = words("请选择您范围内的地方。", "Choose a place within your area.")
NO_SHEET = words("那个时期还没有生效的标准，没有可比的。", "No standard was in force then; there is nothing to compare with.")
AHEAD = words("这个时期还没有开始。", "This period has not begun.")
WAITING = words("这里已有 {count} 次试算在排队或进行。", "{count} what-ifs are waiting or running here.")
WAITING_REMEDY = words("等其中一次完成再试。", "Try again when one of them is done.")
BROKE = words("试算中断了，请再试一次。", "The what-if broke off. Try once more.")


@action(TRY, words("试算标准", "Try a standard"), ability=TRY, subject="what_if", fields=(
    Field("draft", words("草案", "Draft"), "integer", low=1), Field("standard", words("已发布的版本", "Published version"), "integer", low=1),
    Field("area", words("地方", "Place"), "area", required=True), Field("period", words("时期", "Period"), required=True, limit=7)))
def ask(call: Call) -> Done:
    """Freeze what is tried and put the job on the schedule."""
    content, decided, source = _tried(call.given)
    place, period = _place(call.actor, call.given["area"]), parse(call.given["period"])
    if period.start > call.recorded_at:
        raise Invalid({"period": AHEAD})
    beside = sheet_on(clock.local(min(call.recorded_at, period.end - timedelta(microseconds=1))).date())
    if beside is None:
        raise Invalid({"period": NO_SHEET})
    waiting = WhatIf.objects.visible_to(call.actor).filter(area=place.area, state__in=["waiting", "running"]).count()
    if waiting >= MOST_WAITING:
        raise Conflict(WAITING.format(count=waiting), WAITING_REMEDY, code="too_many_what_ifs")
    then = StandardVersion.objects.get(pk=beside.id)
    found = linking.links(content, then.content, decided)
    made = WhatIf.objects.create(
        area=place.area, content=content, beside_id=beside.id, period=period.key, post=call.actor.post or 0, made_at=call.recorded_at,
        links={one.code: list(one.earlier) for one in found if one.code}, **source)
    jobs.start(JOB, made.pk)
    return Done(place.area, made.pk, {"trial": made.pk}, is_new=True)


def _tried(given: Mapping[str, Any]) -> tuple[dict[str, Any], Mapping[str, Any], dict[str, Any]]:
    """What is tried, the decided links, and where it comes from."""
    if bool(given["draft"]) == bool(given["standard"]):
        raise Invalid({"draft": CHOOSE})
    held: Draft | StandardVersion
    if given["draft"]:
        held = drafts.draft_of(given["draft"])
        if found := checking.check(held.content):
            raise Invalid({"draft": FAULTY.format(count=len(found))})
        return held.content, held.links, {"draft": held}
    held = drafts.version_of(given["standard"])
    return held.content, {}, {"standard": held}


def _place(actor: Actor, area: int) -> KnownPlace:
    found = places.find_place(area)
    if found is None or found.level not in LEVELS or found.lo < actor.lo or found.hi > actor.hi:
        raise Invalid({"area": NOT_HERE})
    return found


def find(actor: Actor, number: int) -> WhatIf:
    """A what-if of the actor's range; NotVisible otherwise."""
    found: WhatIf | None = WhatIf.objects.visible_to(actor).select_related("draft", "standard", "beside").filter(pk=number).first()
    if found is None:
        raise NotVisible
    place = places.place_by_area(found.area)
    if place.lo < actor.lo or place.hi > actor.hi:
        raise NotVisible
    return found


@jobs.long(JOB)
def work(number: int) -> None:
    """Compute one what-if in blocks; run again it begins anew."""
    with looking(of_all(), read_only=True):
        found = WhatIf.objects.select_related("draft", "standard", "beside").filter(pk=number, state__in=["waiting", "running"]).first()
    if found is None:
        return
    try:
        _compute(found)
    except (ArithmeticError, LookupError, ValueError):
        with looking(of_all()):
            WhatIf.objects.filter(pk=number).update(state="failed", trouble=BROKE.as_dict(), finished_at=clock.now())


def _compute(held: WhatIf) -> None:
    place, period = places.place_by_area(held.area), parse(held.period)
    tried, beside = sheet_of(_version(held)), sheet_of(held.beside)
    communities = [one for one in places.places_within(place.lo, place.hi, level="community") if one.stands()]
    sums = _Sums(held.links)
    with looking(of_place(place.lo, place.hi)):
        WhatIfRow.objects.filter(trial=held).delete()
        WhatIf.objects.filter(pk=held.pk).update(state="running", done=0, total=len(communities))
    for start in range(0, len(communities), BLOCK):
        block = communities[start:start + BLOCK]
        with looking(of_place(place.lo, place.hi)):
            rows = [row for before, after in both(block, period, beside, tried, held.made_at) if (row := sums.take(before, after))]
            WhatIfRow.objects.bulk_create([WhatIfRow(trial=held, **row) for row in rows])
            WhatIf.objects.filter(pk=held.pk).update(done=start + len(block))
    with looking(of_place(place.lo, place.hi)):
        WhatIf.objects.filter(pk=held.pk).update(state="done", outcome=sums.outcome(), finished_at=clock.now())


def _version(held: WhatIf) -> StandardVersion:
    """The frozen content as a version that is kept nowhere."""
    return StandardVersion(pk=0, content=held.content, version=held.content["version"], digest="", valid_from=date.fromisoformat(held.content["valid_from"]))


def both(block: Sequence[KnownPlace], period: Period, beside: Sheet, tried: Sheet, moment: Any) -> Iterable[tuple[Results, Results]]:
    """The results of some communities under both sheets, from the same kept figures: one query, inside the sight in force."""
    values = values_of([one.area for one in block], [period.key])
    by_area: dict[int, dict[Any, Any]] = {}
    for key, value in values.items():
        by_area.setdefault(key[0], {})[key] = value
    for one in block:
        own = by_area.get(one.area, {})
        yield assembled(one, period, moment, own, (), beside), assembled(one, period, moment, own, (), tried)


def change(before: Results, after: Results, earlier: Mapping[str, Sequence[str]]) -> dict[str, Any] | None:
    """What changes for one community: grade, points, dimensions, indicators; None when nothing does. Exact numbers as text."""
    grades = grade(before), grade(after)
    old = {one.indicator.code: one for one in before.indicators}
    followed = {code for codes in earlier.values() for code in codes}
    by = []
    for one in after.indicators:
        was = sum((old[code].reached or Fraction(0) for code in earlier.get(one.indicator.code, ()) if code in old), Fraction(0))
        if (one.reached or Fraction(0)) != was:
            by.append([one.indicator.code, one.figure.numerator, one.figure.denominator, str(was), str(one.reached or Fraction(0))])
    by += [[code, one.figure.numerator, one.figure.denominator, str(one.reached), "0"] for code, one in old.items() if code not in followed and one.reached]
    dimensions = _dimensions(before, after)
    if not by and not dimensions and grades[0].state == grades[1].state:
        return None
    return {"area": after.place.area, "before": grades[0].state, "after": grades[1].state, "has_new_grade": grades[0].state != grades[1].state,
            "detail": {"by": by, "dimensions": dimensions, "points": [_total(before), _total(after)],
                       "reasons": [one.as_dict() for one in grades[1].reasons]}}


def _dimensions(before: Results, after: Results) -> list[list[Any]]:
    old = {one.dimension.code: one for one in before.dimensions}
    found = []
    for one in after.dimensions:
        was = old.get(one.dimension.code)
        pair = (was.reached, was.possible) if was else (None, Fraction(0))
        if pair != (one.reached, one.possible):
            found.append([one.dimension.code, _text(pair[0]), str(pair[1]), _text(one.reached), str(one.possible)])
    return found


def _text(value: Fraction | None) -> str | None:
    return None if value is None else str(value)


def _total(found: Results) -> dict[str, str] | None:
    total = found.total
    return {"reached": str(total.reached), "possible": str(total.possible), "sheet": str(total.sheet), "coverage": str(total.coverage)} if total else None


class _Sums:
    """What a whole run comes to: grades before and after, and for each indicator how many communities gain or lose by it."""

    def __init__(self, earlier: Mapping[str, Sequence[str]]) -> None:
        self.earlier, self.grades, self.by, self.low, self.looked, self.changed = earlier, dict[str, int](), dict[str, list[Any]](), 0, 0, 0

    def take(self, before: Results, after: Results) -> dict[str, Any] | None:
        """Count one community; its row when something changes."""
        found, total = change(before, after, self.earlier), after.total
        self.looked += 1
        self.low += total is None or not total.is_comparable
        states = (found["before"], found["after"]) if found else (grade(before).state,) * 2
        self.grades["-".join(states)] = self.grades.get("-".join(states), 0) + 1
        self.changed += found is not None
        for code, _, _, was, now in found["detail"]["by"] if found else ():
            counted = self.by.setdefault(code, [0, 0, Fraction(0)])
            gain = Fraction(now) - Fraction(was)
            counted[0 if gain > 0 else 1] += 1
            counted[2] += gain
        return found

    def outcome(self) -> dict[str, Any]:
        """The sums as they are kept with the run."""
        return {"grades": self.grades, "low": self.low, "looked": self.looked, "changed": self.changed,
                "by": [[code, up, down, str(gain)] for code, (up, down, gain) in sorted(self.by.items())]}


@jobs.regularly("measures.forget_what_ifs", "47 19 * * *")
def forget() -> object:
    """At 03:47 in China: what was tried and is old goes, with its rows."""
    with looking(of_all()):
        old = list(WhatIf.objects.filter(made_at__lt=clock.now() - KEPT).values_list("pk", flat=True))
        WhatIfRow.objects.filter(trial__in=old).delete()
        return WhatIf.objects.filter(pk__in=old).delete()[0]
