# SPDX-License-Identifier: MulanPSL-2.0
"""An old binary workbook (.xls, BIFF8) and a CSV in GB 18030 go through the same door, with rare characters, brackets, dates and figures in their cells.

`residents_biff8.xls` holds four people who do not exist (no division begins with 999999); it was written with xlwt 1.3.0: a title, headings,
days as day cells, some numbers as figures, one identity number with a wrong last sign.
"""

import io
from pathlib import Path

import openpyxl
import pytest

from linli.core.fields import Received
from linli.core.sight import looking, of_post
from linli.elements.intakes import reading
from linli.elements.intakes.returning import MARK, workbook
from linli.elements.models import Building, Dwelling, IntakeRow, Membership, Person
from tests.cast import Cast
from tests.elements.intakes.tables import bring, csv_of, person, take

pytestmark = pytest.mark.django_db
OLD = (Path(__file__).parents[2] / "data" / "residents_biff8.xls").read_bytes()


def test_the_file_is_an_old_binary_workbook_and_reads_as_text() -> None:
    table = reading.read(OLD)

    assert reading.form_of(OLD) == "xls"
    assert OLD[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    assert table.row(0)[1] == "槐安社区实有人口台账（演示数据）"
    assert [row[1] for row in table.rows()[2:]] == ["柳木子", "\U00020BB7㟙塍", "买买提·阿卜杜拉", "错号码"]


def test_its_good_lines_go_in_its_bad_cell_comes_back_marked_and_a_second_time_nothing_changes(cast: Cast) -> None:
    found = bring(cast, Received("居民.xls", OLD))
    assert (found.state, {name: found.counts[name] for name in ("rows", "add", "bad")}) == ("checked", {"rows": 4, "add": 3, "bad": 1})
    take(cast, found)

    again = bring(cast, Received("居民（又一次）.xls", OLD))

    assert {name: again.counts[name] for name in ("add", "change", "same", "bad")} == {"add": 0, "change": 0, "same": 3, "bad": 1}
    with looking(of_post(cast.director), read_only=True):
        people = {one.name: one for one in Person.objects.visible_to(cast.director)}
        assert set(people) == {"柳木子", "\U00020BB7㟙塍", "买买提·阿卜杜拉"}
        assert (people["柳木子"].born_on.isoformat(), people["柳木子"].sex) == ("1990-03-07", "1")
        rooms = sorted(Dwelling.objects.visible_to(cast.director).values_list("building__quarter", "building__number", "doorway", "room"))
        assert rooms == [("幸福里", "1", "1", "701"), ("\U0002C1D9头里(东)", "2号楼", "1", "702")]
        assert Membership.objects.visible_to(cast.director).filter(person=people["\U00020BB7㟙塍"], relation="1").exists()
        page = openpyxl.load_workbook(io.BytesIO(workbook(found))).active
        assert list(IntakeRow.objects.visible_to(cast.director).filter(intake=found).values_list("faults", flat=True)) == [{"person.id_number": "id_number_is_right"}]
    marked = [page.cell(row=1, column=cell.column).value for cell in page[2] if cell.fill.start_color.rgb == MARK.start_color.rgb]
    assert marked == ["身份证号"]


def test_four_byte_characters_of_gb18030_come_in_and_are_found(cast: Cast) -> None:
    names = ("\U00020BB7雅婷", "㐂来", "欧阳\U0002C1D9", "迪丽热巴·迪力木拉提", "阿·\U00020BB7")
    file = csv_of([person(name, 710 + at, 室=str(710 + at), 小区="\U0002C1D9塍里（二）") for at, name in enumerate(names)], coding="gb18030")
    assert any(byte in file.content for byte in ("\U00020BB7".encode("gb18030"), "㐂".encode("gb18030")))

    taken = take(cast, bring(cast, file))

    assert taken.counts["add"] == len(names)
    with looking(of_post(cast.director), read_only=True):
        assert set(Person.objects.visible_to(cast.director).values_list("name", flat=True)) == set(names)
        assert Building.objects.visible_to(cast.director).count() == 1
