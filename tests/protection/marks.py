# SPDX-License-Identifier: MulanPSL-2.0
"""Marked numbers: each way in gets one of its own that nobody can have, and a disk is searched for all of them in every writing."""

import base64
import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from linli.elements.registers.checks.person_numbers import check_sign

PHONE, NUMBER, CONTROL = "1397531", "99999919850407", "1864208"
"""What every phone and every identity number of a proof begins with; and a phone in words that are kept as they are, which must be found."""
MOST_UNPACKED = 1 << 26
FIRST_BYTES = 16
MOST_FINDS = 200


@dataclass
class Marks:
    """Numbers that were given away, with the way in that each went."""

    ways: dict[str, str] = field(default_factory=dict)

    def phone(self, way: str) -> str:
        """A fresh phone number."""
        return self._given(f"{PHONE}{len(self.ways):04d}", way)

    def number(self, way: str) -> str:
        """A fresh identity number of a man with a right check sign, of a division that does not exist."""
        body = f"{NUMBER}{2 * len(self.ways) + 1:03d}"
        return self._given(body + check_sign(body), way)

    def wrong(self, way: str) -> str:
        """A fresh identity number whose check sign is wrong."""
        right = self.number(way)
        return self._given(right[:-1] + ("1" if right[-1] != "1" else "2"), way)

    def _given(self, value: str, way: str) -> str:
        self.ways[value] = way
        return value

    def way_of(self, near: str) -> str:
        """The way in whose number stands in a text; the text itself when none does."""
        return next((way for value, way in self.ways.items() if value in near), near)


def writings(beginning: str) -> Iterator[bytes]:
    """How what begins so may lie somewhere: as text, as UTF-16, in hexadecimal, in base 64 at any offset, with blanks or hyphens. GB18030 writes digits as UTF-8 does."""
    plain, wide = beginning.encode(), beginning.encode("utf-16-le")
    yield from (plain, wide, beginning.encode("utf-16-be"))
    for raw in (plain, wide):
        yield raw.hex().encode()
        yield raw.hex().upper().encode()
        for shift in range(3):
            coded = base64.b64encode(b"\0" * shift + raw)
            yield coded[4 if shift else 0:len(coded) // 4 * 4 - 4]
    yield from (f"{beginning[:3]}{sign}{beginning[3:7]}{sign}".encode() for sign in "- ") if len(beginning) == len(PHONE) else ()


def found_in(content: bytes, beginnings: Iterable[str] = (PHONE, NUMBER)) -> list[str]:
    """What follows each of the first finds, as text: which number it was."""
    found = []
    for beginning in beginnings:
        for one in writings(beginning):
            at = content.find(one)
            while at >= 0 and len(found) < MOST_FINDS:
                found.append(_readable(content[at:at + 4 * len(beginning) + 80], one))
                at = content.find(one, at + len(one))
    return found


def _readable(near: bytes, written: bytes) -> str:
    if written[:1].isdigit() and b"\0" not in written and len(written) > FIRST_BYTES * 2 - 4 and re.fullmatch(rb"[0-9a-fA-F]+", written):
        digits = re.match(rb"[0-9a-fA-F]*", near)
        near = bytes.fromhex((digits.group() if digits else b"")[:FIRST_BYTES * 4 // 2 * 2].decode())
    return near.replace(b"\0", b"").decode("latin-1")


def contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below a folder by name, and what is packed in those that are archives or streams of zlib."""
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        try:
            content = path.read_bytes()
        except OSError:
            continue  # PostgreSQL takes files away while it works
        name = path.relative_to(folder).as_posix()
        yield name, content
        yield from unpacked(name, content)


def unpacked(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    """The members of an archive, the inside of a gzip or zlib stream; nothing for other contents."""
    if content[:4] == b"PK\3\4":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for member in archive.namelist():
                inside = archive.read(member)[:MOST_UNPACKED]
                yield f"{name}!{member}", inside
                yield from unpacked(f"{name}!{member}", inside)
    elif content[:2] == b"\x1f\x8b":
        yield f"{name}!gz", gzip.decompress(content)[:MOST_UNPACKED]
    elif content[:1] == b"\x78" and content[1:2] in (b"\x01", b"\x9c", b"\xda"):
        try:
            yield f"{name}!zlib", zlib.decompressobj().decompress(content, MOST_UNPACKED)
        except zlib.error:
            return
