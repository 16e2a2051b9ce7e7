# SPDX-License-Identifier: MulanPSL-2.0
"""The list of duties: whoever says “not ours” names whose it is, and the reporter reads it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from linli.core import clock
from linli.core.actions import run
from linli.core.faults import Conflict, Invalid, NotAble
from linli.core.sight import looking, of_all
from linli.matters import duties, numbers
from linli.matters.models import Citation, Matter
from tests.cast import COMMUNITY, COMMUNITY3, HOSTILE, STREET, Cast

pytestmark = pytest.mark.django_db
HEAD = "编号,事项,依据,职责归属,责任单位\n"


def load(cast: Cast, text: str, by: str = "dispatcher") -> dict[str, object]:
    return cast.do("duty.load", by, name="槐荫街道职责清单", source="槐街发〔2026〕1号", valid_from=clock.today().isoformat(), file=text)


def refused(cast: Cast, **given: object) -> dict[str, str]:
    number = cast.report()["number"]
    with pytest.raises(Invalid) as caught:
        cast.do("matter.refuse", "dispatcher", number=number, version=1, **given)
    return {name: one.zh for name, one in caught.value.fields.items()}


def test_not_ours_has_to_name_an_entry_of_the_list(cast: Cast) -> None:
    assert "职责清单" in refused(cast, reason="not_ours")["duty"]
    assert "没有“街-77”" in refused(cast, reason="not_ours", duty="街-77")["duty"]


def test_what_is_our_own_duty_is_no_reason_to_refuse(cast: Cast) -> None:
    assert "自己的职责" in refused(cast, reason="not_ours", duty="街-01")["duty"]


def test_other_reasons_need_no_entry(cast: Cast) -> None:
    number = cast.report()["number"]

    assert cast.do("matter.refuse", "dispatcher", number=number, version=1, reason="not_found")["phase"] == "refused"


def test_a_refusal_keeps_what_it_cited(cast: Cast) -> None:
    number = cast.report()["number"]

    cast.do("matter.refuse", "dispatcher", number=number, version=1, reason="not_ours", duty="他-02")

    with looking(of_all(), read_only=True):
        found = Citation.objects.get(matter=numbers.matter_of(number))
        row = Matter.objects.get(pk=found.matter_id)
        detail = row.moves.get(action="matter.refuse").detail
    assert (found.code, found.responsible, found.action) == ("他-02", "供电单位", "matter.refuse")
    said = duties.told(detail)
    assert said is not None
    assert "由供电单位负责" in said.zh


def test_a_street_loads_its_own_list_and_it_holds_there_only(cast: Cast) -> None:
    load(cast, HEAD + f'甲1,"{HOSTILE.replace(chr(34), "")}",依据一,其他,水务集团\n甲2,楼道清扫,依据二,社区,居委会\n')

    with looking(of_all(), read_only=True):
        assert [one.code for one in duties.list_for(COMMUNITY).entries] == ["甲1", "甲2"]
        assert duties.list_for(COMMUNITY3).is_proposed
        before = duties.list_for(COMMUNITY, clock.today() - timedelta(days=1))
    assert before.is_proposed
    number = cast.report()["number"]
    assert cast.do("matter.refuse", "dispatcher", number=number, version=1, reason="not_ours", duty="甲1")["phase"] == "refused"


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", HEAD, HEAD + "1,事,依,其他,\n", HEAD + "1,事,依,谁,某\n", HEAD + "1,事,依,其他,某\n1,事,依,其他,某\n",
                                  HEAD + "x" * 41 + ",事,依,其他,某\n", HEAD.replace(",", ";")])
def test_a_wrong_list_changes_nothing(cast: Cast, text: str) -> None:
    with pytest.raises(Invalid):
        load(cast, text)

    with looking(of_all(), read_only=True):
        assert duties.list_for(COMMUNITY).is_proposed


def test_only_who_may_edit_the_list_loads_one_and_only_for_his_place(cast: Cast) -> None:
    with pytest.raises(NotAble):
        load(cast, HEAD + "1,事,依,其他,某\n", by="handler")

    load(cast, HEAD + "1,事,依,其他,某\n", by="dispatcher2")
    with looking(of_all(), read_only=True):
        assert duties.list_for(COMMUNITY).place != STREET


def test_the_nearest_list_goes_before_the_districts(cast: Cast) -> None:
    load(cast, HEAD + "区1,事,依,其他,某\n", by="district")
    load(cast, HEAD + "街1,事,依,其他,某\n")

    with looking(of_all(), read_only=True):
        assert [one.code for one in duties.list_for(COMMUNITY).entries] == ["街1"]
        assert [one.code for one in duties.list_for(COMMUNITY3).entries] == ["区1"]


def test_a_unit_returns_by_reference(cast: Cast) -> None:
    number = cast.report()["number"]
    cast.walk(number, "dispatched")

    with pytest.raises(Invalid):
        cast.do("matter.return", "handler", number=number, version=3, reason="not_competent")
    back = cast.do("matter.return", "handler", number=number, version=3, reason="not_competent", duty="街-02")

    assert back["phase"] == "filed"


def test_a_list_of_no_place_is_refused(cast: Cast) -> None:
    with pytest.raises(Conflict):
        run("duty.load", replace(cast.district, lo=COMMUNITY, hi=COMMUNITY + 1000),
            {"name": "x", "source": "y", "valid_from": clock.today().isoformat(), "file": HEAD + "1,事,依,其他,某\n"})
