# SPDX-License-Identifier: MulanPSL-2.0
"""Letters: a provider that fails, half fails, answers late or is killed in mid-send loses nothing, and repeats under one number."""

import json
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.core import clock, letter_files, letter_sending, letters, providers
from linli.core.actions import run
from linli.core.faults import Conflict, NotAble, NotVisible
from linli.core.letters import Draft
from linli.core.models import Alarm, Letter
from linli.core.providers import Outcome, Outgoing
from linli.core.sight import looking, of_all
from linli.core.system_actors import system_actor
from linli.core.wordings import occasions
from tests.cast import COMMUNITY, Cast

pytestmark = pytest.mark.django_db
PHONE, MAIL = "13800001234", "zhang.san@example.cn"
VALUES = {"number": "LL000000001", "code": "1-AAAAA-BBBBB", "category": "井盖", "place": "槐安社区", "address": "http://x/follow/1/"}


class Killed(BaseException):
    """What ends a process in mid-send: no provider's fault, nobody catches it."""


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.LETTERS_ROOT = tmp_path / "letters"
    return Path(settings.LETTERS_ROOT)


class Fake:
    """A provider that does as it is told, and remembers under which numbers it was asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seen: list[str] = []
        self.fails: set[int] = set()
        self.breaks_after: int | None = None
        self.with_what: BaseException = OSError("gone")
        for key in list(providers.PROVIDERS):
            monkeypatch.setitem(providers.PROVIDERS, key, self.send)

    def send(self, found: Sequence[Outgoing]) -> Iterator[Outcome]:
        for place, one in enumerate(found):
            if self.breaks_after is not None and place >= self.breaks_after:
                raise self.with_what
            self.seen.append(str(one.client))
            yield Outcome(one.pk, False, trouble="busy") if place in self.fails else Outcome(one.pk, True, number=f"p{one.pk}")


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Fake:
    return Fake(monkeypatch)


def write(count: int = 1, channel: str = "sms", area: int = COMMUNITY) -> None:
    address = PHONE if channel == "sms" else MAIL
    with looking(of_all()):
        letters.write(Draft(area, "matter", 1, occasions()[0], channel, address, VALUES, cause=cause) for cause in range(count))


def all_letters() -> list[Letter]:
    with looking(of_all(), read_only=True):
        return list(Letter.objects.order_by("id"))


def states() -> list[str]:
    return [one.state for one in all_letters()]


def ringing(name: str) -> list[Alarm]:
    with looking(of_all(), read_only=True):
        return list(Alarm.objects.filter(name=name, ended_at=None))


def later(**span: int) -> Any:
    return clock.standing_at(clock.now() + timedelta(**span))


def test_a_letter_is_written_once_however_often_its_reaction_runs(cast: Cast) -> None:
    write()
    write()

    assert states() == ["waiting"]


def test_address_and_text_are_sealed_and_only_a_mask_is_plain(cast: Cast) -> None:
    write()
    write(channel="email")

    for one in all_letters():
        assert PHONE.encode() not in bytes(one.sealed or b"")
        assert MAIL.encode() not in bytes(one.sealed or b"")
    assert [one.masked for one in all_letters()] == ["138****1234", "z***@example.cn"]
    assert "1-AAAAA-BBBBB" in (letters.opened(all_letters()[0]) or {})["text"]


def test_files_are_the_default_and_nobody_else_reads_them(cast: Cast, folder: Path) -> None:
    write()
    write(channel="email")

    letter_sending.send_all(5)

    found = sorted(path for path in folder.glob("*/*") if path.is_file())
    assert states() == ["sent", "sent"]
    assert {path.suffix for path in found} == {".txt", ".eml"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in found} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_old_files_go_and_young_ones_stay(cast: Cast, folder: Path) -> None:
    write()
    letter_sending.send()

    with later(days=10):
        kept = letter_files.rotate()
    with later(days=20):
        gone = letter_files.rotate()

    assert (kept, gone) == (0, 1)


def test_a_failing_provider_is_tried_with_growing_pauses_and_then_given_up_with_an_alarm(cast: Cast, fake: Fake) -> None:
    write()
    fake.fails = {0}
    gaps = []

    moment = clock.now()
    for _ in range(letter_sending.MOST_TRIES):
        with clock.standing_at(moment):
            letter_sending.send()
        at = all_letters()[0].next_at
        if at is not None:
            gaps.append(at - moment)
            moment = at

    assert gaps == list(letter_sending.PAUSES)
    assert states() == ["given_up"]
    assert len(set(fake.seen)) == 1
    assert len(fake.seen) == letter_sending.MOST_TRIES
    alarm = ringing(letters.GIVEN_UP)[0]
    assert (alarm.area, alarm.ability) == (COMMUNITY, "letter.resend")
    assert PHONE not in json.dumps(alarm.sentence)


def test_a_provider_that_half_fails_fails_half(cast: Cast, fake: Fake) -> None:
    write(4)
    fake.fails = {1, 3}

    letter_sending.send()

    assert states() == ["sent", "failed", "sent", "failed"]


def test_a_provider_that_breaks_in_between_leaves_the_rest_to_the_next_turn(cast: Cast, fake: Fake) -> None:
    write(4)
    fake.breaks_after = 2

    letter_sending.send()
    broken = states()
    fake.breaks_after = None
    with later(minutes=2):
        letter_sending.send()

    assert broken == ["sent", "sent", "failed", "failed"]
    assert states() == ["sent"] * 4
    assert len(fake.seen) == len(set(fake.seen)) == 4


def test_a_worker_killed_in_mid_send_loses_nothing_and_repeats_under_the_same_number(cast: Cast, fake: Fake) -> None:
    write(3)
    fake.breaks_after, fake.with_what = 2, Killed()
    with pytest.raises(Killed):
        letter_sending.send()
    after_the_kill = states()

    fake.breaks_after = None
    at_once = letter_sending.send()
    with later(minutes=11):
        letter_sending.send()

    assert after_the_kill == ["waiting"] * 3
    assert at_once == 0
    assert states() == ["sent"] * 3
    assert len(set(fake.seen)) == 3


def test_a_letter_whose_last_try_was_cut_off_is_given_up_and_rings(cast: Cast, fake: Fake) -> None:
    write()
    with looking(of_all()):
        Letter.objects.update(tries=letter_sending.MOST_TRIES - 1)
    fake.breaks_after, fake.with_what = 0, Killed()
    with pytest.raises(Killed):
        letter_sending.send()

    with later(minutes=11):
        letter_sending.send_all(1)

    assert states() == ["given_up"]
    assert len(ringing(letters.GIVEN_UP)) == 1


def test_a_provider_that_forgets_a_letter_has_not_sent_it(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    write(2)
    monkeypatch.setitem(providers.PROVIDERS, ("sms", "file"), lambda given: iter([Outcome(given[0].pk, True)]))

    letter_sending.send()

    assert states() == ["sent", "failed"]


def test_a_final_refusal_is_not_tried_again(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    write()
    monkeypatch.setitem(providers.PROVIDERS, ("sms", "file"), lambda given: iter([Outcome(given[0].pk, False, trouble="550", is_final=True)]))

    letter_sending.send()

    assert states() == ["given_up"]


def test_a_late_report_of_delivery_stands_whatever_came_before(cast: Cast, fake: Fake) -> None:
    write()
    letter_sending.send()
    note = {"letter": str(all_letters()[0].client), "is_delivered": True}

    run("letter.note_delivery", system_actor("letters"), note)
    run("letter.note_delivery", system_actor("letters"), note | {"is_delivered": False})

    assert states() == ["delivered"]


def test_an_answer_that_comes_after_the_report_does_not_undo_it(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def send(given: Sequence[Outgoing]) -> Iterator[Outcome]:
        run("letter.note_delivery", system_actor("letters"), {"letter": str(given[0].client), "is_delivered": True})
        yield Outcome(given[0].pk, False, trouble="timeout")

    write()
    monkeypatch.setitem(providers.PROVIDERS, ("sms", "file"), send)

    letter_sending.send()

    assert states() == ["delivered"]


def test_a_report_by_the_providers_own_number_is_understood(cast: Cast, fake: Fake) -> None:
    write()
    letter_sending.send()

    run("letter.note_delivery", system_actor("letters"), {"letter": all_letters()[0].provider_number, "is_delivered": False})

    assert states() == ["given_up"]
    assert len(ringing(letters.GIVEN_UP)) == 1


@pytest.mark.parametrize("number", ["", "nobody", "'; drop", "0" * 80])
def test_a_report_about_nothing_of_ours_is_not_found(cast: Cast, number: str) -> None:
    with pytest.raises(NotVisible):
        run("letter.note_delivery", system_actor("letters"), {"letter": number, "is_delivered": True})


def test_waiting_letters_ring_until_they_move(cast: Cast, fake: Fake) -> None:
    write(2)
    letter_sending.check_stuck()
    young = ringing(letter_sending.STUCK)
    with later(minutes=45):
        letter_sending.check_stuck()
        old = ringing(letter_sending.STUCK)
        letter_sending.send()
        letter_sending.check_stuck()

    assert young == []
    assert "2" in old[0].sentence["zh"]
    assert ringing(letter_sending.STUCK) == []


def test_a_channel_that_is_switched_off_fails_what_was_written_before(cast: Cast, settings: Any) -> None:
    write()
    settings.SMS_PROVIDER = "off"

    letter_sending.send()

    assert states() == ["failed"]
    assert letters.channel_for(PHONE, MAIL) == ("email", MAIL)


@pytest.mark.parametrize(("phone", "found"), [
    ("13800001234", "13800001234"), ("+86 138-0000-1234", "13800001234"), ("8613800001234", "13800001234"), ("022-23456789", None), ("12345", None),
    ("+14155550100", "+14155550100"), ("1380000123", None)])
def test_only_mobile_phones_take_short_messages(phone: str, found: str | None) -> None:
    assert letters.mobile(phone) == found


def test_sending_again_is_for_who_may_and_only_after_giving_up(cast: Cast, fake: Fake) -> None:
    write()
    number = all_letters()[0].pk
    with pytest.raises(Conflict):
        cast.do("letter.resend", "dispatcher", letter=number)
    with looking(of_all()):
        Letter.objects.update(state="given_up", next_at=None, tries=letter_sending.MOST_TRIES)
    with pytest.raises(NotAble):
        cast.do("letter.resend", "handler", letter=number)
    with pytest.raises(NotVisible):
        cast.do("letter.resend", "dispatcher2", letter=number)

    cast.do("letter.resend", "dispatcher", letter=number)
    letter_sending.send()

    assert states() == ["sent"]


def test_destroying_takes_address_text_mask_and_files_and_nothing_more_is_sent(cast: Cast, folder: Path, fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(providers.PROVIDERS, ("sms", "file"), providers.to_files)
    write()
    letter_sending.send()
    write(2)

    with looking(of_all()):
        letters.destroy("matter", [1])
    letter_sending.send()

    assert [(one.sealed, one.masked, one.next_at) for one in all_letters()] == [(None, "", None)] * 2
    assert states() == ["sent", "given_up"]
    assert [path for path in folder.glob("*/*") if path.is_file()] == []


def test_nothing_personal_reaches_the_log(cast: Cast, fake: Fake, caplog: pytest.LogCaptureFixture) -> None:
    write(2)
    fake.breaks_after, fake.with_what = 1, OSError(f"cannot reach {PHONE}")

    letter_sending.send()

    assert PHONE not in caplog.text
    assert all(PHONE not in one.trouble for one in all_letters())


@pytest.mark.slow
@settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(days=st.lists(st.tuples(st.sampled_from(["good", "half", "breaks", "killed", "off"]), st.integers(1, 900)), max_size=25))
def test_whatever_a_provider_does_no_letter_is_lost_and_each_keeps_its_number(cast: Cast, fake: Fake, days: list[tuple[str, int]]) -> None:
    with looking(of_all()):
        Letter.objects.update(state="sent", next_at=None)
    fake.seen, moment = [], clock.now()
    with clock.standing_at(moment), looking(of_all()):
        letters.write(Draft(COMMUNITY, "matter", len(fake.seen) + Letter.objects.count() + 1, occasions()[0], "sms", PHONE, VALUES, cause=cause) for cause in range(3))
        mine = list(Letter.objects.filter(state="waiting").values_list("pk", flat=True))

    for what, minutes in days:
        fake.fails = {0, 2} if what == "half" else set(range(9)) if what == "off" else set()
        fake.breaks_after, fake.with_what = (1 if what in ("breaks", "killed") else None), Killed() if what == "killed" else OSError("gone")
        moment += timedelta(minutes=minutes)
        with clock.standing_at(moment), suppress(Killed):
            letter_sending.send_all(5)

    fake.fails, fake.breaks_after = set(), None
    for _ in range(letter_sending.MOST_TRIES + 1):
        moment += timedelta(days=1)
        with clock.standing_at(moment):
            letter_sending.send_all(5)
    found = [one for one in all_letters() if one.pk in mine]
    assert {one.state for one in found} <= {"sent", "given_up"}
    assert all(one.tries <= letter_sending.MOST_TRIES and one.next_at is None for one in found)
    assert set(fake.seen) <= {str(one.client) for one in found}
    given_up = {one.subject for one in found if one.state == "given_up"}
    assert given_up <= {one.subject for one in ringing(letters.GIVEN_UP)}
