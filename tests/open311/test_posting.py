# SPDX-License-Identifier: MulanPSL-2.0
"""POST Service Request, sentence by sentence."""

import io
import json
import re
from typing import Any
from xml.etree import ElementTree

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from linli.core.keys import keyring
from linli.core.models import Evidence, JournalLine
from linli.core.sight import looking, of_all
from linli.elements.coordinates import wgs84_to_gcj02
from linli.matters import numbers
from linli.matters.models import Contact, Matter, Move, Origin
from tests.cast import COMMUNITY
from tests.open311.conftest import ADDRESS, LAT, LONG, Line, errors, matter_of

pytestmark = pytest.mark.django_db


class TestPosting:
    """POST Service Request."""

    def test_the_answer_has_the_number_at_once_and_no_token(self, line: Line) -> None:
        found = json.loads(line.post().content)

        assert len(found) == 1
        assert sorted(found[0]) == ["account_id", "service_notice", "service_request_id"]
        assert matter_of(found[0]["service_request_id"]).summary == "井盖破损"

    def test_the_xml_answer_has_the_root_and_the_empty_account(self, line: Line) -> None:
        root = ElementTree.fromstring(line.post("requests.xml").content)

        assert (root.tag, root[0].tag) == ("service_requests", "request")
        assert root[0].find("account_id") is not None

    def test_a_photo_lies_where_its_report_lies_and_not_where_the_exchange_sits(self, line: Line) -> None:
        picture = io.BytesIO()
        Image.new("RGB", (40, 30), "grey").save(picture, "JPEG")

        number = line.opened(media=SimpleUploadedFile("1.jpg", picture.getvalue(), content_type="image/jpeg"))

        found = matter_of(number)
        with looking(of_all(), read_only=True):
            photo = Evidence.objects.get(subject_kind="matter", subject=found.pk)
        assert photo.area == found.area

    @pytest.mark.parametrize(("key", "said"), [(None, "缺少 api_key"), ("", "缺少 api_key"), ("wrong", "无效"), ("linli_token_of_dispatcher", "无效"), ("\u4e2d", "无效")])
    def test_a_missing_or_wrong_key_is_403(self, line: Line, key: str | None, said: str) -> None:
        answer = line.post(api_key=key)

        assert answer.status_code == 403
        assert errors(answer)[0]["code"] == 403
        assert said in errors(answer)[0]["description"]

    @pytest.mark.parametrize("header", ["X-Api-Key", "Authorization"])
    def test_the_key_may_come_as_a_header(self, line: Line, header: str) -> None:
        value = line.key if header == "X-Api-Key" else f"Bearer {line.key}"

        answer = line.client.post("/open311/v2/requests.json", {"service_code": line.service, "lat": LAT, "long": LONG}, headers={header: value})

        assert answer.status_code == 200

    def test_a_missing_service_code_is_400_and_several_errors_may_come_together(self, line: Line) -> None:
        answer = line.post(service_code=None, lat=None, long=None)

        assert answer.status_code == 400
        assert [one["code"] for one in errors(answer)] == [400, 400]

    def test_an_unknown_service_code_is_404(self, line: Line) -> None:
        assert line.post(service_code="none").status_code == 404

    @pytest.mark.parametrize("place", [
        {"lat": LAT, "long": LONG}, {"lat": None, "long": None, "address_string": ADDRESS}, {"lat": None, "long": None, "address_id": str(COMMUNITY)},
        {"lat": None, "long": None, "address_id": str(COMMUNITY)[:12]}, {"lat": "39.2", "long": "117.3", "address_string": ADDRESS}])
    def test_any_one_full_location_is_enough(self, line: Line, place: dict[str, Any]) -> None:
        assert matter_of(line.opened(**place)).area // 1000 == COMMUNITY // 1000

    @pytest.mark.parametrize("place", [
        {"lat": None}, {"long": None}, {"lat": None, "long": None}, {"lat": "x"}, {"lat": "nan"}, {"lat": "inf"}, {"lat": "91"}, {"long": "181"},
        {"lat": "1e400"}, {"lat": LONG, "long": LAT}, {"lat": "31.2", "long": "121.5"}, {"lat": None, "long": None, "address_string": "某路 1 号"},
        {"lat": None, "long": None, "address_id": "7"}, {"lat": "39.3", "long": "117.5"}])
    def test_a_location_that_is_missing_half_or_elsewhere_is_400(self, line: Line, place: dict[str, Any]) -> None:
        answer = line.post(**place)

        assert answer.status_code == 400
        assert errors(answer)[0]["description"]

    def test_attributes_of_the_definition_are_kept(self, line: Line) -> None:
        number = line.opened(**{"attribute[urgency]": "urgent"})
        other = line.opened(**{"attribute[urgency][]": "ordinary"})

        assert (matter_of(number).own, matter_of(other).own) == ({"urgency": "urgent"}, {"urgency": "ordinary"})

    @pytest.mark.parametrize("attribute", [{"attribute[urgency]": "now"}, {"attribute[colour]": "red"}])
    def test_a_value_or_an_attribute_that_there_is_not_is_400(self, line: Line, attribute: dict[str, str]) -> None:
        assert line.post(**attribute).status_code == 400

    def test_a_description_may_have_four_thousand_characters_with_line_breaks(self, line: Line) -> None:
        text = "第一行\n" + "长" * 3996

        assert matter_of(line.opened(description=text)).summary == text
        assert line.post(description=text + "。").status_code == 400

    def test_the_description_is_optional(self, line: Line) -> None:
        assert "没有写描述" in matter_of(line.opened(description=None)).summary

    def test_who_reported_is_sealed_and_stands_nowhere_in_the_open(self, line: Line) -> None:
        number = line.opened(first_name="三", last_name="张", phone="(022) 2345 6789", email="zhang@example.org")

        with looking(of_all(), read_only=True):
            sealed = bytes(Contact.objects.get(matter=numbers.matter_of(number)).sealed)
            plain = str(JournalLine.objects.filter(action="matter.report").values_list("journalpayload__plain", flat=True))
        assert json.loads(keyring().unseal_text(sealed, f"contact:{numbers.matter_of(number)}")) == {
            "contact_name": "张三", "contact_phone": "022 2345 6789", "contact_email": "zhang@example.org"}
        assert not any(word in plain for word in ("张三", "2345", "example.org"))

    def test_the_report_remembers_the_other_systems_number_and_its_link(self, line: Line) -> None:
        number = line.opened(external_id="FMS-17", media_url="https://elsewhere.example/1.jpg")

        with looking(of_all(), read_only=True):
            origin = Origin.objects.get(matter=numbers.matter_of(number))
            first = Move.objects.get(matter=numbers.matter_of(number))
        assert (origin.system, origin.number) == ("open311.cn-12", f"{line.cast.exchange.account}/FMS-17")
        assert first.detail["link"] == "https://elsewhere.example/1.jpg"

    @pytest.mark.parametrize("way", ["external_id", "attribute[external_id]", "attribute[fixmystreet_id]"])
    def test_a_repeat_with_the_clients_own_number_gets_the_same_report(self, line: Line, way: str) -> None:
        first = line.opened(**{way: "17"})

        assert line.opened(**{way: "17", "description": "又发了一遍"}) == first
        assert line.opened(**{way: "18"}) != first

    def test_the_own_numbers_of_two_keys_do_not_meet(self, line: Line) -> None:
        first = line.opened(external_id="17")

        assert line.opened(external_id="17", api_key=line.cast.tokens["exchange2"]) != first

    def test_a_shifted_position_is_refused_unless_its_datum_is_named_and_then_converted(self, line: Line) -> None:
        lon, lat = wgs84_to_gcj02((LONG, LAT))

        refused = line.post(lat=lat, long=lon, coordtype="gcj02ll")
        taken = matter_of(line.opened(lat=f"{lat:.7f}", long=f"{lon:.7f}", datum="GCJ-02"))

        assert refused.status_code == 400
        assert "GCJ-02" in errors(refused)[0]["description"]
        assert line.post(datum="moon").status_code == 400
        assert (taken.lon_e6, taken.lat_e6) == (pytest.approx(LONG * 1e6, abs=2), pytest.approx(LAT * 1e6, abs=2))

    def test_the_reporter_follows_by_the_query_code_of_the_answer_which_no_list_shows(self, line: Line) -> None:
        notice = json.loads(line.post().content)[0]["service_notice"]
        code = re.search(r"\d+-[0-9A-Z]{5}-[0-9A-Z]{5}", notice)

        assert code is not None
        assert line.client.get("/api/v1/follow", {"query_code": code.group()}).status_code == 200
        assert code.group() not in line.get("requests.json").content.decode()

    def test_a_report_for_others_counts_as_a_residents_and_is_journalled_under_the_key(self, line: Line) -> None:
        number = line.opened()

        with looking(of_all(), read_only=True):
            entry = JournalLine.objects.get(action="matter.report")
        assert (matter_of(number).source, matter_of(number).is_contactable) == ("resident", True)
        assert (entry.actor, entry.role, entry.post) == (line.cast.exchange.account, "exchange", line.cast.exchange.post)

    def test_too_many_calls_of_one_key_are_refused_and_say_when_to_come_again(self, line: Line, settings: Any) -> None:
        settings.OPEN311_LIMIT = 2
        line.opened(), line.opened()

        answer = line.post()

        assert (answer.status_code, errors(answer)[0]["code"]) == (400, 429)
        assert int(answer.headers["Retry-After"]) > 0
        assert line.post(api_key=line.cast.tokens["exchange2"]).status_code == 200

    def test_the_test_endpoint_checks_everything_and_opens_nothing(self, line: Line) -> None:
        sent = {"api_key": line.key, "service_code": line.service, "lat": LAT, "long": LONG}

        answer = line.client.post("/open311/test/v2/requests.json", sent)
        wrong = line.client.post("/open311/test/v2/requests.json", sent | {"lat": ""})

        assert (answer.status_code, wrong.status_code) == (200, 400)
        assert "测试" in json.loads(answer.content)[0]["service_notice"]
        with looking(of_all(), read_only=True):
            assert not Matter.objects.exists()
            assert not JournalLine.objects.filter(action="matter.report").exists()

    def test_nobody_else_may_name_another_system(self, line: Line) -> None:
        answer = line.client.post("/api/v1/actions/matter.report", {
            "category": line.cast.category, "summary": "x", "area": COMMUNITY, "origin_system": "hotline", "origin_number": "1"}, content_type="application/json")

        assert (answer.status_code, answer.json()["fault"]["code"]) == (403, "not_an_exchange")
