# SPDX-License-Identifier: MulanPSL-2.0
"""The forms of GeoReport v2: encodings, formats, jurisdictions, discovery, errors; each class names its section."""

import json
from xml.etree import ElementTree

import pytest
from django.test import Client

from tests.cast import HOSTILE, Cast
from tests.open311.conftest import READS, W3C, Line, errors

pytestmark = pytest.mark.django_db


class TestEncodingAndFormats:
    """Internationalization and Encoding; Format Support."""

    @pytest.mark.parametrize("path", READS)
    @pytest.mark.parametrize(("fmt", "kind"), [("xml", "text/xml; charset=utf-8"), ("json", "application/json; charset=utf-8")])
    def test_every_address_answers_in_both_formats_with_their_content_type(self, line: Line, path: str, fmt: str, kind: str) -> None:
        number = line.opened()

        answer = line.get(f"{path.format(service=line.service, number=number)}.{fmt}")

        assert (answer.status_code, answer.headers["Content-Type"]) == (200, kind)

    def test_xml_begins_with_a_declaration_of_utf_8_and_holds_chinese_as_utf_8(self, line: Line) -> None:
        body = line.client.get("/open311/v2/services.xml").content

        assert body.startswith(b'<?xml version="1.0" encoding="utf-8"?>')
        assert "网格日常事件" in body.decode("utf-8")

    def test_xml_has_no_namespace(self, line: Line) -> None:
        assert not any(one.tag.startswith("{") for one in line.xml("services.xml").iter())

    def test_json_is_the_same_tree_without_its_root_and_with_lists_as_arrays(self, line: Line) -> None:
        number = line.opened()

        assert [sorted(one) for one in line.json("requests.json")] == [sorted(one.tag for one in line.xml("requests.xml")[0])]
        assert line.json(f"requests/{number}.json")[0]["service_request_id"] == number
        assert isinstance(line.json(f"services/{line.service}.json")["attributes"], list)

    def test_dates_are_w3c_with_their_offset(self, line: Line) -> None:
        line.opened()

        one = line.json("requests.json")[0]

        assert all(W3C.match(one[name]) for name in ("requested_datetime", "updated_datetime", "expected_datetime"))

    @pytest.mark.parametrize("value", ["2026-01-01T00:00:00", "2026-01-01", "yesterday", "2026-13-01T00:00:00Z", "9999-99-99T99:99:99Z", "2026-01-01T00:00:00+99:00"])
    @pytest.mark.parametrize("name", ["start_date", "end_date"])
    def test_a_date_without_an_offset_is_refused_with_400(self, line: Line, name: str, value: str) -> None:
        answer = line.get("requests.json", **{name: value})

        assert answer.status_code == 400
        assert name in errors(answer)[0]["description"]

    def test_an_empty_parameter_is_the_same_as_none(self, line: Line) -> None:
        """Definitions, Optional Arguments."""
        line.opened()

        assert line.json("requests.json", status="", service_code="", start_date="", jurisdiction_id="") == line.json("requests.json")

    @pytest.mark.parametrize("text", [HOSTILE, "]]></description><status>closed</status>", "a\u000bb\ufffe", "&amp; <b>"])
    def test_whatever_a_reviewer_made_public_stays_text_in_xml(self, line: Line, text: str) -> None:
        number = line.opened()
        line.cast.do("matter.publish_words", "dispatcher", number=number, is_public=True, text=text.replace("\u000b", "").strip())

        found = line.xml(f"requests/{number}.xml")[0]

        assert found.findtext("description") == text.replace("\u000b", "").replace("\ufffe", "").strip()
        assert found.findtext("status") == "open"


class TestJurisdiction:
    """Definitions, jurisdiction_id."""

    @pytest.mark.parametrize("path", [one for one in READS if one != "discovery"])
    def test_ours_is_accepted_and_another_is_404(self, line: Line, path: str) -> None:
        address = f"{path.format(service=line.service, number=line.opened())}.json"

        assert line.get(address, jurisdiction_id="cn-12").status_code == 200
        assert line.get(address, jurisdiction_id="sfgov.org").status_code == 404
        assert "sfgov.org" in errors(line.get(address, jurisdiction_id="sfgov.org"))[0]["description"]

    def test_a_report_to_another_jurisdiction_is_404(self, line: Line) -> None:
        assert line.post(jurisdiction_id="sfgov.org").status_code == 404
        assert line.post(jurisdiction_id="cn-12").status_code == 200


class TestServices:
    """GET Service List; GET Service Definition."""

    def test_each_service_has_its_fields_with_permitted_values(self, line: Line) -> None:
        for one in line.json("services.json"):
            assert sorted(one) == ["description", "group", "keywords", "metadata", "service_code", "service_name", "type"]
            assert one["type"] == "realtime"
            assert one["metadata"] in (True, False)
            assert isinstance(one["service_code"], str)

    def test_xml_writes_truth_as_true_and_false(self, line: Line) -> None:
        assert {one.findtext("metadata") for one in line.xml("services.xml")} == {"true", "false"}

    def test_service_codes_are_unique_and_no_key_is_needed(self, line: Line) -> None:
        codes = [one["service_code"] for one in line.json("services.json")]

        assert len(set(codes)) == len(codes) > 5

    def test_a_definition_gives_the_kinds_own_fields_as_attributes(self, line: Line) -> None:
        found = line.json(f"services/{line.service}.json")

        assert found["service_code"] == line.service
        assert found["attributes"] == [{
            "variable": True, "code": "urgency", "datatype": "singlevaluelist", "required": False, "datatype_description": None, "order": 1,
            "description": "Urgency", "values": [{"key": "ordinary", "name": "Ordinary"}, {"key": "urgent", "name": "Urgent"}]}]

    def test_the_xml_of_a_definition_has_the_tree_of_the_specification(self, line: Line) -> None:
        root = line.xml(f"services/{line.service}.xml")

        assert root.tag == "service_definition"
        assert [one.findtext("key") for one in root.findall("attributes/attribute/values/value")] == ["ordinary", "urgent"]
        assert root.find("attributes/attribute/datatype_description") is not None

    def test_orders_of_attributes_are_positive_and_unique(self, line: Line) -> None:
        for service in line.json("services.json"):
            orders = [one["order"] for one in line.json(f"services/{service['service_code']}.json")["attributes"]]
            assert sorted(set(orders)) == list(range(1, len(orders) + 1))

    @pytest.mark.parametrize("fmt", ["xml", "json"])
    def test_an_unknown_service_code_is_404(self, line: Line, fmt: str) -> None:
        answer = line.get(f"services/none.{fmt}")

        assert answer.status_code == 404
        assert "none" in answer.content.decode()


class TestDiscovery:
    """Service Discovery, Fields for All Versions."""

    @pytest.mark.parametrize("address", ["/open311/discovery", "/open311/v2/discovery", "/open311/test/v2/discovery"])
    def test_all_fields_are_there_and_two_endpoints_with_two_formats(self, client: Client, cast: Cast, address: str) -> None:
        found = json.loads(client.get(f"{address}.json").content)

        assert sorted(found) == ["changeset", "contact", "endpoints", "key_service"]
        assert [(one["type"], one["specification"], one["formats"]) for one in found["endpoints"]] == [
            (kind, "http://wiki.open311.org/GeoReport_v2", ["text/xml", "application/json"]) for kind in ("production", "test")]
        assert all(W3C.match(one["changeset"]) for one in (found, *found["endpoints"]))

    def test_the_named_endpoints_answer(self, client: Client, cast: Cast) -> None:
        for one in json.loads(client.get("/open311/discovery.json").content)["endpoints"]:
            path = one["url"].replace("http://testserver", "")
            assert client.get(f"{path}/services.xml").status_code == 200

    def test_the_xml_has_the_tree_of_the_specification(self, client: Client, cast: Cast) -> None:
        root = ElementTree.fromstring(client.get("/open311/discovery.xml").content)

        assert [one.text for one in root.findall("endpoints/endpoint/formats/format")] == ["text/xml", "application/json"] * 2


class TestErrors:
    """Errors."""

    @pytest.mark.parametrize("fmt", ["xml", "json"])
    def test_errors_have_a_code_and_a_description(self, line: Line, fmt: str) -> None:
        answer = line.get(f"requests/LL999999999.{fmt}")

        if fmt == "json":
            found = [(one["code"], one["description"]) for one in json.loads(answer.content)]
        else:
            root = ElementTree.fromstring(answer.content)
            found = [(int(one.findtext("code") or 0), one.findtext("description")) for one in root.findall("error")]
            assert root.tag == "errors"
        assert [code for code, _ in found] == [404]
        assert all(text for _, text in found)

    @pytest.mark.parametrize("path", ["nothing.xml", "nothing.json", "requests.csv", "", "a/b/c"])
    def test_an_address_that_there_is_not_is_404_as_errors(self, line: Line, path: str) -> None:
        answer = line.get(path)

        assert answer.status_code == 404
        assert b"description" in answer.content

    @pytest.mark.parametrize("method", ["put", "delete", "patch"])
    def test_a_wrong_method_is_400_as_errors(self, line: Line, method: str) -> None:
        answer = getattr(line.client, method)("/open311/v2/requests.xml")

        assert (answer.status_code, answer.headers["Allow"]) == (400, "GET, POST")

    def test_a_nul_in_the_address_is_400(self, line: Line) -> None:
        assert line.client.get("/open311/v2/requests.json?status=%00").status_code == 400

    def test_a_browsers_session_counts_for_nothing(self, line: Line) -> None:
        line.client.cookies["linli_session"] = "anything"

        assert line.post(api_key=None).status_code == 403
