# SPDX-License-Identifier: MulanPSL-2.0
"""How a text falls into pairs of Chinese characters: one definition, in SQL, for learning, proposing and measuring alike."""

import unicodedata

LONGEST = 600
"""Characters of a text that are looked at (our choice: what a person says first is what it is about)."""

CUT = rf"""said_cut as (
  select id, regexp_replace(normalize(left(said, {LONGEST}), NFKC), '[^\u4e00-\u9fff]+', ' ', 'g') as said from texts
), spoken as (
  select distinct id, substr(said, i, 2) as term from said_cut, generate_series(1, length(said) - 1) i
  where substr(said, i, 2) !~ '[ 零一二三四五六七八九十百千万两]'
)"""
"""Turns texts(id, said) into spoken(id, term). Digits, letters and Chinese numerals break a pair: no phone, plate or number of a house is ever a term."""


def readable(text: str) -> str:
    """The text without what no database stores or nobody sees (NUL, lone surrogates, zero-width marks)."""
    held = text[:4 * LONGEST]
    return "".join(one for one in held if unicodedata.category(one) not in ("Cc", "Cf", "Cs"))[:LONGEST]
