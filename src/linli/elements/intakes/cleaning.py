# SPDX-License-Identifier: MulanPSL-2.0
"""Cells brought into their one written form and checked column by column and rule by rule, set-wise: Python looks at each different text once.

What is surely right is told by a pattern over the whole column; only the rest goes through the declared functions, which stay the one truth.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from linli.core import clock
from linli.core.fields import FieldFault
from linli.core.words import Words, words
from linli.elements.intakes import quantities
from linli.elements.intakes.columns import key
from linli.elements.intakes.reading import LINE
from linli.elements.registers import people
from linli.elements.registers.checks import person_numbers, writing
from linli.elements.registers.declaring import JOINING, Column, Rule, Sheet, register_named

HAN = r"[\u4e00-\u9fa5]"
SAFE: Mapping[tuple[Callable[[str], str] | None, Callable[[str], Words | None] | None], str] = {
    (people.written_number, None): r"^[0-9]{17}[0-9X]$",
    (writing.phone, people.phone_fault): r"^1[3-9][0-9]{9}$",
    (writing.name, people.name_fault): rf"^{HAN}{{1,30}}$",
    (writing.plain, None): r"^[0-9A-Za-z\u4e00-\u9fa5]{1,60}$",
    (writing.code, None): r"^[0-9A-Z]{1,30}$",
}
"""Normal form and rule of a text column to the pattern of texts that both leave as they are; tests hold the two against each other."""
DAY = re.compile(r"^([12][0-9]{3})[-/.年]?([01]?[0-9])[-/.月]?([0-3]?[0-9])日?(?:[ T].*)?$")
PACKED = re.compile(r"^([12][0-9]{3})([01][0-9])([0-3][0-9])$")
SERIAL = re.compile(r"^[1-9][0-9]{4}$")
FIRST_SERIAL = date(1899, 12, 30).toordinal()
"""A day in Excel's own count (the 1900 system, which takes 1900 for a leap year); from 1927 on, because four digits are rather a year."""
BAD_DAY = words("{label}认不出来，请写成 1990-03-07 这样。", "{label} cannot be read; write it like 1990-03-07.")
BAD_CHOICE = words("{label}里没有这种写法，可以写：{some}等。", "{label}: there is no such entry. It may be {some} and others.")
BAD_NUMBER = words("{label}认不出来，请只写数字，或写上这一列的单位。", "{label} cannot be read; write the figure, alone or with the unit of the column.")
BAD_TRUTH = words("{label}请写“是”或“否”。", "{label}: write yes or no.")
BAD: Mapping[str, Words] = {"day": BAD_DAY, "integer": BAD_NUMBER, "hundredths": BAD_NUMBER, "truth": BAD_TRUTH}
"""What is said of a cell of a kind that cannot be read; of choices, what may stand there is said."""
NUMBERS = ("integer", "hundredths")
TRUTHS: Mapping[str, tuple[str, ...]] = {
    "true": ("是", "有", "对", "已", "已有", "有的", "√", "✓", "✔", "y", "yes", "true", "1", "t"),
    "false": ("否", "无", "没有", "不是", "未", "没", "×", "✗", "x", "n", "no", "false", "0", "f")}
SEVERAL = re.compile(r"[、,，;；/\n]+")
NEEDED = words("{label}没有填。", "{label} is missing.")
LOST_DIGITS = words("身份证号的末三位是 000，多半是 Excel 把号码存成了数字，后几位丢了。请把这一列设为文本再填。",
                    "The number ends in 000: Excel probably kept it as a figure and lost its last digits. Make the column text and type it again.")
SPOKEN: Mapping[str, Mapping[str, str]] = {column: {word: code for code, said in groups.items() for word in said.split()} for column, groups in {
    "sex": {"1": "男性 男士", "2": "女性 女士"},
    "relation": {
        "0": "户主 本人 自己", "1": "妻 妻子 夫 丈夫 爱人", "2": "儿子 长子 次子 三子 独子 养子 继子", "3": "女儿 长女 次女 三女 独女 养女 继女",
        "4": "孙子 孙女 外孙 外孙子 外孙女", "5": "父 母 父亲 母亲 爸爸 妈妈", "6": "祖父 祖母 爷爷 奶奶 外祖父 外祖母 姥姥 姥爷",
        "7": "兄 弟 姐 妹 哥哥 弟弟 姐姐 妹妹 兄弟姐妹", "8": "儿媳 女婿 其他亲属 非亲属 保姆"},
    "education": {
        "10": "研究生 博士 硕士 博士研究生 硕士研究生", "20": "本科 大学 大学本科 学士", "30": "大专 专科 大学专科 高职", "40": "中专 中职 职高 技校 中等专科 职业高中 技工学校",
        "60": "高中 普高 普通高中", "70": "初中 初级中学", "80": "小学", "90": "文盲 半文盲 未上学 学龄前"},
    "marital": {"20": "有配偶", "40": "离异", "90": "不详 未知"},
    "employment": {"11": "公务员", "27": "务农", "54": "个体 个体户", "70": "无业 失业 待业 下岗", "80": "退休 离休 离退休 退休人员 离休人员"}}.items()}
"""What people write instead of the words of a code table (our choice; each means one group of the table only: 硕士 is 研究生教育, for it says nothing of graduating)."""
SHOWN_CHOICES = 6
UNSAID_SEX = ("0", "9")


@dataclass
class Faults:
    """What is wrong, by line and column: the code that is kept openly and the sentence that is kept sealed."""

    found: dict[int, dict[str, tuple[str, Words]]] = field(default_factory=dict)

    def add(self, lines: Sequence[int], column: str, code: str, sentence: Words) -> None:
        """One fault of several lines; the first of a cell stays."""
        for line in lines:
            self.found.setdefault(line, {}).setdefault(column, (code, sentence))

    def lines(self) -> list[int]:
        """The lines with a fault."""
        return list(self.found)


Said = tuple[str | None, str, Words | None]
"""The clean text, and the code and sentence of its fault; empty and None while it is right."""


def clean(sheet: Sheet, table: pl.DataFrame, mapping: Mapping[str, str | None], headings: Sequence[str], faults: Faults) -> pl.DataFrame:
    """The columns of the sheet in their written form (texts, null for nothing) with `line`; columns that the file lacks are null."""
    places = {column: f"c{place}" for place, heading in enumerate(headings) if (column := mapping.get(heading))}
    found = [table[LINE]]
    for owner, one in sheet.every():
        name = key(owner, one.name)
        if name in places:
            found.append(_column(one, name, table[places[name]], table[LINE], faults))
        else:
            found.append(pl.Series(name, [None], dtype=pl.String).new_from_index(0, table.height))
    return pl.DataFrame(found)


def require(sheet: Sheet, frame: pl.DataFrame, faults: Faults) -> None:
    """Needed cells that are empty are faults."""
    for owner, name in sheet.needed:
        empty = frame.filter(pl.col(key(owner, name)).is_null())[LINE].to_list()
        faults.add(empty, key(owner, name), "required", NEEDED.format(label=sheet.column(owner, name).label))


def _column(one: Column, name: str, cells: pl.Series, lines: pl.Series, faults: Faults) -> pl.Series:
    """One column: the texts that are not surely right are looked at once each."""
    safe = SAFE.get((one.normal, one.rule)) if one.kind == "text" else None
    surely = cells.str.contains(safe) & (cells.str.len_chars() <= one.limit) if safe else pl.Series([False]).new_from_index(0, len(cells))
    odd = cells.filter(cells.is_not_null() & ~surely.fill_null(False)).unique().to_list()
    said = {text: _said(one, text) for text in odd}
    if wrong := {text: (code, sentence) for text, (_, code, sentence) in said.items() if sentence is not None}:
        at = pl.DataFrame({"line": lines, "cell": cells}).filter(pl.col("cell").is_in(list(wrong)))
        for line, text in at.iter_rows():
            code, sentence = wrong[text]
            faults.add([line], name, code, sentence)
    changed = {text: value for text, (value, _, _) in said.items() if value != text}
    kept = cells.replace(list(changed), pl.Series(list(changed.values()), dtype=pl.String)) if changed else cells
    return kept.rename(name)


def _said(one: Column, text: str) -> Said:
    """What one text of a column means."""
    plain = one.normal(text) if one.normal else writing.plain(text)
    if not plain:
        return None, "", None
    reading = READINGS.get(one.kind)
    if reading is not None:
        found = reading(one, plain)
        if found is None:
            return None, "form" if one.kind in NUMBERS else one.kind, _unread(one)
        plain = found
    try:
        value = one.clean(plain)
    except FieldFault as fault:
        return None, "form", fault.sentence
    if value is None:
        return None, "", None
    sentence = one.rule(str(value)) if one.rule else None
    return told(value), "rule" if sentence else "", sentence


def _unread(one: Column) -> Words:
    if one.kind in BAD:
        return BAD[one.kind].format(label=one.label)
    labels = [label for _, label in one.options()][:SHOWN_CHOICES]
    return BAD_CHOICE.format(label=one.label, some=words("、".join(label.zh for label in labels), ", ".join(label.en for label in labels)))


def day_of(text: str) -> str | None:
    """A day as files write it (1990-03-07, 1990/3/7, 1990年3月7日, 19900307, with a time behind, Excel's count) in ISO form; None when it is none."""
    found = PACKED.match(text) or DAY.match(text)
    if found is None:
        return date.fromordinal(FIRST_SERIAL + int(text)).isoformat() if SERIAL.match(text) else None
    try:
        return date(int(found[1]), int(found[2]), int(found[3])).isoformat()
    except ValueError:
        return None


def choice_of(one: Column, text: str) -> str | None:
    """The value that a text means: the value itself (with or without a leading zero), its label, or the only label that begins so; None otherwise."""
    options = one.options()
    text = SPOKEN.get(one.name, {}).get(text, text)
    if any(text == value for value, _ in options):
        return text
    if text.isdecimal():
        return next((value for value, _ in options if value.isdecimal() and int(value) == int(text)), None)
    exact = [value for value, label in options if text in (label.zh, label.en) or text.lower() == label.en.lower()]
    close = exact or [value for value, label in options if label.zh.startswith(text) or text in re.split("[、或]", label.zh)]
    return close[0] if len(close) == 1 else None


def _truth(_one: Column, text: str) -> str | None:
    """A yes or no as files tick it."""
    return next((value for value, spoken in TRUTHS.items() if text.lower() in spoken), None)


def _choices(one: Column, text: str) -> str | None:
    """Several of the choices by their words, in one cell."""
    found = [choice_of(one, part.strip()) for part in SEVERAL.split(text) if part.strip()]
    return None if None in found else ",".join(str(part) for part in found)


READINGS: Mapping[str, Callable[[Column, str], str | None]] = {
    "day": lambda one, text: day_of(text), "choice": choice_of, "choices": _choices, "truth": _truth,
    "integer": quantities.whole, "hundredths": quantities.hundredths}


def told(value: Any) -> str:
    """A clean value as the text that stands in the frame: a yes and several choices as JSON writes them, a day in ISO form."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, bool | list) else str(value)


def derive(frame: pl.DataFrame) -> pl.DataFrame:
    """What a right citizen's number says of birth and sex is filled in where the file leaves it out; an unknown sex is none."""
    number, kind = pl.col("person.id_number"), pl.col("person.id_kind")
    is_right = (kind.is_null() | (kind == people.CHINESE)) & _is_right(number)
    born, sex = number.str.slice(6, 8).str.to_date("%Y%m%d", strict=False).dt.to_string("%Y-%m-%d"), number.str.slice(16, 1).cast(pl.Int32, strict=False)
    said = pl.col("person.sex").is_in(UNSAID_SEX)
    return frame.with_columns(pl.when(said).then(None).otherwise(pl.col("person.sex")).alias("person.sex")).with_columns(
        pl.when(kind.is_null() & is_right).then(pl.lit(people.CHINESE)).otherwise(kind).alias("person.id_kind"),
        pl.when(pl.col("person.born_on").is_null() & is_right).then(born).otherwise(pl.col("person.born_on")).alias("person.born_on"),
        pl.when(pl.col("person.sex").is_null() & is_right).then(pl.when(sex % 2 == 1).then(pl.lit("1")).otherwise(pl.lit("2"))).otherwise(pl.col("person.sex")).alias("person.sex"))


def _is_right(number: pl.Expr) -> pl.Expr:
    """Whether a text is a right citizen's number; null texts are not."""
    digits = [number.str.slice(place, 1).cast(pl.Int32, strict=False) * weight for place, weight in enumerate(person_numbers.WEIGHTS)]
    rest = pl.sum_horizontal(digits) % len(person_numbers.SIGNS)
    sign = rest.replace_strict(list(range(len(person_numbers.SIGNS))), list(person_numbers.SIGNS), return_dtype=pl.String)
    day = number.str.slice(6, 8).str.to_date("%Y%m%d", strict=False)
    fits = number.str.contains(r"^[1-9][0-9]{16}[0-9X]$") & (sign == number.str.slice(17, 1)) & day.is_between(person_numbers.OLDEST, clock.today())
    return fits.fill_null(False)


def _surely_people(frame: pl.DataFrame) -> pl.Series:
    """The lines for which every rule of the register of people surely holds."""
    number, kind = pl.col("person.id_number"), pl.col("person.id_kind")
    born, sex = pl.col("person.born_on").str.to_date("%Y-%m-%d", strict=False), pl.col("person.sex")
    possible = pl.col("person.born_on").is_null() | born.is_between(person_numbers.OLDEST, clock.today()).fill_null(False)
    parity = pl.when(number.str.slice(16, 1).cast(pl.Int32, strict=False) % 2 == 1).then(pl.lit("1")).otherwise(pl.lit("2"))
    fits = _is_right(number) & (born == number.str.slice(6, 8).str.to_date("%Y%m%d", strict=False)).fill_null(pl.col("person.born_on").is_null()) & (
        (sex == parity).fill_null(True))
    unchecked = number.is_null() | (kind.is_not_null() & (kind != people.CHINESE))
    return frame.select((unchecked & possible) | (~unchecked & fits)).to_series()


SURELY: Mapping[str, Callable[[pl.DataFrame], pl.Series]] = {"person": _surely_people}
"""Register to a quick look at all its rules; a register without one has each line looked at."""


def judge(sheet: Sheet, frame: pl.DataFrame, faults: Faults) -> None:
    """The rules across columns of every register of the sheet; a line whose columns are wrong by themselves is not asked about them again."""
    for owner in dict.fromkeys(owner for owner, _ in sheet.columns if owner != JOINING):
        register = register_named(owner)
        rules = [one for one in register.rules if any(frame[key(owner, name)].null_count() < frame.height for name in one.columns)]
        if not rules:
            continue
        quick = SURELY.get(owner)
        names = sorted({name for rule in rules for name in rule.columns})
        odd = frame.filter(~quick(frame)) if quick else frame
        for line, *cells in odd.select(LINE, *(key(owner, name) for name in names)).iter_rows():
            record = {name: typed(register.column(name), cell) for name, cell in zip(names, cells, strict=True)}
            _apply(rules, owner, line, record, faults)


def _apply(rules: Sequence[Rule], owner: str, line: int, record: Mapping[str, Any], faults: Faults) -> None:
    for rule in rules:
        sentence = rule.broken(record)
        if sentence is None:
            continue
        number = str(record.get("id_number") or "")
        if rule.name == "id_number_is_right" and len(number) == len("110101199003070000") and number.endswith("000"):
            sentence = LOST_DIGITS
        faults.add([line], key(owner, rule.columns[0]), rule.name, sentence)


TYPES: Mapping[str, Callable[[str], Any]] = {"day": date.fromisoformat, "integer": int, "hundredths": int, "truth": json.loads, "choices": json.loads}


def typed(one: Column, cell: str | None) -> Any:
    """What a text of the frame is in its own type; None for nothing."""
    return TYPES.get(one.kind, str)(cell) if cell else None
