# SPDX-License-Identifier: MulanPSL-2.0
"""Who is re-inspected in a year: those whose time has come, then a draw with whole weights from declared reasons. Repeatable by everybody once the seed is shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Max

from linli.core import draws
from linli.core.faults import NotVisible
from linli.core.keys import keyring
from linli.titles.after import signs
from linli.titles.kinds import TitleKind
from linli.titles.models import Reinspection, ReinspectionRound, Title


@dataclass(frozen=True)
class Weighed:
    """One title in the frame: its weight is the product of the factors of its reasons; `is_due` must come in this round whatever is drawn."""

    title: int
    area: int
    weight: int
    reasons: tuple[str, ...]
    is_due: bool

    def as_kept(self) -> dict[str, Any]:
        """How it is kept with the round."""
        return {"title": self.title, "area": self.area, "weight": self.weight, "reasons": list(self.reasons), "is_due": self.is_due}


def baseline(title: Title, last_round: int | None) -> int:
    """The year from which the time without a look counts: its last round, else the year it came into the register; 0 where neither is known."""
    entered = title.listed_on or title.named_on
    return max(last_round or 0, entered.year if entered is not None else 0)


def weigh(kind: TitleKind, year: int, day: date, title: Title, names: Sequence[str], last_round: int | None) -> Weighed:
    """The weight of one title by its signs and by the time since its last look."""
    since = baseline(title, last_round)
    reasons = [name for name in names if name in kind.risks]
    if signs.long_since(year, since, kind, day) and "long" in kind.risks:
        reasons.append("long")
    weight = 1
    for name in reasons:
        weight *= kind.risks[name].factor
    return Weighed(title.pk, title.area, weight, tuple(reasons), year - since >= kind.limit("coverage_years", day).number)


def frame(kind: TitleKind, year: int, day: date) -> list[Weighed]:
    """Every title that is borne and not being re-inspected, weighed; three queries, inside the sight in force."""
    running = Reinspection.objects.filter(kind=kind.name, closed_at=None).exclude(state="revoked").values("title")
    held = list(Title.objects.filter(kind=kind.name, revoked_on=None).exclude(pk__in=running).order_by("pk"))
    last = dict(Reinspection.objects.filter(kind=kind.name).order_by().values_list("title").annotate(last=Max("year")))
    standing = signs.current(held)
    return [weigh(kind, year, day, one, [sign.name for sign in standing.get(one.pk, ())], last.get(one.pk)) for one in held]


def least_size(weighed: Sequence[Weighed], years: int) -> int:
    """How many a round takes at least: all whose time has come, and no fewer than an even share of the years."""
    return max(sum(one.is_due for one in weighed), -(-len(weighed) // years))


def drawn(seed: bytes, rows: Sequence[Mapping[str, Any]], size: int) -> list[int]:
    """The titles that come: those whose time has come by number, then the weighted draw among the others up to the size."""
    due = sorted(int(one["title"]) for one in rows if one["is_due"])
    others = {int(one["title"]): int(one["weight"]) for one in rows if not one["is_due"]}
    return due + draws.weighted(seed, others, max(0, size - len(due)))


def rounds_of(kind: TitleKind) -> list[ReinspectionRound]:
    """The rounds of a kind, newest first, without their frames; one query."""
    return list(ReinspectionRound.objects.filter(kind=kind.name).order_by("-year").defer("frame"))


def round_numbered(number: int) -> ReinspectionRound:
    """The round of a number. NotVisible when there is none."""
    found: ReinspectionRound | None = ReinspectionRound.objects.filter(pk=number).first()
    if found is None:
        raise NotVisible
    return found


def context(round_: ReinspectionRound) -> str:
    """What the seed of a round is sealed for."""
    return f"title_round:{round_.kind}:{round_.year}"


def seed_of(round_: ReinspectionRound) -> bytes:
    """The seed, which only the server knows until it is shown."""
    return keyring().unseal(bytes(round_.sealed), context(round_))


def is_repeatable(round_: ReinspectionRound, titles: Sequence[int]) -> bool:
    """Whether the shown seed has the digest that was fixed and draws exactly these titles again. False while the seed is not shown."""
    if not round_.seed:
        return False
    seed = bytes.fromhex(round_.seed)
    return draws.digest(seed) == round_.digest and sorted(drawn(seed, round_.frame, round_.size)) == sorted(titles)
