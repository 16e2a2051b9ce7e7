# SPDX-License-Identifier: MulanPSL-2.0
"""Names of units as they are written by different offices: the stem that stays when suffixes are taken off."""

SUFFIXES = {
    "community": (
        "社区居民委员会", "社区居民委会", "社区居委会", "社区家委会", "社区村委会", "居民委员会", "居民委会", "居委会", "家委会", "村民委员会",
        "村民委会", "虚拟生活区", "虚拟社区", "村委会", "生活区", "社区",
    ),
    "street": ("街道办事处", "办事处", "街道", "地区", "镇", "乡"),
    "district": ("新区", "区", "县", "市"),
    "city": ("市",),
}
"""Suffixes by level, longest first. Source: data/README.md (NBS 2017-2023), counted there."""

KINDS = ((1, 199, "居委会"), (200, 399, "村委会"), (400, 499, "类似居委会"), (500, 599, "类似村委会"))
"""Kind of a community by the last three digits of its code. Source: NBS rules for 统计用区划代码; the names never contradict it."""


def stem(name: str, level: str = "community") -> str:
    """The name without its suffix (and, for villages, without one 村): 付村村委会 gives 付, 黄房子村委会 gives 黄房子."""
    for suffix in SUFFIXES.get(level, ()):
        if name.endswith(suffix) and len(name) > len(suffix):
            short = name[: -len(suffix)]
            return short[:-1] if suffix.startswith("村") and short.endswith("村") and len(short) > 1 else short
    return name


def may_be_one_place(before: str, after: str, level: str) -> bool:
    """True if a code's two names may mean one renamed place; without a character in common the code was reused.

    Source: data/README.md, tianjin_division_changes.csv.
    """
    return bool(set(stem(before, level)) & set(stem(after, level)))


def kind_of_code(code: str) -> str:
    """居委会, 村委会 or a similar unit, from a 12-digit code; empty for other codes."""
    if len(code) != 12:
        return ""
    number = int(code[-3:])
    return next((kind for low, high, kind in KINDS if low <= number <= high), "")
