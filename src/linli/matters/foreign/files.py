# SPDX-License-Identifier: MulanPSL-2.0
"""The file of an import: sealed while it is kept, opened once a process, and what a person decided about its services."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from linli.core import clock
from linli.core.keys import keyring
from linli.core.words import Words, words
from linli.matters import categories
from linli.matters.foreign import judging, reading
from linli.matters.foreign.judging import Judged, Returned
from linli.matters.models import ForeignImport, ForeignMapping, ForeignReturn

FORGOTTEN = words("文件已经删除（只保留 30 天）。请重新导入。", "The file is gone (kept for 30 days only). Import it again.")
MOST_SERVICES = 1_000


def context(brought: int) -> str:
    """What the seal of a file is bound to."""
    return f"foreign_import:{brought}"


@lru_cache(maxsize=1)
def _opened(brought: int, digest: bytes) -> Sequence[Mapping[str, Any]]:
    sealed = ForeignImport.objects.filter(pk=brought).values_list("sealed", flat=True).first()
    if sealed is None:
        raise reading.Unreadable(FORGOTTEN)
    return reading.requests_in(keyring().unseal(bytes(sealed), context(brought)))


def requests_of(brought: ForeignImport) -> Sequence[Mapping[str, Any]]:
    """The requests of an import, in the order of its file. Unreadable with a sentence; the last one read stays in memory."""
    return _opened(brought.pk, bytes(brought.digest))


def forget() -> None:
    """Let go of what was read."""
    _opened.cache_clear()
    _firsts.cache_clear()


@lru_cache(maxsize=1)
def _firsts(brought: int, digest: bytes) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for place, one in enumerate(_opened(brought, digest)):
        found.setdefault(judging.clean(one.get("service_request_id")), place)
    return found


def services_of(requests: Sequence[Mapping[str, Any]]) -> list[list[Any]]:
    """[code, name, how many] of each service, most frequent first; capped."""
    counts: Counter[str] = Counter()
    names: dict[str, str] = {}
    for one in requests:
        code = judging.clean(one.get("service_code"))[:judging.LONGEST_CODE]
        counts[code] += 1
        names.setdefault(code, judging.clean(one.get("service_name"))[:judging.LONGEST_NAME])
    return [[code, names[code], count] for code, count in counts.most_common(MOST_SERVICES) if code]


def mappings(system: str) -> dict[str, ForeignMapping]:
    """What was decided last about each service of a system."""
    found = ForeignMapping.objects.filter(system=system).order_by("code", "-version").distinct("code").select_related("category")
    return {one.code: one for one in found}


@dataclass(frozen=True)
class Refusal:
    """A request that does not go in: its place, what names it, and why."""

    place: int
    number: str
    code: str
    why: str
    sentence: Words

    def row(self, brought: ForeignImport) -> ForeignReturn:
        """The row that is kept of it."""
        return ForeignReturn(brought=brought, place=self.place + 1, number=self.number, code=self.code, why=self.why, sentence=self.sentence.as_dict())


def judged(brought: ForeignImport, first: int, last: int, known: Mapping[str, ForeignMapping]) -> Iterator[Judged | Refusal]:
    """Each request of a stretch of the file, as it can go in or with what stands against it."""
    firsts = _firsts(brought.pk, bytes(brought.digest))
    for place, one in enumerate(requests_of(brought)[first:last], start=first):
        try:
            number, code = judging.number_of(one), judging.code_of(one)
            if firsts[number] != place:
                raise Returned("twice")
            yield judging.judge(one, _category(code, known, one), brought.zone)
        except Returned as fault:
            yield Refusal(place, judging.clean(one.get("service_request_id"))[:80], judging.clean(one.get("service_code"))[:80], fault.why, fault.sentence)


def _category(code: str, known: Mapping[str, ForeignMapping], given: Mapping[str, Any]) -> int:
    shown = judging.clean(given.get("service_name")) or code
    decided = known.get(code)
    if decided is None:
        raise Returned("unmapped", shown)
    if decided.category is None:
        raise Returned("left_out", shown)
    is_open = judging.clean(given.get("status")).lower() == judging.OPEN
    if is_open and not categories.is_in_force(decided.category, clock.today()):
        raise Returned("old_category", shown)
    return int(decided.category.pk)
