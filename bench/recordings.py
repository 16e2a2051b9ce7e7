# SPDX-License-Identifier: MulanPSL-2.0
"""One report as the database saw it: its row inserts, with the places where the next report's numbers have to go."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

WRITES = re.compile(r"^(insert|with\s+\w+\s+as\s*\(\s*insert|delete|update)\b", re.IGNORECASE)
MATTER, KEY = "{matter}", "{key}"


@dataclass(frozen=True)
class Recording:
    """The insert of the matter (answers its number), then all others with marks for number and key."""

    first: str
    others: tuple[str, ...]

    def following(self, matter: int, key: str) -> Iterator[str]:
        """The other inserts for a matter's number and a request key."""
        for text in self.others:
            yield text.replace(MATTER, str(matter)).replace(KEY, key)

    def write(self, file: Path) -> None:
        """Keep it."""
        file.write_text(json.dumps({"first": self.first, "others": self.others}, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def read(cls, file: Path) -> "Recording":
        """What was kept."""
        found = json.loads(file.read_text(encoding="utf-8"))
        return cls(found["first"], tuple(found["others"]))


def recorded(statements: Sequence[str], matter: int, key: str) -> Recording:
    """The recording of the statements of one report. ValueError when its matter's insert is not among them."""
    writes = [one for one in statements if WRITES.match(one.strip())]
    heads = [place for place, one in enumerate(writes) if 'into "matters_matter"' in one]
    if len(heads) != 1:
        raise ValueError(f"{len(heads)} inserts of a matter were logged, one was expected.")
    number = re.compile(rf"(?<!\d){matter}(?!\d)")
    padded = f"LL{matter:09d}"
    others = tuple(number.sub(MATTER, one.replace(padded, "LL" + MATTER).replace(key, KEY))
                   for place, one in enumerate(writes) if place != heads[0])
    return Recording(writes[heads[0]], others)
