# SPDX-License-Identifier: MulanPSL-2.0
"""The plan of the small demonstration: what happens to each matter and when, drawn from a seed before anything is written."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from linli.config.demonstration import seasons, texts
from linli.config.demonstration.hours import BY_HOUR, BY_MONTH, WEEKEND, midnight
from linli.matters import duties

OPENS, CLOSES = 8, 20
"""Between these hours staff begin a step (our choice: grid services work in shifts, weekends too)."""
ARCHIVED_AFTER = timedelta(days=15, minutes=5)
PATROL_SHARE, CONTACT_SHARE, RATED_SHARE, POSITION_SHARE, PHOTO_SHARE, ASKED_SHARE = 0.57, 0.5, 0.34, 0.55, 0.12, 0.05


@dataclass(frozen=True)
class Community:
    """A community with its grids (area, longitude, latitude); bad results happen only in made-up ones."""

    area: int
    street: int
    short: str
    grids: tuple[tuple[int, int, int], ...]
    is_made_up: bool
    units: Mapping[str, int]


@dataclass(frozen=True)
class Step:
    """One action to come: when, which, by whom (`role` or `unit:<kind>`), with what; `photos` pictures are taken for it."""

    at: datetime
    action: str
    by: str
    given: Mapping[str, Any] = field(default_factory=dict)
    photos: int = 0


@dataclass
class Story:
    """One matter from its report to its end, or to where it stands."""

    community: Community
    steps: list[Step]
    device: bytes


@dataclass(frozen=True)
class Kind:
    """One category that a report may choose: its number in the database, its key in the texts, its name and unit."""

    category: int
    key: str
    name: str
    unit: str
    entry: tuple[int, tuple[int, ...]]
    needs_photo: bool


FATES: tuple[tuple[str, int], ...] = (("good", 52), ("refused", 5), ("returned", 6), ("reworked", 9), ("late", 8), ("open", 14), ("overdue", 6))
"""What happens in made-up communities, in percent; in real ones everything goes well."""


class Planner:
    """Draws stories; the same seed, communities, categories and last day give the same stories."""

    def __init__(self, seed: int, first: date, last: date, communities: Sequence[Community], kinds: Sequence[Kind]) -> None:
        self.chance = random.Random(f"{seed}/matters")  # noqa: S311
        self.first, self.last, self.end = first, last, midnight(last)
        self.days = [first + timedelta(days=number) for number in range((last - first).days)]
        self.day_weights = [BY_MONTH[day.month - 1] * (WEEKEND if day.weekday() >= 5 else 10) for day in self.days]
        self.kinds = kinds
        self.made_up = [one for one in communities if one.is_made_up]
        self.real = [one for one in communities if not one.is_made_up]
        self.serial = 0

    def stories(self, count: int) -> list[Story]:
        """So many stories, ordered by the moment of their report; a third of them in made-up communities."""
        found = [self._story(self.chance.choice(self.made_up if number % 3 == 0 else self.real)) for number in range(count)]
        return sorted(found, key=lambda one: one.steps[0].at)

    def _story(self, community: Community) -> Story:
        chance = self.chance
        fate = chance.choices([name for name, _ in FATES], [share for _, share in FATES])[0] if community.is_made_up else "good"
        at = self._moment(fate)
        kind = chance.choices(self.kinds, [seasons.weight(one.entry, at.month) for one in self.kinds])[0]
        is_patrol = chance.random() < PATROL_SHARE
        draft = Draft(self, community, kind, fate, is_patrol)
        steps = draft.steps(at)
        if not community.is_made_up and steps[-1].at > self.end and not any(step.action == "matter.close" and step.at < self.end for step in steps):
            back = timedelta(days=chance.randint(3, 20))
            steps = [Step(step.at - back, step.action, step.by, step.given, step.photos) for step in steps]
        return Story(community, [step for step in steps if step.at < self.end], chance.randbytes(16))

    def _moment(self, fate: str) -> datetime:
        chance = self.chance
        if fate == "open":
            return self.end - timedelta(minutes=chance.randint(40, 60 * 40))
        if fate == "overdue":
            return self.end - timedelta(days=chance.randint(5, 38), minutes=chance.randint(0, 600))
        day = chance.choices(self.days, self.day_weights)[0]
        hour = chance.choices(range(24), BY_HOUR)[0]
        local = datetime.combine(day, time(hour, chance.randint(0, 59), chance.randint(0, 59)), ZoneInfo(settings.TIME_ZONE))
        return local.astimezone(UTC)

    def begun(self, moment: datetime) -> datetime:
        """The moment, or the next one at which somebody is at work."""
        local = moment.astimezone(ZoneInfo(settings.TIME_ZONE))
        if OPENS <= local.hour < CLOSES:
            return moment
        day = local.date() if local.hour < OPENS else local.date() + timedelta(days=1)
        return midnight(day) + timedelta(hours=OPENS, minutes=self.chance.randint(2, 25))


class Draft:
    """The steps of one matter."""

    def __init__(self, planner: Planner, community: Community, kind: Kind, fate: str, is_patrol: bool) -> None:
        self.planner, self.chance = planner, planner.chance
        self.community, self.kind, self.fate, self.is_patrol = community, kind, fate, is_patrol
        self.made: list[Step] = []

    def steps(self, at: datetime) -> list[Step]:
        """All steps, in order of time; those after the end of the plan are cut off by the planner."""
        self._report(at)
        FATE_STEPS[self.fate](self)
        return self.made

    def _add(self, at: datetime, action: str, by: str, photos: int = 0, **given: Any) -> datetime:
        self.made.append(Step(at, action, by, {name: value for name, value in given.items() if value not in (None, "")}, photos))
        return at

    def _later(self, low: int, high: int, *, is_planned: bool = True) -> datetime:
        """So many minutes after the last step; a planned step waits for the shift."""
        at = self.made[-1].at + timedelta(minutes=self.chance.randint(low, high), seconds=self.chance.randint(0, 59))
        return self.planner.begun(at) if is_planned else at

    def _report(self, at: datetime) -> None:
        chance, planner = self.chance, self.planner
        planner.serial += 1
        grid, lon, lat = chance.choice(self.community.grids)
        where = chance.choice(texts.SPOTS).format(n=chance.randint(1, 30), m=chance.randint(1, 6), k=chance.randint(1, 30))
        wording = chance.choice(texts.REPORTS.get(self.kind.key, texts.OTHERWISE)).format(at=where, what=self.kind.name)
        is_six = self.kind.key.startswith("six:")
        address = f"{self.community.short}{where}"
        if is_six and not self.community.is_made_up:
            address += f"（巡查点{planner.serial}）"
        position = None
        if chance.random() < POSITION_SHARE and not (is_six and not self.community.is_made_up):
            position = f"{(lon + chance.randint(-150, 150)) / 1e6:.6f},{(lat + chance.randint(-150, 150)) / 1e6:.6f}"
        named = not self.is_patrol and chance.random() < CONTACT_SHARE
        self._add(at, "matter.report", "gridworker" if self.is_patrol else "public", photos=int(chance.random() < PHOTO_SHARE),
                  category=self.kind.category, area=self.community.area if not self.is_patrol and chance.random() < 0.3 else grid,
                  summary=wording + chance.choice(texts.ENDINGS), address=address, position=position,
                  urgency=None if is_six else "urgent" if chance.random() < 0.06 else "ordinary",
                  contact_name=f"演示{chance.choice(texts.CALLED)}" if named else None,
                  contact_phone=f"1000000{chance.randint(0, 9999):04d}" if named else None)

    def accept(self) -> None:
        """Filed and sent to the usual unit."""
        self._add(self._later(4, 40), "matter.file", "dispatcher", note=self.chance.choice(texts.FILED))
        if not self.is_patrol and self.community.is_made_up and self.chance.random() < ASKED_SHARE * 3:
            self._add(self._later(2, 10), "matter.ask", "dispatcher", text=self.chance.choice(texts.QUESTIONS))
            if self.chance.random() < 0.7:
                self._add(self._later(5, 90, is_planned=False), "matter.answer", "public", text=self.chance.choice(texts.ANSWERS))
        self.dispatch(self.kind.unit)

    def dispatch(self, unit: str) -> None:
        """Given to a unit."""
        self._add(self._later(2, 20), "matter.dispatch", "dispatcher", unit=self.community.units[unit], note=self.chance.choice(texts.DISPATCHED))

    def handle(self, low: int, high: int, *, is_again: bool = False) -> None:
        """Received, handled and replied within so many minutes."""
        chance, unit = self.chance, self.kind.unit
        if not is_again:
            self._add(self._later(3, 30), "matter.receive", f"unit:{unit}")
        spent = chance.randint(low, high)
        if chance.random() < 0.22:
            self._add(self._later(spent // 3, spent // 2, is_planned=False), "matter.handle", f"unit:{unit}", photos=int(chance.random() < 0.3),
                      note=chance.choice(texts.AGAIN if is_again else texts.HANDLED[unit]))
            spent //= 2
        has_photo = self.kind.needs_photo and chance.random() < 0.85
        self._add(self._later(spent // 2 + 1, spent + 1, is_planned=False), "matter.reply", f"unit:{unit}", photos=int(has_photo),
                  note=chance.choice(texts.REPLIES[unit]), no_photo_reason=texts.NO_PHOTO if self.kind.needs_photo and not has_photo else None)

    def verify(self, low: int, high: int, *, is_passed: bool) -> None:
        """Looked at by the community's grid worker, sometimes by the street's verifier."""
        by = "gridworker" if self.chance.random() < 0.7 else "verifier"
        note = self.chance.choice(texts.PASSED if is_passed else texts.FAILED)
        self._add(self._later(low, high), "matter.verify", by, passed=is_passed, note=note)

    def end(self) -> None:
        """Closed, perhaps rated by who reported it, archived when the time for rating is over."""
        chance = self.chance
        closed = self._add(self._later(5, 120), "matter.close", "dispatcher", note=chance.choice(texts.CLOSED))
        if not self.is_patrol and chance.random() < RATED_SHARE:
            scores = [1, 2, 3, 4, 5]
            score = chance.choices(scores, [40, 30, 14, 10, 6] if self.community.is_made_up else [70, 30, 0, 0, 0])[0]
            self._add(self._later(30, 3 * 1440, is_planned=False), "matter.rate", "public", score=score,
                      text=chance.choice(texts.GOOD_WORDS if score < 3 else texts.BAD_WORDS))
        self._add(closed + ARCHIVED_AFTER, "matter.archive", "system")


def _good(draft: Draft) -> None:
    draft.accept()
    draft.handle(25, 100)
    draft.verify(15, 240, is_passed=True)
    draft.end()


def _duty(action: str, reason: str) -> str:
    """The entry of the list of duties that a refusal names; empty where its reason needs none."""
    return texts.DUTY if reason == duties.CITED[action] else ""


def _refused(draft: Draft) -> None:
    reason = draft.chance.choice(sorted(texts.REFUSED))
    draft._add(draft._later(10, 60), "matter.refuse", "dispatcher", reason=reason, duty=_duty("matter.refuse", reason), note=texts.REFUSED[reason])


def _returned(draft: Draft) -> None:
    draft.accept()
    reason = draft.chance.choice(sorted(texts.RETURNED))
    wrong = draft.chance.choice([kind for kind in sorted(draft.community.units) if kind != draft.kind.unit])
    sent = draft.made.pop()
    draft._add(sent.at, "matter.dispatch", "dispatcher", unit=draft.community.units[wrong])
    draft._add(draft._later(10, 90), "matter.return", f"unit:{wrong}", reason=reason, duty=_duty("matter.return", reason), note=texts.RETURNED[reason])
    draft.dispatch(draft.kind.unit)
    draft.handle(30, 200)
    draft.verify(15, 240, is_passed=True)
    draft.end()


def _reworked(draft: Draft) -> None:
    draft.accept()
    draft.handle(40, 300)
    draft.verify(30, 500, is_passed=False)
    draft.handle(60, 900, is_again=True)
    draft.verify(30, 500, is_passed=True)
    draft.end()


def _late(draft: Draft) -> None:
    draft.accept()
    draft.handle(12 * 1440, 20 * 1440)
    draft.verify(60, 3000, is_passed=True)
    draft.end()


def _stopped(draft: Draft) -> None:
    """Stands somewhere: what comes later than a drawn step is not done yet."""
    _good(draft)
    del draft.made[draft.chance.choice((1, 2, 3, 4, 4, 4, 5, 5, 5, 6)):]


FATE_STEPS: dict[str, Callable[[Draft], None]] = {
    "good": _good, "refused": _refused, "returned": _returned, "reworked": _reworked, "late": _late, "open": _stopped, "overdue": _stopped,
}
