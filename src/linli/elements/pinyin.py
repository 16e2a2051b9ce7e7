# SPDX-License-Identifier: MulanPSL-2.0
"""The key by which Chinese names sort, and the initials by which they are found."""

from functools import lru_cache

MARK = "|"


@lru_cache(maxsize=20_000)
def pinyin_key(name: str) -> str:
    """Syllables apart by spaces, then `|` and the initials: 和平 gives `he ping|hp`. Sorting by it sorts by pronunciation."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415  its dictionary holds 56 MB, and few processes ever load names

    syllables = [part.lower() for part in lazy_pinyin(name.strip()) if part.strip()]
    return f"{' '.join(syllables)}{MARK}{''.join(part[0] for part in syllables)}"[:200]


def spelled(key: str) -> str:
    """The key's syllables without spaces, for comparing with what somebody types."""
    return key.split(MARK)[0].replace(" ", "")


def initials(key: str) -> str:
    """The key's initials."""
    return key.rsplit(MARK, 1)[-1]
