# SPDX-License-Identifier: MulanPSL-2.0
"""GET Service Requests, one request, and tokens, sentence by sentence."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.core import clock
from linli.matters import numbers, published
from linli.matters.models import Category, Matter
from tests.cast import STEPS
from tests.open311.conftest import FIELDS, Line, matter_of

pytestmark = pytest.mark.django_db


class TestTokens:
    """GET service_request_id from a token."""

    def test_the_number_is_its_own_token(self, line: Line) -> None:
        number = line.opened()

        assert line.json(f"tokens/{number}.json") == [{"service_request_id": number, "token": number}]
        assert [one.tag for one in line.xml(f"tokens/{number}.xml")[0]] == ["service_request_id", "token"]

    @pytest.mark.parametrize("token", ["none", "LL999999999", "LL0", "1"])
    def test_an_unknown_token_is_404(self, line: Line, token: str) -> None:
        assert line.get(f"tokens/{token}.json").status_code == 404


class TestRequests:
    """GET Service Requests; GET Service Request; Response Volume."""

    def test_all_fields_are_there_in_order_and_missing_ones_are_empty(self, line: Line) -> None:
        line.opened()

        row = line.xml("requests.xml")[0]

        assert [one.tag for one in row] == FIELDS
        assert [one.tag for one in row if not one.text] == ["description", "agency_responsible", "zipcode", "media_url"]
        assert [name for name, value in line.json("requests.json")[0].items() if value is None] == ["description", "agency_responsible", "zipcode", "media_url"]

    def test_newest_come_first(self, line: Line) -> None:
        made = [line.opened() for _ in range(3)]

        assert [one["service_request_id"] for one in line.json("requests.json")] == made[::-1]

    def test_numbers_override_every_other_argument(self, line: Line) -> None:
        first, second, third = (line.opened() for _ in range(3))

        found = line.json("requests.json", service_request_id=f"{first}, {third},{third},LL999999999,x", status="closed", service_code="none",
                          start_date="2001-01-01T00:00:00Z", end_date="2001-01-02T00:00:00Z")

        assert [one["service_request_id"] for one in found] == [third, first]
        assert second

    def test_service_codes_are_a_comma_list(self, line: Line) -> None:
        other = published.code_of(Category.objects.select_related("scheme").filter(kind="six_problems").order_by("id")[0])
        first, second = line.opened(), line.opened(service_code=other)

        assert [one["service_request_id"] for one in line.json("requests.json", service_code=other)] == [second]
        assert [one["service_request_id"] for one in line.json("requests.json", service_code=f"{other},{line.service}")] == [second, first]
        assert line.get("requests.json", service_code=f"{other},none").status_code == 404

    def test_a_status_is_open_or_closed_or_both(self, line: Line) -> None:
        first, second = line.opened(), line.opened()
        line.cast.do("matter.refuse", "dispatcher", number=first, version=1, reason="not_found")

        assert [one["service_request_id"] for one in line.json("requests.json", status="open")] == [second]
        assert [one["service_request_id"] for one in line.json("requests.json", status="closed")] == [first]
        assert len(line.json("requests.json", status="open,closed")) == 2
        assert line.get("requests.json", status="lost").status_code == 400

    def test_the_default_span_is_the_newest_ninety_days(self, line: Line) -> None:
        with clock.standing_at(datetime(2026, 1, 5, 4, tzinfo=UTC)):
            old = line.opened()
        with clock.standing_at(datetime(2026, 5, 5, 4, tzinfo=UTC)):
            new = line.opened()
            found = [one["service_request_id"] for one in line.json("requests.json")]
            before = line.json("requests.json", start_date="2026-01-01T00:00:00Z")

        assert found == [new]
        assert [one["service_request_id"] for one in before] == [old]

    def test_a_span_of_more_than_ninety_days_is_400(self, line: Line) -> None:
        assert line.get("requests.json", start_date="2026-01-01T00:00:00Z", end_date="2026-04-01T00:00:00Z").status_code == 200
        assert line.get("requests.json", start_date="2026-01-01T00:00:00Z", end_date="2026-04-01T00:00:01Z").status_code == 400
        assert line.get("requests.json", start_date="2026-04-01T00:00:00Z", end_date="2026-01-01T00:00:00Z").status_code == 400

    def test_an_offset_with_an_unescaped_plus_is_read_as_such(self, line: Line) -> None:
        line.opened()
        start = clock.local(clock.now() - timedelta(hours=1)).isoformat(timespec="seconds")

        answer = line.client.get(f"/open311/v2/requests.json?start_date={start}")

        assert len(json.loads(answer.content)) == 1

    @pytest.mark.parametrize("wrong", [{"page": "0"}, {"page": "x"}, {"page_size": "1001"}, {"page_size": "-1"}, {"page": "11"}, {"page": "٣"}, {"before": "none"}])
    def test_a_page_that_cannot_be_is_400(self, line: Line, wrong: dict[str, str]) -> None:
        assert line.get("requests.json", **wrong).status_code == 400

    def test_pages_follow_each_other_by_number_and_by_link(self, line: Line) -> None:
        made = [line.opened() for _ in range(5)][::-1]

        second = line.json("requests.json", page=2, page_size=2)
        link = line.get("requests.json", page_size=2).headers["Link"]
        address = re.search("<(.*)>", link)
        assert address is not None
        following = json.loads(line.client.get(address.group(1).replace("http://testserver", ""), headers={"Accept-Language": "en"}).content)

        assert [one["service_request_id"] for one in second] == made[2:4]
        assert following == second
        assert "Link" not in line.get("requests.json", page=3, page_size=2).headers

    @pytest.mark.parametrize("number", ["LL999999999", "none", "LL1%00"])
    def test_an_unknown_request_is_404(self, line: Line, number: str) -> None:
        assert line.get(f"requests/{number}.json").status_code in (400, 404)
        assert line.get("requests/LL999999999.xml").status_code == 404

    def test_a_closed_one_was_updated_when_it_was_closed(self, line: Line) -> None:
        number = line.opened()
        line.cast.walk(number)

        found = line.json(f"requests/{number}.json")[0]

        assert found["status"] == "closed"
        assert datetime.fromisoformat(found["updated_datetime"]) == matter_of(number).closed_at.replace(microsecond=0)  # type: ignore[union-attr]

    def test_each_step_of_the_loop_is_open_or_closed_with_its_name_as_note(self, line: Line) -> None:
        seen = {}
        for reached in ("filed", "dispatched", "handling", "verifying", "passed", "closed"):
            number = line.opened()
            line.cast.walk(number, to=reached)
            one = line.json(f"requests/{number}.json")[0]
            seen[reached] = (one["status"], one["status_notes"])

        assert seen == {"filed": ("open", "Accepted and filed"), "dispatched": ("open", "Dispatched"), "handling": ("open", "Being handled"),
                        "verifying": ("open", "Being verified"), "passed": ("open", "Verified"), "closed": ("closed", "Closed")}

    def test_a_refused_one_is_closed_with_the_reason_and_where_to_go(self, line: Line) -> None:
        number = line.opened()
        line.cast.do("matter.refuse", "dispatcher", number=number, version=1, reason="not_ours", duty="他-99", note="内部说明")

        one = line.json(f"requests/{number}.json")[0]

        assert one["status"] == "closed"
        assert "12345" in one["status_notes"]
        assert "内部说明" not in str(one)

    def test_a_merged_one_answers_with_the_status_of_the_one_it_went_into(self, line: Line) -> None:
        first, second = line.opened(), line.opened()
        merge(line, second, first)
        one = line.json(f"requests/{second}.json", extensions="true")[0]
        still_open = {row["service_request_id"] for row in line.json("requests.json", status="open")}
        line.cast.walk(first)

        after = line.json(f"requests/{second}.json")[0]

        assert (one["status"], one["status_notes"]) == ("open", f"Merged into {first}: Reported")
        assert one["extended_attributes"]["merged_into"] == first
        assert still_open == {first, second}
        assert (after["status"], after["status_notes"]) == ("closed", f"Merged into {first}: Closed")
        assert datetime.fromisoformat(after["updated_datetime"]) == matter_of(first).closed_at.replace(microsecond=0)  # type: ignore[union-attr]
        assert {row["service_request_id"] for row in line.json("requests.json", status="closed")} == {first, second}
        assert line.json("requests.json", status="open") == []

    def test_one_merged_into_what_nobody_may_know_of_is_closed_and_says_nothing_of_it(self, line: Line, owner: None) -> None:
        first, second = line.opened(), line.opened()
        merge(line, second, first)
        Matter.objects.filter(pk=numbers.matter_of(first)).update(is_secret=True)

        one = line.json(f"requests/{second}.json", extensions="true")[0]

        assert (one["status"], one["status_notes"], one["extended_attributes"]["merged_into"]) == ("closed", "Merged", None)
        assert first not in str(line.json("servicerequestupdates.json", api_key=line.key))

    def test_the_feed_of_a_merged_one_goes_on_with_the_steps_of_the_other(self, line: Line) -> None:
        first, second = str(line.cast.report()["number"]), line.opened()
        code = numbers.query_code(numbers.matter_of(first) or 0)
        line.cast.do("matter.file", "dispatcher", number=first, version=1)
        merge(line, second, first)
        for action, by, more in [one[1:] for one in STEPS[1:]]:
            given = more | ({"unit": line.cast.units[more["unit"]]} if "unit" in more else {})
            line.cast.do(action, by, number=first, version=line.cast.version(first), **given)
        line.cast.do("matter.object", query_code=code, note="第一个人的话")

        feed = line.json("servicerequestupdates.json", api_key=line.key)

        assert {one["service_request_id"] for one in feed} == {second}
        assert [one["status"] for one in feed][:2] == ["OPEN", "OPEN"]
        assert "CLOSED" in {one["status"] for one in feed}
        assert len({one["update_id"] for one in feed}) == len(feed)
        assert "已处理完毕" in str(feed)
        assert "第一个人的话" not in str(feed)

    def test_extended_attributes_come_only_when_asked_for(self, line: Line) -> None:
        number = line.opened()

        assert "extended_attributes" not in line.json(f"requests/{number}.json")[0]
        assert line.json(f"requests/{number}.json", extensions="true")[0]["extended_attributes"]["phase"] == "captured"

    @pytest.mark.parametrize("count", [1, 12])
    def test_a_list_takes_the_same_few_queries_whatever_its_length(self, line: Line, count: int) -> None:
        for _ in range(count):
            line.cast.walk(line.opened(), to="handling")
        line.get("requests.json")

        with CaptureQueriesContext(connection) as seen:
            assert len(line.json("requests.json")) == count

        asked = [one["sql"] for one in seen.captured_queries if "SAVEPOINT" not in one["sql"] and "set_config" not in one["sql"]]
        assert len(asked) == 3, asked
        assert not any("count(" in one.lower() for one in asked)


def merge(line: Line, number: str, into: str) -> None:
    """Merge one into the other."""
    line.cast.do("matter.merge", "dispatcher", number=number, version=line.cast.version(number), into=into, reason="same")
