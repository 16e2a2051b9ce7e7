# SPDX-License-Identifier: MulanPSL-2.0
"""Categories of matters: schemes with versions and validity, loaded from files, asked by every report form."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings

from linli.core import registry
from linli.core.actions import Call, Done, action, run
from linli.core.editions import Memory, bump
from linli.core.faults import Invalid
from linli.core.fields import Field
from linli.core.sight import of_record
from linli.core.system_actors import system_actor
from linli.core.words import Words, words
from linli.matters.models import Category, Scheme

EDITION = "categories"
NO_SCHEME = words("没有声明过这个分类体系。", "No such scheme is declared.")


def _read() -> dict[int, Category]:
    return {one.pk: one for one in Category.objects.select_related("scheme")}


_memory = Memory(EDITION, _read)


def by_id(raw: object) -> Category | None:
    """The category of a number as given by a form or a machine; None when there is none that opens a matter."""
    text = str(raw or "").strip()
    found = _memory.value().get(int(text)) if text.isdecimal() and len(text) < 18 else None
    return found if found and found.kind else None


def loaded(number: int) -> Category | None:
    """The category with this number, also one that opens no matter; None when there is none."""
    return _memory.value().get(number)


def known() -> list[Category]:
    """Every category of every version that opens a matter, in the order of their numbers."""
    return [one for _, one in sorted(_memory.value().items()) if one.kind]


def edition() -> int:
    """The edition of what is remembered of categories."""
    return _memory.number()


def is_in_force(category: Category, day: date) -> bool:
    """True if the category's scheme is valid on a day."""
    scheme = category.scheme
    return (scheme.valid_from is None or scheme.valid_from <= day) and (scheme.valid_to is None or day < scheme.valid_to)


def in_force(day: date, *, public_only: bool = False) -> list[Category]:
    """All categories valid on a day that open a matter, in the order in which their schemes were declared."""
    order = {one.code: one.order for one in declared_schemes()}
    found = [one for one in _memory.value().values() if one.kind and is_in_force(one, day) and (one.is_public or not public_only)]
    return sorted(found, key=lambda one: (order.get(one.scheme.code, 99), one.scheme.code, one.part, one.code))


def groups(found: list[Category]) -> list[tuple[Words, list[Category]]]:
    """Categories by group, in their order, for a picker."""
    made: dict[tuple[str, str], list[Category]] = {}
    for one in found:
        made.setdefault(group_names(one), []).append(one)
    return [(words(*names), rows) for names, rows in made.items()]


def group_names(category: Category) -> tuple[str, str]:
    """The names of its group in Chinese and English; those of the scheme where it has no groups."""
    if not category.group_zh:
        return category.scheme.name_zh, category.scheme.name_en
    return category.group_zh, category.group_en or category.group_zh


def words_of(category: Category) -> Words:
    """The name of a category; where the scheme has no English name the Chinese one stands."""
    return words(category.name_zh, category.name_en or category.name_zh)


@dataclass(frozen=True)
class Row:
    """One category as a scheme file gives it."""

    code: str
    zh: str
    en: str = ""
    part: str = ""
    group_code: str = ""
    group_zh: str = ""
    group_en: str = ""
    kind: str = ""
    is_hazard: bool = False
    is_public: bool = True
    is_checked_first: bool = True


@dataclass(frozen=True)
class SchemeFile:
    """A published category scheme: where it comes from, from when it is valid, and how its rows are read."""

    code: str
    version: str
    words: Words
    source: str
    valid_from: date | None
    rows: Callable[[], Sequence[Row]]
    order: int = 50

    @property
    def name(self) -> str:
        """Code and version."""
        return f"{self.code}@{self.version}"


def declare(scheme: SchemeFile) -> SchemeFile:
    """Register a scheme; it is loaded by `manage seed`."""
    registry.add("scheme", scheme.name, scheme)
    return scheme


def declared_schemes() -> list[SchemeFile]:
    """Every declared scheme."""
    return registry.everything("scheme")


def seed() -> str:
    """Load the declared schemes that are not yet there; one sentence on what was done."""
    made = []
    for one in declared_schemes():
        if not Scheme.objects.filter(code=one.code, version=one.version).exists():
            run("category.load", system_actor("installer"), {"scheme": one.name})
            made.append(one.name)
    return f"Categories: loaded {', '.join(made)}." if made else "Categories: nothing to do."


@action("category.load", words("载入分类体系", "Load a category scheme"), ability="category.load", subject="scheme", sight="this_record",
        opens=lambda actor, given: of_record(settings.CITY_AREA),
        fields=(Field("scheme", words("分类体系", "Scheme"), "text", required=True),))
def load(call: Call) -> Done:
    """Put a declared scheme with all its categories into the tables, once."""
    declared: SchemeFile | None = registry.get("scheme", call.given["scheme"])
    if declared is None:
        raise Invalid({"scheme": NO_SCHEME})
    scheme = Scheme.objects.create(code=declared.code, version=declared.version, name_zh=declared.words.zh, name_en=declared.words.en,
                                   source=declared.source, valid_from=declared.valid_from)
    rows = [Category(scheme=scheme, kind=row.kind, part=row.part, code=row.code, name_zh=row.zh, name_en=row.en, group_code=row.group_code,
                     group_zh=row.group_zh, group_en=row.group_en, is_hazard=row.is_hazard, is_public=row.is_public,
                     is_checked_first=row.is_checked_first) for row in declared.rows()]
    Category.objects.bulk_create(rows)
    bump(EDITION)
    return Done(settings.CITY_AREA, scheme.pk, {"scheme": declared.name, "categories": len(rows)})


registry.add("seed", "categories", seed)
