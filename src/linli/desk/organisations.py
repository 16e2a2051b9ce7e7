# SPDX-License-Identifier: MulanPSL-2.0
"""组织 on the desk: who there is with terms and vacancies; one organisation with its terms and seats, and the forms that change them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q
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
from linli.desk.stands import number_of, register_address, stand_of
from linli.doors import generated
from linli.doors.generated import Form
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.elements import caring, places, seats
from linli.elements.intakes.actions import BRING
from linli.elements.models import Organisation, Seat, Term
from linli.elements.registers import kinds
from linli.elements.registers.dwellings import building_title
from linli.elements.registers.kinds import STAGES, OrganisationKind
from linli.elements.registers.records import spoken
from linli.elements.seats import KEEPS, SEES
from linli.ui.navigation import Entry, declare

PAGE = 50
MOST = 500
"""Seats that one page shows (our choice: representatives of a community are dozens)."""
CHOICES = 400
DONE = words("已登记。", "Entered.")
FORMS: Mapping[str, tuple[str, Words, str, Words | None]] = {
    "term": ("term.begin", words("登记新一届", "Enter a term"), "primary", words(
        "现任一届和任职从新一届开始那天起结束，历史保留。",
        "The present term and its seats end on the first day of the new one; the history stays.")),
    "end_term": ("term.end", words("更改届满日期", "End a term"), "danger", words(
        "误登的可写开始那天，等于没有这一届。", "Give the first day for a term entered by mistake.")),
    "seat": ("seat.give", words("登记任职", "Enter who holds an office"), "primary", None),
    "end_seat": ("seat.end", words("登记卸任", "Enter that somebody left"), "danger", words(
        "误登的可写开始那天，等于没有任职。", "Give the first day for a seat entered by mistake.")),
}
declare(Entry("organisations", words("组织", "Organisations"), "desk:organisations", "people", 29, SEES))


@able(SEES)
def organisations(request: HttpRequest) -> HttpResponse:
    """The organisations of a place, of one kind or all, with their terms and what is vacant; pages by name. Four queries."""
    actor, base = actor_of(request), reverse("desk:organisations")
    stand = stand_of(request, actor, base, ("kind",))
    kind, after = request.GET.get("kind", "")[:40], request.GET.get("after", "")
    with looking(of_post(actor), read_only=True):
        found = Organisation.objects.visible_to(actor).within(stand.lo, stand.hi).filter(Q(valid_to=None) | Q(valid_to__gt=clock.today()))
        found = found.filter(kind=kind) if kind else found
        name, _, number = after.rpartition(".")
        if number.isdecimal() and len(number) < 19:
            found = found.filter(Q(pinyin__gt=name) | Q(pinyin=name, pk__gt=int(number)))
        rows = list(found.order_by("pinyin", "pk")[:PAGE + 1])
        shown, kept = rows[:PAGE], {"area": str(stand.place.area)} | ({"kind": kind} if kind else {})
        last = shown[-1] if len(rows) > PAGE else None
        return render(request, "desk/organisations.html", {
            "stand": stand, "rows": _rows(shown, actor), "kind": kind, "kinds": _kinds(actor, kind, stand.place.area), "ahead": settings.TERM_AHEAD_DAYS,
            "add": register_address("record_add", "organisation") if actor.may(KEEPS) else "", "brings": actor.may(KEEPS) and actor.may(BRING),
            "newer": f"{base}?{urlencode(kept)}" if after else "", "older": f"{base}?{urlencode(kept | {'after': f'{last.pinyin}.{last.pk}'})}" if last else ""})


def _kinds(actor: Actor, kind: str, area: int) -> list[dict[str, Any]]:
    return [{"words": one.words, "is_chosen": one.name == kind, "href": f"{reverse('desk:organisations')}?{urlencode({'area': str(area), 'kind': one.name})}"}
            for one in kinds.organisation_kinds() if actor.may(one.ability)]


def _rows(shown: Sequence[Organisation], actor: Actor) -> list[dict[str, Any]]:
    today = clock.today()
    numbers = [one.pk for one in shown]
    terms: dict[int, Term] = {}
    for term in Term.objects.visible_to(actor).filter(organisation__in=numbers, since__lte=today).order_by("since"):
        terms[term.organisation_id] = term
    held: dict[int, list[Seat]] = {}
    for seat in Seat.objects.visible_to(actor).filter(seats.seated_on(today), organisation__in=numbers).order_by("id"):
        held.setdefault(seat.organisation_id or 0, []).append(seat)
    return [_row(one, terms.get(one.pk), held.get(one.pk, []), today) for one in shown]


def _row(one: Organisation, term: Term | None, held: Sequence[Seat], today: date) -> dict[str, Any]:
    kind = kinds.organisation_kind(one.kind)
    offices = kind.offices if kind else ()
    place = places.find_place(one.area)
    first = offices[0] if offices else None
    return {
        "one": one, "kind": kinds.kind_words(one.kind), "place": place.short_name if place else "", "href": reverse("desk:organisation", args=[one.pk]),
        "term": _term(term, today) if term else None, "has_terms": bool(kind and kind.term_years), "count": len(held),
        "head": "、".join(seat.name for seat in held if first and seat.office == first.name and first.most is not None), "first": first,
        "vacant": [{"words": office.words, "count": count, "is_proposed": office.is_proposed}
                   for office, count in seats.lacking(offices, [seat.office for seat in held])] if held else [],
        "stage": dict(STAGES).get(one.stage)}


def _term(term: Term, today: date) -> dict[str, Any]:
    left = seats.days_left(term.until, today) if term.until else None
    is_near = left is not None and 0 <= left < settings.TERM_AHEAD_DAYS
    return {"term": term, "left": left, "last": term.until - timedelta(days=1) if term.until and term.until > term.since else None, "is_near": is_near,
            "is_over": left is not None and left < 0, "never": term.until == term.since}


@able(SEES)
def organisation(request: HttpRequest, organisation: int) -> HttpResponse:
    """One organisation with its terms, who holds which office, and who held them before. Five queries."""
    actor, today = actor_of(request), clock.today()
    with looking(of_post(actor), read_only=True):
        one = seats.organisation_of(actor, organisation)
        kind = kinds.organisation_kind(one.kind)
        offices = kind.offices if kind else ()
        found = list(Seat.objects.visible_to(actor).filter(organisation=one).select_related("building").order_by("-since", "-id")[:MOST])
        held = [seat for seat in found if (seat.since is None or seat.since <= today) and (seat.until is None or seat.until > today)]
        terms = Term.objects.visible_to(actor).filter(organisation=one).order_by("-since", "-id")[:30]
        order = {office.name: at for at, office in enumerate(offices)}
        return render(request, "desk/organisation.html", {
            "one": one, "kind": kind, "kind_words": kinds.kind_words(one.kind), "path": [step for step in places.path_of(one.area) if step.level != "city"],
            "facts": _facts(one, kind), "terms": [_term(term, today) | {"chosen": _chosen(kind, term)} for term in terms],
            "held": [_seat(seat, offices) for seat in sorted(held, key=lambda seat: (order.get(seat.office, 99), seat.pk))],
            "before": [_seat(seat, offices) for seat in found if seat not in held and seat.until != seat.since],
            "vacant": [{"words": office.words, "count": count, "is_proposed": office.is_proposed, "source": office.source}
                       for office, count in seats.lacking(offices, [seat.office for seat in held])],
            "may_keep": actor.may(KEEPS) and bool(kind), "record": register_address("record", _register_of(one), one.pk), "is_capped": len(found) == MOST})


def _register_of(one: Organisation) -> str:
    kind = kinds.organisation_kind(one.kind)
    return kind.name if kind and kind.columns else "organisation"


def _chosen(kind: OrganisationKind | None, term: Term) -> Words | str:
    return dict(kind.chosen_by).get(term.chosen_by, term.chosen_by) if kind else term.chosen_by


def _facts(one: Organisation, kind: OrganisationKind | None) -> list[tuple[Words, object]]:
    """What the register holds, plain: own fields are open or internal."""
    beside = tuple(column for column in kinds.ORGANISATION.columns if column.kept == "fields")
    own = [(column.label, spoken(column, one.fields.get(column.name))) for column in (*beside, *(kind.columns if kind else ()))]
    stage = dict(STAGES).get(one.stage)
    common: list[tuple[Words, object]] = [(kinds.CODE.label, one.credit_code), (kinds.STAGE.label, stage or ""), (kinds.SINCE.label, one.valid_from or "")]
    return [(label, value) for label, value in [*common, *own] if value]


def _seat(seat: Seat, offices: Sequence[kinds.Office]) -> dict[str, Any]:
    return {"seat": seat, "office": seats.office_words(offices, seat.office), "where": f"{building_title(seat.building)} {seat.doorway}".strip() if seat.building else "",
            "last": seat.until - timedelta(days=1) if seat.until else None, "is_ahead": seat.since is not None and seat.since > clock.today()}


@able(KEEPS)
def change(request: HttpRequest, organisation: int, what: str) -> HttpResponse:
    """One change of an organisation's terms or seats as a page of its own."""
    actor = actor_of(request)
    if what not in FORMS:
        raise NotVisible
    name, label, tone, meaning = FORMS[what]
    with looking(of_post(actor), read_only=True):
        one = seats.organisation_of(actor, organisation)
        fixed = _fixed(request, one, what, actor)
        fields = _fitted(one, find_action(name).fields, fixed, actor)
    back = reverse("desk:organisation", args=[one.pk])
    initial = {"since": clock.today()} if what in ("term", "seat") else {"until": clock.today()}
    sent = generated.submit(request, Form(name, fields, fixed, initial, submit=label, to=back, done=DONE, tone=tone,
                                          address=f"?{request.GET.urlencode()}" if request.GET else ""))
    if sent.response is not None:
        return sent.response
    return render(request, "desk/form.html", {"form": sent.form, "title": label, "back": back, "meaning": meaning}, status=sent.status)


def _fixed(request: HttpRequest, one: Organisation, what: str, actor: Actor) -> dict[str, object]:
    if what in ("term", "seat"):
        return {"organisation": one.pk}
    number = number_of(request)
    model, name = (Term, "term") if what == "end_term" else (Seat, "seat")
    if not model.objects.visible_to(actor).filter(pk=number, organisation=one).exists():
        raise NotVisible
    return {name: number}


def _fitted(one: Organisation, fields: Sequence[Field], fixed: Mapping[str, object], actor: Actor) -> tuple[Field, ...]:
    """The fields as this organisation needs them: its own offices and ways of choosing; buildings only for heads of doorways. Records and posts are tied by the API."""
    kind = kinds.organisation_kind(one.kind)
    offices = kind.offices if kind else ()
    has_doorways = any(office.is_of_doorway for office in offices)
    choices: dict[str, dict[str, Any]] = {"office": {"choices": [(office.name, office.words) for office in offices]}, "chosen_by": {"choices": kind.chosen_by if kind else ()}}
    if has_doorways:
        lo, hi = places.range_of(one.area)
        found = [(str(one.pk), words(building_title(one), building_title(one))) for one in caring.buildings(lo, hi, most=CHOICES)]
        choices["building"] = {"kind": "choice", "choices": found}
    left_out = {"person", "post"} | (set() if has_doorways else {"building", "doorway"}) | (set() if kind and kind.chosen_by else {"chosen_by"})
    choices["name"] = {"required": True}
    return tuple(replace(field, **choices.get(field.name, {})) for field in fields if field.name not in fixed and field.name not in left_out)
