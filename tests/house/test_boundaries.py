# SPDX-License-Identifier: MulanPSL-2.0
"""What Linli does not do, rule by rule: read from the declarations, the tables, the words on screen and the rights of every role."""

import ast
import re
from collections.abc import Iterator
from dataclasses import fields
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps

from linli.core import registry
from linli.core.protection import Protection
from linli.core.sight import AreaModel
from linli.core.words import Words
from linli.elements import compartments, looks, purposes
from linli.elements.models import Compartment, Household, Identity, Membership, Person, Residence
from linli.elements.posts import all_roles
from linli.elements.registers.declaring import Column, registers
from linli.matters import tracks
from linli.matters.models import PublicWords
from linli.website import figures

SRC = Path(__file__).parents[2] / "src" / "linli"
GUIDE = Path(__file__).parents[2] / "docs" / "guide"
BASE = (Person, Household, Membership, Residence)
MARKERS = re.compile(r"score|predict|risk|credit_level|label|tag$|special|key_person|watch|blacklist|petition|correction|addict|drug|illness|disease|disorder|psych"
                     r"|religio|politic|party|faith|belief")
MARKERS_ZH = re.compile(r"积分|评分|风险等级|预测|标签|特殊人群|重点人|精神|吸毒|戒毒|矫正|刑满|艾滋|病|宗教|信仰|政治面貌|党员|党费|信访|上访|邪教|涉军")
CATCH_ALL = {"fields", "sealed"}
SCREEN = {
    "排名": "测评结果", "排行": "测评结果", "一票否决": "必备条件", "重点人员": "重点服务对象", "重点人群": "重点服务对象", "六乱": "私搭乱建等六类问题",
    "ranking": "results", "secret visit": "unannounced visit", "综合整治": "集中整治", "resident unit": "unit located here", "service day": "dedication day"}
"""Words that do not stand on a screen, and what stands there (domain/boundaries.md, Words on screen)."""


ROOMS = {"综治信访服务站", "党员活动室"}
"""Names of rooms, which say nothing of anybody (policy.md 8.5, the default set)."""
REFUSING = {"elements/intakes/columns.py"}
"""Where words are listed so that columns headed by them are refused."""


def columns() -> Iterator[tuple[str, Column]]:
    for register in registers():
        for column in register.columns:
            yield register.name, column
    for sheet in registry.everything("sheet"):
        for column in sheet.joining:
            yield sheet.name, column


def said() -> tuple[tuple[str, str], ...]:
    """Every text that may reach a screen: strings in the code and templates, with the file that says it; a folder is read once."""
    return _said_in(SRC)


@cache
def _said_in(folder: Path) -> tuple[tuple[str, str], ...]:
    return tuple(_said(folder))


def _said(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*.py")):
        if "migrations" in path.parts:
            continue
        tree = ast.parse(path.read_text("utf-8"))
        documents = {id(node.body[0].value) for node in ast.walk(tree) if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef)
                     and node.body and isinstance(node.body[0], ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documents:
                yield path.relative_to(folder).as_posix(), node.value
    for path in sorted(folder.rglob("*.html")):
        yield path.relative_to(folder).as_posix(), path.read_text("utf-8")


def test_no_table_of_people_has_room_for_a_score_a_prediction_or_a_marker() -> None:
    found = [f"{model.__name__}.{one.name}" for model in BASE for one in model._meta.get_fields() if MARKERS.search(one.name) and one.name not in CATCH_ALL]

    assert found == []


def test_no_column_of_a_register_or_a_sheet_marks_anybody() -> None:
    found = [f"{owner}.{one.name}" for owner, one in columns()
             if MARKERS.search(one.name) or MARKERS_ZH.search(one.label.zh) or any(MARKERS_ZH.search(heading) for heading in one.headings)]

    assert found == []


def test_no_choice_of_a_register_marks_anybody() -> None:
    found = [f"{owner}.{one.name}: {label.zh}" for owner, one in columns() for _, label in one.options() if MARKERS_ZH.search(label.zh) and label.zh not in ROOMS]

    assert found == []


def test_political_status_religion_and_illness_come_in_by_no_import() -> None:
    used = [path.relative_to(SRC).as_posix() for path in SRC.rglob("*.py") if re.search(r"""codes\.(table|code_of)\(["'](political|religion|health)""", path.read_text("utf-8"))]

    assert used == []


def test_nothing_that_is_listed_exported_or_measured_is_a_marker() -> None:
    listings = [f"{one.name}.{name}" for one in registry.everything("listing") for name, title in one.columns if MARKERS_ZH.search(title.zh) or MARKERS.search(name)]
    measures = [one.code for one in registry.everything("measure") if re.search(r"重点人|特殊人群|注册率|服务时长", one.words.zh)]

    assert listings == []
    assert measures == []


def test_people_from_hong_kong_macao_and_taiwan_are_never_called_foreign() -> None:
    wrong = [(path, text[:60]) for path, text in said() if "港澳台" in text and re.search(r"境外|外籍|外国|海外|foreign|overseas", text, re.IGNORECASE) and len(text) < 400]

    assert wrong == []


def test_every_look_is_journalled_with_purpose_and_reason() -> None:
    reveal = registry.get("action", looks.REVEAL)
    required = {one.name for one in reveal.fields if one.required}

    assert {"purpose", "reason"} <= required


def test_the_person_reads_unit_and_purpose_and_neither_who_nor_the_reason() -> None:
    assert {one.name for one in fields(looks.Look)} == {"at", "unit", "purpose", "column"}


def test_no_purpose_opens_class_four_and_what_the_law_keeps_secret_says_so() -> None:
    declared = registry.everything(purposes.SECTION)

    assert [one.name for one in declared if one.most is Protection.SEALED] == []
    assert [one.name for one in declared if one.is_secret] == ["law"]


def test_class_four_stands_in_no_register_no_action_that_is_kept_and_no_table_that_is_read() -> None:
    kept = [f"{one.name}.{field.name}" for one in registry.everything("action") for field in one.fields if field.protection is Protection.SEALED and field.kind != "file_text"]

    assert [f"{owner}.{one.name}" for owner, one in columns() if one.protection is Protection.SEALED] == []
    assert kept == []
    assert Compartment.is_hidden


def test_no_table_points_from_a_person_to_a_compartment() -> None:
    pointing = [one.name for model in BASE for one in model._meta.get_fields() if one.is_relation and one.related_model and "compartment" in one.related_model.__name__.lower()]

    assert pointing == []
    assert not {one.name for one in Compartment._meta.get_fields()} & {"person", "household", "dwelling", "subject"}
    assert not [one for role in all_roles() for one in role.abilities if one == compartments.KEEPS]


def test_who_keeps_whom_in_the_city_is_read_by_no_role() -> None:
    assert Identity.is_hidden
    assert not issubclass(Identity, AreaModel)


def test_cells_below_five_are_hidden_outside_and_nought_hides_nothing() -> None:
    assert [figures.shown(count) for count in (0, 1, 4, 5, 120)] == [0, None, None, 5, 120]


def test_the_residents_texts_are_public_after_review_only() -> None:
    assert PublicWords._meta.get_field("is_public").default in (False, None) or not PublicWords._meta.get_field("is_public").has_default()
    assert not [role.name for role in all_roles() if "matter.publish_words" in role.abilities and "matter.handle" in role.abilities]


def test_no_worker_is_photographed_counted_online_given_points_or_liked() -> None:
    asked = re.compile(r"selfie|face_photo|online_time|online_minutes|reward|points_earned|likes|thumbs|mood|step_count")
    fields_of_actions = [f"{one.name}.{field.name}" for one in registry.everything("action") for field in one.fields if asked.search(field.name)]
    tables = [f"{model.__name__}.{one.name}" for model in apps.get_models() for one in model._meta.get_fields() if asked.search(one.name)]

    assert fields_of_actions == []
    assert [name for name in tables if not name.startswith("RouteTrial")] == []


def test_position_tracks_need_an_order_and_live_ninety_days() -> None:
    order = registry.get("action", "track.order")

    assert timedelta(days=90) == tracks.LIFE
    assert {"purpose"} <= {one.name for one in order.fields if one.required}
    assert not [one.code for one in registry.everything("measure") if one.fact.startswith("track")]


def test_the_public_face_has_no_page_that_compares_communities() -> None:
    wrong = [path.name for path in (SRC / "website").rglob("*.html") if re.search(r"排名|排行|名次|榜单|league|compare", path.read_text("utf-8"))]

    assert wrong == []


@pytest.mark.parametrize("word", SCREEN)
def test_a_word_that_is_not_used_stands_on_no_screen(word: str) -> None:
    found = [path for path, text in said() if word in text.lower() and path not in REFUSING]

    assert found == [], f"write {SCREEN[word]!r} instead"


def test_a_joint_meeting_says_which_one_it_is() -> None:
    wrong = [(path, text[:40]) for path, text in said() if re.search(r"(?<!物业管理)(?<!社区建设工作)联席会议", text)]

    assert wrong == []


def test_the_words_of_both_languages_are_there_for_everything_that_is_declared() -> None:
    empty = [one.name for one in registry.everything("action") if not (isinstance(one.words, Words) and one.words.zh and one.words.en)]

    assert empty == []


def test_numbers_of_the_law_that_moves_stand_in_no_constant() -> None:
    """Consents, claims and periods of keeping are settings or declarations with a source; what is proposed says so."""
    rules = registry.everything("retention")

    assert rules
    assert [one.name for one in rules if one.is_proposed and "拟" not in one.basis.zh] == []
