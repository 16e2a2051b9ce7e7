# SPDX-License-Identifier: MulanPSL-2.0
"""What never appears: sensitive categories, secret reports, words that nobody reviewed; and the updates feed."""

import json
from typing import Any

import pytest

from linli.core import clock
from linli.core.sight import looking, of_all
from linli.elements import sessions
from linli.elements.models import Account
from linli.matters import numbers, published, stories
from linli.matters.models import Category, Matter, Move
from tests.faces.browsers import signed_in
from tests.open311.conftest import Line, matter_of

pytestmark = pytest.mark.django_db


class TestSensitive:
    """boundaries.md: sensitive categories never appear; residents' texts are public only after review."""

    def test_a_sensitive_category_appears_nowhere_and_reads_like_one_that_does_not_exist(self, line: Line, sensitive: Category) -> None:
        code = published.code_of(sensitive)
        number = line.cast.report(category=sensitive.pk)["number"]

        assert code not in {one["service_code"] for one in line.json("services.json")}
        assert line.json("requests.json") == line.json("requests.json", service_request_id=number) == []
        for path in (f"services/{code}", f"requests/{number}", f"tokens/{number}"):
            assert line.get(f"{path}.json").status_code == 404
        assert line.get("requests.json", service_code=code).status_code == line.post(service_code=code).status_code == 404
        assert line.get(f"services/{code}.json").content.decode().replace(code, "x") == line.get("services/none.json").content.decode().replace("none", "x")

    def test_a_secret_report_appears_nowhere(self, line: Line, owner: None) -> None:
        number = line.opened(external_id="1")
        line.cast.walk(number, to="filed")
        Matter.objects.filter(pk=numbers.matter_of(number)).update(is_secret=True)

        assert line.json("requests.json") == []
        assert line.get(f"requests/{number}.json").status_code == line.get(f"tokens/{number}.json").status_code == 404
        assert line.json("servicerequestupdates.json", api_key=line.key) == []

    def test_a_merge_into_a_sensitive_matter_does_not_name_it(self, line: Line, sensitive: Category, owner: None) -> None:
        hidden, number = line.cast.report(category=sensitive.pk)["number"], line.opened()
        Matter.objects.filter(pk=numbers.matter_of(number)).update(phase="merged", merged_into=numbers.matter_of(hidden), closed_at=clock.now())

        assert hidden not in line.get(f"requests/{number}.json", extensions="true").content.decode()

    def test_nothing_that_a_resident_wrote_is_public_before_review(self, line: Line) -> None:
        number = line.opened(description="我家在三单元 301", address_string="槐安路 1 号三单元 301")

        body = line.get("requests.xml").content.decode() + line.get(f"requests/{number}.json", extensions="true").content.decode()

        assert "301" not in body
        assert "槐安社区" in body

    def test_what_a_reviewer_wrote_is_public_and_can_be_taken_back(self, line: Line) -> None:
        number = line.opened(description="我家在三单元 301")
        review = {"number": number, "text": "井盖破损", "address": "槐安路路口"}
        line.cast.do("matter.publish_words", "dispatcher", is_public=True, **review)
        shown = line.json(f"requests/{number}.json")[0]
        line.cast.do("matter.publish_words", "dispatcher", is_public=False, **review)
        hidden = line.json(f"requests/{number}.json")[0]

        assert (shown["description"], shown["address"]) == ("井盖破损", "槐安路路口")
        assert (hidden["description"], "槐安路" in hidden["address"]) == (None, False)


class TestUpdates:
    """matters-and-measures.md 5.2: the updates feed."""

    def test_the_feed_tells_the_steps_of_ones_own_reports_with_the_answer_to_the_reporter(self, line: Line) -> None:
        number = line.opened()
        line.cast.report()
        line.cast.walk(number)

        found = line.json("servicerequestupdates.json", api_key=line.key)

        assert {one["service_request_id"] for one in found} == {number}
        assert [one["status"] for one in found] == ["OPEN"] * 7 + ["CLOSED"]
        assert any("已处理完毕" in one["description"] for one in found)
        assert not any("现场合格" in one["description"] for one in found)
        assert len({one["update_id"] for one in found}) == len(found)

    def test_the_extended_mode_names_the_steps(self, line: Line) -> None:
        line.cast.walk(line.opened())

        found = line.json("servicerequestupdates.json", api_key=line.key, extensions="true")

        assert [one["status"] for one in found] == ["FOR_TRIAGE", "INVESTIGATING", "ACTION_SCHEDULED", "IN_PROGRESS", "IN_PROGRESS", "FIXED", "FIXED", "CLOSED"]

    def test_the_feed_of_another_key_holds_none_of_it_and_no_key_is_403(self, line: Line) -> None:
        line.opened()

        assert line.json("servicerequestupdates.json", api_key=line.cast.tokens["exchange2"]) == []
        assert line.get("servicerequestupdates.json").status_code == 403

    def test_an_empty_feed_is_an_empty_root(self, line: Line) -> None:
        root = line.xml("servicerequestupdates.xml", api_key=line.key)

        assert (root.tag, len(root)) == ("service_requests_updates", 0)

    def test_both_dates_or_none(self, line: Line) -> None:
        assert line.get("servicerequestupdates.json", api_key=line.key, start_date="2026-01-01T00:00:00Z").status_code == 400
        assert line.json("servicerequestupdates.json", api_key=line.key, start_date="2026-01-01T00:00:00Z", end_date="2026-01-02T00:00:00Z") == []

    @pytest.mark.parametrize("status", ["OPEN", "CLOSED", "FIXED", "IN_PROGRESS", "ACTION_SCHEDULED", "INVESTIGATING", "DUPLICATE",
                                        "NOT_COUNCILS_RESPONSIBILITY", "NO_FURTHER_ACTION", "INTERNAL_REFERRAL", "FOR_TRIAGE", "CANCELLED", "REOPEN", ""])
    @pytest.mark.parametrize("reached", ["captured", "handling", "verifying", "closed"])
    def test_a_foreign_update_becomes_a_note_and_moves_nothing(self, line: Line, status: str, reached: str) -> None:
        number = line.opened()
        if reached != "captured":
            line.cast.walk(number, to=reached)
        before = matter_of(number)

        answer = line.post("servicerequestupdates.json", service_request_id=number, status=status, description="那边说修好了", update_id="u1",
                           updated_datetime="2026-11-01T08:00:00+08:00", first_name="三", last_name="-", service_code=None, lat=None, long=None)

        after = matter_of(number)
        with looking(of_all(), read_only=True):
            last = Move.objects.filter(matter=after.pk).order_by("-step")[0]
        assert answer.status_code == 200, answer.content.decode()
        assert (after.phase, after.is_passed, after.closed_at, after.verifications) == (before.phase, before.is_passed, before.closed_at, before.verifications)
        assert (last.action, last.note, last.detail.get("asks", "")) == ("matter.hear", "那边说修好了", status)
        assert json.loads(answer.content) == [{"update_id": f"{number}-{last.step}"}]

    def test_word_on_a_merged_report_stands_in_the_story_of_the_one_it_went_into(self, line: Line) -> None:
        lead, number = line.cast.report()["number"], line.opened()
        line.post("servicerequestupdates.json", service_request_id=number, description="先前说的", update_id="u0")
        line.cast.do("matter.merge", "dispatcher", number=number, version=line.cast.version(number), into=lead, reason="same")
        before = matter_of(lead)
        line.post("servicerequestupdates.json", service_request_id=number, status="FIXED", description="那边说修好了", update_id="u1")

        with looking(of_all(), read_only=True):
            story = stories.story_of(matter_of(lead))
            told = stories.public_entries(story)
        heard = [one for one in story.entries if one.action == "matter.hear"]
        assert [(one.text, one.detail["asks"], number in one.title.zh) for one in heard] == [("那边说修好了", "FIXED", True)]
        assert "那边说修好了" in signed_in("dispatcher").get(f"/desk/matter/{lead}/").content.decode()
        assert not any("那边说" in one.text or number in one.title.zh for one in told)
        assert matter_of(lead).version == before.version

        line.cast.do("matter.unmerge", "dispatcher", number=number, version=line.cast.version(number), note="不是同一件")
        with looking(of_all(), read_only=True):
            apart = stories.story_of(matter_of(lead)), stories.story_of(matter_of(number))
        assert [[one.text for one in story.entries if one.action == "matter.hear"] for story in apart] == [[], ["先前说的", "那边说修好了"]]

    def test_a_repeated_update_is_noted_once(self, line: Line) -> None:
        number = line.opened()
        sent = {"service_request_id": number, "description": "还没修", "update_id": "u1"}

        first, second = (line.post("servicerequestupdates.json", **sent).content for _ in range(2))

        assert first == second
        with looking(of_all(), read_only=True):
            assert Move.objects.filter(matter=numbers.matter_of(number), action="matter.hear").count() == 1

    @pytest.mark.parametrize("wrong", [{"service_request_id": None}, {"status": "EXPLODED"}, {"updated_datetime": "now"}, {"update_id": "x" * 61}])
    def test_a_wrong_update_is_400(self, line: Line, wrong: dict[str, Any]) -> None:
        sent = {"service_request_id": line.opened(), "description": "x"} | wrong

        assert line.post("servicerequestupdates.json", **sent).status_code == 400

    def test_a_key_writes_to_its_own_reports_only(self, line: Line) -> None:
        own, foreign = line.opened(), line.cast.report()["number"]

        assert line.post("servicerequestupdates.json", service_request_id=foreign, description="x").status_code == 404
        assert line.post("servicerequestupdates.json", service_request_id=own, description="x", api_key=line.cast.tokens["exchange2"]).status_code == 404

    def test_a_request_from_outside_stands_in_the_story_on_the_desk(self, line: Line) -> None:
        number = line.opened()
        line.post("servicerequestupdates.json", service_request_id=number, status="REOPEN", description="还是坏的")
        line.client.cookies["linli_session"] = sessions.open_for(Account.objects.get(username="dispatcher")).cookie

        page = line.client.get(f"/desk/matter/{number}/").content.decode()

        assert "请求重新办理" in page
        assert "还是坏的" in page
        assert "外部系统来函" in page


def test_erasure_takes_the_words_that_came_from_outside_and_what_was_made_public(line: Line) -> None:
    number = line.opened(description="我家的灯", external_id="9")
    line.post("servicerequestupdates.json", service_request_id=number, description="我家还黑着")
    line.cast.do("matter.publish_words", "dispatcher", number=number, is_public=True, text="我家的灯")
    line.cast.do("matter.refuse", "dispatcher", number=number, version=2, reason="not_found")

    line.cast.do("journal.erase", "district", subject_kind="matter", subject=numbers.matter_of(number), reason="本人要求")

    with looking(of_all(), read_only=True):
        notes = list(Move.objects.filter(matter=numbers.matter_of(number)).values_list("note", flat=True))
    assert not any("我家" in note for note in notes)
    assert line.json(f"requests/{number}.json")[0]["description"] is None
