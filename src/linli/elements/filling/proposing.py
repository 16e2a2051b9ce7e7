# SPDX-License-Identifier: MulanPSL-2.0
"""What each column of a form probably takes: as in its last issue, as was decided for this organisation before, by its name; and what we do not hold."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from linli.core.words import Words, words
from linli.elements.filling import catalogue
from linli.elements.filling.catalogue import FIXED, PLACE, Source
from linli.elements.filling.headers import Heading, Layout
from linli.elements.intakes.columns import is_forbidden, simple
from linli.elements.models import ColumnMemory, TemplateVersion

MOST_FIXED = 200
MOST_KEY = 80
BARRED = words("平台的基础台账不登记这类内容（政治面貌、宗教信仰、疾病、特殊人群等）", "the registers never hold this (politics, belief, illness, special groups)")
NOT_HELD = words("平台没有这项数据", "not held on the platform")
EXPLAINED: Mapping[bool, Words] = {True: BARRED, False: NOT_HELD}


def knowing() -> Callable[[str], bool]:
    """Tells whether a text is a heading that some source knows: by this a header is told from a title."""
    every = {name for one in catalogue.sources() for name in catalogue.names_of(one)}
    return lambda text: simple(text).lower() in every or bool(catalogue.band_named(text))


def source_of(layout: Layout) -> str:
    """What a row of the form probably is: the source that knows most of its headings; people when two know as many."""
    def worth(one: Source) -> tuple[int, int]:
        names = catalogue.names_of(one)
        known = {_by_name(one, names, heading) for heading in layout.headings}
        return sum(not key.startswith(("fill.", "at.")) for key in known if key), {"person": 3, PLACE: 2, "household": 1}.get(one.name, 0)

    return max(catalogue.sources(), key=worth).name


def proposed(source: Source, layout: Layout, organisation: int | None, before: TemplateVersion | None) -> list[dict[str, str]]:
    """For each heading what it takes (empty: blank), the fixed text, and how that was found: before, memory, name, none."""
    kept = _of_version(before) if before is not None and before.source == source.name else {}
    remembered = dict(ColumnMemory.objects.filter(organisation=organisation or 0, sheet=_sheet(source), heading__in=[one.path[:MOST_KEY] for one in layout.headings])
                      .values_list("heading", "column"))
    names, used, found = catalogue.names_of(source), set[str](), []
    for heading in layout.headings:
        one = _one(source, names, heading, (kept, remembered))
        if one["found"] == "name" and one["takes"] in used:
            one = {"takes": "", "fixed": "", "found": "none"}
        used.add(one["takes"])
        found.append(one)
    return found


def _one(source: Source, names: Mapping[str, str], heading: Heading, decided: tuple[Mapping[str, Mapping[str, Any]], Mapping[str, str]]) -> dict[str, str]:
    kept, remembered = decided
    if is_forbidden(heading.path):
        return {"takes": "", "fixed": "", "found": "barred"}
    if heading.path in kept and _fits(source, str(kept[heading.path].get("takes") or "")):
        return {"takes": str(kept[heading.path].get("takes") or ""), "fixed": str(kept[heading.path].get("fixed") or ""), "found": "before"}
    known = remembered.get(heading.path[:MOST_KEY])
    if known is not None and known != FIXED and _fits(source, known):
        return {"takes": known, "fixed": "", "found": "memory"}
    name = _by_name(source, names, heading)
    return {"takes": name, "fixed": "", "found": "name" if name else "none"}


def _by_name(source: Source, names: Mapping[str, str], heading: Heading) -> str:
    """By the ages that it names where places are counted, by the whole path without its joints (户主 / 姓名), then by the last part."""
    joined = simple(heading.path.replace(" / ", "")).lower()
    found = names.get(joined) or names.get(simple(heading.own).lower(), "")
    band = catalogue.band_named(heading.path) if source.name == PLACE else ""
    return band or found


def _fits(source: Source, key: str) -> bool:
    return key in ("", FIXED) or source.ask(key) is not None


def _of_version(version: TemplateVersion) -> dict[str, Mapping[str, Any]]:
    paths = [one["path"] for one in version.layout["headings"]]
    return dict(zip(paths, version.columns, strict=False))


def _sheet(source: Source) -> str:
    return f"form.{source.name}"[:40]


def remember(source: Source, layout: Layout, columns: Sequence[Mapping[str, str]], organisation: int | None, at: datetime) -> None:
    """Keep what was decided, for the next form of this organisation."""
    rows = {one.path[:MOST_KEY]: ColumnMemory(organisation=organisation or 0, sheet=_sheet(source), heading=one.path[:MOST_KEY], column=column["takes"][:60], at=at)
            for one, column in zip(layout.headings, columns, strict=True) if not is_forbidden(one.path)}
    ColumnMemory.objects.bulk_create(list(rows.values()), update_conflicts=True, unique_fields=["organisation", "sheet", "heading"], update_fields=["column", "at"])


def lacks(layout: Layout, columns: Sequence[Mapping[str, str]]) -> list[tuple[str, str, bool]]:
    """Heading, key and whether it is barred, of each column that takes nothing."""
    return [(one.path, key_of(one), is_forbidden(one.path)) for one, column in zip(layout.headings, columns, strict=True) if not column["takes"]]


def key_of(heading: Heading) -> str:
    """Under what a lack is counted over all forms: the heading without its remarks."""
    return (simple(heading.own) or heading.own)[:MOST_KEY]


def sealed_asks(source: Source, columns: Sequence[Mapping[str, str]]) -> list[str]:
    """The keys of class 2 and up that a form takes."""
    found = [source.ask(one["takes"]) for one in columns if one["takes"] and one["takes"] != FIXED]
    return [one.key for one in found if one is not None and one.is_sealed]

