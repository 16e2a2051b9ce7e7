# SPDX-License-Identifier: MulanPSL-2.0
"""Who holds which office, by file: organisations and offices by their names, doorway heads with their building, each fault marked, repeated and undone."""

from datetime import date
from typing import Any

import pytest

from linli.core.faults import NotAble
from linli.core.sight import looking, of_all
from linli.elements.models import Building, Organisation, Seat, Term
from linli.elements.registers.addresses import key_of
from tests.cast import COMMUNITY, STREET, Cast
from tests.elements.intakes.tables import bring, excel_of, take, undo
from tests.elements.intakes.units import brought, codes, counts, marked, mended

pytestmark = pytest.mark.django_db
HEADINGS = ("社区", "组织", "职务", "姓名", "小区", "楼号", "门", "任职日期", "到期日期")
SINCE = date(2026, 1, 10)


@pytest.fixture
def ground(cast: Cast) -> None:
    with looking(of_all()):
        one = Organisation.objects.create(area=COMMUNITY, kind="residents_committee", name="槐安社区居民委员会", pinyin="huai")
        Term.objects.create(area=COMMUNITY, organisation=one, number=3, since=SINCE, until=date(2031, 1, 10))
        Organisation.objects.create(area=COMMUNITY, kind="doorway_heads", name="槐安社区楼门栋长队伍", pinyin="huai")
        Organisation.objects.create(area=COMMUNITY, kind="party_branch", name="槐安社区党支部", pinyin="huai")
        Building.objects.create(area=COMMUNITY, quarter="幸福里", number="1", key=key_of("幸福里", "1"))


def seat(name: str | None, office: str | None = "委员", unit: str | None = "槐安社区居民委员会", **more: Any) -> dict[str, Any]:
    """A line of somebody on the committee."""
    return {"社区": "槐安社区", "组织": unit, "职务": office, "姓名": name, "任职日期": "2026年1月10日"} | more


HEAD = {"小区": "幸福里", "楼号": "1号楼", "门": "2"}
FAULTY: tuple[tuple[dict[str, Any], str, str, dict[str, Any]], ...] = (
    (seat("张大山", "主任"), "", "", {}),
    (seat(None), "姓名", "required", {"姓名": "李小花"}),
    (seat("王五9"), "姓名", "rule", {"姓名": "王五"}),
    (seat("赵六", unit=None), "组织", "required", {"组织": "居民委员会"}),
    (seat("钱七", unit="没有的组织"), "组织", "no_unit", {"组织": "槐安社区居民委员会"}),
    (seat("孙八", unit="槐安社区党支部"), "组织", "no_unit", {"组织": "槐安社区居民委员会"}),
    (seat("周九", "船长"), "职务", "no_office", {"职务": "副主任"}),
    (seat("吴十", 任职日期="那年"), "任职日期", "day", {"任职日期": "20260110"}),
    (seat("郑甲", 到期日期="2025-01-01"), "到期日期", "days", {"到期日期": "2031-01-10"}),
    (seat("冯乙", 社区="没有的社区"), "社区", "place", {"社区": "槐安社区"}),
    (seat("陈丙", "门栋长", "槐安社区楼门栋长队伍", 小区="幸福里", 楼号="99"), "楼号", "no_building", HEAD),
    (seat("张大山", "主任"), "姓名", "twice", {"姓名": "褚丁", "职务": "委员"}),
)


def test_every_fault_is_marked_the_mended_goes_in_and_a_third_time_changes_nothing(cast: Cast, ground: None) -> None:
    first = take(cast, brought(cast, "seats", [line for line, *_ in FAULTY], HEADINGS))

    wrong = [(place, heading, code) for place, (_, heading, code, _) in enumerate(FAULTY) if heading]
    assert codes(first) == {place + 2: [code] for place, _, code in wrong}
    assert [cells for cells, _ in marked(cast, first)] == [[heading] for _, heading, _ in wrong]
    second = take(cast, bring(cast, mended(cast, first, [mending for _, heading, _, mending in FAULTY if heading]), sheet="seats"))
    third = brought(cast, "seats", [line | mending for line, *_, mending in FAULTY], HEADINGS)
    assert counts(first) == [1, 0, 0, len(FAULTY) - 1, 0]
    assert counts(second) == [len(FAULTY) - 1, 0, 0, 0, 0], codes(second)
    assert counts(third) == [0, 0, len(FAULTY), 0, 0]
    with looking(of_all(), read_only=True):
        head = Seat.objects.select_related("term", "building").get(office="chair")
        assert (head.name, head.area, head.since, head.until, head.term.number, head.person) == ("张大山", COMMUNITY, SINCE, date(2031, 1, 10), 3, None)
        doorway = Seat.objects.select_related("building").get(office="doorway_head")
        assert (doorway.name, doorway.building.number, doorway.doorway, doorway.term, doorway.until) == ("陈丙", "1", "2", None, None)


def test_an_office_that_is_full_takes_nobody_more(cast: Cast, ground: None) -> None:
    take(cast, brought(cast, "seats", [seat("张大山", "主任")], HEADINGS))

    found = brought(cast, "seats", [seat("李小花", "主任"), seat("张大山", "主任")], HEADINGS)

    assert (counts(found), codes(found)) == ([0, 0, 1, 1, 0], {2: ["full"]})


def test_changed_days_are_changed_and_all_is_taken_back(cast: Cast, ground: None) -> None:
    take(cast, brought(cast, "seats", [seat("张大山", "主任")], HEADINGS))
    with looking(of_all(), read_only=True):
        was = Seat.objects.values().get()

    found = take(cast, brought(cast, "seats", [seat("张大山", "主任", 到期日期="2029-01-10"), seat("李小花")], HEADINGS))
    assert counts(found) == [1, 1, 0, 0, 0]
    undone = undo(cast, found)

    assert (undone.state, undone.options.get("kept", {})) == ("undone", {})
    with looking(of_all(), read_only=True):
        assert Seat.objects.values().get() == was


def test_who_does_not_keep_organisations_brings_no_seats(cast: Cast, ground: None) -> None:
    with pytest.raises(NotAble):
        bring(cast, excel_of([seat("张大山")], HEADINGS), by="head", area=STREET, sheet="seats")
