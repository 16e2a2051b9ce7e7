# SPDX-License-Identifier: MulanPSL-2.0
"""检查表: what a standard says of the items that need eyes on site, read from its content; and its rules for assessors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from linli.core.words import Words, words

COUNT, POINTS, YES_NO = "count", "points", "yes_no"
ANSWERS = {
    COUNT: words("看了多少、合格多少", "how many were looked at, how many are right"),
    POINTS: words("按满分打分", "points out of the whole"),
    YES_NO: words("是或否", "yes or no"),
}
"""How an item may be answered."""
HUNDRED = 100
MOST_WHOLE = 1_000_000
"""The most things that one assessor can have looked at (a slip of the finger beyond)."""
RULES = {"difference": "0.10", "days": 14, "years": 3}
"""Where a standard says nothing: shares that differ by more go to a third assessor; days to hand in; years in which a post held counts as a connection."""


@dataclass(frozen=True)
class Item:
    """One item of the sheet. `whole` is the full mark of points; `least` how many things are looked at; `absent` True where there may be nothing of the kind."""

    code: str
    words: Words
    answer: str
    whole: int
    least: int
    photos: int
    has_absent: bool
    instruction: Words
    photo_words: Words | None
    condition: str
    is_proposed: bool


@dataclass(frozen=True)
class Rules:
    """The standard's numbers for assessors, with the mark whether they are proposed."""

    difference: Fraction
    days: int
    years: int
    is_proposed: bool


PLAIN = words("按满分 100 分打分。", "Give points out of 100.")


def items_of(content: Mapping[str, Any], codes: Sequence[str] | None = None) -> tuple[Item, ...]:
    """The items of a standard's sheet in its order, or those of some codes; an indicator without a block of its own is answered by points of 100."""
    rows = [one for one in content["indicator"] if (one["code"] in codes if codes is not None else "inspection" in one)]
    return tuple(_item(one) for one in rows)


def _item(one: Mapping[str, Any]) -> Item:
    block = one.get("inspection", {})
    answer = block.get("answer", POINTS)
    named = words(one["zh"], one["en"]) if one.get("zh") and one.get("en") else words(one["code"], one["code"])
    photo = words(block["photo_zh"], block["photo_en"]) if block.get("photo_zh") else None
    return Item(
        code=one["code"], words=named, answer=answer, whole=1 if answer == YES_NO else int(block.get("whole", HUNDRED)),
        least=int(block.get("least", 1)), photos=int(block.get("photos", 0)), has_absent=bool(block.get("absent")),
        instruction=words(block["zh"], block["en"]) if block.get("zh") else PLAIN, photo_words=photo, condition=one.get("necessary", ""),
        is_proposed=bool(block.get("proposed", True)))


def rules_of(content: Mapping[str, Any]) -> Rules:
    """The rules for assessors in a standard's content; what it leaves out is proposed."""
    given = content.get("inspecting", {})
    chosen = RULES | given
    return Rules(Fraction(chosen["difference"]), int(chosen["days"]), int(chosen["years"]), bool(given.get("proposed", True)))


def item_faults(one: Mapping[str, Any]) -> list[str]:
    """Sentences about the inspection block of an indicator; empty when it has none or nothing is wrong with it."""
    block = one.get("inspection")
    if block is None:
        return []
    found = []
    if unknown := set(block) - {"answer", "whole", "least", "photos", "absent", "zh", "en", "photo_zh", "photo_en", "proposed"}:
        found.append(f"has an inspection block with the unknown entries {sorted(unknown)}. Remove them.")
    if block.get("answer") not in ANSWERS:
        found.append(f"is answered by {block.get('answer')!r} on site. Use one of {sorted(ANSWERS)}.")
    if not (block.get("zh") and block.get("en")):
        found.append("does not say in both languages what the assessor does on site.")
    if bool(block.get("photo_zh")) != bool(block.get("photo_en")) or (block.get("photos") and not block.get("photo_zh")):
        found.append("does not say in both languages what its photos must show.")
    if "proposed" not in block:
        found.append("does not say of its inspection whether the numbers are proposed.")
    found += [f"has {name!r} in its inspection, which is no number from {low} to {high}." for name, low, high in
              (("whole", 2, 1000), ("least", 1, 10_000), ("photos", 0, 9)) if name in block and not _is_within(block[name], low, high)]
    if "whole" in block and block.get("answer") != POINTS:
        found.append("sets a full mark but is not answered by points.")
    return found


def rules_faults(content: Mapping[str, Any]) -> list[str]:
    """Sentences about the rules for assessors; empty when there are none or nothing is wrong with them."""
    given = content.get("inspecting")
    if given is None:
        return []
    found = []
    if unknown := set(given) - set(RULES) - {"proposed", "source"}:
        found.append(f"has rules for assessors with the unknown entries {sorted(unknown)}.")
    try:
        within = 0 < Fraction(given.get("difference", "0.10")) < 1
    except (ValueError, TypeError, ZeroDivisionError):
        within = False
    if not within or not all(_is_within(given.get(name, RULES[name]), 1, 3650) for name in ("days", "years")):
        found.append("has rules for assessors outside what is possible: a difference between 0 and 1, days and years from 1.")
    if "proposed" not in given:
        found.append("does not say of its rules for assessors whether they are proposed.")
    return found


def _is_within(value: Any, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
