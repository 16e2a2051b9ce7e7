# SPDX-License-Identifier: MulanPSL-2.0
"""Seals and their check: whole, after an erasure, after a change behind our back, with a transaction held open."""

import threading
import time
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from linli.core import journal, seals
from linli.core.journal import Entry
from linli.core.sight import looking, of_all

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
AREA = 120101001001000


def write(subject: int = 1, **more: object) -> int:
    entry = Entry(action="test.act", area=AREA, subject_kind="matter", subject=subject, actor=7, role="tester", post=3, occurred_at=NOW,
                  recorded_at=NOW, **more)  # type: ignore[arg-type]
    with looking(of_all()):
        return journal.write(entry)


def seal(lines: int = 1) -> int:
    """Seal at least so many lines: other databases of the cluster may hold the snapshot back for a moment."""
    done, end = 0, time.monotonic() + 60
    while done < lines and time.monotonic() < end:
        done += seals.seal()
    return done


def as_owner(sql: str, values: list[object]) -> None:
    """Change something behind the triggers' back, as somebody with the owner's rights could."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("alter table core_journalline disable trigger user")
        cursor.execute(sql, values)
        cursor.execute("set constraints all immediate")
        cursor.execute("alter table core_journalline enable trigger user")


pytestmark = pytest.mark.django_db(transaction=True)


def test_an_untouched_journal_is_whole_and_prints_one_root() -> None:
    for number in range(5):
        write(number, plain={"note": "六类问题 <script>alert(1)</script> 😀", "number": number})

    sealed = seal(5)
    verdict = seals.verify()

    assert sealed == 5
    assert verdict.is_whole
    assert (verdict.sealed, verdict.unsealed, len(verdict.root)) == (5, 0, 64)


def test_sealing_again_takes_only_what_is_new() -> None:
    write()
    seal()
    before = seals.verify().root
    write()

    sealed = seal()

    assert sealed == 1
    assert seals.verify().root != before
    assert seals.watermark() == 2


def test_one_changed_byte_is_named_by_its_line() -> None:
    lines = [write(number) for number in range(4)]
    seal(4)
    as_owner("update core_journalline set role = 'testes' where id = %s", [lines[2]])

    verdict = seals.verify()

    assert not verdict.is_whole
    assert f"line {lines[2]} " in verdict.wrong


def test_a_removed_line_is_named() -> None:
    lines = [write(number) for number in range(3)]
    seal(3)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("delete from core_journalpayload where line_id = %s", [lines[1]])
    as_owner("delete from core_journalline where id = %s", [lines[1]])

    assert "the line is gone" in seals.verify().wrong


def test_a_changed_payload_is_named_even_before_it_is_sealed() -> None:
    line = write(plain={"note": "真"})
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("update core_journalpayload set plain = '{\"note\": \"假\"}' where line_id = %s", [line])

    assert f"line {line} " in seals.verify().wrong


def test_a_missing_payload_needs_an_erasure_that_names_it() -> None:
    line = write(plain={"note": "x"})
    seal()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("delete from core_journalpayload where line_id = %s", [line])

    assert "no erasure names it" in seals.verify().wrong


def test_after_an_erasure_the_journal_is_whole_and_says_how_many_are_gone() -> None:
    write(5, protected={"contact_phone": "13800000000"})
    write(6, plain={"note": "stays"})
    seal()
    with looking(of_all()):
        lines = journal.erase("matter", 5)
        journal.write(Entry(action="journal.erase", area=AREA, subject_kind="erasure", subject=5, actor=7, role="district", post=1,
                            occurred_at=NOW, recorded_at=NOW, plain={"erased_lines": lines}))
    seal()

    verdict = seals.verify()

    assert verdict.is_whole
    assert verdict.erased == 1


def test_a_transaction_held_open_across_two_seals_loses_no_line() -> None:
    opened, may_end = threading.Event(), threading.Event()

    def slow() -> None:
        with looking(of_all()):
            journal.write(Entry(action="test.slow", area=AREA, subject_kind="matter", subject=9, actor=1, role="tester", post=1,
                                occurred_at=NOW, recorded_at=NOW))
            opened.set()
            may_end.wait(10)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    opened.wait(10)
    write(10)
    first = seals.seal()
    write(11)
    second = seals.seal()
    may_end.set()
    thread.join(10)
    third = seal(3 - first - second)

    assert first + second < 3
    assert first + second + third == 3
    assert seals.verify().unsealed == 0
    assert seals.verify().is_whole


def test_the_owner_cannot_change_a_line_by_mistake() -> None:
    line = write()

    with pytest.raises(Exception, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("update core_journalline set role = 'other' where id = %s", [line])


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=40), st.data())
def test_the_merkle_root_changes_with_every_leaf(leaves: list[bytes], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(leaves) - 1))
    changed = [*leaves]
    changed[place] = bytes([changed[place][0] ^ 1]) + changed[place][1:]

    assert seals.merkle("sha256", leaves) != seals.merkle("sha256", changed)
