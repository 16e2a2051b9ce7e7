# SPDX-License-Identifier: MulanPSL-2.0
"""Nightly tidying: what is over goes, what belongs to a record stays."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from linli.core import clock, evidence, tidying
from linli.core.models import Answer, Evidence
from linli.core.sight import PUBLIC, looking, of_all

AREA = 120101001001000
PAPER = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.EVIDENCE_ROOT = tmp_path
    return tmp_path


def upload(*, attached: bool, body: bytes = PAPER) -> Path:
    with looking(of_all()):
        one = evidence.keep(body, "a.pdf", area=AREA, actor=PUBLIC, claim=b"x")
        Evidence.objects.filter(pk=one.pk).update(subject=1 if attached else None, subject_kind="matter")
    path = evidence.path_of(bytes(one.digest))
    os.utime(path, (1, 1))
    return path


def test_an_upload_that_nobody_attached_goes_after_a_week_with_its_file() -> None:
    path = upload(attached=False)

    with clock.standing_at(clock.now() + timedelta(days=8)):
        done = tidying.tidy()

    assert (done["uploads"], done["files"], path.exists()) == (1, 1, False)


def test_a_fresh_upload_and_an_attached_one_stay() -> None:
    fresh, attached = upload(attached=False), upload(attached=True, body=PAPER + b"%2\n")

    with clock.standing_at(clock.now() + timedelta(days=2)):
        tidying.tidy()

    assert fresh.exists()
    assert attached.exists()


def test_a_file_that_two_records_share_stays_while_one_needs_it() -> None:
    upload(attached=True)
    path = upload(attached=False)

    with clock.standing_at(clock.now() + timedelta(days=8)):
        tidying.tidy()

    assert path.exists()


def test_kept_answers_go_after_a_month() -> None:
    for days in (1, 31):
        Answer.objects.create(caller="c", action="a", key=str(days), given=b"", answer={}, at=clock.now() - timedelta(days=days))

    done = tidying.tidy()

    assert done["answers"] == 1
    assert Answer.objects.count() == 1


def test_an_empty_installation_has_nothing_to_tidy() -> None:
    assert set(tidying.tidy().values()) == {0}
