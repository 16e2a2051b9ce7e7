# SPDX-License-Identifier: MulanPSL-2.0
"""设施 on the desk: by kind with the state of equipment and crew, which services a community has and lacks; one facility with its list and its forms."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from linli.core import clock
from linli.core.actions import find_action
from linli.core.faults import NotVisible
from linli.core.fields import Field
from linli.core.sight import Actor, looking, of_post
from linli.core.words import Words, words
from linli.desk.stands import Stand, number_of, register_address, stand_of
from linli.doors import generated
from linli.doors.generated import Form
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.elements import facilities, parts, places, seats
from linli.elements.intakes.actions import BRING
from linli.elements.models import Seat, Thing, ThingPart
from linli.elements.registers import kinds
from linli.elements.registers.kinds import COMMON, ThingKind
from linli.elements.registers.records import spoken
from linli.elements.seats import THINGS_KEPT, THINGS_SEEN
from linli.ui.navigation import Entry, declare

PAGE = 50
STATES: Mapping[str, tuple[Words, str]] = {
    "expired": (words("已过期", "Expired"), "bad"), "soon": (words("快到期", "Expires soon"), "warn"), "short": (words("不足", "Too few"), "warn"),
    "right": (words("正常", "Right"), "good")}
DONE = words("已登记，告警随即更新。", "Entered; alarms follow at once.")
FORMS: Mapping[str, tuple[str, Words, str, Words | None]] = {
    "part": ("part.add", words("登记配备", "Add equipment"), "primary", words("到期日不同的分开登记。", "Lots with different expiry are separate lines.")),
    "change_part": ("part.change", words("更正配备", "Correct equipment"), "primary", None),
    "remove_part": ("part.remove", words("移除配备", "Take equipment off the list"), "danger", None),
    "check": ("part.check", words("登记检查", "Enter a check"), "primary", words(
        "清单上的每一项都看过了，日期一起更新。", "Everything on the list was seen; all of it gets the day.")),
    "propose": ("part.propose", words("列出参考清单", "Put the reference list in"), "primary", words(
        "把这类设施应有的配备列进清单，数量先记 0，逐项核对后填写。数量是拟定值，可以改。",
        "What such a facility should have comes onto the list with 0; count and correct. Numbers are proposed.")),
    "crew": ("crew.give", words("登记队员", "Enter a member of the crew"), "primary", None),
    "end_crew": ("crew.end", words("登记离队", "Enter that somebody left"), "danger", None),
}
OF_PART, OF_SEAT = ("change_part", "remove_part"), ("end_crew",)
declare(Entry("facilities", words("设施", "Facilities"), "desk:facilities", "home", 29, THINGS_SEEN))


@able(THINGS_SEEN)
def overview(request: HttpRequest) -> HttpResponse:
    """The facilities of a place: how many of each kind, one kind as a list; for a set also what is there and what lacks. Six queries at most."""
    actor, base, today = actor_of(request), reverse("desk:facilities"), clock.today()
    stand = stand_of(request, actor, base, ("kind",))
    shown = kinds.thing_kind(request.GET.get("kind", "")[:40]) or next(iter(kinds.thing_kinds()), None)
    with looking(of_post(actor), read_only=True):
        counts = facilities.counts(actor, stand.lo, stand.hi, today)
        tabs = [{"kind": one, "count": counts.get(one.name, 0), "is_chosen": one is shown, "href": f"{base}?{urlencode({'area': str(stand.place.area), 'kind': one.name})}"}
                for one in kinds.thing_kinds()]
        listed = _listed(request, actor, shown, stand, today) if shown else {}
        return render(request, "desk/facilities.html", {"stand": stand, "tabs": tabs, "kind": shown, "ahead": settings.PARTS_AHEAD_DAYS, "base": base, **listed,
                                                        "add": register_address("record_add", shown.name) if shown and actor.may(THINGS_KEPT) else "",
                                                        "brings": bool(shown) and actor.may(THINGS_KEPT) and actor.may(BRING)})


def _listed(request: HttpRequest, actor: Actor, kind: ThingKind, stand: Stand, today: date) -> dict[str, Any]:
    base, option = reverse("desk:facilities"), request.GET.get("option", "")[:40]
    option = option if option in dict(kind.options) else ""
    found = facilities.page(actor, kind, stand.lo, stand.hi, today, option=option, after=_after(request.GET.get("after", "")), most=PAGE + 1)
    rows = found[:PAGE]
    crews = facilities.crews(actor, [one.pk for one in rows], today) if kind.crew else {}
    states = parts.states([one.pk for one in rows], today) if kind.has_parts else {}
    total, gaps = facilities.gaps_in_set(actor, kind, stand.lo, stand.hi, today) if kind.is_set else (0, [])
    kept = {"area": str(stand.place.area), "kind": kind.name} | ({"option": option} if option else {})
    return {
        "rows": [_row(one, kind, crews.get(one.pk, []), states) for one in rows], "columns": [one for one in kind.columns if one.in_list], "total": total,
        "gaps": [{"gap": one, "href": f"{base}?{urlencode(kept | {'option': one.option})}", "is_chosen": one.option == option} for one in gaps], "option": option,
        "all_href": f"{base}?{urlencode({key: value for key, value in kept.items() if key != 'option'})}", "lacking": sum(1 for one in gaps if one.missing),
        "newer": f"{base}?{urlencode(kept)}" if request.GET.get("after") else "",
        "older": f"{base}?{urlencode(kept | {'after': f'{rows[-1].area}.{rows[-1].pk}'})}" if len(found) > PAGE else ""}


def _after(text: str) -> tuple[int, int]:
    area, _, number = text.partition(".")
    is_right = area.isdecimal() and number.isdecimal() and area.isascii() and number.isascii() and max(len(area), len(number)) < 19
    return (int(area), int(number)) if is_right else (0, 0)


def _row(one: Thing, kind: ThingKind, crew: Sequence[str], states: Mapping[int, parts.State]) -> dict[str, Any]:
    told = facilities.told(one, crew)
    place = places.find_place(one.area)
    return {
        "one": one, "href": reverse("desk:facility", args=[one.pk]), "place": place.short_name if place else "", "told": told, "state": states.get(one.pk),
        "values": [(column.label, spoken(column, told.values.get(column.name))) for column in kind.columns if column.in_list],
        "vacant": [{"words": office.words, "count": count, "is_proposed": office.is_proposed} for office, count in told.vacant], "has_place": one.cell is not None}


@able(THINGS_SEEN)
def facility(request: HttpRequest, thing: int) -> HttpResponse:
    """One facility: what is known, what follows from it, its equipment with expiry, its crew. Five queries."""
    actor, today = actor_of(request), clock.today()
    with looking(of_post(actor), read_only=True):
        one = seats.thing_of(actor, thing)
        kind = kinds.thing_kind(one.kind)
        found = list(Seat.objects.visible_to(actor).filter(thing=one).order_by("-since", "-id")[:200])
        held = [seat for seat in found if (seat.since is None or seat.since <= today) and (seat.until is None or seat.until > today)]
        told = facilities.told(one, [seat.office for seat in held])
        listed = facilities.parts_of(actor, one.pk) if kind and kind.has_parts else []
        order = {office.name: at for at, office in enumerate(kind.crew if kind else ())}
        may_keep = actor.may(THINGS_KEPT) and kind is not None and (one.valid_to is None or one.valid_to > today)
        return render(request, "desk/facility.html", {
            "one": one, "kind": kind, "kind_words": kind.words if kind else one.kind, "path": [step for step in places.path_of(one.area) if step.level != "city"],
            "facts": [(column.label, text) for column in (*COMMON[1:], *(kind.columns if kind else ())) if (text := spoken(column, told.values.get(column.name)))],
            "told": told, "parts": [_part(part, today) for part in listed],
            "held": [_seat(seat, kind) for seat in sorted(held, key=lambda seat: order.get(seat.office, 99))], "has_place": one.cell is not None,
            "before": [_seat(seat, kind) for seat in found if seat not in held and seat.until != seat.since], "ahead": settings.PARTS_AHEAD_DAYS, "may_keep": may_keep,
            "vacant": [{"words": office.words, "count": count, "is_proposed": office.is_proposed, "source": office.source} for office, count in told.vacant],
            "missing": len({item.name for item in kind.equipment} - {part.name for part in listed}) if kind else 0,
            "record": register_address("record", kind.name, one.pk) if kind else ""})


def _part(part: ThingPart, today: date) -> dict[str, Any]:
    state = parts.state_of_part(part, today)
    return {"part": part, "state": STATES[state][0], "tone": STATES[state][1], "left": (part.expires_on - today).days if part.expires_on else None}


def _seat(seat: Seat, kind: ThingKind | None) -> dict[str, Any]:
    return {"seat": seat, "office": seats.office_words(kind.crew if kind else (), seat.office), "last": seat.until - timedelta(days=1) if seat.until else None}


@able(THINGS_KEPT)
def change(request: HttpRequest, thing: int, what: str) -> HttpResponse:
    """One change of a facility's list or crew as a page of its own."""
    actor = actor_of(request)
    if what not in FORMS:
        raise NotVisible
    name, label, tone, meaning = FORMS[what]
    with looking(of_post(actor), read_only=True):
        one = seats.thing_of(actor, thing)
        fixed, initial = _fixed(request, one, what, actor)
    back = reverse("desk:facility", args=[one.pk])
    fields = _fitted(one, find_action(name).fields, fixed)
    sent = generated.submit(request, Form(name, fields, fixed, initial, submit=label, to=back, done=DONE, tone=tone,
                                          address=f"?{request.GET.urlencode()}" if request.GET else ""))
    if sent.response is not None:
        return sent.response
    return render(request, "desk/form.html", {"form": sent.form, "title": label, "back": back, "meaning": meaning}, status=sent.status)


def _fixed(request: HttpRequest, one: Thing, what: str, actor: Actor) -> tuple[dict[str, object], dict[str, object]]:
    """What the form is about, and what it shows first."""
    today = clock.today()
    if what in OF_PART:
        part = ThingPart.objects.visible_to(actor).filter(pk=number_of(request), thing=one).first()
        if part is None:
            raise NotVisible
        return {"part": part.pk}, {field.name: getattr(part, field.name) for field in parts.FIELDS} if what == "change_part" else {}
    if what in OF_SEAT:
        if not Seat.objects.visible_to(actor).filter(pk=number_of(request), thing=one).exists():
            raise NotVisible
        return {"member": number_of(request)}, {"until": today}
    return {"thing": one.pk}, {"checked_on": today, "since": today, "count": 1}


def _fitted(one: Thing, fields: Sequence[Field], fixed: Mapping[str, object]) -> tuple[Field, ...]:
    offices = [(office.name, office.words) for office in seats.offices_of(one)]
    changes: dict[str, dict[str, Any]] = {"office": {"choices": offices}}
    if any(field.name == "office" for field in fields):
        changes["name"] = {"required": True}
    return tuple(replace(field, **changes.get(field.name, {})) for field in fields if field.name not in fixed and field.name not in ("person", "post"))
