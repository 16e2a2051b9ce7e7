# SPDX-License-Identifier: MulanPSL-2.0
"""The report of a problem in three calm steps (what, where, words and photos), for residents and for staff; nothing typed is lost."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from linli.core import clock
from linli.core.faults import Fault, TooMany
from linli.core.fields import Field
from linli.core.words import Words, words
from linli.doors import generated, schemes
from linli.doors.generated import Form
from linli.doors.limits import count_report
from linli.doors.requests import actor_of
from linli.elements import maps, places
from linli.elements.places import KnownPlace
from linli.matters import alike, categories, secrecy, settling
from linli.matters.actions.joining import JOIN_FIELDS
from linli.matters.actions.reporting import COMMON, fields_of
from linli.matters.actions.settling import fields_of as settle_fields
from linli.matters.aid import proposing
from linli.matters.models import Category
from linli.matters.phases import PHASES
from linli.ui.forms import VOUCHERS, BoundField, BoundForm, typed

ASKED = ("category", "area", "position__lon", "position__lat")
"""What may stand in the address: never words or contacts, which would end in histories and logs."""
SAID = "summary"
MOST_FOUND = 30
SEEN = "seen"
"""Carries the numbers of the matters near by that the reporter has been shown, so that he is asked about each only once."""
JOIN = words("就是这一件，一起跟进", "It is the same; I follow it too")
GONE = words("那一件刚刚办结或已不在办理，请照常提交。", "That one has just ended. Please send your report as usual.")
NOW_VERIFIED = words("核查通过", "Verified")
SEND = words("提交上报", "Send the report")
NO_POLYGON = words("已记下您的位置。这里还没有网格边界图，请再选一下社区。",
                   "Your position is noted. There is no map of grids here yet, so please choose the community too.")
OUTSIDE = words("这个位置不在本市范围内，没有采用。请直接选择社区。", "This position lies outside the city and was not used. Please choose the community.")
NOT_HERE = words("这个位置不在您的岗位范围内，没有采用。", "This position lies outside your post's area and was not used.")
CONTACT = ("contact_name", "contact_phone", "contact_email", "wants_letters", "wants_secrecy")
SETTLE = "settle"
SECRET = ("contact_name", "contact_phone", "wants_secrecy")
"""What staff who take in other people's reports fill in for them."""


@dataclass(frozen=True)
class Setting:
    """Where the report is made: its frame (the shell of its pages), where it leads, and within which range of areas.

    `picture` gives the address of a community's scheme as a picture, by which a point is chosen without JavaScript.
    """

    frame: str
    to: Callable[[dict[str, Any]], str]
    draft: str
    range: tuple[int, int] | None = None
    picture: Callable[[int], str] | None = None
    after: Callable[[HttpResponse, dict[str, Any]], HttpResponse] = field(default=lambda response, answer: response)

    def covers(self, place: KnownPlace) -> bool:
        """True when a report may be made there."""
        return self.range is None or self.range[0] <= place.area < self.range[1]


@dataclass
class Draft:
    """What is known so far: as typed, with the category and the place it names."""

    typed: dict[str, list[str]]
    category: Category | None
    place: KnownPlace | None
    said: Words | None = None
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def carried(self) -> list[tuple[str, str]]:
        """Everything typed, as hidden inputs of a step that does not show it."""
        return [(name, value) for name, values in self.typed.items() for value in values]

    @property
    def has_words(self) -> bool:
        """True when something was typed that may not stand in an address."""
        return any(name not in ASKED and any(values) for name, values in self.typed.items())


def page(request: HttpRequest, setting: Setting) -> HttpResponse:
    """The step that is due, or the answer to a report that was sent."""
    draft = _draft(request, setting)
    step = _step(request, draft)
    if step == "words" and request.method == "POST" and request.POST.get("same"):
        return _join(request, setting, draft)
    if step == "words" and request.method == "POST" and ("send" in request.POST or SETTLE in request.POST):
        return _send(request, setting, draft)
    if step == "category" and request.method == "POST" and "propose" in request.POST:
        return render(request, "doors/parts/proposals.html", _proposals(request))
    if step == "category":
        return _show(request, setting, draft, "doors/report_what.html", _what(request, draft))
    if step == "place":
        return _show(request, setting, draft, "doors/report_where.html", _where(request, setting, draft))
    return _words(request, setting, draft)


def _sent(request: HttpRequest) -> QueryDict:
    return request.POST if request.method == "POST" else request.GET


def _draft(request: HttpRequest, setting: Setting) -> Draft:
    sent = _sent(request)
    names: tuple[str, ...] = ASKED
    category = categories.by_id(sent.get("category"))
    if request.method == "POST":
        kept = [one.name for one in fields_of(None, {"category": sent.get("category")}) if one.name not in ("category", "area", "position")]
        names = (*ASKED, *kept, *(name + VOUCHERS for name in kept), generated.KEY, SEEN)
    held = {name: [value for value in sent.getlist(name) if value] for name in names}
    draft = Draft({name: values for name, values in held.items() if values}, category, _place(sent.get("area", ""), setting))
    if category is not None and not (categories.is_in_force(category, clock.today()) and (category.is_public or actor_of(request).is_signed_in)):
        draft.category = None
    _forget_unknown(draft)
    _use_picture(request, draft)
    _use_position(request, setting, draft)
    return draft


def _forget_unknown(draft: Draft) -> None:
    for name, found in (("category", draft.category), ("area", draft.place)):
        if found is None:
            draft.typed.pop(name, None)


def _place(area: str, setting: Setting) -> KnownPlace | None:
    found = places.find_place(int(area)) if area.isdecimal() and len(area) <= 15 else None
    if found is None or found.level not in ("community", "grid") or not found.stands() or not setting.covers(found):
        return _only_place(setting)
    return found


def _only_place(setting: Setting) -> KnownPlace | None:
    """The community of a post that has just one."""
    own = places.community_of(setting.range[0]) if setting.range else None
    return own if own and setting.range and own.hi >= setting.range[1] else None


def _use_position(request: HttpRequest, setting: Setting, draft: Draft) -> None:
    """A position that was just found names the grid where boundaries exist; otherwise it is kept beside the community to choose."""
    if draft.place is not None or "position__lon" not in draft.typed:
        return
    position = _position(draft)
    if position is None or not maps.in_city(*position):
        draft.said = OUTSIDE
    else:
        area = maps.place_at(*position, clock.today())
        found = places.community_of(area) if area else None
        if found is not None and setting.covers(found):
            draft.place, draft.typed["area"] = found, [str(found.area)]
            return
        draft.said = NO_POLYGON if found is None else NOT_HERE
        if found is None:
            return
    draft.typed.pop("position__lon", None)
    draft.typed.pop("position__lat", None)


def _use_picture(request: HttpRequest, draft: Draft) -> None:
    """A point of the picture that was pressed without JavaScript, turned into a position."""
    at = [request.POST.get(f"at.{axis}", "") for axis in "xy"]
    scheme = schemes.scheme_of(draft.place.area) if draft.place and all(one.isdecimal() and len(one) < 5 for one in at) else None
    if scheme is not None:
        lon, lat = scheme.position_at(int(at[0]), int(at[1]))
        draft.typed |= {"position__lon": [f"{lon:.6f}"], "position__lat": [f"{lat:.6f}"]}


def _position(draft: Draft) -> tuple[int, int] | None:
    try:
        return COMMON[4].clean(",".join(draft.typed.get(name, [""])[0] for name in ("position__lon", "position__lat")))  # type: ignore[no-any-return]
    except ValueError:
        return None


def _step(request: HttpRequest, draft: Draft) -> str:
    asked = _sent(request).get("step", "")
    if draft.category is None or asked == "category":
        return "category"
    if draft.place is None or asked == "place":
        return "place"
    return "words"


def _what(request: HttpRequest, draft: Draft) -> dict[str, Any]:
    wanted = _sent(request).get("q", "").strip()[:40]
    found = categories.in_force(clock.today(), public_only=not actor_of(request).is_signed_in)
    if wanted:
        found = [one for one in found if _fits(one, wanted.lower())]
    groups = [
        {"label": label, "rows": [{"id": one.pk, "label": categories.words_of(one)} for one in rows], "is_open": bool(wanted),
         "is_first": number == 0 and not wanted}
        for number, (label, rows) in enumerate(categories.groups(found))
    ]
    return {"groups": groups, "q": wanted, "leaves_out": ("category", SAID)} | _proposals(request)


def _proposals(request: HttpRequest) -> dict[str, Any]:
    """What the aid proposes for the words that were typed; words travel by POST only. One query when there are any, none before."""
    said = request.POST.get(SAID, "")
    found = proposing.propose(said, public_only=not actor_of(request).is_signed_in) if said.strip() else []
    return {"said": said[:4000], "is_asked": bool(said.strip()), "proposals": [
        {"id": one.category.pk, "label": one.words, "reason": one.reason} for one in found]}


def _fits(one: Category, wanted: str) -> bool:
    return any(wanted in text.lower() for text in (one.name_zh, one.name_en, one.group_zh, one.group_en, one.code))


def _where(request: HttpRequest, setting: Setting, draft: Draft) -> dict[str, Any]:
    sent = _sent(request)
    wanted = sent.get("place_q", "").strip()[:40]
    root = _root(setting)
    asked = sent.get("within", "")
    within = places.find_place(int(asked)) if asked.isdecimal() and len(asked) <= 15 else None
    here = within if within and root.covers(within.area) and within.level in ("city", "district", "street") else root
    found = [one for level in ("street", "community") for one in places.find(wanted, lo=root.lo, hi=root.hi, level=level, most=MOST_FOUND)]
    path = [one for one in places.path_of(here.area) if root.covers(one.area)]
    below = places.children(here.area)
    return {
        "place_q": wanted, "found": [_choice(one) for one in found if one.stands()], "path": path, "here": here,
        "below": [_choice(one) for one in below if one.level != "grid"], "is_last": all(one.level == "community" for one in below),
        "leaves_out": ("area",),
    }


def _root(setting: Setting) -> KnownPlace:
    """The widest place in which may be chosen."""
    if setting.range is None:
        return places.city()
    lo, hi = setting.range
    return next((one for one in places.path_of(lo) if lo <= one.lo and one.hi <= hi), places.city())


def _choice(place: KnownPlace) -> dict[str, Any]:
    above = [one.short_name for one in places.path_of(place.area)[1:-1]]
    return {"area": place.area, "name": place.name, "above": " · ".join(above), "is_community": place.level == "community"}


def _form(setting: Setting, draft: Draft) -> Form:
    fixed = {"category": draft.category.pk if draft.category else "", "area": draft.place.area if draft.place else ""}
    return Form(
        action="matter.report", fields=_fields(draft), fixed=fixed, initial=_initial(draft), submit=SEND, to=setting.to, done=None, draft=setting.draft,
        place=lambda values: _range_of(draft),
    )


def _settling(setting: Setting, draft: Draft) -> Form:
    """The same form, sent as a job that is settled already."""
    fixed = {"category": draft.category.pk if draft.category else "", "area": draft.place.area if draft.place else ""}
    return replace(_form(setting, draft), action="matter.self_handle", fields=settle_fields(None, fixed))


def _fields(draft: Draft) -> Sequence[Field]:
    return fields_of(None, {"category": draft.category.pk if draft.category else None})


def _initial(draft: Draft) -> Mapping[str, object]:
    post = QueryDict(mutable=True)
    for name, values in draft.typed.items():
        post.setlist(name, values)
    return typed(_fields(draft), post)


def _range_of(draft: Draft) -> tuple[int, int] | None:
    community = places.community_of(draft.place.area) if draft.place else None
    return (community.lo, community.hi) if community else None


def _words(request: HttpRequest, setting: Setting, draft: Draft, said: Words | None = None) -> HttpResponse:
    form = generated.unsent(request, _form(setting, draft))
    return _show(request, setting, draft, "doors/report_words.html", _fill(request, setting, draft, form) | {"said": said})


def _asked(draft: Draft) -> alike.Asked:
    """What is known of the problem so far, for comparing it with what is being dealt with near by."""
    community = places.community_of(draft.place.area) if draft.place else None
    assert draft.category is not None
    assert community is not None
    return alike.Asked(draft.category, community, _position(draft), draft.typed.get("address", [""])[0][:200], draft.typed.get("summary", [""])[0][:alike.LONGEST])


def _near(draft: Draft, found: Sequence[alike.Near]) -> dict[str, Any]:
    """The list of what is near by, and which of it the reporter has been shown already."""
    rows = [{"number": one.number, "category": one.category, "phase": NOW_VERIFIED if one.is_verified else PHASES[one.phase], "reported_at": one.reported_at,
             "metres": one.about_metres, "is_same_address": one.is_same_address} for one in found]
    return {"near": rows, "seen": sorted({*draft.typed.get(SEEN, []), *(one.number for one in found)})}


def _not_looked_at(request: HttpRequest, draft: Draft) -> list[alike.Near]:
    """What is likely the same and was not shown before this report was sent."""
    seen = set(request.POST.getlist(SEEN))
    return [one for one in alike.near_by(_asked(draft)) if one.is_close and one.number not in seen]


def _join(request: HttpRequest, setting: Setting, draft: Draft) -> HttpResponse:
    """The reporter says that it is one of those near by: a few optional words more, and he follows it by a code of his own."""
    one = alike.near_one(_asked(draft), request.POST["same"])
    if one is None:
        return _words(request, setting, draft, GONE)
    form = _form_of_joining(request, setting, draft, one)
    is_sent = "join" in request.POST
    trouble = _too_often(request) if is_sent and not actor_of(request).is_signed_in else None
    sent = generated.submit(request, form) if is_sent and trouble is None else generated.kept(request, form)
    if sent.response is not None:
        return setting.after(sent.response, sent.answer or {})
    shown = replace(sent.form, message=trouble.message, remedy=trouble.remedy) if trouble else sent.form
    more = {"form": shown, "one": _near(draft, [one])["near"][0], "leaves_out": {field.name for field in form.shown_fields()} | {
        field.name + VOUCHERS for field in form.shown_fields()} | {generated.KEY}}
    return _show(request, setting, draft, "doors/report_join.html", more, status=trouble.status if trouble else sent.status)


def _form_of_joining(request: HttpRequest, setting: Setting, draft: Draft, one: alike.Near) -> Form:
    hidden = {"same_as", "address", "position", *(CONTACT if actor_of(request).is_signed_in else ())}
    point = ",".join(draft.typed.get(name, [""])[0] for name in ("position__lon", "position__lat")) if _position(draft) else ""
    fixed: dict[str, object] = {"same_as": one.number, "address": draft.typed.get("address", [""])[0], "position": point}
    return Form(action="matter.join", fields=[field for field in JOIN_FIELDS if field.name not in hidden], fixed=fixed, submit=JOIN, to=setting.to, done=None,
                place=lambda values: _range_of(draft))


def _send(request: HttpRequest, setting: Setting, draft: Draft) -> HttpResponse:
    actor = actor_of(request)
    trouble = None if actor.is_signed_in else _too_often(request)
    if trouble is not None:
        form = replace(generated.unsent(request, _form(setting, draft)), message=trouble.message, remedy=trouble.remedy)
        return _show(request, setting, draft, "doors/report_words.html", _fill(request, setting, draft, form), status=trouble.status)
    is_settled = SETTLE in request.POST
    fresh = [] if is_settled else _not_looked_at(request, draft)
    if fresh:
        form = generated.kept(request, _form(setting, draft)).form
        context = _fill(request, setting, draft, form) | _near(draft, fresh) | {"is_asked": True}
        return _show(request, setting, draft, "doors/report_words.html", context)
    sent = generated.submit(request, _settling(setting, draft) if is_settled else _form(setting, draft))
    if sent.response is not None:
        return setting.after(sent.response, sent.answer or {})
    return _show(request, setting, draft, "doors/report_words.html", _fill(request, setting, draft, sent.form), status=sent.status)


def _too_often(request: HttpRequest) -> Fault | None:
    """The fault of an address or device that reports too often; None when it may."""
    try:
        count_report(request)
    except TooMany as fault:
        return fault
    return None


def _fill(request: HttpRequest, setting: Setting, draft: Draft, form: BoundForm) -> dict[str, Any]:
    by_name: dict[str, BoundField] = {one.field.name: one for one in form.fields}
    common = {one.name for one in COMMON}
    place = draft.place
    assert place is not None
    assert draft.category is not None
    return {
        "form": form, "field": None, "f": by_name, "own": [one for one in form.fields if one.field.name not in common],
        "contact": [] if actor_of(request).is_signed_in else [by_name[name] for name in CONTACT],
        "may_settle": actor_of(request).may("matter.self_handle") and settling.is_small(draft.category),
        "for_others": [by_name[name] for name in SECRET] if actor_of(request).may(secrecy.ABILITY) else [],
        "category_words": categories.words_of(draft.category), "place": _choice(place),
        "scheme": schemes.scheme_of(place.area, point=_position(draft)),
        "picture": setting.picture(place.area) if setting.picture else "",
    } | _near(draft, alike.near_by(_asked(draft)))


def _show(request: HttpRequest, setting: Setting, draft: Draft, template: str, more: Mapping[str, Any], status: int = 200) -> HttpResponse:
    leaves_out = more.get("leaves_out", ())
    carried = [(name, value) for name, value in draft.carried if name not in leaves_out]
    numbers = {"doors/report_what.html": 1, "doors/report_where.html": 2, "doors/report_words.html": 3, "doors/report_join.html": 3}
    context = {
        "shell": setting.frame, "draft": draft, "carried": carried, "method": "post" if draft.has_words else "get", "step_number": numbers[template],
        "is_public": not actor_of(request).is_signed_in,
    }
    return render(request, template, context | dict(more), status=status)
