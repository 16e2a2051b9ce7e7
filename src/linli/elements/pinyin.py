# SPDX-License-Identifier: MulanPSL-2.0
"""The key by which Chinese names sort, and the initials by which they are found."""

import re
from collections.abc import Iterable
from functools import lru_cache

MARK = "|"
SIGNS = re.compile(r"[（）()［］\[\]〔〕·•‧]")
"""Signs in names that nobody types as letters: 阳光佳园（西） is spelled yang guang jia yuan xi."""
PLAIN = re.compile(r"^[\u4e00-\u9fa5]{1,6}$")


@lru_cache(maxsize=20_000)
def pinyin_key(name: str) -> str:
    """Syllables apart by spaces, then `|` and the initials: 和平 gives `he ping|hp`. Sorting by it sorts by pronunciation."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415  its dictionary holds 56 MB, and few processes ever load names

    syllables = [part.lower() for part in lazy_pinyin(SIGNS.sub("", name)) if part.strip()]
    return f"{' '.join(syllables)}{MARK}{''.join(part[0] for part in syllables)}"[:200]


def pinyin_keys(names: Iterable[str]) -> dict[str, str]:
    """`pinyin_key` of each name, quickly for many: a name without any phrase of the dictionary is spelled sign by sign, each sign looked up once."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415  as above
    from pypinyin.constants import PHRASES_DICT  # noqa: PLC0415  as above

    signs: dict[str, str] = {}
    found = {}
    for name in names:
        size = len(name)
        is_plain = PLAIN.match(name) and not any(name[start:end] in PHRASES_DICT for start in range(size - 1) for end in range(start + 2, size + 1))
        if not is_plain:
            found[name] = pinyin_key(name)
            continue
        for sign in name:
            if sign not in signs:
                signs[sign] = lazy_pinyin(sign)[0].lower()
        syllables = [signs[sign] for sign in name]
        found[name] = f"{' '.join(syllables)}{MARK}{''.join(part[0] for part in syllables)}"[:200]
    return found


def spelled(key: str) -> str:
    """The key's syllables without spaces, for comparing with what somebody types."""
    return key.split(MARK)[0].replace(" ", "")


def initials(key: str) -> str:
    """The key's initials."""
    return key.rsplit(MARK, 1)[-1]
