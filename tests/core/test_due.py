# SPDX-License-Identifier: MulanPSL-2.0
"""Due work: left in the action's transaction, drained in batches, put back with the reason, parked after too many failures."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest

from linli.core import clock, due, registry
from linli.core.models import Due
from linli.core.sight import looking, of_all

AREA = 120101001001000
seen: list[list[int]] = []
pytestmark = pytest.mark.django_db


def note_subjects(rows: Sequence[Due]) -> None:
    if any(row.subject == 13 for row in rows):
        raise ValueError("13 is refused")
    seen.append([row.subject for row in rows])


@pytest.fixture(autouse=True)
def planted() -> Iterator[None]:
    seen.clear()
    due.after_action("test.note_subjects", "test.never")(note_subjects)
    yield
    registry.REGISTRY.remove("reaction", "test.note_subjects")
    due._by_action.pop("test.never", None)


def leave(*subjects: int, later: timedelta = timedelta()) -> None:
    with looking(of_all()):
        for subject in subjects:
            due.leave("test.note_subjects", area=AREA, subject_kind="test", subject=subject, at=clock.now() + later)


def left() -> list[Due]:
    with looking(of_all()):
        return list(Due.objects.order_by("subject"))


def test_a_batch_goes_to_its_reaction_together() -> None:
    leave(1, 2, 3)

    taken = due.drain()

    assert taken == 3
    assert seen == [[1, 2, 3]]
    assert left() == []


def test_what_is_not_yet_due_waits() -> None:
    leave(1, later=timedelta(hours=1))

    assert due.drain() == 0
    assert len(left()) == 1


def test_one_bad_row_does_not_hold_the_others() -> None:
    leave(1, 13, 2)

    due.drain()

    assert sorted(subject for group in seen for subject in group) == [1, 2]
    bad = left()
    assert [row.subject for row in bad] == [13]
    assert bad[0].tries == 1
    assert "13 is refused" in bad[0].trouble
    assert bad[0].at > clock.now()


def test_after_too_many_failures_a_row_is_parked_and_counted() -> None:
    leave(13)
    with looking(of_all()):
        Due.objects.update(tries=due.MOST_TRIES)

    assert due.drain() == 0
    assert due.waiting() == {"due": 0, "parked": 1}


def test_work_for_a_reaction_that_is_gone_is_kept() -> None:
    with looking(of_all()):
        due.leave("test.gone", area=AREA, subject_kind="test", subject=1, at=clock.now())

    due.drain()

    assert "No reaction is named" in left()[0].trouble


def test_an_idle_drain_takes_nothing() -> None:
    assert due.drain() == 0
