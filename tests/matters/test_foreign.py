# SPDX-License-Identifier: MulanPSL-2.0
"""Importing requests of another system: what goes in, what is returned, what a second file changes, what can be withdrawn."""

import itertools
import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from linli.core import clock, due
from linli.core.actions import run
from linli.core.faults import Conflict, Fault, Invalid, NotAble
from linli.core.fields import Received
from linli.core.keys import keyring
from linli.core.models import JournalLine, JournalPayload
from linli.core.protection import TOMBSTONE
from linli.core.sight import looking, of_all
from linli.core.system_actors import system_actor
from linli.matters import alike, numbers, published, stories
from linli.matters.foreign import judging, reading, working
from linli.matters.foreign.reading import Unreadable, requests_in
from linli.matters.models import Contact, ForeignImport, ForeignMapping, ForeignReturn, Likeness, Limit, Move
from linli.matters.reactions import foreign
from linli.measures import seeding
from linli.measures.declarations import fact_of
from linli.measures.rebuilding import rebuild
from tests.cast import PEOPLE, Cast
from tests.matters.foreign_cast import SIDE, SOUTH, SYSTEM, WEST, Desk, draw, matter_of, matters, opened, request, whys

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(cast: Cast) -> Desk:
    """An administrator, a boundary and one service that is decided."""
    draw()
    made = Desk(cast)
    made.mapped()
    return made


def moves_of(number: str) -> list[Move]:
    matter = matter_of(number)
    with looking(of_all(), read_only=True):
        return list(Move.objects.filter(matter=matter).order_by("step"))


class TestTaking:
    """What goes in, and how."""

    def test_a_closed_request_becomes_archived_history_with_its_notes_in_the_order_of_time(self, desk: Desk) -> None:
        done = desk.taken([request()])

        matter, moves = matter_of("14-1"), moves_of("14-1")
        assert (done.state, done.counts) == ("done", {"new_history": 1})
        assert (matter.phase, matter.source, matter.due_at, matter.is_open) == ("archived", "history", None, False)
        assert [one.action for one in moves] == ["matter.report", *["foreign.note"] * 3, "foreign.end"]
        assert [one.note.split("\n")[0] for one in moves[1:4]] == ["Request opened", "Assign crew", "Request closed"]
        assert [one.occurred_at for one in moves] == sorted(one.occurred_at for one in moves)
        assert {(one.actor, one.actor_name, one.role) for one in moves} == {(None, SYSTEM, "other_system")}
        assert stories.replay(moves) == {"phase": "archived", "version": matter.version, "round": 1, "is_passed": False, "is_paused": False}

    def test_an_open_request_enters_our_loop_with_its_clock_beginning_now(self, desk: Desk) -> None:
        before = clock.now()
        desk.taken([opened()])

        matter = matter_of("14-2")
        assert (matter.phase, matter.source) == ("captured", "resident")
        assert matter.reported_at.isoformat() == "2024-01-08T05:16:02+00:00"
        assert matter.due_at is not None
        assert matter.due_at > before
        with looking(of_all(), read_only=True):
            assert min(Limit.objects.filter(matter=matter).values_list("started_at", flat=True)) >= before
        desk.cast.walk(numbers.number_of(matter.pk))
        assert matter_of("14-2").phase == "closed"

    def test_open_requests_are_looked_at_for_duplicates_and_history_never_is(self, desk: Desk) -> None:
        here = {"description": "井盖破损，影响行人", "address": "槐安路 8 号"}
        made = desk.cast.report(summary="井盖破损，影响行人", address="槐安路 8 号", position=f"{WEST + SIDE / 2},{SOUTH + SIDE / 2}")
        desk.taken([opened("14-2", **here), opened("14-3", **here), request("14-4", **here)])

        waiting = {numbers.matter_of(made["number"]), matter_of("14-2").pk, matter_of("14-3").pk}
        with looking(of_all()):
            alike.find_for([one.pk for one in matters()], clock.now())
            pairs = set(Likeness.objects.values_list("one", "two"))
            assert alike.marked([*waiting, matter_of("14-4").pk]) == waiting
        assert pairs == set(itertools.combinations(sorted(waiting), 2))

    def test_history_cannot_be_merged_and_nothing_into_it(self, desk: Desk) -> None:
        desk.taken([request("14-4"), opened("14-5")])
        old, new = (numbers.number_of(matter_of(one).pk) for one in ("14-4", "14-5"))

        for number, into in ((old, new), (new, old)):
            with pytest.raises((Conflict, Invalid)):
                desk.cast.do("matter.merge", "dispatcher", number=number, version=desk.cast.version(number), into=into, reason="same")

    def test_the_same_file_again_doubles_nothing(self, desk: Desk) -> None:
        desk.taken([request(), opened()])
        again = desk.taken([request(), opened()])

        assert again.counts == {"same": 2}
        assert len(matters()) == 2

    def test_a_number_of_another_source_is_another_request(self, desk: Desk) -> None:
        desk.mapped(system="south-desk")
        desk.taken([request()])
        desk.taken([request()], system="south-desk")

        assert len(matters()) == 2

    def test_what_changed_there_becomes_history_and_moves_nothing(self, desk: Desk) -> None:
        desk.taken([opened()])
        note = {"datetime": "2024-05-01T10:00:00Z", "summary": "Crew was there", "type": "activity"}
        done = desk.taken([opened(status="closed", notes=[note], updated_datetime="2024-05-02T10:00:00Z")])

        matter, moves = matter_of("14-2"), moves_of("14-2")
        assert done.counts == {"updated": 1}
        assert (matter.phase, matter.version) == ("captured", 3)
        assert [(one.note, one.detail.get("said")) for one in moves[1:]] == [("Crew was there", None), ("", "closed")]
        assert stories.replay(moves)["version"] == 3
        assert desk.taken([opened(status="closed", notes=[note], updated_datetime="2024-05-02T10:00:00Z")]).counts == {"same": 1}

    def test_what_is_new_there_of_a_merged_one_stands_with_the_one_it_went_into(self, desk: Desk) -> None:
        desk.taken([opened("14-2"), opened("14-3")])
        lead, other = (numbers.number_of(matter_of(one).pk) for one in ("14-2", "14-3"))
        desk.cast.do("matter.merge", "dispatcher", number=other, version=desk.cast.version(other), into=lead, reason="same")
        note = {"datetime": "2024-05-01T10:00:00Z", "summary": "Crew was there", "type": "activity"}
        desk.taken([opened("14-2"), opened("14-3", notes=[note])])

        with looking(of_all(), read_only=True):
            found = [one for one in stories.story_of(matter_of("14-2")).entries if one.text == "Crew was there"]
        assert [(one.by_matter, one.is_inner, other in one.title.zh) for one in found] == [(matter_of("14-3").pk, True, True)]

    def test_what_a_person_asked_to_be_erased_does_not_come_back(self, desk: Desk) -> None:
        desk.taken([request(phone="13800001111")])
        matter = matter_of("14-1")
        run("journal.erase", system_actor("worker"), {"subject_kind": "matter", "subject": matter.pk, "reason": "申请"})

        desk.taken([request(description="the words of the person", phone="13800001111")])

        assert matter_of("14-1").summary == TOMBSTONE
        assert {one.note for one in moves_of("14-1") if one.note} == {TOMBSTONE}
        with looking(of_all(), read_only=True):
            assert not Contact.objects.filter(matter=matter).exists()

    def test_who_reported_there_is_sealed_and_stands_nowhere_else(self, desk: Desk) -> None:
        desk.taken([opened(first_name="Ann", last_name="Lee", phone="13800001111", email="ann@example.org")])

        with looking(of_all(), read_only=True):
            contact = Contact.objects.get(matter=matter_of("14-2"))
            told = json.loads(keyring().unseal_text(bytes(contact.sealed), f"contact:{contact.pk}"))
            kept = [str(one) for one in JournalPayload.objects.filter(line__action__startswith="foreign.").values_list("plain", flat=True)]
            steps = " ".join(f"{one.note}{one.detail}" for one in Move.objects.filter(matter=contact.pk))
        assert told == {"contact_name": "Ann Lee", "contact_phone": "13800001111", "contact_email": "ann@example.org"}
        assert not contact.wants_letters
        assert "13800001111" not in steps + " ".join(kept)
        assert b"13800001111" not in bytes(ForeignImport.objects.get().sealed)

    def test_a_job_that_was_killed_goes_on_where_it_was(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(working, "STRETCH", 2)
        number = desk.brought([request(f"14-{one}") for one in range(5)])
        desk.cast.do("foreign.start", "sysadmin", brought=number)
        run("foreign.take", system_actor("worker"), {"brought": number, "first": 0, "last": 2})
        run("foreign.take", system_actor("worker"), {"brought": number, "first": 0, "last": 2})

        assert desk.row(desk.worked(number)).counts == {"new_history": 5}
        assert len(matters()) == 5

    def test_it_is_journalled_for_the_person_who_started_it(self, desk: Desk) -> None:
        done = desk.taken([request()])

        with looking(of_all(), read_only=True):
            lines = JournalLine.objects.filter(action="foreign.take").order_by("id")
            assert [(one.role, one.subject_kind, one.subject) for one in lines] == [
                ("system:worker", "matter", matter_of("14-1").pk), ("system:worker", "foreign_import", done.pk)]
        assert done.account == desk.cast.sysadmin.account


class TestFigures:
    """What other people did before does not judge anybody here."""

    def test_history_counts_nowhere_and_open_matters_count_at_once(self, desk: Desk) -> None:
        seeding.seed()
        rebuild("2026")
        done = desk.taken([request(), opened(), opened("14-3")])
        due.drain()
        assert rebuild("2026").differences == 0

        desk.withdrawn(done.pk)
        due.drain()
        assert rebuild("2026").differences == 0

    def test_a_fact_set_leaves_history_out(self, desk: Desk) -> None:
        desk.taken([request(), opened()])

        with looking(of_all(), read_only=True), connection.cursor() as cursor:
            cursor.execute(f"select id from ({fact_of('matters').sql}) f")
            assert cursor.fetchall() == [(matter_of("14-2").pk,)]


class TestReturned:
    """What does not go in is named with a sentence, and the rest goes in all the same."""

    @pytest.mark.parametrize(("more", "why"), [
        ({"service_code": "none"}, "unmapped"), ({"service_code": None}, "no_code"), ({"service_request_id": None}, "no_number"),
        ({"service_request_id": "x" * 61}, "no_number"), ({"service_request_id": {"a": 1}}, "no_number"), ({"status": "pending"}, "status"),
        ({"status": None}, "status"), ({"lat": None}, "no_place"), ({"lat": 1e308, "long": 1e308}, "bad_place"), ({"lat": "NaN"}, "bad_place"),
        ({"lat": "1e999"}, "bad_place"), ({"lat": "north"}, "bad_place"), ({"lat": 41.9, "long": -87.7}, "outside"), ({"lat": SOUTH + SIDE * 2}, "no_area"),
        ({"requested_datetime": None}, "no_date"), ({"requested_datetime": "yesterday"}, "bad_date"), ({"requested_datetime": "2024-02-30T00:00:00Z"}, "bad_date"),
        ({"requested_datetime": "0001-01-01T00:00:00+14:00"}, "bad_date"), ({"requested_datetime": "2024-01-01 00:00:00"}, "no_zone"),
        ({"requested_datetime": "2999-01-01T00:00:00Z"}, "ahead"), ({"requested_datetime": "1850-01-01T00:00:00Z"}, "ahead"),
        ({"description": "x" * 4001}, "too_long"), ({"address": "x" * 201}, "too_long"), ({"notes": "none"}, "bad_notes"),
        ({"notes": [{"datetime": "2024-01-01T00:00:00Z"}] * 301}, "bad_notes"), ({"notes": [{"summary": "when?"}]}, "no_date"),
        ({"notes": [{"datetime": "2024-02-01T00:00:00Z", "summary": "x" * 5_000_000}]}, "too_long"), ({"media_url": "javascript:alert(1)"}, "bad_link"),
        ({"media_url": "https://a/" + "x" * 1000}, "bad_link"),
    ])
    def test_a_bad_row_is_returned_and_the_good_one_goes_in(self, desk: Desk, more: dict[str, Any], why: str) -> None:
        done = desk.taken([request(**({"service_request_id": "bad"} | more)), opened("good")])

        assert whys(done.pk) == {1: why}
        assert done.counts == {"new_open": 1, "returned": 1, f"why.{why}": 1}
        row = ForeignReturn.objects.get(brought=done.pk)
        assert row.sentence["zh"]
        assert row.sentence["en"]
        assert "x" * 100 not in str(row.sentence)

    def test_a_number_that_stands_twice_goes_in_once(self, desk: Desk) -> None:
        done = desk.taken([opened("a"), opened("b"), opened("a")])

        assert whys(done.pk) == {3: "twice"}
        assert len(matters()) == 2

    def test_times_without_a_zone_are_read_in_the_zone_that_was_named(self, desk: Desk) -> None:
        desk.taken([opened(requested_datetime="2011-06-27 03:43:00")], zone="America/Los_Angeles")

        assert matter_of("14-2").reported_at.isoformat() == "2011-06-27T10:43:00+00:00"

    def test_half_characters_and_control_characters_do_not_reach_the_database(self, desk: Desk) -> None:
        desk.taken(json.dumps([opened(description="a\x00b\u202ec")]).replace("c\"", "\\ud800c\"", 1).encode())

        assert matter_of("14-2").summary == "ab?c"

    def test_a_service_that_was_decided_to_be_left_out_stays_out(self, desk: Desk) -> None:
        desk.mapped(category=0)

        assert whys(desk.taken([request()]).pk) == {1: "left_out"}

    def test_before_it_starts_it_says_what_will_happen_and_a_decision_is_seen_at_once(self, desk: Desk) -> None:
        number = desk.brought([request(service_code="new"), opened()])
        assert (desk.row(number).state, desk.row(number).counts) == ("ready", {"new_open": 1, "returned": 1, "why.unmapped": 1})
        assert matters() == []

        desk.mapped("new")
        desk.worked(number)

        assert desk.row(number).counts == {"new_open": 1, "new_history": 1}
        assert desk.row(number).services == [["new", "Pothole in Street", 1], ["4fd3", "Pothole in Street", 1]]

    def test_a_decision_is_a_version_and_the_same_again_is_none(self, desk: Desk, cast: Cast) -> None:
        desk.mapped()
        desk.mapped(category=0)
        desk.mapped()

        assert list(ForeignMapping.objects.order_by("version").values_list("version", "category")) == [(1, cast.category), (2, None), (3, cast.category)]


BOMB = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;">]><service_requests><request>
<description>&lol2;</description></request></service_requests>"""
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE a SYSTEM "file:///etc/passwd"><service_requests/>"""
ENTITY = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><service_requests><request><description>&x;</description></request>
</service_requests>"""


class TestReading:
    """Files from strangers."""

    @pytest.mark.parametrize("content", [
        BOMB, OUTSIDE, ENTITY, b"", b"  ", b"[{", b"{}", b"[" * 100_000, b"<a>" * 100_000, b"<service_requests><request></service_requests>", b"\xff\xfe[",
        '[{"description": "街"}]'.encode("gbk"), "<service_requests>街</service_requests>".encode("gbk"), b'<?xml version="1.0" encoding="gbk"?><service_requests/>',
        b'"text"', b"null", b"<html/>", b"1" * 5000])
    def test_what_is_no_list_of_requests_is_refused_with_a_sentence(self, content: bytes) -> None:
        with pytest.raises(Unreadable) as refused:
            requests_in(content)

        assert refused.value.sentence.zh
        assert refused.value.sentence.en

    def test_xml_reads_like_json(self) -> None:
        found = requests_in("""<?xml version="1.0" encoding="utf-8"?><service_requests><request><service_request_id>1</service_request_id>
            <description>井盖</description><lat>39.1</lat><address/><notes><note><datetime>2024-01-01T00:00:00Z</datetime><summary>a</summary></note>
            <note><summary>b</summary></note></notes></request><request><service_request_id>2</service_request_id></request></service_requests>""".encode())

        assert (found[0]["description"], found[0]["address"]) == ("井盖", None)
        assert [one["summary"] for one in found[0]["notes"]] == ["a", "b"]
        assert found[1] == {"service_request_id": "2"}

    def test_a_file_that_cannot_be_read_says_so_on_its_import(self, desk: Desk) -> None:
        done = desk.row(desk.brought(BOMB))

        assert done.state == "failed"
        assert "DOCTYPE" in done.trouble["zh"]

    def test_too_many_and_too_large_are_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(reading, "MOST_REQUESTS", 1)
        with pytest.raises(Unreadable):
            requests_in(b"[{}, {}]")
        monkeypatch.setattr(reading, "MOST_BYTES", 3)
        with pytest.raises(Unreadable):
            requests_in(b"[{}]")


class TestWithdrawing:
    """An import that was wrong."""

    def test_what_nobody_touched_is_withdrawn_and_its_numbers_are_free_again(self, desk: Desk) -> None:
        done = desk.taken([request(), opened(phone="13800001111")])

        gone = desk.withdrawn(done.pk)

        assert gone.state == "withdrawn"
        assert {(one.phase, one.source, one.is_open) for one in matters()} == {("refused", "withdrawn", False)}
        with looking(of_all(), read_only=True):
            assert Contact.objects.count() == 0
            assert not Limit.objects.filter(met_at=None).exists()
            assert published.public_matters(0, 10**15).count() == 0
            for one in matters():
                assert stories.replay(list(Move.objects.filter(matter=one).order_by("step")))["version"] == one.version
        assert desk.taken([request(), opened()]).counts == {"new_history": 1, "new_open": 1}

    def test_an_import_that_somebody_worked_on_stays(self, desk: Desk) -> None:
        done = desk.taken([request(), opened()])
        desk.cast.walk(numbers.number_of(matter_of("14-2").pk), to="filed")

        kept = desk.withdrawn(done.pk)

        assert kept.state == "done"
        assert "1 件" in kept.trouble["zh"]
        assert matter_of("14-1").phase == "archived"

    def test_a_review_counts_as_work(self, desk: Desk) -> None:
        done = desk.taken([opened()])
        desk.cast.do("matter.publish_words", "dispatcher", number=numbers.number_of(matter_of("14-2").pk), is_public=False)

        assert desk.withdrawn(done.pk).state == "done"

    def test_what_a_later_file_added_does_not_stand_in_the_way(self, desk: Desk) -> None:
        done = desk.taken([opened()])
        desk.taken([opened(status="closed", updated_datetime="2024-05-02T10:00:00Z")])

        assert desk.withdrawn(done.pk).state == "withdrawn"

    def test_only_a_finished_one_can_be_withdrawn(self, desk: Desk) -> None:
        number = desk.brought([opened()])

        with pytest.raises(Conflict):
            desk.cast.do("foreign.withdraw", "sysadmin", brought=number)


class TestRights:
    """Who may."""

    @pytest.mark.parametrize("name", sorted(set(PEOPLE) - {"sysadmin"}))
    def test_nobody_but_the_administrator_imports(self, cast: Cast, name: str) -> None:
        for action, given in (("foreign.receive", {"system": SYSTEM, "file": Received("a", b"[]")}), ("foreign.map", {"system": SYSTEM, "code": "a", "category": 0}),
                              ("foreign.start", {"brought": 1}), ("foreign.withdraw", {"brought": 1})):
            with pytest.raises(NotAble):
                cast.do(action, name, **given)

    def test_not_even_the_administrator_does_the_worker_s_steps(self, cast: Cast) -> None:
        for action, given in (("foreign.take", {"brought": 1, "first": 0, "last": 1}), ("foreign.finish", {"brought": 1}), ("foreign.undo", {"brought": 1}),
                              ("foreign.fetched", {"system": SYSTEM, "file": Received("a", b"[]")})):
            with pytest.raises(NotAble):
                cast.do(action, "sysadmin", **given)

    def test_wrong_input_is_refused_with_a_sentence(self, cast: Cast) -> None:
        for wrong in ({"system": "A B"}, {"zone": "Mars/Base"}):
            with pytest.raises(Invalid):
                cast.do("foreign.receive", "sysadmin", **({"system": SYSTEM, "file": Received("a", b"[]")} | wrong))
        for brought in (10**12, "x"):
            with pytest.raises(Fault) as refused:
                cast.do("foreign.start", "sysadmin", brought=brought)
            assert refused.value.status == 404
        with pytest.raises(Invalid):
            cast.do("foreign.map", "sysadmin", system=SYSTEM, code="a", category=10**9)

    def test_the_file_is_forgotten_after_its_time_and_says_so(self, desk: Desk) -> None:
        number = desk.brought([opened()])
        ForeignImport.objects.update(asked_at=clock.now() - timedelta(days=31))
        foreign.forget_imports()

        assert ForeignImport.objects.get().sealed is None
        with pytest.raises(Conflict):
            desk.cast.do("foreign.start", "sysadmin", brought=number)


def test_every_sentence_of_a_return_stands_in_both_languages() -> None:
    assert all(one.zh and one.en and one.zh != one.en for one in judging.FAULTS.values())
