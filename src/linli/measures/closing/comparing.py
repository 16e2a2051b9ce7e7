# SPDX-License-Identifier: MulanPSL-2.0
"""What a new edition changes: figures before and after, records that joined, left or changed side; and what is kept of the records."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from linli.measures.closing.packing import Row, pack, unpack
from linli.measures.models import Closing, Difference, Frozen, FrozenMembers

AT_ONCE = 500
Pair = tuple[int, int]
NONE: Pair = (0, 0)


def shown(row: Frozen | None) -> dict[str, Pair]:
    """By measure version the figures that a frozen row shows: what two people put in, else what was counted."""
    if row is None:
        return {}
    found = {name: (numerator, denominator) for name, numerator, denominator in zip(row.names, row.numerators, row.denominators, strict=True)}
    return found | {name: (given[1], given[2]) for name, given in row.overrides.items()}


def counted(row: Frozen | None) -> dict[str, Pair]:
    """By measure version what was counted."""
    return {name: (numerator, denominator) for name, numerator, denominator in zip(row.names, row.numerators, row.denominators, strict=True)} if row else {}


def _newest(closing: Closing, areas: Iterable[int], periods: Sequence[str], *, with_own: bool) -> dict[tuple[int, str, str], Frozen]:
    """By area, period and level the newest frozen row before a closing, or with its own."""
    found: dict[tuple[int, str, str], Frozen] = {}
    wanted = Frozen.objects.filter(area__in=list(areas), period__in=list(periods)).select_related("closing").order_by("closing")
    for one in wanted:
        if one.closing.state == "frozen" or (with_own and one.closing_id == closing.pk):
            found[one.area, one.period, one.level] = one
    return found


def note_sums(closing: Closing) -> int:
    """Write what differs in figures beside those of the communities in the period itself, which come with their records; answers how many. None for a first edition."""
    if closing.number == 1:
        return 0
    done = 0
    every = [one for one in Frozen.objects.filter(closing=closing) if not (one.level == "community" and one.period == closing.period)]
    for start in range(0, len(every), AT_ONCE):
        part = every[start:start + AT_ONCE]
        before = _newest(closing, {one.area for one in part}, sorted({one.period for one in part}), with_own=False)
        made = [difference for one in part for difference in _figures(closing, one, before.get((one.area, one.period, one.level)))]
        Difference.objects.bulk_create(made)
        done += len(made)
    return done


def _figures(closing: Closing, now: Frozen, before: Frozen | None) -> list[Difference]:
    old, new = shown(before), shown(now)
    return [_difference(closing, (now.area, now.period, now.level), name, old.get(name, NONE), new.get(name, NONE))
            for name in sorted(set(old) | set(new)) if old.get(name, NONE) != new.get(name, NONE)]


def _difference(closing: Closing, at: tuple[int, str, str], name: str, old: Pair, new: Pair) -> Difference:
    area, period, level = at
    return Difference(area=area, closing=closing, period=period, level=level, name=name, numerator_before=old[0], denominator_before=old[1],
                      numerator_after=new[0], denominator_after=new[1])


@dataclass
class _Noted:
    """What is to be written about some communities."""

    members: list[FrozenMembers] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    figures: int = 0
    records: int = 0


def note_communities(closing: Closing, areas: Sequence[int], now: Mapping[tuple[int, str], list[Row]]) -> tuple[int, int]:
    """Keep the records of these communities where they differ from the edition before, with the differences; answers figures and records that differ."""
    before = _newest(closing, areas, [closing.period], with_own=False)
    after = _newest(closing, areas, [closing.period], with_own=True)
    held: dict[tuple[int, str], FrozenMembers] = {}
    for one in FrozenMembers.objects.filter(area__in=areas, period=closing.period, closing__state="frozen").order_by("closing"):
        held[one.area, one.name] = one
    noted = _Noted()
    for area in areas:
        key = (area, closing.period, "community")
        pairs = (shown(before.get(key)), shown(after.get(key)))
        totals = counted(after.get(key))
        names = {name for one, name in held if one == area} | set(totals) | set(pairs[0]) | set(pairs[1])
        for name in sorted(names):
            rows = sorted(now.get((area, name), []))
            _note(noted, closing, key, name, (pairs[0].get(name, NONE), pairs[1].get(name, NONE)), held.get((area, name)),
                  rows if _total(rows) == totals.get(name, NONE) else None)
    FrozenMembers.objects.bulk_create(noted.members)
    Difference.objects.bulk_create(noted.differences)
    return noted.figures, noted.records


def _total(rows: Iterable[Row]) -> Pair:
    held = list(rows)
    return sum(one.part for one in held), sum(one.whole for one in held)


def _note(noted: _Noted, closing: Closing, at: tuple[int, str, str], name: str, pairs: tuple[Pair, Pair], before: FrozenMembers | None, rows: list[Row] | None) -> None:
    """One figure of one community. `rows` is None where today's records no longer give the figure, so that nothing true could be listed."""
    made = FrozenMembers(area=at[0], closing=closing, period=closing.period, name=name, count=len(rows or ()), is_kept=rows is not None, packed=pack(rows or ()))
    is_same = before is not None and (before.is_kept, bytes(before.packed)) == (made.is_kept, made.packed)
    if not is_same:
        noted.members.append(made)
    if closing.number == 1 or (is_same and pairs[0] == pairs[1]):
        return
    found = _difference(closing, at, name, *pairs)
    if before is not None and before.is_kept and rows is not None:
        _sides(found, unpack(bytes(before.packed)), rows)
    elif before is None and rows is not None and pairs[0] == NONE:
        _sides(found, [], rows)
    else:
        found.is_listed = False
    if pairs[0] != pairs[1] or found.joined or found.gone or found.moved:
        noted.differences.append(found)
        noted.figures += int(pairs[0] != pairs[1])
        noted.records += len(found.joined) + len(found.gone) + len(found.moved)


def _sides(found: Difference, before: Iterable[Row], after: Iterable[Row]) -> None:
    """Records that joined, left, or stand otherwise in the count than before; by the record's own number."""
    old, new = {(one.id, one.what): one for one in before}, {(one.id, one.what): one for one in after}
    found.joined = sorted({new[key].record for key in set(new) - set(old)})
    found.gone = sorted({old[key].record for key in set(old) - set(new)})
    found.moved = sorted({new[key].record for key in set(old) & set(new)
                          if (old[key].is_inside, old[key].part, old[key].whole) != (new[key].is_inside, new[key].part, new[key].whole)})
