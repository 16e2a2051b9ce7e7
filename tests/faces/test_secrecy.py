# SPDX-License-Identifier: MulanPSL-2.0
"""A reporter who asks for secrecy is given away by no door: neither name nor phone, nor the own words once they are reworded."""

import io
import zipfile
from typing import Any

import pytest
from django.test import Client

from linli.core import due
from linli.core.actions import run
from linli.core.faults import Conflict, NotAble
from linli.core.models import JournalLine
from linli.core.sight import looking, of_all
from linli.doors import exports
from linli.matters import erasure, numbers
from linli.matters.models import Kept, Matter, Move
from tests.cast import Cast
from tests.faces.browsers import signed_in as browser

pytestmark = pytest.mark.django_db
NAME, PHONE, WORDS = "甄保密", "13912345678", "我是三号楼开水果店的，楼上天天扔垃圾"
WHO = ("gridworker", "director", "dispatcher", "handler", "verifier", "head", "district", "city")


@pytest.fixture
def secret(cast: Cast) -> str:
    made = cast.report(summary=WORDS, contact_name=NAME, contact_phone=PHONE, wants_secrecy=True)
    due.drain()
    return str(made["number"])


def everything(cast: Cast, number: str, name: str) -> str:
    """All that the faces tell somebody about one matter, as text."""
    client, headers = browser(name), cast.headers(name)
    pages = [client.get(address) for address in (
        "/desk/", "/desk/inbox/", f"/desk/matter/{number}/", "/desk/journal/", "/desk/reviews/", "/desk/call-backs/", "/pocket/day.json", f"/pocket/matter/{number}.json")]
    pages += [client.get(address, headers=headers) for address in (f"/api/v1/matters/{number}", "/api/v1/matters")]
    return "\n".join(page.content.decode(errors="replace") for page in pages if page.status_code == 200)


@pytest.mark.parametrize("reached", ["captured", "handling", "closed"])
def test_no_page_and_no_answer_names_the_reporter(cast: Cast, secret: str, reached: str) -> None:
    if reached != "captured":
        cast.walk(secret, reached)

    for name in WHO:
        told = everything(cast, secret, name)
        assert NAME not in told
        assert PHONE not in told


@pytest.mark.parametrize("name", ["handler", "director"])
def test_nobody_but_the_post_that_takes_it_in_looks_at_the_contact(cast: Cast, secret: str, name: str) -> None:
    with pytest.raises(NotAble):
        cast.do("matter.reveal", name, number=secret, reason="想打个电话")
    with pytest.raises(NotAble):
        cast.do("matter.read_kept", name, number=secret, reason="想看看")
    assert "matter.reveal" not in browser(name).get(f"/desk/matter/{secret}/").content.decode()


def test_each_look_of_the_dispatcher_is_journalled(cast: Cast, secret: str) -> None:
    found = cast.do("matter.reveal", "dispatcher", number=secret, reason="核实地点")

    assert found["contact"]["contact_name"] == NAME
    with looking(of_all(), read_only=True):
        assert JournalLine.objects.filter(subject_kind="matter", subject=numbers.matter_of(secret), action="matter.reveal").count() == 1


def test_an_open_report_is_looked_at_as_before(cast: Cast) -> None:
    made = cast.report(contact_name=NAME, contact_phone=PHONE)

    assert cast.do("matter.reveal", "handler", number=made["number"], reason="核实地点")["contact"]["contact_name"] == NAME


def test_reworded_the_own_words_are_read_by_the_dispatcher_only(cast: Cast, secret: str) -> None:
    cast.do("matter.reword", "dispatcher", number=secret, version=1, summary="三号楼有高空抛物", address="")

    for name in WHO:
        told = everything(cast, secret, name)
        assert "水果店" not in told
    assert "三号楼有高空抛物" in everything(cast, secret, "handler")
    assert "水果店" in cast.do("matter.read_kept", "dispatcher", number=secret, reason="核对")["kept"]["own_words"]
    page = browser("dispatcher").post(f"/desk/matter/{secret}/move/matter.read_kept", {"idempotency": "x", "read_kept-reason": "核对"})
    assert "水果店" in page.content.decode()


def test_the_first_words_are_kept_however_often_they_are_reworded(cast: Cast, secret: str) -> None:
    cast.do("matter.reword", "dispatcher", number=secret, version=1, summary="第一次", address="")
    cast.do("matter.reword", "dispatcher", number=secret, version=2, summary="第二次", address="")

    assert "水果店" in cast.do("matter.read_kept", "dispatcher", number=secret, reason="核对")["kept"]["own_words"]


def test_only_secret_reports_are_reworded_and_only_by_the_dispatcher(cast: Cast, secret: str) -> None:
    with pytest.raises(NotAble):
        cast.do("matter.reword", "handler", number=secret, version=1, summary="改")
    with pytest.raises(Conflict):
        cast.do("matter.reword", "dispatcher", number=cast.report()["number"], version=1, summary="改")


def test_it_is_on_no_public_list(cast: Cast, secret: str, client: Client) -> None:
    cast.walk(secret)

    for address in ("/open311/requests.json", f"/open311/requests/{secret}.json", "/", "/c/"):
        answer = client.get(address)
        assert secret not in answer.content.decode().replace(f"/{secret}", "") or answer.status_code == 404


def test_an_export_holds_neither(cast: Cast, secret: str, settings: Any, tmp_path: Any) -> None:
    settings.EXPORT_ROOT = tmp_path
    cast.do("matter.reword", "dispatcher", number=secret, version=1, summary="改过的话", address="")
    for listing in ("matters", "journal"):
        made = run("export.make", cast.dispatcher, {"listing": listing, "form": "csv"})["export"]
        exports.write(made)
        text = zipfile.ZipFile(io.BytesIO((tmp_path / f"{made}.zip").read_bytes())).read("list.csv").decode()
        assert not any(one in text for one in (NAME, PHONE, "水果店"))


def test_the_history_does_not_say_who_wrote_it_down(cast: Cast) -> None:
    made = cast.report("gridworker", wants_secrecy=True)

    with looking(of_all(), read_only=True):
        row = Matter.objects.get(pk=numbers.matter_of(made["number"]))
        first = Move.objects.get(matter=row.pk, step=1)
    assert row.is_secret
    assert (first.actor_name, first.note) == ("", "")


def test_the_reporter_still_follows_by_his_code(cast: Cast, client: Client) -> None:
    made = cast.report(summary=WORDS, contact_name=NAME, contact_phone=PHONE, wants_secrecy=True)

    assert client.get(f"/follow/{made['query_code']}/").status_code == 200


def test_erasure_takes_the_own_words_too(cast: Cast, secret: str) -> None:
    cast.do("matter.reword", "dispatcher", number=secret, version=1, summary="改", address="")
    with looking(of_all()):
        erasure.erase_reporter(numbers.matter_of(secret) or 0, False)
        assert not Kept.objects.exists()
