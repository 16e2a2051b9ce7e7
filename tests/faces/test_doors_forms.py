# SPDX-License-Identifier: MulanPSL-2.0
"""The generated form: what is wrong is said beside its field, nothing typed is lost, a second press changes nothing."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from PIL import Image

from linli.core import registry
from linli.core.actions import Call, Done, action
from linli.core.fields import Field
from linli.core.models import Evidence, JournalLine
from linli.core.sight import PUBLIC, of_place
from linli.core.words import words
from linli.doors.generated import Form, form_page
from linli.elements.models import Place

pytestmark = pytest.mark.django_db

COMMUNITY = 120101001001000
RANGE = (COMMUNITY, COMMUNITY + 1000)
HOSTILE = "<script>alert('x')</script> 3号楼前"
FIELDS = (
    Field("summary", words("内容", "What"), "long_text", required=True, limit=60),
    Field("phone", words("电话", "Telephone"), "phone"),
    Field("photos", words("照片", "Photos"), "evidence"),
)


@pytest.fixture
def planted() -> Iterator[str]:
    """An action that anybody may do, for the length of a test."""
    name = "thing.try"

    @action(name, words("试一试", "Try"), ability=None, subject="thing", sight="place_named_in_input", opens=lambda actor, given: of_place(*RANGE), fields=FIELDS)
    def body(call: Call) -> Done:
        return Done(COMMUNITY, 1, {"number": "T-1"}, is_new=True)

    yield name
    registry.REGISTRY.remove("action", name)


@pytest.fixture
def community(settings: LazySettings, tmp_path: Path) -> Place:
    settings.EVIDENCE_ROOT = tmp_path
    return Place.objects.create(area=COMMUNITY, lo=RANGE[0], hi=RANGE[1], level="community", name="新疆路社区", short_name="新疆路")


def picture(name: str = "a.jpg") -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), (20, 90, 70)).save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


def send(name: str, given: dict[str, object], method: str = "post") -> HttpResponse:
    request: HttpRequest = getattr(RequestFactory(), method)("/try", given)
    request.actor, request.device = PUBLIC, b"device"  # type: ignore[attr-defined]
    form = Form(name, to="/done", place=lambda values: RANGE, done=words("编号 {number}", "Number {number}"))
    return form_page(request, form, context={"title": words("试", "Try"), "lead": ""})


def key_of(response: HttpResponse) -> str:
    found = re.search(r'name="idempotency" value="([^"]+)"', response.content.decode())
    assert found is not None
    return found[1]


def lines() -> int:
    return JournalLine.objects.within(*RANGE).filter(action="thing.try").count()


def test_the_form_shows_the_actions_own_fields(planted: str) -> None:
    page = send(planted, {}, "get").content.decode()

    assert all(f"field-{one.name}" in page for one in FIELDS)


def test_a_wrong_field_is_said_beside_it_and_nothing_typed_is_lost(planted: str) -> None:
    response = send(planted, {"summary": HOSTILE, "phone": "x1"})

    page = response.content.decode()
    assert response.status_code == 422
    assert 'id="field-phone-fault"' in page
    assert "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt; 3号楼前" in page
    assert 'value="x1"' in page
    assert "<script>alert" not in page


def test_a_photo_that_was_taken_survives_a_fault_elsewhere(planted: str, community: Place, owner: None) -> None:
    page = send(planted, {"summary": "", "photos__files": [picture()]}).content.decode()

    kept = Evidence.objects.get()
    assert f'name="photos" value="{kept.pk}" checked' in page


def test_a_file_that_is_no_picture_is_refused_beside_its_field(planted: str, community: Place, owner: None) -> None:
    forged = SimpleUploadedFile("a.jpg", b"<script>alert(1)</script>", "image/jpeg")
    response = send(planted, {"summary": "路灯不亮", "photos__files": [picture(), forged]})

    page = response.content.decode()
    assert response.status_code == 422
    assert 'id="field-photos-fault"' in page
    assert "路灯不亮" in page
    assert Evidence.objects.count() == 1


def test_too_many_photos_are_refused_before_any_is_kept(planted: str, community: Place, owner: None) -> None:
    response = send(planted, {"summary": "路灯不亮", "photos__files": [picture(f"{n}.jpg") for n in range(10)]})

    assert response.status_code == 422
    assert Evidence.objects.count() == 0


def test_a_second_press_does_nothing_again(planted: str, owner: None) -> None:
    key = key_of(send(planted, {}, "get"))
    first = send(planted, {"summary": "路灯不亮", "idempotency": key})
    second = send(planted, {"summary": "路灯不亮", "idempotency": key})

    assert (first.status_code, second.status_code) == (303, 303)
    assert lines() == 1


def test_other_content_under_a_used_key_is_not_sent_and_gets_a_new_key(planted: str, owner: None) -> None:
    key = key_of(send(planted, {}, "get"))
    send(planted, {"summary": "路灯不亮", "idempotency": key})
    response = send(planted, {"summary": "井盖缺失", "idempotency": key})

    assert response.status_code == 409
    assert "井盖缺失" in response.content.decode()
    assert key_of(response) != key
    assert lines() == 1


def test_a_done_form_leads_on_and_says_so(planted: str, owner: None) -> None:
    response = send(planted, {"summary": "路灯不亮"})

    assert response.headers["Location"] == "/done"
    assert "linli_said" in response.cookies


@pytest.mark.parametrize("text", ["a\x00b", "a\x1bb", "字" * 61])
def test_control_characters_and_long_texts_get_a_sentence(planted: str, text: str) -> None:
    response = send(planted, {"summary": text})

    assert response.status_code == 422
    assert 'id="field-summary-fault"' in response.content.decode()


def test_four_byte_characters_are_taken_as_they_are(planted: str, owner: None) -> None:
    assert send(planted, {"summary": "🏮 灯笼 𠮷"}).status_code == 303
