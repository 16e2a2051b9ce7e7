# SPDX-License-Identifier: MulanPSL-2.0
"""What every fenced table goes with when ground changes hands (grids redrawn, communities moved, split, merged): one word a table, asked of all of them."""

from collections.abc import Iterator

from django.apps import apps
from django.db import models

from linli.core.sight import AreaModel

AREA, HOME, RECORD, SUBJECT, MATTER, RENEWED, HISTORY = "area", "home", "record", "subject", "matter", "renewed", "history"
"""Beside the names of columns that point at a record whose area is taken (several by blanks: the first that is set):
by its own area and position; by where somebody lives; by (register, record); by (subject_kind, subject); with its matter; ended and begun anew with
its post; or kept for good, because it says what was."""


def rule_of(model: type[AreaModel]) -> str:
    """What the table's rows go with: as declared; else what never changes is history, and what hangs on a matter goes with it. Empty when nobody said."""
    if model.follows:
        return model.follows
    if not model.may_change:
        return HISTORY
    return MATTER if any(one.name == "matter" for one in model._meta.concrete_fields) else ""


def tables() -> list[type[AreaModel]]:
    """Every fenced table, found by the registry of applications, in order of name."""
    return sorted((one for one in apps.get_models() if issubclass(one, AreaModel)), key=lambda one: one._meta.label)


def parents_of(model: type[AreaModel]) -> tuple[tuple[str, type[models.Model]], ...]:
    """The columns by which it follows records of other tables, with those tables, in the order in which they decide; empty for every other rule."""
    return tuple(_pointing(model))


def _pointing(model: type[AreaModel]) -> Iterator[tuple[str, type[models.Model]]]:
    rule = rule_of(model)
    if rule in (AREA, HOME, RECORD, SUBJECT, RENEWED, HISTORY) or rule.startswith(MATTER):
        return
    for name in rule.split():
        field = model._meta.get_field(name)
        if isinstance(field, models.ForeignKey):
            yield str(field.column), field.related_model


def faults() -> list[str]:
    """Sentences about tables that nobody declared, or that follow something which has no area; empty when all is said."""
    found = []
    for model in tables():
        rule, names = rule_of(model), {one.name for one in model._meta.get_fields()}
        if not rule:
            found.append(f"{model._meta.label} does not say what it follows when ground changes hands. Give it `follows` (core/following.py).")
            continue
        known = rule in (AREA, HOME, RENEWED, HISTORY) or rule.startswith(MATTER)
        wanted = {RECORD: {"register", "record"}, SUBJECT: {"subject_kind", "subject"}}.get(rule, set() if known else set(rule.split()))
        if not wanted <= names:
            found.append(f"{model._meta.label} follows {rule!r} but has no column {sorted(wanted - names)}.")
        elif not known and rule not in (RECORD, SUBJECT) and any("area" not in {one.name for one in at._meta.get_fields()} for _, at in parents_of(model)):
            found.append(f"{model._meta.label} follows {rule!r}, which has no area.")
    return found
