# SPDX-License-Identifier: MulanPSL-2.0
"""The laws of the loop: every declared kind keeps them, and a planted bad kind for each is refused with its sentence."""

from dataclasses import replace

import pytest

from linli.core import registry
from linli.core.fields import Field
from linli.core.protection import Protection
from linli.core.words import words
from linli.core.working_time import TimeUnit
from linli.matters.kinds import BadKind, Kind, Stage, Term, Watch, all_kinds, declare
from linli.matters.phases import MOVES, OWNERS, REWORK, MoveRule

GOOD = Kind(name="planted", words=words("试种", "Planted"), about=words("只在测试里", "Only in tests"), systems=("6h",), scheme="none")


def without_guard(action: str, guard: str) -> tuple[MoveRule, ...]:
    return tuple(replace(rule, guards=tuple(one for one in rule.guards if one != guard)) if rule.action == action else rule for rule in MOVES)


def changed(action: str, **changes: object) -> tuple[MoveRule, ...]:
    return tuple(replace(rule, **changes) if rule.action == action else rule for rule in MOVES)  # type: ignore[arg-type]


def stage(name: str, amount: int = 1) -> Stage:
    return Stage(name, words("阶段", "stage"), Term(amount, TimeUnit.WORKING_HOUR, words("无", "none")))


def with_field(**more: object) -> Kind:
    return replace(GOOD, fields=(Field("phone", words("电话", "Phone"), **more),))  # type: ignore[arg-type]


BAD = {
    "verifier who handled": (replace(GOOD, moves=without_guard("matter.verify", "never_handled")), "verify his own work"),
    "verifier of the handling unit": (replace(GOOD, moves=without_guard("matter.verify", "not_the_unit")), "verify his own work"),
    "rework without the guard": (replace(GOOD, rework=replace(REWORK, guards=())), "verify his own work"),
    "closing without verification": (replace(GOOD, moves=without_guard("matter.close", "is_passed")), "without a passed verification"),
    "closing straight from handling": (replace(GOOD, moves=changed("matter.close", source="handling")), "without a passed verification"),
    "re-opening past the handling": (replace(GOOD, moves=changed("matter.object", target="verifying")), "past the handling"),
    "re-opening without end": (replace(GOOD, moves=without_guard("matter.object", "not_too_often")), "without end"),
    "call-back that re-opens without end": (replace(GOOD, moves=without_guard("matter.call_back", "not_too_often")), "without end"),
    "exit without a reason": (replace(GOOD, moves=changed("matter.refuse", reason=False)), "without a reason"),
    "reason without a list": (replace(GOOD, refusals=()), "lists none"),
    "phase without an owner": (replace(GOOD, owners={**OWNERS, "filed": ""}), "nobody owns"),
    "phase without a limit": (replace(GOOD, terms={"handling": Term(0, TimeUnit.WORKING_DAY, words("无", "none"))}), "has no limit"),
    "field without a class": (with_field(protection=None), "no protection class"),
    "personal field as a filter": (with_field(kind="phone", protection=Protection.PERSONAL, filter=True), "may not be filtered"),
    "phone that is not protected": (with_field(kind="phone"), "needs class 2"),
    "field of an unknown kind": (with_field(kind="colour"), "unknown kind"),
    "move open to anybody": (replace(GOOD, moves=changed("matter.close", ability=None)), "open to anybody"),
    "closed never reached": (replace(GOOD, moves=tuple(rule for rule in MOVES if rule.action != "matter.close")), "never be reached"),
    "closing before the answer": (replace(GOOD, moves=without_guard("matter.close", "no_answer_due")), "waits for an answer"),
    "stage named like a phase": (replace(GOOD, stages={"1": (stage("handling"),)}), "names of their own"),
    "two stages of one name": (replace(GOOD, stages={"1": (stage("stop"), stage("stop"))}), "names of their own"),
    "stage without a limit": (replace(GOOD, stages={"1": (stage("stop", 0),)}), "has no limit"),
    "watch that never warns": (replace(GOOD, watch=Watch(warn_percent=0)), "asks for the impossible"),
    "unknown phase": (replace(GOOD, moves=changed("matter.file", target="lost")), "unknown phase"),
}


@pytest.mark.parametrize("kind", all_kinds(), ids=lambda kind: kind.name)
def test_every_declared_kind_keeps_the_laws(kind: Kind) -> None:
    assert kind.faults() == []


def test_a_good_planted_kind_is_taken() -> None:
    made = declare(GOOD)
    registry.REGISTRY.remove("kind", GOOD.name)

    assert made is GOOD


@pytest.mark.parametrize("name", BAD)
def test_a_bad_kind_is_refused_with_its_sentence(name: str) -> None:
    kind, sentence = BAD[name]

    with pytest.raises(BadKind) as caught:
        declare(kind)

    assert sentence in str(caught.value)
    assert registry.get("kind", GOOD.name) is None


def test_two_kinds_of_one_name_are_refused() -> None:
    declare(GOOD)

    with pytest.raises(ValueError, match="Rename one of them"):
        declare(GOOD)

    registry.REGISTRY.remove("kind", GOOD.name)
