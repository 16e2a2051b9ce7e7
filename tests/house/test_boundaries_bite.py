# SPDX-License-Identifier: MulanPSL-2.0
"""The rules of what Linli does not do are no empty words: each is shown a planted breach, and must see it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from linli.core import registry
from linli.core.fields import Field
from linli.core.protection import Protection
from linli.core.words import words
from linli.elements import compartments, looks
from linli.elements.purposes import SECTION, Purpose
from linli.elements.registers.declaring import Column
from tests.house import test_boundaries as rules

Breach = Callable[[pytest.MonkeyPatch, Path], None]


def _column(**more: Any) -> Breach:
    def breach(patch: pytest.MonkeyPatch, _folder: Path) -> None:
        given = {"name": "plain", "label": words("普通", "Plain")} | more
        planted = SimpleNamespace(name="person", columns=[Column(**given)])
        patch.setattr(rules, "registers", lambda: [planted])

    return breach


def _written(name: str, text: str) -> Breach:
    def breach(patch: pytest.MonkeyPatch, folder: Path) -> None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
        patch.setattr(rules, "SRC", folder)

    return breach


def _declared(section: str, made: Any) -> Breach:
    def breach(patch: pytest.MonkeyPatch, _folder: Path) -> None:
        true = registry.everything
        patch.setattr(rules.registry, "everything", lambda name: [*true(name), made] if name == section else true(name))

    return breach


def _instead(owner: Any, name: str, value: Any) -> Breach:
    return lambda patch, _folder: patch.setattr(owner, name, value)


@dataclass(frozen=True)
class _Told:
    at: int
    unit: str
    purpose: str
    column: str
    who: str


def _table(*names: str) -> Any:
    fields = [SimpleNamespace(name=one, is_relation=False, related_model=None) for one in names]
    return SimpleNamespace(__name__="Person", _meta=SimpleNamespace(get_fields=lambda: fields))


REVEAL = registry.get("action", looks.REVEAL)
BREACHES: dict[str, tuple[Callable[..., None], Breach]] = {
    "a table with a score": (rules.test_no_table_of_people_has_room_for_a_score_a_prediction_or_a_marker, _instead(rules, "BASE", (_table("name", "risk_score"),))),
    "a column of a marker": (rules.test_no_column_of_a_register_or_a_sheet_marks_anybody, _column(name="key_person")),
    "a column named so in Chinese": (rules.test_no_column_of_a_register_or_a_sheet_marks_anybody, _column(label=words("政治面貌", "x"))),
    "a heading that brings one in": (rules.test_no_column_of_a_register_or_a_sheet_marks_anybody, _column(headings=("宗教信仰",))),
    "a choice that marks": (rules.test_no_choice_of_a_register_marks_anybody, _column(kind="choice", choices=(("1", words("刑满释放人员", "x")),))),
    "a list with a marker": (rules.test_nothing_that_is_listed_exported_or_measured_is_a_marker,
                             _declared("listing", SimpleNamespace(name="x", columns=(("y", words("特殊人群", "x")),)))),
    "a measure of volunteers' hours": (rules.test_nothing_that_is_listed_exported_or_measured_is_a_marker,
                                       _declared("measure", SimpleNamespace(code="X", words=words("志愿者注册率", "x")))),
    "a table of political status": (rules.test_political_status_religion_and_illness_come_in_by_no_import, _written("a.py", 'codes.table("political")')),
    "foreign": (rules.test_people_from_hong_kong_macao_and_taiwan_are_never_called_foreign, _written("a.py", 'X = "境外人员（港澳台）"')),
    "a look without a reason": (rules.test_every_look_is_journalled_with_purpose_and_reason,
                                lambda patch, _folder: patch.setattr(rules.registry, "get", lambda *_: replace(REVEAL, fields=REVEAL.fields[:3]))),
    "a look that tells who": (rules.test_the_person_reads_unit_and_purpose_and_neither_who_nor_the_reason, _instead(rules.looks, "Look", _Told)),
    "a purpose that opens class 4": (rules.test_no_purpose_opens_class_four_and_what_the_law_keeps_secret_says_so,
                                     _declared(SECTION, Purpose("x", words("x", "x"), Protection.SEALED))),
    "a secret purpose without a law": (rules.test_no_purpose_opens_class_four_and_what_the_law_keeps_secret_says_so,
                                       _declared(SECTION, Purpose("x", words("x", "x"), is_secret=True))),
    "a class 4 column": (rules.test_class_four_stands_in_no_register_no_action_that_is_kept_and_no_table_that_is_read, _column(protection=Protection.SEALED)),
    "an action that keeps class 4": (rules.test_class_four_stands_in_no_register_no_action_that_is_kept_and_no_table_that_is_read, _declared(
        "action", replace(REVEAL, name="x", fields=(Field("y", words("y", "y"), protection=Protection.SEALED),)))),
    "a role that keeps compartments": (rules.test_no_table_points_from_a_person_to_a_compartment, _instead(
        rules, "all_roles", lambda: [SimpleNamespace(name="x", abilities={compartments.KEEPS})])),
    "a cell of three outside": (rules.test_cells_below_five_are_hidden_outside_and_nought_hides_nothing, _instead(rules.figures, "shown", lambda count: count)),
    "a selfie": (rules.test_no_worker_is_photographed_counted_online_given_points_or_liked,
                 _declared("action", replace(REVEAL, name="x", fields=(Field("selfie", words("x", "x")),)))),
    "tracks for a year": (rules.test_position_tracks_need_an_order_and_live_ninety_days, _instead(rules.tracks, "LIFE", timedelta(days=365))),
    "a league table": (rules.test_the_public_face_has_no_page_that_compares_communities, _written("website/a.html", "<h1>社区排名</h1>")),
    "a joint meeting without its name": (rules.test_a_joint_meeting_says_which_one_it_is, _written("a.py", 'X = "召开联席会议"')),
    "a period without its mark": (rules.test_numbers_of_the_law_that_moves_stand_in_no_constant,
                                  _declared("retention", SimpleNamespace(name="x", is_proposed=True, basis=words("我们定的", "ours")))),
}


@pytest.mark.parametrize("name", BREACHES)
def test_a_planted_breach_is_seen(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    rule, breach = BREACHES[name]
    rule()
    breach(monkeypatch, tmp_path)

    with pytest.raises(AssertionError):
        rule()


@pytest.mark.parametrize("word", rules.SCREEN)
def test_a_forbidden_word_on_a_screen_is_seen(word: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _written("desk/a.html", f"<p>{word}</p>")(monkeypatch, tmp_path)

    with pytest.raises(AssertionError):
        rules.test_a_word_that_is_not_used_stands_on_no_screen(word)


def test_every_rule_that_can_be_broken_in_the_declarations_is_broken_once() -> None:
    tried = {rule.__name__ for rule, _ in BREACHES.values()} | {"test_a_word_that_is_not_used_stands_on_no_screen"}
    every = {name for name in vars(rules) if name.startswith("test_")}

    assert every - tried <= {"test_who_keeps_whom_in_the_city_is_read_by_no_role", "test_the_residents_texts_are_public_after_review_only",
                             "test_the_words_of_both_languages_are_there_for_everything_that_is_declared"}
