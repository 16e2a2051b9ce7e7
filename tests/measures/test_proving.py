# SPDX-License-Identifier: MulanPSL-2.0
"""Proof for outsiders: a publication is recomputed from its own file, and every change of it is found and named."""

import copy
import json
import random
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as trying
from hypothesis import strategies as st

from linli.core import seals
from linli.core.actions import Call
from linli.core.sight import Actor, looking, of_all
from linli.measures import checking, publications
from linli.measures.models import InspectedItem, Inspection, Opening, Publication, StandardVersion
from linli.measures.proving import recomputing
from linli.measures.proving.reading import MOST_BYTES, canonical, digest, envelope
from linli.measures.proving.verdicts import verdict
from linli.measures.rebuilding import rebuild
from linli.measures.scoring import scorer
from tests.measures.test_figures import WHOLE, plant
from tests.measures.town import COMMUNITIES, NOW, Town, at_now, matter, officer, random_matter

HOME, NEXT = COMMUNITIES[0], COMMUNITIES[1]
Change = Callable[[dict[str, Any]], object]


def call_of(actor: Actor) -> Call:
    return Call(actor, {}, NOW, NOW)


def made(*areas: int, reference: int = 1) -> Publication:
    with at_now(), looking(of_all()):
        return publications.make(call_of(officer(*WHOLE)), occasion="publicity", reference=reference, areas=areas, period="2026",
                                 standard=StandardVersion.objects.get(state="published", valid_to=None))


def planted(town: Town, seed: int = 7, count: int = 400) -> None:
    chance = random.Random(seed)
    plant(*(random_matter(town, chance) for _ in range(count)))
    with at_now():
        rebuild("2026")


def raw_of(found: Publication, change: Change | None = None, *, bare: bool = False) -> bytes:
    """The file as it is downloaded; changed inside the content, as somebody with an editor would."""
    file = copy.deepcopy(envelope(found.content))
    if change is not None:
        change(file["publication"])
    return json.dumps(file["publication"] if bare else file, ensure_ascii=False).encode()


def test_a_publication_is_recomputed_from_its_own_file(town: Town, sheet: str) -> None:
    planted(town)

    found = verdict(raw_of(made(HOME, NEXT)))

    assert found.faults == ()
    assert found.communities == 2


def seen_on_site(area: int, **items: tuple[int, int]) -> None:
    """An inspection of a community with what it was settled to, `D3_01` for D3-01; the year counted."""
    with at_now():
        standard = StandardVersion.objects.get(state="published", valid_to=None)
        one = Inspection.objects.create(area=area, occasion="routine", standard=standard, codes=[], day=NOW.date(), state="settled", opened_at=NOW, settled_at=NOW)
        InspectedItem.objects.bulk_create([InspectedItem(area=area, inspection=one, code=code.replace("_", "-"), part=part, whole=whole, settled_at=NOW)
                                           for code, (part, whole) in items.items()])
        rebuild("2026")


def test_points_of_what_nobody_has_looked_at_are_not_possible_in_the_second_reckoning_either(town: Town, sheet: str) -> None:
    planted(town, count=80)
    seen_on_site(HOME, D3_01=(120, 200), D3_02=(3, 3), V1=(1, 1))
    seen_on_site(NEXT, D3_01=(119, 200), D3_02=(3, 3), V1=(1, 1))
    found = made(HOME, NEXT)
    told = [{one["code"]: one["state"] for one in each["conditions"]}["V1"] for each in found.content["communities"]]
    management = next(one for one in found.content["communities"][0]["dimensions"] if one["code"] == "D3")

    assert told == ["met", "unmet"], "six tenths are the least"
    assert Fraction(management["possible"]) == 16, "16.5 measured points less the stairwell lights, which nobody counted"
    assert verdict(raw_of(found)).faults == ()
    claimed = verdict(raw_of(found, lambda content: content["communities"][0]["dimensions"][2].update(possible="33/2")))
    assert any("维度 D3 的 possible" in one.zh for one in claimed.faults)


def test_the_same_content_is_kept_once_and_another_occasion_is_another_publication(town: Town, sheet: str) -> None:
    planted(town, count=80)

    first, again, other = made(HOME), made(HOME), made(HOME, reference=2)

    assert first.pk == again.pk
    assert first.digest != other.digest


def _visible(content: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in content["communities"][0]["indicators"] if one["reached"] is not None and one["denominator"] > 1)
    return found


TAMPERINGS: dict[str, Change] = {
    "a numerator": lambda content: _visible(content).update(numerator=_visible(content)["numerator"] + 1),
    "a denominator": lambda content: _visible(content).update(denominator=_visible(content)["denominator"] + 1),
    "points": lambda content: _visible(content).update(reached="2"),
    "a dimension": lambda content: content["communities"][0]["dimensions"][0].update(possible="99"),
    "a total": lambda content: content["communities"][0].update(reached="99"),
    "a coverage": lambda content: content["communities"][0].update(coverage="1"),
    "a grade": lambda content: content["communities"][0].update(grade="reaches"),
    "a condition": lambda content: content["communities"][0]["conditions"][0].update(state="met"),
    "a name": lambda content: content["communities"][0].update(name="别的社区"),
    "an area": lambda content: content["communities"][0].update(area=1),
    "a rule": lambda content: content["standard"]["content"]["indicator"][0].update(points="9"),
    "the bar": lambda content: content["standard"]["content"].update(bar=None),
    "the least coverage": lambda content: content["rules"].update(least_coverage="0"),
    "a formula": lambda content: content["measures"][0].update(formula="select 1"),
    "the watermark": lambda content: content["journal"].update(watermark=1),
    "the period": lambda content: content.update(period="2025"),
    "the order of communities": lambda content: content["communities"].reverse(),
    "the order of indicators": lambda content: content["communities"][0]["indicators"].reverse(),
    "a community left out": lambda content: content["communities"].pop(),
    "an indicator left out": lambda content: content["communities"][0]["indicators"].pop(),
    "an override that nobody made": lambda content: _visible(content).update(override={"by": 1}),
    "a truth for a number": lambda content: _visible(content).update(numerator=True),
}


@pytest.mark.slow
def test_every_change_of_a_file_is_found_and_named(town: Town, sheet: str) -> None:
    planted(town)
    found = made(HOME, NEXT)

    for what, change in TAMPERINGS.items():
        told = verdict(raw_of(found, change))
        elsewhere = verdict(raw_of(found, change, bare=True), found.digest)

        assert not told.is_right, what
        assert any("被改动的部分" in one.zh or "次序" in one.zh for one in told.faults), what
        assert not elsewhere.is_right, what
        with looking(of_all(), read_only=True):
            compared = checking.compare(raw_of(found, change))
        assert compared is not None, what
        assert compared.publication is None, what
        assert len(compared.faults) > 1, what


def _reckoned_anew(content: dict[str, Any]) -> None:
    """Somebody who raises a count and forgets what follows from it."""
    one = _visible(content)
    one.update(numerator=one["denominator"], denominator=one["denominator"] + 1)


def test_a_forger_who_makes_new_digests_is_caught_by_the_reckoning(town: Town, sheet: str) -> None:
    planted(town)
    content = copy.deepcopy(made(HOME).content)
    _reckoned_anew(content)

    found = verdict(json.dumps(envelope(content)).encode())

    assert any("得分写的是" in one.zh for one in found.faults)


def test_small_counts_about_people_are_withheld_and_their_points_never_stand_alone(town: Town, sheet: str) -> None:
    late = {"phase": "handling", "closed_at": None, "reported_at": NOW - timedelta(days=40)}
    plant(*(matter(town, HOME + 1) for _ in range(9)), matter(town, HOME + 1, **late))
    with at_now():
        rebuild("2026")

    found = made(HOME)
    hidden = [one for one in found.content["communities"][0]["indicators"] if one["is_withheld"]]

    assert hidden
    assert {(one["numerator"], one["denominator"], one["reached"]) for one in hidden} == {(None, None, None)}
    sums = [one["withheld"] for one in found.content["communities"][0]["dimensions"] if one["withheld"]]
    assert all(len(one["codes"]) > 1 for one in sums)
    with looking(of_all()):
        opened = {one.code: (one.numerator, one.denominator) for one in Opening.objects.filter(publication=found)}
        assert opened["D3-11"] == (9, 10)
        assert checking.opening_faults(found) == []
    assert verdict(raw_of(found)).is_right


def test_an_opening_that_does_not_fit_its_commitment_is_found(town: Town, sheet: str) -> None:
    plant(*(matter(town, HOME + 1) for _ in range(3)))
    with at_now():
        rebuild("2026")
    found = made(HOME)
    with looking(of_all()):
        held = list(Opening.objects.filter(publication=found))
    found.content["communities"][0]["indicators"] = [
        one | ({"commitment": "0" * 64} if one["is_withheld"] else {}) for one in found.content["communities"][0]["indicators"]]

    with looking(of_all()):
        assert len(checking.opening_faults(found)) >= len(held) > 0


def test_a_publication_names_the_seal_and_a_false_root_is_found(town: Town, sheet: str) -> None:
    seals.seal()
    found = made(HOME)

    seal = found.content["journal"]["seal"]
    with looking(of_all(), read_only=True):
        right = checking.compare(raw_of(found))
    assert right is not None
    assert right.faults == ()
    if seal is not None:
        assert len(seal["root"]) == 64


def test_a_publication_is_never_edited_not_even_by_the_owner(town: Town, sheet: str) -> None:
    found = made(HOME)

    with pytest.raises(Exception, match="never edited"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("update measures_publication set digest = 'x' where id = %s", [found.pk])


@pytest.mark.parametrize("raw", [
    b"", b"\xff\xfe", b"[]", b"{}", b'{"form": "linli-publication-1"}', b'{"form": "linli-publication-2"}', b'{"publication": {"form": "linli-publication-2"}}',
    b'{"form": "linli-publication-2", "form": "linli-publication-2"}', b'{"form": 1.5}', b'{"a": NaN}', b"[" * 200_000, b"9" * 10_000,
    b'{"form": "linli-publication-2", "communities": [1], "standard": {"content": 1}}'])
def test_what_is_no_publication_is_refused_with_a_sentence(raw: bytes) -> None:
    found = verdict(raw)

    assert not found.is_right
    assert all(one.zh and one.en for one in found.faults)


def test_a_file_beyond_all_measure_is_not_even_read() -> None:
    assert not verdict(b" " * (MOST_BYTES + 1)).is_right


@pytest.mark.parametrize("number", ["1e999999999", "1/0", "１", "9" * 500, "0x10", "1_000"])
def test_a_strangers_number_cannot_ask_for_a_reckoning_without_end(number: str) -> None:
    content = {"form": "linli-publication-2", "rules": {"least_coverage": number}, "journal": {}, "measures": [], "communities": [
        {"area": 1, "name": "x", "dimensions": [], "indicators": [], "conditions": [], "reached": number, "possible": None, "coverage": None, "grade": "open"}],
        "standard": {"code": "a", "version": "1", "digest": "", "content": {"code": "a", "version": "1", "dimension": [], "indicator": []}}}

    assert not verdict(json.dumps(content).encode()).is_right


def test_the_terminal_recomputes_a_file_with_nothing_but_python(town: Town, sheet: str, tmp_path: Path) -> None:
    planted(town, count=60)
    found = made(HOME)
    right, wrong = tmp_path / "right.json", tmp_path / "wrong.json"
    right.write_bytes(raw_of(found))
    wrong.write_bytes(raw_of(found, TAMPERINGS["a total"]))
    source = Path(publications.__file__).resolve().parents[2]

    def ask(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-S", "-m", "linli.measures.proving", *words], capture_output=True, text=True, check=False,
                              env={"PYTHONPATH": str(source), "PYTHONUTF8": "1"})

    assert ask(str(right), "--digest", found.digest).returncode == 0
    assert found.digest in ask(str(right)).stdout
    assert ask(str(wrong)).returncode == 1
    assert "重新计算为" in ask(str(wrong)).stdout
    assert ask(str(right), "--digest", "0" * 64).returncode == 1
    assert ask(str(tmp_path / "none.json")).returncode == 2


def test_the_command_compares_with_what_was_published(town: Town, sheet: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    planted(town, count=60)
    found = made(HOME)
    file = tmp_path / "file.json"
    file.write_bytes(raw_of(found))
    call_command("verify_publication", str(file))
    assert "逐字相同" in capsys.readouterr().out

    file.write_bytes(raw_of(found, TAMPERINGS["a name"]))
    with pytest.raises(SystemExit, match="1"):
        call_command("verify_publication", str(file))
    assert "communities" in capsys.readouterr().err


@trying(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rule=st.sampled_from(["lin .80→.95", "lin 0→1", "inv .15→.03", "bool", "steps", "steps 4", "ded 0.5 each"]), full=st.integers(0, 30),
       pair=st.integers(1, 10**6).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
def test_the_second_reckoning_equals_the_first(rule: str, full: int, pair: tuple[int, int]) -> None:
    assert recomputing.points(rule, *pair, Fraction(full, 2)) == scorer(rule).points(*pair, Fraction(full, 2))


def test_the_digest_is_over_the_canonical_text(town: Town, sheet: str) -> None:
    found = made(HOME)

    assert found.digest == digest(json.loads(canonical(found.content)))
    assert str(settings.SECRET_KEY) not in canonical(found.content).decode()
