# SPDX-License-Identifier: MulanPSL-2.0
"""The page on which the columns of a form are matched: what is proposed, what was just sent, and the first rows as they would be."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest

from linli.core.sight import Actor
from linli.core.words import Words
from linli.elements import places
from linli.elements.filling import catalogue, kept, proposing, working
from linli.elements.filling.actions import LEVELS, TIE
from linli.elements.filling.catalogue import FIXED, PLACE, Source
from linli.elements.filling.headers import Heading
from linli.elements.intakes.columns import is_forbidden
from linli.elements.models import TemplateVersion
from linli.elements.registers import codes

NARROW = ("tie", "from_age", "to_age", "sex", "level")
SHALLOW = frozenset({"community", "grid"})
"""Levels of posts for whom counts are taken for the sample too: wider ones would wait for them."""


def is_barred(heading: Heading) -> bool:
    """Whether a column may take nothing at all."""
    return is_forbidden(heading.path)


def sent(request: HttpRequest, issue: TemplateVersion) -> dict[str, Any]:
    """What the page sent, as the action takes it."""
    chosen = [{"takes": request.POST.get(f"takes.{place}", ""), "fixed": request.POST.get(f"fixed.{place}", "")} for place in range(len(issue.layout["headings"]))]
    number = request.POST.get("issue", "")
    return {"issue": number if number.isdecimal() else str(issue.number), "name": request.POST.get("name", ""), "source": request.POST.get("source", ""),
            "columns": json.dumps(chosen, ensure_ascii=False)} | {one: request.POST.get(one, "") for one in NARROW}


def page(request: HttpRequest, actor: Actor, issue: TemplateVersion, given: Mapping[str, Any] | None) -> dict[str, Any]:
    """What desk/template_columns.html takes: kept choices, or those just sent; another choice of rows proposes anew."""
    source = catalogue.source_named(str(given["source"]) if given else issue.source) or kept.source(issue)
    layout = kept.layout(issue)
    columns: Sequence[Mapping[str, str]] = issue.columns
    if given:
        columns = json.loads(given["columns"]) if "again" not in request.POST else proposing.proposed(source, layout, actor.organisation, None)
    narrow = {one: given[one] if given else issue.narrow.get(one, "") for one in NARROW}
    return {"issue": issue, "name": given["name"] if given else issue.template.name, "source": source, "sources": catalogue.sources(), "narrow": narrow,
            "is_of_people": source.name == "person", "is_of_places": source.name == PLACE, "ties": TIE, "levels": LEVELS, "sexes": codes.table("gender"),
            "groups": _groups(source), "columns": [_column(place, heading, column) for place, (heading, column) in enumerate(zip(layout.headings, columns, strict=True))],
            "sample": [] if given else _sample(issue, actor, source), "layout": layout}


def _groups(source: Source) -> list[tuple[Words, list[tuple[str, Words]]]]:
    """What a column may take, group by group."""
    found: dict[str, tuple[Words, list[tuple[str, Words]]]] = {}
    for one in source.asks.values():
        found.setdefault(one.group.zh, (one.group, []))[1].append((one.key, one.label))
    return list(found.values())


def _column(place: int, heading: Heading, column: Mapping[str, str]) -> dict[str, Any]:
    return {"place": place, "heading": heading.path, "letter": heading.letter, "takes": column["takes"], "fixed": column["fixed"], "is_fixed": column["takes"] == FIXED,
            "found": column.get("found", ""), "is_barred": is_barred(heading)}


def _sample(issue: TemplateVersion, actor: Actor, source: Source) -> list[list[str]]:
    """Some rows as they would be today for the post's own place, masked; none for a post that may not see them or would wait for counts."""
    if not actor.may(source.sees) or (source.name == PLACE and places.level_of(actor.lo) not in SHALLOW):
        return []
    _, rows = working.sample(issue, actor)
    return [["" if cell is None else str(cell) for cell in row] for row in rows]
