# SPDX-License-Identifier: MulanPSL-2.0
"""What a rule may name: all, a scheme, a group or a category of those in force; with their words, and found again from what people write."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from linli.core.words import Words, words
from linli.matters import categories
from linli.matters.models import Category
from linli.matters.routing.books import ALL, keys_of

EVERYTHING = words("所有类别", "All categories")


def known(day: date) -> Mapping[str, Words]:
    """Every selector that means something on the day, the widest first."""
    return _known(day, categories.edition())


@lru_cache(maxsize=4)
def _known(day: date, edition: int) -> dict[str, Words]:
    """Made once a day and an edition of the categories."""
    found: dict[str, Words] = {ALL: EVERYTHING}
    rows = categories.in_force(day)
    for one in rows:
        found.setdefault(f"scheme:{one.scheme.code}", words(one.scheme.name_zh, one.scheme.name_en))
    for one in rows:
        if one.group_code:
            found.setdefault(keys_of(one)[1], words(f"{one.group_zh}（大类）", f"{one.group_en or one.group_zh} (group)"))
    for one in rows:
        found[keys_of(one)[0]] = named(one)
    return found


def named(one: Category) -> Words:
    """A category with its code: names repeat between groups."""
    return words(f"{one.name_zh}（{one.code}）", f"{one.name_en or one.name_zh} ({one.code})")


def words_of(what: str, names: Mapping[str, Words]) -> Words:
    """A selector as people read it; its bare text when its scheme is no longer in force."""
    return names.get(what) or words(what, what)


def found(text: str, names: Mapping[str, Words]) -> str | None:
    """The selector that was written or typed: itself, or the one whose words it is; None when none or several fit."""
    wanted = text.strip()
    if wanted in names:
        return wanted
    exact = [what for what, label in names.items() if wanted in (label.zh, label.en)]
    partly = exact or [what for what, label in names.items() if wanted and wanted.lower() in f"{label.zh} {label.en}".lower()]
    return partly[0] if len(partly) == 1 else None
