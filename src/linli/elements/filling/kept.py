# SPDX-License-Identifier: MulanPSL-2.0
"""Forms that are kept: who sees one, who keeps it, which issue is filled, and what it asks that we do not hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Q, QuerySet, Sum

from linli.core.faults import NotVisible
from linli.core.sight import Actor
from linli.elements.accounts import whole_number
from linli.elements.filling import catalogue, proposing
from linli.elements.filling.catalogue import Source
from linli.elements.filling.headers import Layout, layout_of
from linli.elements.models import Filling, Organisation, Template, TemplateLack, TemplateVersion

KEEP, FILL, SEE = "template.keep", "template.fill", "template.see"
MOST = 200
"""Forms, or lacks, of one page (our choice: a street keeps some dozens)."""


@dataclass(frozen=True)
class Lack:
    """One thing that forms ask and we do not hold: in how many forms, how often these were filled, of which units."""

    key: str
    forms: int
    fillings: int
    last: Any
    is_barred: bool
    units: tuple[str, ...]


def visible_to(actor: Actor) -> QuerySet[Template]:
    """The forms that serve a post (kept at its place or above) and those kept inside its range."""
    return Template.objects.filter(Q(area__lte=actor.lo, hi__gte=actor.hi) | Q(area__gte=actor.lo, hi__lte=actor.hi))


def keeps(actor: Actor, one: Template) -> bool:
    """Whether the post may change the form: it stands at the very place that keeps it."""
    return actor.may(KEEP) and (actor.lo, actor.hi) == (one.area, one.hi)


def find(actor: Actor, given: Mapping[str, Any]) -> Template:
    """The form, held for this transaction. NotVisible outside the posts that it serves."""
    found = visible_to(actor).select_for_update().filter(pk=whole_number(given.get("template"))).first()
    if found is None:
        raise NotVisible
    return found


def find_filling(actor: Actor, given: Mapping[str, Any]) -> Filling:
    """A filling within the post's area, without its workbook."""
    found: Filling | None = Filling.objects.visible_to(actor).defer("sealed").filter(pk=whole_number(given.get("filling"))).first()
    if found is None:
        raise NotVisible
    return found


def newest(one: Template) -> TemplateVersion:
    """The last issue, matched or not, without its workbook."""
    return one.versions.defer("workbook").order_by("-number")[0]


def current(one: Template) -> TemplateVersion | None:
    """The issue that is filled, without its workbook; None while none is matched."""
    return one.versions.defer("workbook").filter(pk=one.current).first() if one.current else None


def layout(version: TemplateVersion) -> Layout:
    """Where the header of an issue lies."""
    return layout_of(version.layout)


def source(version: TemplateVersion) -> Source:
    """What its rows are. LookupError when nobody declares it any more."""
    found = catalogue.source_named(version.source)
    if found is None:
        raise LookupError(f"Nothing is named {version.source!r} any more.")
    return found


def note_lacks(one: Template, version: TemplateVersion) -> None:
    """Keep what the form asks now that we do not hold, in the place of what it asked before; signatures and remarks are no lack."""
    TemplateLack.objects.filter(template=one).delete()
    found = {heading: TemplateLack(template=one, heading=heading, key=key, is_barred=barred) for heading, key, barred in proposing.lacks(layout(version), version.columns)}
    TemplateLack.objects.bulk_create(list(found.values()))


def lacks(actor: Actor) -> list[Lack]:
    """What forms ask that we do not hold, over all forms that the post sees and that still stand, the most asked first; two statements."""
    seen = TemplateLack.objects.filter(template__in=visible_to(actor).filter(ended_at=None))
    sums = list(seen.values("key").annotate(forms=Count("template", distinct=True), filled=Sum("template__fillings"), last=Max("template__filled_at"),
                                           barred=Count("pk", filter=Q(is_barred=True))).order_by("-filled", "-forms", "key")[:MOST])
    asked: dict[str, list[int]] = {}
    for key, unit in seen.filter(key__in=[one["key"] for one in sums]).values_list("key", "template__organisation").distinct():
        asked.setdefault(key, []).append(unit or 0)
    names = names_of_units(unit for units in asked.values() for unit in units)
    units = {key: tuple(sorted({names[unit] for unit in found if unit in names})) for key, found in asked.items()}
    return [Lack(one["key"], one["forms"], one["filled"] or 0, one["last"], bool(one["barred"]), units.get(one["key"], ())) for one in sums]


def names_of_units(numbers: Any) -> dict[int, str]:
    """What units are called."""
    return dict(Organisation.objects.filter(pk__in={one for one in numbers if one}).values_list("pk", "name"))


def takes_sealed(version: TemplateVersion) -> Sequence[str]:
    """The keys of class 2 and up that an issue takes."""
    return proposing.sealed_asks(source(version), version.columns)
