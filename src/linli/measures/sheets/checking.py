# SPDX-License-Identifier: MulanPSL-2.0
"""What is wrong with a standard's content: a sentence for each fault, with the section, the row and the field where it is mended."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from linli.core.words import Words, words
from linli.measures.declarations import find_measure
from linli.measures.inspecting.sheets import item_faults, rules_faults
from linli.measures.scoring import decimal, scorer

MEASURED, AWAITED, INSPECTED, SURVEYED = "measured", "awaited", "inspected", "surveyed"
BASES = (MEASURED, AWAITED, INSPECTED, SURVEYED)
WHENS = ("full", "some")
LEAST_SHARE = re.compile(r"0?\.[0-9]{1,4}")
"""What decides a necessary condition beside `full` and `some`: a least share, such as 0.60."""
SURE = ("statute", "published")
"""Whence a number comes that is not proposed: a statute sets it, or it was published by an office."""
GENERAL, BAR, DIMENSION, INDICATOR, NECESSARY, SYSTEM = "general", "bar", "dimension", "indicator", "necessary", "system"
LISTS = (DIMENSION, INDICATOR, NECESSARY, SYSTEM)
LONGEST = {"code": 20, "zh": 200, "en": 300, "source": 500}
LONGEST_CODE, LONGEST_VERSION, LONGEST_NAME = 40, 20, (120, 200)
NUMBER = re.compile(r"\d{1,6}(?:\.\d{1,6})?|\.\d{1,6}|\d{1,6}/[1-9]\d{0,5}")

LACKS = words("没有填“{name}”。请补上。", "lacks {name}. Write it in the file.")
NOT_TABLES = words("应当是一行一行的表，每行有自己的编号。", "must be a list of tables, each with its code.")
NOT_TEXT = words("“{name}”要写成文字，最多 {most} 个字。", "has a {name} that is no text of at most {most} characters.")
NOT_NUMBER = words("“{name}”要写成带引号的数，例如 \"1.5\"，不能用没有引号的小数。", "has a {name} that is no number in quotation marks, such as \"1.5\".")
NOT_TRUTH = words("“{name}”要写 true 或 false，说明这个数是不是拟定的。", "does not say of each number whether it is proposed: {name} is true or false.")
NO_DAY = words("生效日期要写成 2027-01-01 这样的日期。", "has a valid_from that is no day such as 2027-01-01.")
TWICE = words("编号出现了两次。请删去一个。", "stands there twice. Remove one.")
OUTSIDE = words("达标线超出了全表的分值。", "sets a bar that lies outside the points of the sheet.")
STRANGE_BASIS = words("依据“{basis}”不认识，只能是 {known}。", "rests on {basis!r}. Use one of {known}.")
NO_MEASURE = words("要用的度量“{measure}”没有声明。请换一个，或改成别的依据。", "reads the measure {measure!r}, which nobody declared.")
OTHER_VERSION = words("度量“{measure}”现在是第 {held} 版，这里写的是第 {given} 版，没有数据。",
                      "reads version {given} of the measure {measure!r}, which is at version {held}.")
NO_NAMES = words("要有中文和英文名称。", "has no name in both languages.")
NO_SYSTEM = words("等待的系统“{system}”不在表里。", "awaits the system {system!r}, which the file does not name.")
NO_CONDITION = words("决定的必备条件“{condition}”不在表里。", "decides the condition {condition!r}, which the file does not name.")
NO_WHEN = words("没有说明什么时候算满足必备条件：full（全部达到）、some（至少达到一部分），或最低比例，如 0.60。",
                "does not say when its condition holds: 'full', 'some', or the least share, such as '0.60'.")
ON_SITE = words("现场检查的写法不对：{said}", "{said}")
OUT_OF_ONE = words("满意度权重应在 0 到 1 之间。", "gives satisfaction a weight outside 0 to 1.")
NO_DIMENSION = words("所在的维度“{dimension}”不在表里。", "belongs to the unknown dimension {dimension!r}.")
NO_SCORING = words("有分值，但没有得分办法。", "has points but no scoring.")
NO_SOURCE = words("没有注明出处。", "has no source.")
WRONG_SCORING = words("得分办法“{text}”读不懂。可以写 lin .80→.95、inv .15→.03、bool、steps 4 或 ded 0.5 each。", "{error}")
SUM_OFF = words("指标分值合计 {found}，维度分值是 {points}，对不上。", "has indicators of {found} points in all but {points} points itself.")
NO_MARK = words("“{name}”的出处只能是 statute（法规规定）或 published（已公布），拟定的数不写。",
                "has a {name} that is neither 'statute' nor 'published'; a proposed number has none.")
NO_NORMS = words("引用的规范要写成编号的列表，例如 [\"law:JWH#7\"]。", "names norms that are no list of codes such as [\"law:JWH#7\"].")
WHOLE = words("这份标准", "The standard")
ROWS = {DIMENSION: words("维度 {code}", "Dimension {code!r}"), INDICATOR: words("指标 {code}", "Indicator {code!r}"),
        NECESSARY: words("必备条件 {code}", "Condition {code!r}"), SYSTEM: words("系统 {code}", "System {code!r}")}


@dataclass(frozen=True)
class SheetFault:
    """One fault: where it is mended (section, code of the row, name of the field; empty for the whole) and the sentence."""

    section: str
    code: str
    field: str
    sentence: Words

    @property
    def said(self) -> Words:
        """The sentence with what it is about in front."""
        about = ROWS[self.section].format(code=self.code) if self.section in ROWS and self.code else WHOLE
        return words(f"{about.zh}：{self.sentence.zh}", f"{about.en} {self.sentence.en}")


def row_faults(content: Mapping[str, Any]) -> list[SheetFault]:
    """The faults of the single rows: what an edit of a row must not leave behind."""
    found = list(_general(content))
    shaped = {name: _rows(content, name) for name in LISTS}
    found += [SheetFault(name, "", "", NOT_TABLES) for name in LISTS if shaped[name] is None]
    rows = {name: held or [] for name, held in shaped.items()}
    found += [SheetFault(name, "", "", LACKS.format(name=name)) for name in (DIMENSION, INDICATOR) if shaped[name] == []]
    for name in LISTS:
        found += [SheetFault(name, code, "code", TWICE) for code, times in Counter(str(one["code"]) for one in rows[name]).items() if times > 1]
    found += [one for row in rows[DIMENSION] for one in _dimension(row)]
    found += [one for name in (NECESSARY, SYSTEM) for row in rows[name] for one in _named(row, name)]
    found += [one for row in rows[INDICATOR] for one in _indicator(row, rows)]
    found += [*_bar(content.get("bar"), rows[DIMENSION]), *_survey(content.get("survey")), *_assessors(content)]
    return found


def check(content: Mapping[str, Any]) -> list[SheetFault]:
    """Every fault of a content, whatever stands in it; empty when it can be published."""
    return row_faults(content) or list(_sums(content))


def number(value: Any) -> Fraction | None:
    """An exact number: a whole one, or one in quotation marks; None for everything else, a float included."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1_000_000:
        return Fraction(value)
    return Fraction(value) if isinstance(value, str) and NUMBER.fullmatch(value) else None


def day(value: Any) -> date | None:
    """The day written as 2027-01-01; None for everything else."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) and len(value) == len("2027-01-01") else None
    except ValueError:
        return None


def _rows(content: Mapping[str, Any], name: str) -> list[dict[str, Any]] | None:
    held = content.get(name, [])
    whole = isinstance(held, list) and all(isinstance(one, dict) and isinstance(one.get("code"), str) and 0 < len(one["code"]) <= LONGEST["code"] for one in held)
    return held if whole else None


def _is_text(value: Any, most: int) -> bool:
    return isinstance(value, str) and bool(value.strip()) and len(value) <= most


def _general(content: Mapping[str, Any]) -> Iterator[SheetFault]:
    limits = {"code": LONGEST_CODE, "version": LONGEST_VERSION, "zh": LONGEST_NAME[0], "en": LONGEST_NAME[1], "source": 300}
    for name, most in limits.items():
        if not content.get(name):
            yield SheetFault(GENERAL, "", name, LACKS.format(name=name))
        elif not _is_text(content[name], most):
            yield SheetFault(GENERAL, "", name, NOT_TEXT.format(name=name, most=most))
    if not content.get("valid_from"):
        yield SheetFault(GENERAL, "", "valid_from", LACKS.format(name="valid_from"))
    elif day(content["valid_from"]) is None:
        yield SheetFault(GENERAL, "", "valid_from", NO_DAY)


def _named(row: Mapping[str, Any], section: str) -> Iterator[SheetFault]:
    if not (_is_text(row.get("zh"), LONGEST["zh"]) and _is_text(row.get("en"), LONGEST["en"])):
        yield SheetFault(section, row["code"], "zh", NO_NAMES)
    if section == NECESSARY and not _is_text(row.get("source"), LONGEST["source"]):
        yield SheetFault(section, row["code"], "source", NO_SOURCE)


def _dimension(row: Mapping[str, Any]) -> Iterator[SheetFault]:
    yield from _named(row, DIMENSION)
    if number(row.get("points")) is None:
        yield SheetFault(DIMENSION, row["code"], "points", NOT_NUMBER.format(name="points"))
    if not isinstance(row.get("proposed", False), bool):
        yield SheetFault(DIMENSION, row["code"], "proposed", NOT_TRUTH.format(name="proposed"))
    for field, sentence in _marks(row, "mark"):
        yield SheetFault(DIMENSION, row["code"], field, sentence)


def _indicator(row: Mapping[str, Any], rows: Mapping[str, list[dict[str, Any]]]) -> Iterator[SheetFault]:
    for field, sentence in (*_scored(row), *_marks(row, "points_mark", "scoring_mark"), *_founded(row, rows), *_placed(row, rows), *_on_site(row)):
        yield SheetFault(INDICATOR, row["code"], field, sentence)


def _scored(row: Mapping[str, Any]) -> Iterator[tuple[str, Words]]:
    points = number(row.get("points"))
    if points is None:
        yield "points", NOT_NUMBER.format(name="points")
    if points and "scoring" not in row:
        yield "scoring", NO_SCORING
    if not isinstance(row.get("points_proposed"), bool):
        yield "points_proposed", NOT_TRUTH.format(name="points_proposed")
    if "scoring" in row and not isinstance(row.get("scoring_proposed"), bool):
        yield "scoring_proposed", NOT_TRUTH.format(name="scoring_proposed")
    if "scoring" in row:
        try:
            scorer(str(row["scoring"]))
        except ValueError as error:
            yield "scoring", WRONG_SCORING.format(text=str(row["scoring"])[:60], error=str(error))


def _marks(row: Mapping[str, Any], *names: str) -> Iterator[tuple[str, Words]]:
    """The marks of numbers that somebody set: `points_mark` beside `points_proposed`, `mark` beside `proposed`."""
    for name in names:
        if name in row and (row[name] not in SURE or row.get(name.replace("mark", "proposed"))):
            yield name, NO_MARK.format(name=name)


def _founded(row: Mapping[str, Any], rows: Mapping[str, list[dict[str, Any]]]) -> Iterator[tuple[str, Words]]:
    basis = row.get("basis", MEASURED)
    if basis not in BASES:
        yield "basis", STRANGE_BASIS.format(basis=str(basis)[:40], known=list(BASES))
    if basis == MEASURED:
        yield from _measured(row)
    elif not (_is_text(row.get("zh"), LONGEST["zh"]) and _is_text(row.get("en"), LONGEST["en"])):
        yield "zh", NO_NAMES
    if basis == AWAITED and not _names(row.get("system"), rows[SYSTEM]):
        yield "system", NO_SYSTEM.format(system=str(row.get("system"))[:40])


def _measured(row: Mapping[str, Any]) -> Iterator[tuple[str, Words]]:
    named = row.get("measure", "")
    held = find_measure(named) if isinstance(named, str) else None
    if held is None:
        yield "measure", NO_MEASURE.format(measure=str(named)[:40])
    elif row.get("version") != held.version or isinstance(row["version"], bool):
        yield "version", OTHER_VERSION.format(measure=named, held=held.version, given=str(row.get("version"))[:20])


def _names(value: Any, rows: list[dict[str, Any]]) -> bool:
    return isinstance(value, str) and value in {one["code"] for one in rows}


def _placed(row: Mapping[str, Any], rows: Mapping[str, list[dict[str, Any]]]) -> Iterator[tuple[str, Words]]:
    if not _names(row.get("dimension"), rows[DIMENSION]):
        yield "dimension", NO_DIMENSION.format(dimension=str(row.get("dimension"))[:40])
    if row.get("necessary") and not _names(row["necessary"], rows[NECESSARY]):
        yield "necessary", NO_CONDITION.format(condition=str(row["necessary"])[:40])
    if row.get("necessary") and not _is_when(row.get("necessary_when")):
        yield "necessary_when", NO_WHEN
    if not _is_text(row.get("source"), LONGEST["source"]):
        yield "source", NO_SOURCE
    norms = row.get("norms", [])
    if not (isinstance(norms, list) and all(_is_text(one, 60) for one in norms)):
        yield "norms", NO_NORMS


def _is_when(value: Any) -> bool:
    return isinstance(value, str) and (value in WHENS or LEAST_SHARE.fullmatch(value) is not None)


def _on_site(row: Mapping[str, Any]) -> Iterator[tuple[str, Words]]:
    if not isinstance(row.get("inspection", {}), dict):
        yield "inspection", NOT_TABLES
        return
    for sentence in item_faults(row):
        yield "inspection", ON_SITE.format(said=sentence)


def _assessors(content: Mapping[str, Any]) -> Iterator[SheetFault]:
    """The faults of `[inspecting]`, the rules for assessors."""
    if not isinstance(content.get("inspecting", {}), dict):
        yield SheetFault(GENERAL, "", "inspecting", NOT_TABLES)
        return
    for sentence in rules_faults(content):
        yield SheetFault(GENERAL, "", "inspecting", ON_SITE.format(said=sentence))


def _survey(survey: Any) -> Iterator[SheetFault]:
    """The faults of `[survey]`, the weight of satisfaction."""
    if survey is None:
        return
    if not isinstance(survey, dict):
        yield SheetFault(GENERAL, "", "survey", NOT_TABLES)
        return
    weight = number(survey.get("weight"))
    if weight is None:
        yield SheetFault(GENERAL, "", "survey", NOT_NUMBER.format(name="weight"))
    elif weight >= 1:
        yield SheetFault(GENERAL, "", "survey", OUT_OF_ONE)
    if not isinstance(survey.get("proposed"), bool):
        yield SheetFault(GENERAL, "", "survey", NOT_TRUTH.format(name="proposed"))
    if not _is_text(survey.get("source"), LONGEST["source"]):
        yield SheetFault(GENERAL, "", "survey", NO_SOURCE)


def _bar(bar: Any, dimensions: list[dict[str, Any]]) -> Iterator[SheetFault]:
    if bar is None:
        return
    if not isinstance(bar, dict):
        yield SheetFault(BAR, "", "total", NOT_NUMBER.format(name="total"))
        return
    total, share = number(bar.get("total")), number(bar.get("dimension"))
    for name, value in (("total", total), ("dimension", share)):
        if value is None:
            yield SheetFault(BAR, "", name, NOT_NUMBER.format(name=name))
    if not isinstance(bar.get("proposed"), bool):
        yield SheetFault(BAR, "", "proposed", NOT_TRUTH.format(name="proposed"))
    if not _is_text(bar.get("source"), LONGEST["source"]):
        yield SheetFault(BAR, "", "source", NO_SOURCE)
    for field, sentence in _marks(bar, "mark"):
        yield SheetFault(BAR, "", field, sentence)
    whole = sum((number(one.get("points")) or Fraction(0) for one in dimensions), Fraction(0))
    if total is not None and share is not None and not (0 < total <= whole and share <= 1):
        yield SheetFault(BAR, "", "total", OUTSIDE)


def _sums(content: Mapping[str, Any]) -> Iterator[SheetFault]:
    """A dimension whose indicators give more than itself: said only when nothing else is wrong."""
    for one in content[DIMENSION]:
        found = sum((number(row["points"]) or Fraction(0) for row in content[INDICATOR] if row["dimension"] == one["code"]), Fraction(0))
        points = number(one["points"]) or Fraction(0)
        if found > points:
            yield SheetFault(DIMENSION, one["code"], "points", SUM_OFF.format(found=_plain(found), points=_plain(points)))


def _plain(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else decimal(value, 2)
