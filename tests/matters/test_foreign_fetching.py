# SPDX-License-Identifier: MulanPSL-2.0
"""Photos that came as links and endpoints that are asked: from listed hosts only, a few times, then an alarm."""

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image

from linli.core import clock, outgoing
from linli.core.faults import NotAble
from linli.core.models import Alarm, Evidence
from linli.core.outgoing import Fetched, Unreachable
from linli.core.sight import looking, of_all
from linli.matters import numbers
from linli.matters.foreign import endpoints, photos
from linli.matters.models import ForeignImport, OutsidePhoto
from tests.cast import Cast
from tests.matters.foreign_cast import Desk, draw, matter_of, matters, opened

pytestmark = pytest.mark.django_db
LINK = "https://photos.example.org/a/b.jpg"


@pytest.fixture
def desk(cast: Cast, settings: Any, tmp_path: Any) -> Desk:
    """Imports with one host on the list."""
    settings.EVIDENCE_ROOT = tmp_path / "evidence"
    settings.PHOTO_HOSTS = frozenset({"photos.example.org"})
    draw()
    made = Desk(cast)
    made.mapped()
    return made


def answers(monkeypatch: pytest.MonkeyPatch, found: bytes | Unreachable) -> None:
    def fetch(*_: Any, **__: Any) -> Fetched:
        if isinstance(found, Unreachable):
            raise found
        return Fetched(found, "image/jpeg")

    monkeypatch.setattr(outgoing, "fetch", fetch)


def picture() -> bytes:
    sink = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(sink, "JPEG")
    return sink.getvalue()


def photo() -> OutsidePhoto:
    with looking(of_all(), read_only=True):
        return OutsidePhoto.objects.get()


def ringing() -> int:
    with looking(of_all(), read_only=True):
        return Alarm.objects.filter(name__in=("matters.no_photo", "matters.no_fetch"), ended_at=None).count()


class TestPhotos:
    """Links become evidence, or an alarm."""

    def test_a_photo_of_a_listed_host_is_cleaned_and_put_with_the_matter(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        desk.taken([opened(media_url=LINK)])
        answers(monkeypatch, picture() + b"appended secret")

        assert photos.fetch_waiting() == 1

        with looking(of_all(), read_only=True):
            kept = Evidence.objects.get(subject_kind="matter", subject=matter_of("14-2").pk)
        assert (photo().state, photo().evidence, kept.media_type) == ("done", kept.pk, "image/jpeg")
        assert photos.fetch_waiting() == 0

    def test_no_host_is_listed_by_default_and_nothing_waits(self, desk: Desk, settings: Any) -> None:
        settings.PHOTO_HOSTS = frozenset()
        desk.taken([opened(media_url=LINK), opened("o", media_url="https://elsewhere.example.org/x.jpg")])

        with looking(of_all(), read_only=True):
            assert OutsidePhoto.objects.count() == 0

    def test_a_report_by_key_waits_too(self, desk: Desk) -> None:
        desk.cast.report("exchange", origin_system="open311.x", origin_number="1", link=LINK)

        assert photo().state == "waiting"

    def test_it_is_tried_again_later_each_time_and_rings_at_last(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        desk.taken([opened(media_url=LINK)])
        answers(monkeypatch, Unreachable("HTTP 503"))
        for tries in range(1, photos.MOST_TRIES + 1):
            assert ringing() == 0
            photos.fetch_waiting()
            assert photo().tries == tries
            with looking(of_all()):
                OutsidePhoto.objects.exclude(next_at=None).update(next_at=clock.now())

        assert (photo().state, photo().next_at, ringing()) == ("failed", None, 1)

    @pytest.mark.parametrize("found", [b"<html>no picture</html>", b"", Unreachable("HTTP 302", is_final=True)])
    def test_what_is_no_picture_is_not_tried_again(self, desk: Desk, monkeypatch: pytest.MonkeyPatch, found: Any) -> None:
        desk.taken([opened(media_url=LINK)])
        answers(monkeypatch, found)
        photos.fetch_waiting()

        assert (photo().state, ringing()) == ("failed", 1)

    @pytest.mark.parametrize(("leave", "state"), [(False, "waiting"), (True, "left")])
    def test_the_dispatcher_tries_again_or_leaves_it_and_the_alarm_is_over(self, desk: Desk, monkeypatch: pytest.MonkeyPatch, leave: bool, state: str) -> None:
        desk.taken([opened(media_url=LINK)])
        answers(monkeypatch, b"no")
        photos.fetch_waiting()
        number = numbers.number_of(matter_of("14-2").pk)

        with pytest.raises(NotAble):
            desk.cast.do("matter.fetch_photos", "handler", number=number)
        desk.cast.do("matter.fetch_photos", "dispatcher", number=number, leave=leave)

        assert (photo().state, ringing()) == (state, 0)


SERVER = Callable[[datetime, datetime], list[dict[str, Any]]]


class TestEndpoint:
    """Another system's endpoint."""

    def serve(self, monkeypatch: pytest.MonkeyPatch, settings: Any, serving: SERVER) -> list[str]:
        settings.FOREIGN_URL, settings.FOREIGN_SYSTEM, settings.FOREIGN_JURISDICTION = "https://311.example.org/open311/v2/", "north-desk", "a.b"
        asked: list[str] = []

        def fetch(url: str, **more: Any) -> Fetched:
            asked.append(url)
            assert more["hosts"] == {"311.example.org"}
            given = parse_qs(urlsplit(url).query)
            span = [datetime.fromisoformat(given[name][0]) for name in ("start_date", "end_date")]
            return Fetched(json.dumps(serving(*span)).encode(), "application/json")

        monkeypatch.setattr(outgoing, "fetch", fetch)
        return asked

    def test_without_a_setting_nothing_is_asked(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(outgoing, "fetch", None)

        assert "No endpoint" in endpoints.fetch_new()

    def test_what_is_mapped_goes_in_by_itself_and_the_same_answer_makes_no_new_import(self, desk: Desk, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
        asked = self.serve(monkeypatch, settings, lambda since, until: [opened("f-1"), opened("f-2", service_code="new")])

        endpoints.fetch_new()
        found = ForeignImport.objects.get()
        desk.worked(found.pk)

        assert (desk.row(found.pk).state, desk.row(found.pk).counts) == ("done", {"new_open": 1, "returned": 1, "why.unmapped": 1})
        assert len(matters()) == 1
        assert all(one.startswith("https://311.example.org/open311/v2/requests.json?start_date=") and "jurisdiction_id=a.b" in one for one in asked)
        assert endpoints.fetch_new() == "Nothing new."

    def test_a_full_answer_is_asked_again_in_halves_so_that_nothing_is_missed(self, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
        start = datetime(2026, 1, 1, tzinfo=UTC)
        rows = [(start + timedelta(minutes=each), opened(f"n-{each}")) for each in range(0, 10_000, 5)]
        monkeypatch.setattr(endpoints, "FULL", 100)
        asked = self.serve(monkeypatch, settings, lambda since, until: [one for at, one in rows if since <= at <= until][:100])

        found = list(endpoints.requests_between(start, start + timedelta(days=8)))

        assert len(found) == len(rows)
        assert len(asked) < 100

    def test_a_failing_endpoint_rings_until_it_answers_again(self, cast: Cast, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
        settings.FOREIGN_URL = "https://311.example.org/v2"
        answers(monkeypatch, Unreachable("HTTP 500"))
        endpoints.fetch_new()
        endpoints.fetch_new()
        assert ringing() == 1

        self.serve(monkeypatch, settings, lambda since, until: [])
        endpoints.fetch_new()
        assert ringing() == 0
