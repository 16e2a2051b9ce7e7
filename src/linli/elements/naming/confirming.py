# SPDX-License-Identifier: MulanPSL-2.0
"""A list of printed names that a person has confirmed: each line with the place it means, kept as one line of the journal, read again by label.

Nothing of a place changes by it. Whoever keeps a register of named communities takes its rows from here.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from linli.core.actions import Call, Done, action
from linli.core.faults import Invalid, NotVisible
from linli.core.fields import Field
from linli.core.models import JournalLine, JournalPayload
from linli.core.sight import Actor
from linli.core.words import words
from linli.elements import places
from linli.elements.models import Account
from linli.elements.naming.lists import LARGEST, read_list
from linli.elements.naming.matching import Match, match
from linli.elements.places import KnownPlace

ABILITY = "place.confirm_names"
SUBJECT = "named_list"
MOST_LISTS = 50
NOT_CHOSEN = words("还没有确认任何一行。请在名单里选定对应的社区（村）再提交。", "No line is confirmed yet. Choose what the lines mean, then submit.")
NO_LINE = words("名单里没有第 {line} 行。", "The list has no line {line}.")
NO_PLACE = words("第 {line} 行选的不是您范围内的社区或村。", "What was chosen for line {line} is no community or village within your range.")
TWICE = words("“{name}”被选了两次（第 {first} 行和第 {second} 行）。", "{name} was chosen twice (lines {first} and {second}).")


@dataclass(frozen=True)
class Confirmed:
    """One confirmed list: what it is called, for which day it speaks, who confirmed it when, and its lines (line, name, district, street, area, code, certainty, by_hand)."""

    number: int
    label: str
    day: date | None
    at: datetime
    by: str
    rows: Sequence[Mapping[str, Any]]
    left: int

    def placed(self) -> list[tuple[Mapping[str, Any], KnownPlace | None]]:
        """Each line with its place as it stands now."""
        return [(row, places.find_place(int(row["area"]))) for row in self.rows]


def is_within(actor: Actor, place: KnownPlace) -> bool:
    """Whether somebody may confirm for this place: a community or village within the range of his post."""
    return place.level == "community" and actor.lo <= place.area < actor.hi


def _chosen(text: str) -> dict[int, int]:
    try:
        given = json.loads(text)
        return {int(line): int(area) for line, area in given.items() if area}
    except (ValueError, TypeError, AttributeError) as error:
        raise Invalid({"chosen": NOT_CHOSEN}) from error


def _row(made: Match, place: KnownPlace) -> dict[str, Any]:
    printed = made.printed
    return {"line": printed.line, "name": printed.name, "district": printed.district, "street": printed.street, "year": printed.day.year if printed.day else None,
            "area": place.area, "code": place.code, "place": place.name, "certainty": made.certainty, "by_hand": made.place is None or made.place.area != place.area}


@action(
    ABILITY, words("确认名单对应的社区", "Confirm which places a list names"), ability=ABILITY, subject=SUBJECT, fields=(
        Field("label", words("名单名称（如某年某批次）", "Name of the list (year and batch)"), required=True, limit=120),
        Field("day", words("名单反映的日期", "Day for which the list speaks"), "day"),
        Field("list", words("名单（区、街镇、名称）", "The list (district, street, name)"), "file_text", required=True, limit=LARGEST),
        Field("chosen", words("每行对应的地方（行号到编号）", "Place of each line (line to number)"), "long_text", required=True, limit=LARGEST)))
def confirm(call: Call) -> Done:
    """What a person chose for the lines of a list; certainty and reasons are reckoned again, so that only the choice is taken from outside."""
    chosen = _chosen(call.given["chosen"])
    if not chosen:
        raise Invalid({"chosen": NOT_CHOSEN})
    lines = {one.line: one for one in read_list(call.given["list"].encode(), call.given["day"])}
    rows, first = [], dict[int, int]()
    for line, area in sorted(chosen.items()):
        place = places.find_place(area)
        if line not in lines:
            raise Invalid({"chosen": NO_LINE.format(line=line)})
        if place is None or not is_within(call.actor, place):
            raise Invalid({"chosen": NO_PLACE.format(line=line)})
        if area in first:
            raise Invalid({"chosen": TWICE.format(name=place.name, first=first[area], second=line)})
        first[area] = line
        rows.append(_row(match(lines[line]), place))
    here = places.place_by_area(call.actor.lo) if places.find_place(call.actor.lo) else places.city()
    said = {"rows": rows, "lines": len(lines)}
    return Done(here.area, here.id, {"label": call.given["label"], "confirmed": len(rows), "lines": len(lines)}, said, is_new=True)


def confirmed(actor: Actor, *, number: int | None = None, label: str = "") -> list[Confirmed]:
    """The lists confirmed within the sight in force, newest first; one by its number, or those of a label. The later of two with one label holds."""
    lines = JournalLine.objects.visible_to(actor).filter(subject_kind=SUBJECT, action=ABILITY)
    lines = lines.filter(pk=number) if number is not None else lines
    held = list(lines.order_by("-id")[:MOST_LISTS])
    said = dict(JournalPayload.objects.visible_to(actor).filter(line__in=[one.pk for one in held]).values_list("line_id", "plain"))
    names = dict(Account.objects.filter(pk__in=[one.actor for one in held if one.actor]).values_list("pk", "name"))
    found = [_confirmed(one, said[one.pk], names.get(one.actor or 0, "")) for one in held if one.pk in said]
    return [one for one in found if not label or one.label == label]


def _confirmed(line: JournalLine, said: Mapping[str, Any], by: str) -> Confirmed:
    rows, day = said.get("rows", []), said.get("day")
    return Confirmed(line.pk, str(said.get("label", "")), date.fromisoformat(day) if day else None, line.recorded_at, by, rows, int(said.get("lines", 0)) - len(rows))


def confirmed_list(actor: Actor, number: int) -> Confirmed:
    """One confirmed list. NotVisible when there is none within the sight."""
    found = confirmed(actor, number=number)
    if not found:
        raise NotVisible
    return found[0]
