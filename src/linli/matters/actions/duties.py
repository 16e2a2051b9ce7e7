# SPDX-License-Identifier: MulanPSL-2.0
"""The list of duties of street and community: a place loads a new version, in force from a day; a version is never edited."""

import csv
import io

from linli.core import clock
from linli.core.actions import Call, Done, action
from linli.core.faults import Conflict, Invalid
from linli.core.fields import Field
from linli.core.words import Words, words
from linli.elements import places
from linli.matters import duties
from linli.matters.duties import Duty
from linli.matters.models import DutyList

HEADINGS = ("编号", "事项", "依据", "职责归属", "责任单位")
WHOSE = {"社区": "community", "街道": "street", "乡镇": "street", "其他": "other", "其他单位": "other"}
MOST = 2_000
"""Entries of a list (our choice)."""
NO_HEADINGS = words("第一行要有这些列：{names}。", "The first line needs these columns: {names}.")
WRONG = words("第 {line} 行：{what}", "Line {line}: {what}")
EMPTY = words("编号、事项、责任单位都要填，编号最多 40 个字，事项最多 300 个字，责任单位最多 120 个字",
              "code, matter and responsible body are needed, with at most 40, 300 and 120 characters")
BAD_WHOSE = words("职责归属只能是：社区、街道、其他", "whose duty it is must be 社区, 街道 or 其他")
TWICE = words("编号“{code}”重复", "the code “{code}” occurs twice")
NOTHING = words("文件里没有一条职责。", "The file holds no entry.")
TOO_MANY = words("最多 {most} 条，文件里有 {found} 条。", "At most {most} entries; the file has {found}.")
PAST = words("生效日期不能早于今天。", "The list cannot come into force before today.")
NOT_A_PLACE = words("职责清单由街道或区制定。", "Lists of duties are kept by a street or a district.")
NOT_A_PLACE_REMEDY = words("请由街道或区的岗位导入。", "Have a post of the street or the district load it.")


def read(text: str) -> list[Duty]:
    """The entries of a CSV text; Invalid names the first ten wrong lines, and nothing of a wrong file is used."""
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
    try:
        if not set(HEADINGS) <= {str(name).strip() for name in reader.fieldnames or ()}:
            raise Invalid({"file": NO_HEADINGS.format(names="、".join(HEADINGS))})
        lines = [{str(name).strip(): str(value or "").strip() for name, value in line.items()} for line in reader]
    except csv.Error:
        raise Invalid({"file": NO_HEADINGS.format(names="、".join(HEADINGS))}) from None
    lines = [line for line in lines if any(line.values())]
    if not lines:
        raise Invalid({"file": NOTHING})
    if len(lines) > MOST:
        raise Invalid({"file": TOO_MANY.format(most=MOST, found=len(lines))})
    found, wrong = _checked(lines)
    if wrong:
        raise Invalid({"file": Words("；".join(one.zh for one in wrong[:10]), "; ".join(one.en for one in wrong[:10]))})
    return found


def _checked(lines: list[dict[str, str]]) -> tuple[list[Duty], list[Words]]:
    found: dict[str, Duty] = {}
    wrong = []
    for number, line in enumerate(lines, start=2):
        code, text, basis, whose, responsible = (line[name] for name in HEADINGS)
        if not (0 < len(code) <= 40 and 0 < len(text) <= 300 and 0 < len(responsible) <= 120 and len(basis) <= 300):
            wrong.append(WRONG.format(line=number, what=EMPTY))
        elif whose not in WHOSE:
            wrong.append(WRONG.format(line=number, what=BAD_WHOSE))
        elif code in found:
            wrong.append(WRONG.format(line=number, what=TWICE.format(code=code)))
        else:
            found[code] = Duty(code, text, basis, WHOSE[whose], responsible)
    return list(found.values()), wrong


@action("duty.load", words("导入职责清单", "Load a list of duties"), ability="duty.edit", subject="duty_list", fields=(
    Field("name", words("清单名称", "Name of the list"), "text", required=True, limit=120),
    Field("source", words("依据（文件名、文号）", "Basis (document and its number)"), "text", required=True, limit=300),
    Field("valid_from", words("从哪天起生效", "In force from"), "day", required=True),
    Field("file", words("清单（CSV）", "List (CSV)"), "file_text", required=True, limit=1_000_000)))
def load(call: Call) -> Done:
    """A street or a district puts a new version of its list in force from a day on; what was refused before keeps the words it cited."""
    place = places.find_place(call.actor.lo)
    if place is None or place.level not in ("street", "district") or place.hi != call.actor.hi:
        raise Conflict(NOT_A_PLACE, NOT_A_PLACE_REMEDY, code="no_such_level")
    if call.given["valid_from"] < clock.today():
        raise Invalid({"valid_from": PAST})
    entries = read(call.given["file"])
    last = DutyList.objects.filter(place=place.area).order_by("-version").values_list("version", flat=True).first() or 0
    made = DutyList.objects.create(
        place=place.area, version=last + 1, name=call.given["name"], source=call.given["source"], valid_from=call.given["valid_from"],
        entries=duties.kept(entries), made_by=call.actor.account or 0, made_at=call.recorded_at)
    said = {"list": made.pk, "list_version": made.version, "entries": len(entries)}
    return Done(place.area, made.pk, said, said, is_new=True)
