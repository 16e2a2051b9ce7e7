# SPDX-License-Identifier: MulanPSL-2.0
"""Django's system check of fact sets, measures and guards: what was declared faultless must stay so when other declarations change."""

from typing import Any

from django.core.checks import Error, register

from linli.measures.declarations import FactSet, Measure, fact_sets, find_measure, measures
from linli.measures.guarding.declaring import unknown_facts


@register()
def check_declarations(app_configs: Any, **_more: Any) -> list[Error]:
    """One error for each fault of a declaration, with the cure in its sentence."""
    declared: list[FactSet | Measure] = [*fact_sets(), *measures()]
    found = [Error(sentence, id="measures.E001") for one in declared for sentence in one.faults()]
    found += [Error(f"Measure {one.code!r} is read beside {one.beside!r}, which nobody declared.", id="measures.E002")
              for one in measures() if one.beside and find_measure(one.beside) is None]
    return found + [Error(sentence, id="measures.E003") for sentence in unknown_facts()]
