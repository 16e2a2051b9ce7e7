# SPDX-License-Identifier: MulanPSL-2.0
"""The records behind a figure in few bytes: differences between ascending numbers, one bit a side, and the rest only where it says something."""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

FORM = 1


@dataclass(frozen=True, order=True)
class Row:
    """One record behind a figure: its number in the fact set, the record's own, where within its community it stands, side, and what it adds.

    `offset` is the area less the community's; `what` names one of several things of a record, empty where the record says enough.
    """

    id: int
    record: int
    offset: int
    is_inside: bool
    part: int
    whole: int
    what: str = ""

    @property
    def is_plain(self) -> bool:
        """True for a row that counts once, as itself."""
        return self.whole == 1 and self.part == int(self.is_inside) and not self.what


def pack(rows: Iterable[Row]) -> bytes:
    """The rows as bytes, in order of number; the same rows give the same bytes."""
    ordered = sorted(rows)
    is_weighed = any(not one.is_plain for one in ordered)
    told = sorted({one.what for one in ordered}) if is_weighed else []
    texts = [text.encode() for text in told]
    body = bytearray([FORM, int(is_weighed)])
    _write(body, [len(ordered), len(texts)])
    for text in texts:
        _write(body, [len(text)])
        body += text
    before = 0
    for one in ordered:
        _write(body, [_folded(one.id - before), _folded(one.record - one.id), one.offset * 2 + int(one.is_inside)])
        before = one.id
        if is_weighed:
            _write(body, [_folded(one.part), _folded(one.whole), told.index(one.what)])
    return zlib.compress(bytes(body), 9)


def unpack(packed: bytes) -> list[Row]:
    """The rows that were packed, in order of number. ValueError for bytes of another form."""
    body = zlib.decompress(packed)
    if body[0] != FORM:
        raise ValueError(f"Packed members of form {body[0]} cannot be read; this code knows form {FORM}.")
    is_weighed, stream = bool(body[1]), _Stream(body, 2)
    count, texts = stream.number(), stream.number()
    told = [stream.text(stream.number()) for _ in range(texts)]
    return list(_rows(stream, count, told, is_weighed=is_weighed))


def _rows(stream: "_Stream", count: int, told: Sequence[str], *, is_weighed: bool) -> Iterator[Row]:
    number = 0
    for _ in range(count):
        number += _unfolded(stream.number())
        record, side = number + _unfolded(stream.number()), stream.number()
        is_inside = bool(side & 1)
        part, whole, what = int(is_inside), 1, ""
        if is_weighed:
            part, whole, what = _unfolded(stream.number()), _unfolded(stream.number()), told[stream.number()]
        yield Row(number, record, side >> 1, is_inside, part, whole, what)


@dataclass
class _Stream:
    body: bytes
    at: int

    def number(self) -> int:
        """The next number: seven bits a byte, the highest bit says that more follow."""
        value = shift = 0
        while True:
            byte = self.body[self.at]
            self.at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7

    def text(self, length: int) -> str:
        """The next text of so many bytes."""
        self.at += length
        return self.body[self.at - length:self.at].decode()


def _write(body: bytearray, numbers: Iterable[int]) -> None:
    for value in numbers:
        while value > 0x7F:
            body.append(value & 0x7F | 0x80)
            value >>= 7
        body.append(value)


def _folded(value: int) -> int:
    """Whole numbers laid over those from nought up: 0, -1, 1, -2, 2 ..."""
    return value * 2 if value >= 0 else -value * 2 - 1


def _unfolded(value: int) -> int:
    return value // 2 if value % 2 == 0 else -(value + 1) // 2
