# SPDX-License-Identifier: MulanPSL-2.0
"""The slow second reckoning: points, dimensions, totals, coverage, conditions and grade, from the published standard and counts alone.

Nothing is taken from the engine: the rules are written a second time from the sheet's own writing (policy.md 3.3), so that a fault of the one
shows in the other.
"""

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from linli.measures.proving.reading import MOST_COUNT, Said, digest, exact, fraction

Content = Mapping[str, Any]
SCORED, EMPTY, SET_ASIDE = ("computed", "overridden"), "not_evaluable", "set_aside"
STATES = (*SCORED, EMPTY, SET_ASIDE)
NUMBER = re.compile(r"\d*\.?\d+")
LONGEST = 40
"""Characters of a scoring rule: a sheet writes `lin .80→.95`."""


def points(rule: str, numerator: int, denominator: int, full: Fraction) -> Fraction:
    """Points of one indicator by the writing of the sheet (`lin .80→.95`). ValueError for a writing that is unknown."""
    if len(rule) > LONGEST:
        raise ValueError(rule[:LONGEST])
    kind, bounds = rule.split()[0], [Fraction(one) for one in NUMBER.findall(rule)]
    share = Fraction(numerator, denominator)
    if kind in ("lin", "inv"):
        part = (share - bounds[0]) / (bounds[1] - bounds[0])
    elif kind == "bool":
        part = Fraction(int(share >= 1))
    elif kind == "steps":
        part = Fraction(numerator) / bounds[0] if bounds else share
    elif kind == "ded":
        return max(Fraction(0), full - bounds[0] * numerator)
    else:
        raise ValueError(kind)
    return full * min(Fraction(1), max(Fraction(0), part))


def check(content: Content) -> Iterator[Said]:
    """Every sentence about what does not follow from the file itself; nothing when all of it does."""
    standard = content["standard"]
    sheet = standard["content"]
    if digest(sheet) != standard["digest"]:
        yield Said("标准内容与它自己的摘要不符：标准被改动过。", "The standard's content does not fit its own digest: the standard was changed.")
    if (sheet.get("code"), sheet.get("version")) != (standard["code"], standard["version"]):
        yield Said("标准的名称或版本与内容不符。", "The standard's name or version is not that of its content.")
    areas = [one["area"] for one in content["communities"]]
    if areas != sorted(set(areas)):
        yield Said("社区的先后次序不是按编号排列，或有重复。", "The communities do not stand in order of their numbers, or one stands twice.")
    named = [(one["code"], one["version"]) for one in content["measures"]]
    if named != sorted(set(named)):
        yield Said("计算公式的先后次序被改动，或有重复。", "The formulas do not stand in their order, or one stands twice.")
    for community in content["communities"]:
        yield from (_at(community, one) for one in _community(community, sheet, content, set(named)))


def _at(community: Content, one: Said) -> Said:
    return Said(f"{community['name']}（{community['area']}）：{one.zh}", f"{community['name']} ({community['area']}): {one.en}")


def _community(community: Content, sheet: Content, content: Content, formulas: set[tuple[str, int]]) -> Iterator[Said]:
    measured = [row for row in sheet["indicator"] if row.get("basis", "measured") == "measured"]
    order = [row["code"] for dimension in sheet["dimension"] for row in measured if row["dimension"] == dimension["code"]]
    shown = {one["code"]: one for one in community["indicators"]}
    if [one["code"] for one in community["indicators"]] != order:
        yield Said("指标与标准不一致：多了、少了，或次序变了。", "Its indicators are not those of the standard: one too many, one too few, or another order.")
        return
    rows = {row["code"]: row for row in measured}
    for code, one in shown.items():
        yield from _indicator(one, rows[code], formulas)
    found = [_dimension(one, rows, shown) for one in sheet["dimension"]]
    yield from _compare_dimensions(community, sheet, found, rows, shown)
    yield from _compare_totals(community, sheet, content, found, shown)


def _indicator(one: Content, row: Content, formulas: set[tuple[str, int]]) -> Iterator[Said]:
    code = one["code"]
    if (one["measure"], one["version"]) != (row["measure"], row["version"]):
        yield Said(f"指标 {code} 用的公式不是标准规定的。", f"Indicator {code} reads another formula than the standard says.")
    if (one["measure"], one["version"]) not in formulas:
        yield Said(f"指标 {code} 的公式不在文件里。", f"The formula of indicator {code} is not in the file.")
    if one["state"] not in STATES:
        yield Said(f"指标 {code} 的状态“{one['state']}”不认识。", f"Indicator {code} has the unknown state “{one['state']}”.")
        return
    if (one["state"] == "overridden") != (one["override"] is not None):
        yield Said(f"指标 {code} 是否经人工核定，前后不一致。", f"Indicator {code} contradicts itself about being overridden.")
    if one["is_withheld"]:
        if one["numerator"] is not None or one["denominator"] is not None or not one["commitment"]:
            yield Said(f"指标 {code} 标为不公开，却写了数字或缺少封存值。", f"Indicator {code} is withheld, yet shows counts or lacks its commitment.")
        return
    yield from _counts(one, row)


def _counts(one: Content, row: Content) -> Iterator[Said]:
    code, numerator, denominator = one["code"], one["numerator"], one["denominator"]
    if not (_is_count(numerator) and _is_count(denominator)):
        yield Said(f"指标 {code} 的分子或分母不是非负整数。", f"Numerator or denominator of indicator {code} is no whole number from nought up.")
        return
    if (denominator == 0) != (one["state"] == EMPTY):
        yield Said(f"指标 {code} 的状态与分母不符。", f"The state of indicator {code} does not fit its denominator.")
    if denominator and one["holds"] != _holds(one, row):
        yield Said(f"指标 {code} 是否达到必备要求，与数字不符。", f"Whether indicator {code} holds does not follow from its counts.")
    wanted = points(row["scoring"], numerator, denominator, exact(row["points"])) if _is_scored(one, row) else None
    if fraction(one["reached"]) != wanted:
        yield Said(f"指标 {code} 得分写的是 {one['reached']}，按公布的数字和规则应为 {wanted}。",
                   f"Indicator {code} says {one['reached']} points; the published counts and rule give {wanted}.")


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < MOST_COUNT


def _holds(one: Content, row: Content) -> bool:
    if one["is_withheld"]:
        return bool(one["holds"])
    numerator, denominator = int(one["numerator"]), int(one["denominator"])
    when = row.get("necessary_when", "full") if row.get("necessary") else "full"
    if when in ("full", "some"):
        return numerator >= denominator if when == "full" else numerator > 0
    return numerator >= exact(when) * denominator


def _is_scored(one: Content, row: Content) -> bool:
    return one["state"] in SCORED and "scoring" in row and exact(row["points"]) > 0


Dimension = tuple[Fraction, Fraction, Fraction | None]
"""Possible, evaluable, reached. Points of what somebody has to see on site are possible only once they are scored."""


def _dimension(dimension: Content, rows: Mapping[str, Content], shown: Mapping[str, Content]) -> Dimension:
    own = [code for code, row in rows.items() if row["dimension"] == dimension["code"]]
    scored = [code for code in own if _is_scored(shown[code], rows[code])]
    possible = sum((exact(rows[code]["points"]) for code in own if code in scored or "inspection" not in rows[code]), Fraction(0))
    evaluable = sum((exact(rows[code]["points"]) for code in scored), Fraction(0))
    reached = sum((points(rows[code]["scoring"], shown[code]["numerator"], shown[code]["denominator"], exact(rows[code]["points"]))
                   for code in scored if not shown[code]["is_withheld"]), Fraction(0))
    return possible, evaluable, reached


def _compare_dimensions(community: Content, sheet: Content, found: list[Dimension], rows: Mapping[str, Content],
                        shown: Mapping[str, Content]) -> Iterator[Said]:
    stated = community["dimensions"]
    if [one["code"] for one in stated] != [one["code"] for one in sheet["dimension"]]:
        yield Said("维度与标准不一致。", "Its dimensions are not those of the standard.")
        return
    for place, (one, dimension) in enumerate(zip(stated, sheet["dimension"], strict=True)):
        held = [code for code, row in rows.items()
                if row["dimension"] == dimension["code"] and shown[code]["is_withheld"] and _is_scored(shown[code], row)]
        possible, evaluable, reached = found[place]
        withheld = fraction(one["withheld"]["reached"]) if one["withheld"] else Fraction(0)
        most = sum((exact(rows[code]["points"]) for code in held), Fraction(0))
        if sorted(one["withheld"]["codes"] if one["withheld"] else []) != sorted(held) or withheld is None or not 0 <= withheld <= most:
            yield Said(f"维度 {one['code']} 里不公开数字的指标，合计得分对不上。", f"The sum of the withheld points of dimension {one['code']} cannot be right.")
            withheld = Fraction(0)
        scaled = ((reached or Fraction(0)) + withheld) * possible / evaluable if evaluable else None
        found[place] = (possible, evaluable, scaled)
        for name, wanted in (("possible", possible), ("evaluable", evaluable), ("reached", scaled)):
            if fraction(one[name]) != wanted:
                yield Said(f"维度 {one['code']} 的 {name} 写的是 {one[name]}，重新计算为 {wanted}。", f"Dimension {one['code']}: {name} says {one[name]}, recomputed {wanted}.")


def _compare_totals(community: Content, sheet: Content, content: Content, found: list[Dimension], shown: Mapping[str, Content]) -> Iterator[Said]:
    whole = sum((exact(one["points"]) for one in sheet["dimension"]), Fraction(0))
    is_scored = bool(whole) and any(one[2] is not None for one in found)
    reached = sum((one[2] for one in found if one[2] is not None), Fraction(0)) if is_scored else None
    possible = sum((one[0] for one in found), Fraction(0)) if is_scored else None
    coverage = sum((one[1] for one in found), Fraction(0)) / whole if is_scored else None
    for name, wanted in (("reached", reached), ("possible", possible), ("coverage", coverage)):
        if fraction(community[name]) != wanted:
            yield Said(f"合计 {name} 写的是 {community[name]}，重新计算为 {wanted}。", f"The total {name} says {community[name]}, recomputed {wanted}.")
    conditions = _conditions(sheet, shown)
    if [(one["code"], one["state"]) for one in community["conditions"]] != conditions:
        yield Said(f"必备条件的结论不对，应为 {_listed(conditions)}。", f"The necessary conditions are wrong; they should be {_listed(conditions)}.")
    wanted_grade = _grade(sheet, content, conditions, found, (reached, possible, coverage, whole))
    if community["grade"] != wanted_grade:
        yield Said(f"评定结论写的是 {community['grade']}，应为 {wanted_grade}。", f"The grade says {community['grade']}; it should be {wanted_grade}.")


def _listed(conditions: list[tuple[str, str]]) -> str:
    return ", ".join(f"{code} {state}" for code, state in conditions)


def _conditions(sheet: Content, shown: Mapping[str, Content]) -> list[tuple[str, str]]:
    answer = []
    for condition in sheet.get("necessary", ()):
        deciding = [row for row in sheet["indicator"] if row.get("necessary") == condition["code"]]
        judged = [shown[row["code"]] for row in deciding if row["code"] in shown]
        known = [(one, row) for row in deciding if (one := shown.get(row["code"])) is not None and one["state"] != EMPTY]
        if any(not _holds(one, row) for one, row in known):
            answer.append((condition["code"], "unmet"))
        else:
            answer.append((condition["code"], "met" if len(known) == len(judged) == len(deciding) else "open"))
    return answer


def _grade(sheet: Content, content: Content, conditions: list[tuple[str, str]], found: list[Dimension],
           total: tuple[Fraction | None, Fraction | None, Fraction | None, Fraction]) -> str:
    reached, possible, coverage, whole = total
    if any(state == "unmet" for _, state in conditions):
        return "misses"
    bar = sheet.get("bar")
    if reached is None or possible is None or coverage is None or coverage < exact(content["rules"]["least_coverage"]) or not bar:
        return "open"
    is_low = reached * whole < exact(bar["total"]) * possible
    is_low = is_low or any(one[2] is not None and one[2] < exact(bar["dimension"]) * one[0] for one in found)
    return "misses" if is_low else "reaches"
