# SPDX-License-Identifier: MulanPSL-2.0
"""Reconciliation on the desk: from the page of the intake to the decision and back, masked, by hand; nobody else's."""

from typing import Any

import pytest
from django.urls import reverse

from linli.core.sight import looking, of_all
from linli.elements.models import Intake, Person, ReconciledItem, Reconciliation, Source
from linli.elements.reconciling import working
from tests.cast import COMMUNITY, Cast
from tests.elements.intakes.tables import bring, csv_of, person, take
from tests.elements.test_reconciling import a_source, compared, items, look, ours, phone_of, theirs
from tests.faces.browsers import signed_in

pytestmark = pytest.mark.django_db


def latest(model: Any) -> Any:
    with looking(of_all(), read_only=True):
        return model.objects.latest("pk")


def test_a_file_goes_from_the_intake_to_a_decided_field(cast: Cast) -> None:
    take(cast, bring(cast, csv_of(ours())))
    file = bring(cast, csv_of(theirs()))
    client = signed_in("director")
    begin = reverse("desk:intake_compare", args=[file.pk])
    assert begin in client.get(reverse("desk:intake", args=[file.pk])).content.decode()

    named = client.post(begin, {"area": str(COMMUNITY), "sheet": "residents", "name": "公安人口名单", "keeper": "派出所", "covers": "all", "within": "area"})
    assert (named.status_code, named.url) == (303, begin)
    begun = client.post(begin, {"source": str(latest(Source).pk), "covers": "all", "within": "area"})
    one = latest(Reconciliation)
    assert begun.url == reverse("desk:reconciliation", args=[one.pk])
    working.work(one.pk)
    page = client.get(begun.url).content.decode()
    assert all(label in page for label in ("说法不一", "只有对方有", "只有我们有", "没法比对"))

    every = reverse("desk:reconciled_all", args=[one.pk, "differs"])
    preview = client.get(every, {"name": "person.phone", "decision": "theirs"}).content.decode()
    assert "2 项没定的都记为" in preview
    client.post(every, {"name": "person.phone", "decision": "theirs", "count": "2", "remember": "true"})
    client.post(reverse("desk:reconciliation_do", args=[one.pk, "apply"]), {"due_on": ""})
    working.work(one.pk)

    assert phone_of("李小花") == "13911112222"
    assert "撤销已执行的改动" in client.get(begun.url).content.decode()
    assert "以它为准" in client.get(reverse("desk:reconciliations")).content.decode()


def test_values_stand_masked_beside_each_other_and_open_for_a_reason(cast: Cast) -> None:
    take(cast, bring(cast, csv_of(ours())))
    one = compared(cast, theirs())
    client = signed_in("director")

    page = client.get(reverse("desk:reconciled", args=[one.pk, "differs"])).content.decode()
    everything = page + client.get(reverse("desk:reconciled", args=[one.pk, "theirs"])).content.decode()

    for number in ("13911112222", "13800000002", "第二棉纺厂", "第一棉纺厂", "13800000009"):
        assert number not in everything
    assert "139****2222" in page
    assert "138****0002" in page
    phone = items(one, name="person.phone", is_gap=False)[0]
    opened = client.post(reverse("desk:reconciled_look", args=[phone.pk]), {"purpose": "check", "reason": "核对"})
    assert "13911112222" in opened.content.decode()


def test_one_press_decides_a_whole_record(cast: Cast) -> None:
    take(cast, bring(cast, csv_of(ours())))
    one = compared(cast, theirs())
    client = signed_in("director")
    first = items(one, name="person.employer")[0]

    client.post(reverse("desk:reconciled_decide", args=[first.pk]), {"decision": "ours", "whole_row": "true"})

    assert {item.decision for item in items(one, record=first.record)} == {"ours"}
    behind = reverse("desk:reconciled", args=[one.pk, "differs"]) + "?name=person.employer"
    assert "李小花" not in client.get(behind).content.decode()
    assert "李小花" in client.get(behind + "&shown=decided").content.decode()
    assert behind + "&amp;shown=all" in client.get(reverse("desk:source", args=[one.source_id])).content.decode()
    assert "李小花" in client.get(behind + "&shown=all").content.decode()


def test_the_move_of_somebody_they_have_no_more_is_recorded_from_here(cast: Cast) -> None:
    take(cast, bring(cast, csv_of(ours())))
    one = compared(cast, theirs())
    client = signed_in("director")
    gone = items(one, side="ours")[0]

    client.post(reverse("desk:reconciled_decide", args=[gone.pk]), {"decision": "ended"})

    with looking(of_all(), read_only=True):
        assert Person.objects.get(pk=gone.record).standing == "gone"
        assert ReconciledItem.objects.get(pk=gone.pk).decision == "ended"


def test_a_stale_count_is_told_and_nothing_is_decided(cast: Cast) -> None:
    take(cast, bring(cast, csv_of(ours())))
    one = compared(cast, theirs())

    answer = signed_in("director").post(reverse("desk:reconciled_all", args=[one.pk, "differs"]), {"name": "person.phone", "decision": "theirs", "count": "7"})

    assert answer.status_code == 409
    assert "没定的项数变了" in answer.content.decode()
    assert {item.decision for item in items(one)} == {""}


def test_an_undone_file_can_be_compared_again(cast: Cast) -> None:
    take(cast, bring(cast, csv_of(ours())))
    one = compared(cast, theirs())
    with looking(of_all()):
        Reconciliation.objects.filter(pk=one.pk).update(state="undoing")
        Intake.objects.filter(pk=one.intake_id).update(state="undone")

    page = signed_in("director").get(reverse("desk:intake", args=[one.intake_id])).content.decode()

    assert reverse("desk:intake_compare", args=[one.intake_id]) in page


@pytest.mark.parametrize("address", ["desk:reconciliation", "desk:reconciliation_pulse"])
def test_a_neighbour_finds_no_comparison(cast: Cast, address: str) -> None:
    one = compared(cast, theirs())
    client = signed_in("director2")

    assert client.get(reverse(address, args=[one.pk])).status_code == 404
    assert client.get(reverse("desk:reconciled", args=[one.pk, "theirs"])).status_code == 404
    assert client.get(reverse("desk:reconciled_all", args=[one.pk, "theirs"]), {"decision": "take"}).status_code == 404
    assert client.get(reverse("desk:source", args=[one.source_id])).status_code == 404
    assert client.post(reverse("desk:reconciled_decide", args=[items(one)[0].pk]), {"decision": "take"}).status_code == 404
    assert client.get(reverse("desk:reconciled_look", args=[items(one)[0].pk])).status_code == 404


def test_who_brings_no_files_is_told_so(cast: Cast) -> None:
    one = compared(cast, theirs())

    assert signed_in("gridworker").get(reverse("desk:reconciliation", args=[one.pk])).status_code == 403


def test_pages_ask_the_same_few_questions_however_many_items_there_are(cast: Cast, django_assert_max_num_queries: Any) -> None:
    many = [person(f"甲{chr(0x4e00 + place)}", place, 室=f"{100 + place}") for place in range(1, 40)]
    take(cast, bring(cast, csv_of(many)))
    one = compared(cast, [line | {"联系电话": f"139{place:08d}"} for place, line in enumerate(many)])
    assert look(one.pk).counts["differ"] == 39
    client = signed_in("director")
    client.get(reverse("desk:reconciliations"))

    for address, most in ((reverse("desk:reconciliation", args=[one.pk]), 13), (reverse("desk:reconciled", args=[one.pk, "differs"]), 14),
                          (reverse("desk:reconciliations"), 13), (reverse("desk:source", args=[one.source_id]), 13)):
        with django_assert_max_num_queries(most):
            assert client.get(address).status_code == 200


def test_a_source_says_for_which_fields_it_is_held_to_be_right(cast: Cast) -> None:
    number = a_source(cast)
    client = signed_in("director")

    client.post(reverse("desk:source", args=[number]), {"name": "新名字", "keeper": "派出所", "authority": ["person.name"], "covers": "part", "within": "area",
                                                        "version": "1"})
    refused = client.post(reverse("desk:source", args=[number]), {"name": "新名字", "keeper": "派出所", "authority": ["building.number"], "covers": "part", "within": "area"})

    assert refused.status_code == 422
    with looking(of_all(), read_only=True):
        assert (Source.objects.get(pk=number).name, Source.objects.get(pk=number).authority) == ("新名字", ["person.name"])
