# SPDX-License-Identifier: MulanPSL-2.0
"""The matrix of a building: every home in exactly one cell, floors from the top, rooms above each other in one column, signs that tell what is to be noted."""

from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.elements.matrices import SIGNS, Cell, blocks_of, counts_of, natural, stack_of

ROOMS = st.one_of(st.integers(1, 3999).map(str), st.lists(st.sampled_from("0123456789甲乙AB-~ "), max_size=5).map("".join))
CELLS = st.lists(st.builds(
    Cell, number=st.integers(1, 10**6), doorway=st.sampled_from(["", "1", "2", "10", "东"]), floor=st.one_of(st.none(), st.integers(-3, 40)), room=ROOMS,
    use=st.sampled_from(["dwelling", "shop"]), occupancy=st.sampled_from(["owner", "let", "empty", "unknown"]), living=st.integers(0, 9), apart=st.integers(0, 9)),
    max_size=16, unique_by=lambda cell: cell.number)
STEADY = settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
"""The same examples each time, on a busy machine too."""


def cell(room: str, floor: int | None = 1, doorway: str = "1", **more: int | str) -> Cell:
    return Cell(**({"number": 1, "doorway": doorway, "floor": floor, "room": room, "use": "dwelling", "occupancy": "owner"} | more))  # type: ignore[arg-type]


@STEADY
@given(CELLS, st.one_of(st.none(), st.integers(1, 200)))
def test_every_home_stands_in_one_cell_and_all_rows_are_alike(cells: list[Cell], floors: int | None) -> None:
    blocks = blocks_of(cells, floors)

    shown = [one.number for block in blocks for row in block.rows for one in row.cells if one is not None]
    assert sorted(shown) == sorted(one.number for one in cells)
    assert all(len(row.cells) == block.width for block in blocks for row in block.rows)
    assert len({tuple(row.floor for row in block.rows) for block in blocks}) <= 1


@STEADY
@given(CELLS)
def test_floors_go_down_and_unknown_ones_come_last(cells: list[Cell]) -> None:
    for block in blocks_of(cells, None):
        floors = [row.floor for row in block.rows]
        known = [floor for floor in floors if floor is not None]
        assert floors[: len(known)] == known
        assert all(upper > lower for upper, lower in pairwise(known))


@STEADY
@given(CELLS)
def test_each_sign_is_counted_as_often_as_it_is_shown(cells: list[Cell]) -> None:
    assert sum(counts_of(cells).values()) == sum(len(one.signs) for one in cells)
    assert list(counts_of(cells)) == list(SIGNS)


def test_rooms_above_each_other_share_a_column_and_a_gap_stays_visible() -> None:
    cells = [cell("302", 3, number=1), cell("301", 3, number=2), cell("102", 1, number=3)]

    (block,) = blocks_of(cells, 3)

    assert [[one.room if one else None for one in row.cells] for row in block.rows] == [["301", "302"], [None, None], [None, "102"]]


def test_two_rooms_of_one_number_do_not_hide_each_other() -> None:
    (block,) = blocks_of([cell("101", number=1), cell("101", number=2)], None)

    assert [one.number for one in block.rows[0].cells if one] == [1, 2]


def test_two_comes_before_ten() -> None:
    assert sorted(["10", "2", "", "东", "2-1"], key=natural) == ["", "东", "2", "2-1", "10"]
    assert [stack_of(room) for room in ("501", "1201", "01", "甲", "")] == ["01", "01", "01", "甲", ""]


def test_an_empty_home_with_people_is_a_doubt_and_not_empty() -> None:
    assert cell("1", occupancy="empty", living=2, apart=1).signs == ("doubt", "apart")
    assert cell("1", occupancy="empty").signs == ("empty",)
    assert cell("1", occupancy="unknown", use="shop").signs == ("work",)
