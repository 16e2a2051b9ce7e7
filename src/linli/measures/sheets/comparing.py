# SPDX-License-Identifier: MulanPSL-2.0
"""Two versions side by side: for each node what it is worth, how it is scored and what it says, and the differences in plain words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from linli.core.words import Words, words
from linli.measures.declarations import find_measure
from linli.measures.scoring import decimal, scorer
from linli.measures.sheets.checking import AWAITED, INSPECTED, MEASURED, SURVEYED, number
from linli.measures.sheets.linking import Link, nodes

NOTHING = words("没有", "none")
FIELDS: tuple[tuple[str, Words], ...] = (
    ("points", words("分值", "points")), ("scoring", words("得分办法", "scoring")), ("basis", words("依据", "basis")),
    ("measure", words("度量", "measure")), ("dimension", words("维度", "dimension")), ("zh", words("中文名称", "Chinese name")),
    ("en", words("英文名称", "English name")), ("necessary", words("必备条件", "necessary condition")),
    ("necessary_when", words("怎样算满足", "when it holds")), ("system", words("等待的系统", "awaited system")),
    ("duty", words("责任单位", "responsible")), ("source", words("出处", "source")), ("norms", words("依据的规范", "norms")),
    ("evidence", words("佐证材料", "evidence")), ("points_proposed", words("分值是拟定的", "points are proposed")),
    ("scoring_proposed", words("得分办法是拟定的", "scoring is proposed")))
BASIS = {MEASURED: words("由记录计算", "computed"), AWAITED: words("等其他系统的记录", "awaited"), INSPECTED: words("到现场看", "inspected"),
         SURVEYED: words("抽样调查", "surveyed")}
CHANGED = words("{label}由{before}改为{after}", "{label}: {before} becomes {after}")
QUOTED = words("“{text}”", "“{text}”")
YES_NO = {True: words("是", "yes"), False: words("否", "no")}


@dataclass(frozen=True)
class Side:
    """A node as one version has it."""

    code: str
    words: Words
    points: str
    scoring: Words
    is_proposed: bool


@dataclass(frozen=True)
class Line:
    """A node of the newer version beside those of the earlier one, with the differences as sentences."""

    link: Link
    newer: Side | None
    earlier: tuple[Side, ...]
    differences: tuple[Words, ...]


def name_of(row: Mapping[str, Any]) -> Words:
    """What a node is called: its own name, else its measure's, else its code."""
    zh, en, code = row.get("zh"), row.get("en"), str(row.get("code")).strip() or "?"
    if isinstance(zh, str) and isinstance(en, str) and zh and en:
        return words(zh, en)
    held = find_measure(str(row.get("measure", "")))
    return held.words if held else words(code, code)


def side(row: Mapping[str, Any]) -> Side:
    """One node, as it is shown."""
    return Side(str(row.get("code")), name_of(row), plain_points(row.get("points")), scoring_words(row.get("scoring")),
                bool(row.get("points_proposed")) or bool(row.get("scoring_proposed")))


def plain_points(value: Any) -> str:
    """Points as written, without needless noughts; what is no number as it stands."""
    exact = number(value)
    if exact is None:
        return str(value if value is not None else "")[:40]
    return str(exact.numerator) if exact.denominator == 1 else decimal(exact, 2).rstrip("0")


def scoring_words(value: Any) -> Words:
    """The scoring in words; what cannot be read as it stands."""
    if value is None:
        return words("不计分，只观察", "watched, no points")
    try:
        return scorer(str(value)).words
    except ValueError:
        return QUOTED.format(text=str(value)[:60])


def lines(found: Sequence[Link], content: Mapping[str, Any], before: Mapping[str, Any]) -> list[Line]:
    """Every node of both versions, in the order of the links."""
    new, old = nodes(content), nodes(before)
    made = []
    for one in found:
        row, earlier = new.get(one.code), [old[code] for code in one.earlier if code in old]
        differences = tuple(_differences(row, earlier[0])) if row and len(earlier) == 1 else ()
        made.append(Line(one, side(row) if row else None, tuple(side(each) for each in earlier), differences))
    return made


def _differences(row: Mapping[str, Any], before: Mapping[str, Any]) -> list[Words]:
    return [CHANGED.format(label=label, before=_said(field, before.get(field)), after=_said(field, row.get(field)))
            for field, label in FIELDS if _plain(field, row.get(field)) != _plain(field, before.get(field))]


def _plain(field: str, value: Any) -> Any:
    if field == "points":
        exact = number(value)
        return value if exact is None else exact
    return MEASURED if field == "basis" and value is None else value


def _said(field: str, value: Any) -> Words:
    if field == "points":
        text = plain_points(value)
        return words(f"{text} 分", f"{text} points") if text else NOTHING
    if field == "scoring":
        return scoring_words(value)
    if field == "basis":
        return BASIS.get(str(value or MEASURED), QUOTED.format(text=str(value)[:60]))
    if value is None or value == []:
        return NOTHING
    if isinstance(value, bool):
        return YES_NO[value]
    return QUOTED.format(text=(", ".join(map(str, value)) if isinstance(value, list) else str(value))[:300])


def heads(content: Mapping[str, Any], before: Mapping[str, Any]) -> list[Words]:
    """What differs outside the indicators: names, bar, dimensions, conditions; in sentences."""
    found = [CHANGED.format(label=label, before=_said(field, before.get(field)), after=_said(field, content.get(field)))
             for field, label in (("zh", words("中文名称", "Chinese name")), ("en", words("英文名称", "English name")), ("source", words("出处", "source")))
             if content.get(field) != before.get(field)]
    found += _bar(content.get("bar"), before.get("bar"))
    for section, label in (("dimension", words("维度", "Dimension")), ("necessary", words("必备条件", "Condition"))):
        new, old = _by_code(content, section), _by_code(before, section)
        found += [words(f"新增{label.zh} {code}", f"{label.en} {code} is new") for code in new if code not in old]
        found += [words(f"取消{label.zh} {code}", f"{label.en} {code} is dropped") for code in old if code not in new]
        for code in (one for one in new if one in old):
            found += [words(f"{label.zh} {code}：{one.zh}", f"{label.en} {code}: {one.en}") for one in _differences(new[code], old[code])]
    return found


def _bar(new: Any, old: Any) -> list[Words]:
    parts = (("total", words("达标总分", "bar in all")), ("dimension", words("每个维度的达标比例", "share for each dimension")))
    new, old = new if isinstance(new, dict) else {}, old if isinstance(old, dict) else {}
    return [CHANGED.format(label=label, before=_said("", old.get(field)), after=_said("", new.get(field))) for field, label in parts if new.get(field) != old.get(field)]


def _by_code(content: Mapping[str, Any], section: str) -> dict[str, Mapping[str, Any]]:
    held = content.get(section)
    return {one["code"]: one for one in held if isinstance(one, dict) and isinstance(one.get("code"), str)} if isinstance(held, list) else {}
