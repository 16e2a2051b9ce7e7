# SPDX-License-Identifier: MulanPSL-2.0
"""Who owns a category at a place at a time: the rules of one version as a book, and the books of all levels together.

Inside a book the more specific rule decides: first by category (category, group, scheme, all), then by place (grid, community,
street, district, city), then by time (window, in or outside office hours, always). Between books the lowest level that says
something decides; where it says nothing, or says "leave to the level above", the next one is asked (docs/decisions/0013).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from linli.matters.models import Category
from linli.matters.routing.times import Slot, When

ALL = "all"
ABOVE = "above"
BY_HAND, PATROL, EVERYBODY = "hand", "patrol", "all"


@dataclass(frozen=True)
class Rule:
    """One rule, ready to be asked. `area` is the number of a place and stands for its whole range."""

    id: int
    route: int
    what: str
    area: int
    when: When
    target: str
    is_automatic: bool = False
    files: str = BY_HAND
    note: str = ""


def keys_of(category: Category) -> tuple[str, ...]:
    """What a rule may call a category by, the most specific first."""
    scheme = category.scheme.code
    group = (f"group:{scheme}:{category.group_code}",) if category.group_code else ()
    return f"category:{scheme}:{category.part}:{category.code}", *group, f"scheme:{scheme}", ALL


class Book:
    """The rules of one version, found by what they name."""

    def __init__(self, scope: int, rules: Iterable[Rule]) -> None:
        self.scope = scope
        self.rules = tuple(rules)
        self._held: dict[tuple[str, int], list[tuple[Rule, ...]]] = {}
        by_name: dict[tuple[str, int], dict[int, list[Rule]]] = {}
        for rule in self.rules:
            by_name.setdefault((rule.what, rule.area), {}).setdefault(rule.when.rank, []).append(rule)
        for name, by_rank in by_name.items():
            self._held[name] = [tuple(by_rank[rank]) for rank in sorted(by_rank, reverse=True)]

    def claims(self, keys: Sequence[str], path: Sequence[int]) -> Iterator[tuple[Rule, ...]]:
        """The rules that name this category and this place, in groups of equal specificity, the most specific group first."""
        for key in keys:
            for area in path:
                yield from self._held.get((key, area), ())

    def deciding(self, keys: Sequence[str], path: Sequence[int], slot: Slot) -> tuple[Rule, ...]:
        """The most specific rules that hold at that time: one as a rule, none in a hole, several where rules overlap."""
        for group in self.claims(keys, path):
            found = tuple(rule for rule in group if rule.when.holds(slot))
            if found:
                return found
        return ()


def owners(books: Mapping[int, Book], keys: Sequence[str], path: Sequence[int], slot: Slot) -> tuple[Rule, ...]:
    """The rule that owns a cell, as a tuple: empty is a hole, more than one an overlap. `path` runs from the place up to the city."""
    for scope in path:
        book = books.get(scope)
        found = book.deciding(keys, path, slot) if book else ()
        if len(found) > 1 or (found and found[0].target != ABOVE):
            return found
    return ()
