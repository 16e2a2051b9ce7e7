# SPDX-License-Identifier: MulanPSL-2.0
"""The library as it is read: page by page by words and kind, one norm with its editions, and what of the standards refers to it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from linli.core import clock
from linli.core.words import Words
from linli.measures.models import Norm
from linli.measures.norms.citing import Citation, cited_by
from linli.measures.sheets.comparing import name_of
from linli.measures.sheets.drafts import held_open, version_of
from linli.measures.sheets.showing import rows
from linli.measures.standards import sheet_on

PAGE = 50
LONGEST = 60


@dataclass(frozen=True)
class Reference:
    """An indicator or condition that refers to a norm, and by which clauses."""

    code: str
    words: Words
    clauses: tuple[str, ...]


@dataclass(frozen=True)
class Referring:
    """A version in force or a draft with what of it refers to a norm."""

    kind: str
    pk: int
    words: Words
    number: str
    references: tuple[Reference, ...]


def page(*, text: str = "", kind: str = "", after: str = "", most: int = PAGE) -> list[Norm]:
    """Norms in order of their codes after a code, narrowed by words and kind."""
    found = Norm.objects.defer("clauses").order_by("code")
    if text:
        found = found.filter(Q(code__icontains=text) | Q(title_zh__icontains=text) | Q(title_en__icontains=text) | Q(document__icontains=text) | Q(issuer__icontains=text))
    if kind:
        found = found.filter(kind=kind)
    return list(found.filter(code__gt=after)[:most] if after else found[:most])


def referring(code: str, *, with_drafts: bool) -> list[Referring]:
    """The version in force and the open drafts that refer to a norm, with the indicators and clauses."""
    sheet = sheet_on(clock.today())
    held = [("version", sheet.id, version_of(sheet.id).content)] if sheet else []
    held += [("draft", one.pk, one.content) for one in held_open()] if with_drafts else []
    found = [(kind, pk, content, references(content, code)) for kind, pk, content in held]
    return [Referring(kind, pk, name_of(content), str(content.get("version", "")), tuple(told)) for kind, pk, content, told in found if told]


def references(content: Mapping[str, Any], code: str) -> list[Reference]:
    """The indicators and conditions of a sheet that refer to a norm."""
    found = []
    for row, cited in citing_rows(content):
        clauses = [one.clause for one in cited if one.norm is not None and one.norm.code == code]
        if clauses:
            found.append(Reference(str(row.get("code", "")), name_of(row), tuple(filter(None, clauses))))
    return found


def citing_rows(content: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], tuple[Citation, ...]]]:
    """The indicators and necessary conditions of a sheet with what each rests on."""
    for section in ("indicator", "necessary"):
        for one in rows(content, section):
            yield one, cited_by(one)


def named_in(content: Mapping[str, Any]) -> list[Norm]:
    """The norms of the library that a sheet names, in order of their codes."""
    return ordered({one.norm.pk for _, cited in citing_rows(content) for one in cited if one.norm is not None})


def ordered(numbers: Iterable[int | None]) -> list[Norm]:
    """Norms of these numbers, with what follows each."""
    return list(Norm.objects.filter(pk__in=[one for one in numbers if one is not None]).select_related("successor").order_by("code"))


def by_code(content: Mapping[str, Any], norms: Sequence[Norm]) -> list[tuple[Norm, list[Reference]]]:
    """Each norm with what of the sheet refers to it."""
    return [(one, references(content, one.code)) for one in norms]
