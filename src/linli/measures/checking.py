# SPDX-License-Identifier: MulanPSL-2.0
"""A published file beside what was published: word for word the same, or where it differs; the seal of the journal; and the counts that it withholds."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from itertools import islice
from typing import Any

from django.db.models import QuerySet

from linli.core import seals
from linli.core.words import Words, words
from linli.measures.models import Opening, Publication, StandardVersion
from linli.measures.proving.reading import Unreadable, commitment, differences, digest, exact, read
from linli.measures.proving.recomputing import points
from linli.measures.publications import formulas
from linli.measures.standards import sheet_of

MOST_NAMED = 20
"""Places of a changed file that are named (our choice: whoever sees twenty has seen enough)."""
SHOWN = 60
NOT_OURS = words("这里没有发布过摘要为 {digest} 的内容。", "Nothing with the digest {digest} was published here.")
CHANGED = words("{at}：公示时是“{before}”，文件里是“{after}”。", "{at}: published as “{before}”, the file says “{after}”.")
SEAL_GONE = words("文件里写的日志封印在这里查不到，或根不一样。", "The journal's seal named in the file is not found here, or has another root.")
OPENED_WRONG = words("社区 {area} 指标 {code} 封存的数字与公布的封存值或得分不符。",
                     "The counts kept for indicator {code} of {area} fit neither their commitment nor the points.")
FORMULA_MOVED = words("指标公式 {code} 在发布之后改过版本内的写法；公示的写法留在文件里。",
                      "The formula of {code} is written otherwise today than when this was published; the published one stands in the file.")


@dataclass(frozen=True)
class Comparison:
    """The publication that the file is (None when it is none), what is wrong, and what is only to be known."""

    publication: Publication | None
    made_at: datetime | None
    faults: tuple[Words, ...]
    notes: tuple[Words, ...] = ()


def every() -> QuerySet[Publication]:
    """All publications, newest first, not yet read: they are public."""
    return Publication.objects.order_by("-id")


def published(text: str) -> Publication | None:
    """The publication with this digest; None when there is none."""
    wanted = text.strip().lower()
    return Publication.objects.filter(digest=wanted).first() if len(wanted) == 64 else None


def compare(raw: bytes) -> Comparison | None:
    """The file beside what was published under its occasion; None when it is no publication at all (the file's own check says why)."""
    try:
        opened = read(raw)
        found = published(digest(opened.content))
    except (Unreadable, RecursionError):
        return None
    if found is not None:
        return Comparison(found, found.made_at, tuple(_seal_faults(found.content)), tuple(_formula_notes(found)))
    meant = published(opened.digest) or _by_occasion(opened.content)
    faults = [NOT_OURS.format(digest=digest(opened.content))]
    if meant is not None:
        faults += [CHANGED.format(at=at, before=_short(before), after=_short(after))
                   for at, before, after in islice(differences(meant.content, opened.content), MOST_NAMED)]
    return Comparison(None, meant.made_at if meant else None, tuple(faults))


def _by_occasion(content: Mapping[str, Any]) -> Publication | None:
    occasion, reference = content.get("occasion"), content.get("reference")
    if not isinstance(occasion, str) or not isinstance(reference, int) or not 0 <= reference < 2**63:
        return None
    return Publication.objects.filter(occasion=occasion[:24], reference=reference).order_by("-id").first()


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def _seal_faults(content: Mapping[str, Any]) -> Iterator[Words]:
    stated = content["journal"]["seal"]
    if stated is not None:
        held = seals.numbered(stated["number"])
        if held is None or (held.root, held.last) != (stated["root"], stated["last"]):
            yield SEAL_GONE


def _formula_notes(found: Publication) -> Iterator[Words]:
    from_then = {(one["code"], one["version"]): one["formula"] for one in found.content["measures"]}
    version = found.content["standard"]
    now = {(one["code"], one["version"]): one["formula"] for one in formulas(sheet_of(_standard(version)))}
    yield from (FORMULA_MOVED.format(code=f"{code}.{number}") for (code, number), text in sorted(from_then.items()) if now.get((code, number), text) != text)


def _standard(version: Mapping[str, Any]) -> Any:
    return StandardVersion.objects.get(standard__code=version["code"], version=version["version"])


def opening_faults(found: Publication) -> list[Words]:
    """Withheld counts that fit neither their commitment nor the published sum of points; inside the sight of whoever may see the places."""
    rows: dict[int, dict[str, Opening]] = {}
    for one in Opening.objects.filter(publication=found).order_by("area", "code"):
        rows.setdefault(one.area, {})[one.code] = one
    sheet = {row["code"]: row for row in found.content["standard"]["content"]["indicator"]}
    wrong: list[Words] = []
    for community in found.content["communities"]:
        held = rows.get(community["area"], {})
        commitments = {one["code"]: one["commitment"] for one in community["indicators"] if one["is_withheld"]}
        wrong += [OPENED_WRONG.format(area=community["area"], code=code) for code, stated in commitments.items()
                  if code not in held or commitment(code, held[code].numerator, held[code].denominator, held[code].salt) != stated]
        for dimension in community["dimensions"]:
            if dimension["withheld"] and not _adds_up(dimension["withheld"], held, sheet):
                wrong.append(OPENED_WRONG.format(area=community["area"], code=", ".join(dimension["withheld"]["codes"])))
    return wrong


def _adds_up(stated: Mapping[str, Any], held: Mapping[str, Opening], sheet: Mapping[str, Any]) -> bool:
    if any(code not in held for code in stated["codes"]):
        return False
    together = sum((points(sheet[code]["scoring"], held[code].numerator, held[code].denominator, exact(sheet[code]["points"])) for code in stated["codes"]),
                   Fraction(0))
    return together == exact(stated["reached"])
