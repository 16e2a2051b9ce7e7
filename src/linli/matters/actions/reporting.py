# SPDX-License-Identifier: MulanPSL-2.0
"""Reporting: what anybody may fill in, where it lies, and the first rows of a new matter."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import get_language

from linli.core import clock, due, evidence, letters, rows
from linli.core.actions import Call, Done, action
from linli.core.faults import Invalid, NotVisible
from linli.core.fields import Field, clean_all
from linli.core.keys import keyring
from linli.core.models import Facet
from linli.core.protection import Protection
from linli.core.sight import Actor, Sight, of_place
from linli.core.words import CHINESE, ENGLISH, words
from linli.elements import lineages, maps, places
from linli.elements.coordinates import cell
from linli.elements.places import KnownPlace
from linli.matters import categories, deadlines, numbers, origins
from linli.matters.kinds import FIRST_REPLY, WHOLE, Kind, kind_of
from linli.matters.models import Category, Contact, Matter, Move
from linli.matters.phases import FOR_OTHERS
from linli.matters.routing import proposing

NO_PLACE = words("请选择社区，或在图上点出位置。", "Choose a community, or point at the place.")
UNKNOWN_PLACE = words("没有这个社区或网格，请从列表里选。", "There is no such community or grid. Please pick one from the list.")
TOO_WIDE = words("请选到社区或网格；“{name}”范围太大。", "Choose a community or a grid; “{name}” is too wide.")
OUTSIDE = words("这个位置不在本市范围内，请重新点选，或只选社区。", "This position lies outside the city. Point again, or choose the community only.")
OTHER_PLACE = words("位置落在“{found}”，与所选“{chosen}”不一致，请核对。", "The position lies in {found}, but {chosen} was chosen. Please check.")
OLD_CATEGORY = words("类别“{name}”属于已停用的分类版本，请从现行类别里重选。", "The category “{name}” belongs to a version no longer in force. Please choose a present one.")
UNKNOWN_CATEGORY = words("没有这个类别，请从列表里选。", "There is no such category. Please pick one from the list.")
NO_CATEGORY = words("请选择问题类别。", "Choose what the problem is.")
UNREACHABLE = words("要收消息，请填手机号或电子邮箱（固定电话收不到短信）。", "To get messages, give a mobile phone or an e-mail address (a fixed line takes no short messages).")
CONTACT = ("contact_name", "contact_phone", "contact_email")
REPORTED = words("上报", "Report")

COMMON: tuple[Field, ...] = (
    Field("category", words("问题类别", "What is the problem"), "integer", required=True, low=1),
    Field("summary", words("问题描述", "Description of the problem"), "long_text", required=True, limit=4000),
    Field("area", words("社区或网格", "Community or grid"), "area", low=0, high=999_999_999_999_999),
    Field("address", words("具体地点", "Where exactly"), "text", limit=200),
    Field("position", words("图上位置", "Point on the map"), "position"),
    Field("evidence", words("照片", "Photos"), "evidence", limit=9),
    Field("contact_name", words("怎么称呼您", "Your name"), "text", limit=40, protection=Protection.PERSONAL),
    Field("contact_phone", words("联系电话", "Your phone"), "phone", limit=24, protection=Protection.PERSONAL),
    Field("contact_email", words("电子邮箱", "Your e-mail"), "email", limit=120, protection=Protection.PERSONAL),
    Field("wants_secrecy", words("请为我保密", "Keep secret who I am"), "truth",
          help=words("您的姓名和联系方式只有受理这件事的调度员能查看，承办单位看不到；这件事也不会公开。",
                     "Only the dispatcher who takes it in can look at your name and contact, no handling unit can; and it is not made public.")),
    Field("wants_letters", words("办理有进展时发消息给您", "Send you messages about it"), "truth",
          help=words("有手机号就发短信，否则发邮件；随时可以在查询页关闭。", "By short message to a mobile phone, else by e-mail; you can stop them on the page of your report.")),
)


def fields_of(_record: Any, given: Mapping[str, Any]) -> Sequence[Field]:
    """The common fields, those of the kind that the category opens, and for another system's key what it adds."""
    category = categories.by_id(given.get("category"))
    return COMMON + (kind_of(category.kind).fields if category else ()) + origins.fields_in(given)


def place_named(_actor: Actor, given: Mapping[str, Any]) -> Sight:
    """The sight of the community in which the report lies; Invalid when it names no place."""
    area = _area_given(given)
    place = places.find_place(area)
    if place is None or not (place.stands() or lineages.heirs_of(area)):
        raise Invalid({"area": UNKNOWN_PLACE})
    if place.level not in ("community", "grid"):
        raise Invalid({"area": TOO_WIDE.format(name=place.name)})
    community = _community(area)
    return of_place(community.lo, community.hi)


def place_inside(actor: Actor, given: Mapping[str, Any]) -> Sight:
    """The same, for what only a post of that place does; NotVisible when the community lies outside its range."""
    found = place_named(actor, given)
    if not (actor.lo < found.hi and found.lo < actor.hi):
        raise NotVisible
    return found


def _community(area: int) -> KnownPlace:
    """The community that an area of a report lies in."""
    found = places.community_of(area)
    if found is None:
        raise Invalid({"area": UNKNOWN_PLACE})
    return found


def _area_given(given: Mapping[str, Any]) -> int:
    raw = str(given.get("area") or "").strip()
    if raw.isdecimal() and len(raw) <= 15:
        return int(raw)
    position = clean_all((COMMON[4],), {"position": given.get("position")})["position"]
    found = maps.place_at(position[0], position[1], clock.today()) if position else None
    if found is None:
        raise Invalid({"area": NO_PLACE if position is None else OUTSIDE})
    return found


@action("matter.report", REPORTED, ability=None, subject="matter", fields_of=fields_of, fields=COMMON, sight="place_named_in_input",
        opens=place_named, completes=lambda answer: answer | {"query_code": numbers.query_code(numbers.matter_of(answer["number"]) or 0)})
def report(call: Call) -> Done:
    """A resident or a grid worker reports a problem; answers its number, and the query code that only the reporter gets."""
    origins.refuse_strangers(call)
    category = category_of(call)
    kind = kind_of(category.kind)
    area = settle_area(call)
    matter = opened(call, kind, category, area)
    dues = deadlines.first_dues(kind, call.recorded_at, matter.is_contactable, category.code)
    matter.due_at, matter.close_due_at = dues["captured"][1].at, dues[WHOLE][1].at
    matter.first_reply_due_at = dues[FIRST_REPLY][1].at if FIRST_REPLY in dues else None
    matter.is_provisional = any(due.provisional for _, due in dues.values())
    rows.put_first(matter)
    deadlines.open_limits(kind, matter, call.recorded_at, dues)
    rows.put(Move(
        area=area, matter_id=matter.id, step=1, action="matter.report", from_phase="", to_phase="captured", round=1, actor=call.actor.account,
        actor_name="" if matter.is_secret else call.actor.name, role=call.actor.role, unit=call.actor.organisation, occurred_at=call.occurred_at,
        recorded_at=call.recorded_at, note="" if matter.is_secret else matter.summary, is_public=True, detail=origins.detail_of(call.given),
    ))
    keep_facets(kind, matter)
    keep_contact(matter, call.given)
    origins.keep(call, matter)
    evidence.attach(call.given.get("evidence"), area=area, subject_kind="matter", subject=matter.id, actor=call.actor, claim=call.device,
                    vouched=call.vouched)
    if proposing.concerns_rules(matter.source, category):
        due.leave("matters.file_by_rule", area=area, subject_kind="matter", subject=matter.id, at=call.recorded_at)
    return Done(area=area, subject=matter.id, is_new=True, payload={"area": area, "kind": kind.name},
                answer={"number": numbers.number_of(matter.id), "phase": "captured", "version": 1})


def category_of(call: Call) -> Category:
    """The category of a report, in force when it happened; Invalid otherwise."""
    category = categories.by_id(call.given["category"])
    if category is None:
        raise Invalid({"category": UNKNOWN_CATEGORY})
    if not categories.is_in_force(category, clock.local(call.occurred_at).date()):
        raise Invalid({"category": OLD_CATEGORY.format(name=category.name_zh)})
    return category


def settle_area(call: Call) -> int:
    """The grid or community of the report; the position decides the grid where boundaries exist, and must lie in the city."""
    given, position = call.given.get("area"), call.given.get("position")
    day = clock.local(call.occurred_at).date()
    if position is None:
        return _standing(int(given), day)  # type: ignore[arg-type]
    if not maps.in_city(*position):
        raise Invalid({"position": OUTSIDE})
    found = maps.place_at(position[0], position[1], day)
    if found is None:
        return _standing(int(given), day)  # type: ignore[arg-type]
    if given is not None and _community(found).area != _community(given).area:
        names = {"found": _community(found).name, "chosen": _community(given).name}
        raise Invalid({"position": OTHER_PLACE.format(**names)})
    return found


def _standing(area: int, day: date) -> int:
    """The area as it stood on the day; of a grid that was redrawn before, the one that took it over as a whole, else the community.

    A phone that was without a network names the grids that it knows.
    """
    found = places.find_place(area)
    if found is None or found.stands(day) or not lineages.heirs_of(area):
        return area
    return lineages.whole_heir(area) or _community(area).area


def _source(call: Call) -> str:
    """Who found it: a resident (here or in another system), a grid worker on patrol, or another office."""
    if not call.actor.is_signed_in or call.actor.may(FOR_OTHERS):
        return "resident"
    return "patrol" if call.actor.may("matter.patrol") else "office"


def opened(call: Call, kind: Kind, category: Category, area: int) -> Matter:
    """The unsaved row of a new matter, as its report describes it."""
    given, position = call.given, call.given.get("position")
    own = {one.name: given[one.name] for one in kind.fields if given.get(one.name) is not None and not one.protection.is_encrypted}
    return Matter(
        area=area, kind=kind.name, category=category, phase="captured", source=_source(call),
        summary=given["summary"], address=given.get("address") or "", lon_e6=position[0] if position else None,
        lat_e6=position[1] if position else None, cell=cell(*position) if position else None, own=own, reporter=call.actor.account,
        is_contactable=not call.actor.is_signed_in or call.actor.may(FOR_OTHERS) or any(given.get(name) for name in CONTACT),
        is_secret=bool(given.get("wants_secrecy")), occurred_at=call.occurred_at, reported_at=call.recorded_at,
    )


def keep_facets(kind: Kind, matter: Matter) -> None:
    """Keep the kind's own fields by which lists can be filtered."""
    rows.put(*(Facet(area=matter.area, subject_kind="matter", subject=matter.id, key=f"{kind.name}.{one.name}", value=str(matter.own[one.name])[:200])
            for one in kind.fields if one.filter and one.name in matter.own))


def keep_contact(matter: Matter, given: Mapping[str, Any]) -> None:
    """Keep how the reporter can be reached, encrypted; nothing where he left nothing."""
    found = {name: given[name] for name in CONTACT if given.get(name)}
    wants = bool(given.get("wants_letters"))
    if wants and letters.channel_for(given.get("contact_phone"), given.get("contact_email")) is None:
        raise Invalid({"wants_letters": UNREACHABLE})
    if found:
        rows.put(Contact(matter_id=matter.id, area=matter.area, sealed=keyring().seal(json.dumps(found, ensure_ascii=False), f"contact:{matter.id}"),
                         wants_letters=wants, language=ENGLISH if (get_language() or "").startswith(ENGLISH) else CHINESE))
    if wants:
        due.leave("matter.tell_received", area=matter.area, subject_kind="matter", subject=matter.id, at=matter.reported_at)
