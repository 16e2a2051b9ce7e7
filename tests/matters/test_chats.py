# SPDX-License-Identifier: MulanPSL-2.0
"""Messages pasted from a chat group: split as people copy them, one report of some of them, the original kept sealed."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import settings as tried
from hypothesis import strategies as st
from PIL import Image

from linli.core.faults import NotAble, NotVisible
from linli.core.models import Evidence
from linli.core.sight import looking, of_all
from linli.matters import chats, numbers
from linli.matters.models import Contact, Kept, Matter
from tests.cast import COMMUNITY, COMMUNITY2, HOSTILE, Cast
from tests.faces.browsers import signed_in as browser


@pytest.mark.parametrize(("text", "found"), [
    ("张三:\n楼道灯坏了\n李四:\n我这也是", [("张三", "", "楼道灯坏了"), ("李四", "", "我这也是")]),
    ("张三 2026/11/23 10:12\n楼道灯坏了\n第二行", [("张三", "2026/11/23 10:12", "楼道灯坏了\n第二行")]),
    ("张三  11:05\n灯坏了\n10:12:30 李四\n好的", [("张三", "11:05", "灯坏了"), ("李四", "10:12:30", "好的")]),
    ("3栋小王：垃圾满了\n物业：收到", [("", "", "3栋小王：垃圾满了"), ("物业", "", "收到")]),
    ("只有一句话", [("", "", "只有一句话")]), ("", []), ("张三:\n\n", []),
])
def test_messages_are_split_as_they_are_copied(text: str, found: list[tuple[str, str, str]]) -> None:
    assert [(one.name, one.when, one.text) for one in chats.split(text)] == found


@tried(max_examples=200, deadline=None, derandomize=True)
@given(st.text(max_size=500))
def test_no_text_breaks_the_splitting(text: str) -> None:
    assert all(one.text for one in chats.split(text))


@pytest.mark.django_db
def test_a_report_from_a_chat_keeps_its_messages_sealed(cast: Cast) -> None:
    made = cast.do("matter.take_chat", "dispatcher", category=cast.category, summary=f"楼道灯坏了 {HOSTILE}", area=COMMUNITY, chat="张三 10:12\n灯坏了", contact_name="张三")

    with looking(of_all(), read_only=True):
        row = Matter.objects.get(pk=numbers.matter_of(made["number"]))
        assert row.source == "chat"
        assert "张三".encode() not in bytes(Kept.objects.get(matter=row.pk).sealed)
        assert Contact.objects.filter(matter=row.pk).exists()
    assert cast.do("matter.read_kept", "dispatcher", number=made["number"], reason="核对")["kept"]["chat"] == "张三 10:12\n灯坏了"


@pytest.mark.django_db
def test_only_posts_that_take_reports_in_and_only_in_their_place(cast: Cast) -> None:
    given = {"category": cast.category, "summary": "灯坏了", "chat": "灯坏了"}
    with pytest.raises(NotAble):
        cast.do("matter.take_chat", "handler", area=COMMUNITY, **given)
    with pytest.raises(NotVisible):
        cast.do("matter.take_chat", "director", area=COMMUNITY2, **given)


@pytest.mark.django_db
def test_the_page_leads_from_pasting_to_the_matter(cast: Cast) -> None:
    client = browser("dispatcher")
    text = "张三 10:12\n楼道灯坏了\n李四 10:13\n吃了吗"

    assert "吃了吗" in client.post("/desk/chat/", {"text": text}).content.decode()
    assert "还没有挑" in client.post("/desk/chat/", {"text": text, "picking": "1"}).content.decode()
    page = client.post("/desk/chat/", {"text": text, "picking": "1", "pick": ["0"]}).content.decode()
    assert 'name="ch-summary"' in page
    sent = client.post("/desk/chat/send", {
        "idempotency": "c1", "ch-category": str(cast.category), "ch-summary": "楼道灯坏了", "ch-area": str(COMMUNITY), "ch-chat": "张三 10:12\n楼道灯坏了"})

    assert sent.status_code == 303, sent.content.decode()
    assert "/desk/matter/" in sent["Location"]


def shot() -> SimpleUploadedFile:
    made = io.BytesIO()
    Image.effect_noise((64, 48), 40).convert("RGB").save(made, "JPEG")
    return SimpleUploadedFile("灯.jpg", made.getvalue(), "image/jpeg")


@pytest.mark.django_db
@pytest.mark.parametrize(("address", "prefix", "more"), [
    ("/desk/chat/send", "ch-", {"ch-chat": "张三 10:12\n楼道灯坏了"}), ("/desk/report/", "", {"send": "1", "anyway": "1"})])
def test_a_photo_comes_along_for_a_post_that_is_wider_than_the_community(
        cast: Cast, settings: Any, tmp_path: Any, address: str, prefix: str, more: dict[str, str]) -> None:
    settings.EVIDENCE_ROOT = tmp_path

    sent = browser("dispatcher").post(address, {
        "idempotency": "p1", f"{prefix}category": str(cast.category), f"{prefix}summary": "楼道灯坏了", f"{prefix}area": str(COMMUNITY),
        f"{prefix}evidence__files": shot(), **more})

    assert sent.status_code == 303, sent.content.decode()[:3000]
    with looking(of_all(), read_only=True):
        assert Evidence.objects.get(subject_kind="matter").area == COMMUNITY
