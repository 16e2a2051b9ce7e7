# SPDX-License-Identifier: MulanPSL-2.0
"""By which standard: the published sheet in force, readable by anybody, with sources, marks and digest, and as a file."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from linli.core import clock
from linli.core.faults import NotVisible
from linli.core.words import words
from linli.measures.models import StandardVersion
from linli.measures.norms import reading
from linli.measures.norms.library import KINDS, MARKS, clauses_of
from linli.measures.sheets import drafts, files, showing
from linli.measures.standards import sheet_on


def _in_force() -> StandardVersion:
    sheet = sheet_on(clock.today())
    if sheet is None:
        raise NotVisible
    return drafts.version_of(sheet.id)


@require_GET
def standard(request: HttpRequest) -> HttpResponse:
    """The sheet in force, whole. NotVisible while none is."""
    found = _in_force()
    return render(request, "website/standard.html", {"version": found, "sheet": showing.whole(found.content)})


@require_GET
def norms(request: HttpRequest) -> HttpResponse:
    """What the sheet in force rests on: the norms of the library that it names, each with the indicators that refer to it."""
    content = _in_force().content
    return render(request, "website/standard_norms.html", {"norms": [
        {"norm": one, "kind": KINDS[one.kind], "mark": MARKS[one.mark], "title": words(one.title_zh, one.title_en), "clauses": clauses_of(one.clauses), "references": told,
         "successor": words(one.successor.title_zh, one.successor.title_en) if one.successor else None}
        for one, told in reading.by_code(content, reading.named_in(content))]})


@require_GET
def as_toml(request: HttpRequest) -> HttpResponse:
    """The same as TOML."""
    return HttpResponse(files.write(_in_force().content), content_type="application/toml; charset=utf-8",
                        headers={"Content-Disposition": 'attachment; filename="standard.toml"'})


@require_GET
def as_json(request: HttpRequest) -> HttpResponse:
    """The same for machines, with digest and validity."""
    found = _in_force()
    return JsonResponse({"digest": found.digest, "valid_from": found.valid_from.isoformat(), "valid_to": found.valid_to.isoformat() if found.valid_to else None,
                         "content": found.content}, json_dumps_params={"ensure_ascii": False})
