# SPDX-License-Identifier: MulanPSL-2.0
"""Quality of base data on the desk: figures of a place, the records behind each, samples, and the worker's list of the day."""

from fractions import Fraction
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, path, reverse
from django.utils.http import urlencode

from linli.core import clock
from linli.core.actions import run
from linli.core.faults import NotVisible
from linli.core.sight import Actor, looking, of_post
from linli.core.words import Words, words
from linli.desk.own_places import own_place
from linli.doors import flash, pulses
from linli.doors.generated import Form, submit
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.elements import places
from linli.elements.models import FieldCheck, FieldSample, QualityFigure
from linli.elements.places import KnownPlace
from linli.elements.quality import days, mending, rules
from linli.elements.quality.conditions import FROM_AGE, counted_fields, measured
from linli.elements.quality.measuring import MEASURES
from linli.elements.quality.mending import ASPECTS, Figure, figure_of
from linli.elements.quality.reckoning import ALL
from linli.elements.quality.samples import CHECKS, DRAWS, VERDICTS, Interval, interval, place_within
from linli.elements.quality.titles import titles
from linli.elements.registers.declaring import Register
from linli.ui.navigation import Entry, declare

SEE, MEND, OPEN = "quality.see", "quality.mend", "quality.open"
"""Figures; figures down to the records with names; down to the addresses only, for who keeps no records himself."""
NAMELESS = frozenset({"person", "household"})
"""Registers whose records are shown by their address where the post may not see names."""
SAMPLES_SHOWN = 10
DAY_LEVELS = ("community", "grid")
RECORD_PAGE = "desk:record"
"""The page of one record; a list names the record without a link where there is none."""
ASKED_FROM = words("满 {age} 周岁", "from the age of {age}")
BEGUN = words("正在重新计算，完成后本页会自动更新。", "Being counted; the page renews itself when it is done.")
NOTED = words("已记录。", "Noted.")
CORRECT_IT = words("已记为有误，请在记录里改正。", "Noted as wrong; please correct it in the record.")
Pairs = dict[tuple[str, str, str], QualityFigure]

declare(Entry("quality_day", words("今日清单", "List of the day"), "desk:quality_day", "today", 22, MEND))
declare(Entry("quality", words("数据质量", "Data quality"), "desk:quality", "check", 42, SEE, also="/desk/quality/"))


@able(SEE)
def own(request: HttpRequest) -> HttpResponse:
    """The quality of the post's own place. NotVisible for a post whose range is no place."""
    place = own_place(actor_of(request))
    if place is None:
        raise NotVisible
    return redirect("desk:area_quality", area=place)


@able(SEE)
def area(request: HttpRequest, area: int) -> HttpResponse:
    """The figures of a place within the post's range."""
    actor = actor_of(request)
    place = place_within(actor, area)
    with looking(of_post(actor), read_only=True):
        path_of = [one for one in places.path_of(area) if actor.lo <= one.lo and one.hi <= actor.hi]
        return render(request, "desk/quality.html", _figures(actor, place) | {
            "path": path_of, "may_measure": actor.may(MEASURES) and place.level not in ("city", "district"), "may_draw": actor.may(DRAWS),
            "has_day": actor.may(MEND) and place.level in DAY_LEVELS})


@able(SEE)
def pulse(request: HttpRequest, area: int) -> HttpResponse:
    """The figures anew when they were counted again, 304 otherwise."""
    actor = actor_of(request)
    place = place_within(actor, area)
    with looking(of_post(actor), read_only=True):
        context = _figures(actor, place)
        return pulses.pulsed(request, "desk/parts/quality.html", context, stamp=context["stamp"])


@able(MEASURES)
def measure(request: HttpRequest, area: int) -> HttpResponse:
    """Count the place anew; leads back to its page."""
    actor = actor_of(request)
    place_within(actor, area)
    address = reverse("desk:area_quality", args=[area])
    if request.method != "POST":
        return redirect(address)
    run(MEASURES, actor, {"area": area}, device=request.device)  # type: ignore[attr-defined]
    return flash.redirect(request, address, BEGUN, level="note")


def _figures(actor: Actor, place: KnownPlace) -> dict[str, Any]:
    """Everything that the part of the figures shows; three queries."""
    below = [one for one in places.children(place.area) if one.level == places.level_under(place.area)] if place.level != "grid" else []
    held: Pairs = {(one.register, one.aspect, one.name): one for one in QualityFigure.objects.visible_to(actor).filter(area=place.area, level=place.level)}
    wanted = QualityFigure.objects.visible_to(actor).filter(area__in=[one.area for one in below], level=places.level_under(place.area), name=ALL)
    parts: dict[int, Pairs] = {}
    for one in wanted:
        parts.setdefault(one.area, {})[(one.register, one.aspect, one.name)] = one
    shown = [one for one in measured() if (one.name, "completeness", ALL) in held]
    newest = max((one.computed_at for one in held.values()), default=None)
    return {
        "place": place, "computed_at": newest, "stamp": newest.isoformat() if newest else "none", "pulse": reverse("desk:quality_pulse", args=[place.area]),
        "registers": [_register(one, place, held, can_open=actor.may(MEND) or actor.may(OPEN)) for one in shown], "aspects": list(ASPECTS.values()),
        "below": [{"place": one, "href": reverse("desk:area_quality", args=[one.area]), "cells": [
            {"label": register.words, "figures": [_cell(place, register, aspect, ALL, parts.get(one.area, {}), can_open=False) for aspect in ASPECTS]}
            for register in shown]} for one in below],
        "heads": [one.words for one in shown]}


def _register(register: Register, place: KnownPlace, held: Pairs, *, can_open: bool) -> dict[str, Any]:
    fields = [{
        "label": one.column.label, "note": _note(register, one.column.name), "refresh_days": one.column.refresh_days, "is_proposed": one.column.is_proposed,
        "cells": [_cell(place, register, aspect, one.column.name, held, can_open=can_open) for aspect in ("completeness", "freshness", "accuracy")]}
        for one in counted_fields(register)]
    broken = [{"words": one.words, "cell": cell, "is_need": one.is_need} for one in rules.rules_of(register)
              if (cell := _cell(place, register, "consistency", one.name, held, can_open=can_open)) and cell["broken"]]
    return {"words": register.words, "name": register.name, "fields": fields, "rules": broken, "kept": len(rules.rules_of(register)) - len(broken),
            "whole": [_cell(place, register, aspect, ALL, held, can_open=can_open) for aspect in ASPECTS]}


def _note(register: Register, name: str) -> Words | None:
    age = FROM_AGE.get((register.name, name))
    return ASKED_FROM.format(age=age) if age else None


def _cell(place: KnownPlace, register: Register, aspect: str, name: str, held: Pairs, *, can_open: bool) -> dict[str, Any]:
    """One figure: share, counts, interval of a sample, and where it opens onto the records to mend; empty counts where nothing was counted."""
    found = held.get((register.name, aspect, name))
    one: dict[str, Any] = {"label": ASPECTS[aspect], "figure": found, "share": None, "broken": 0, "href": "", "interval": None}
    if found is None or not found.denominator:
        return one
    one["share"], one["broken"] = Fraction(found.numerator, found.denominator), found.denominator - found.numerator
    if aspect == "accuracy":
        one["interval"] = interval(found.numerator, found.denominator)
    if can_open and one["broken"]:
        one["href"] = reverse("desk:quality_rows", args=[place.area, f"{register.name}.{aspect}.{name}"])
    return one


@able(MEND, OPEN)
def rows(request: HttpRequest, area: int, figure: str) -> HttpResponse:
    """The records behind a figure that are to be mended, as they are now; at most fifty a page, by keys."""
    actor, after = actor_of(request), request.GET.get("after", "")
    place, chosen = place_within(actor, area), figure_of(figure)
    start = int(after) if after.isdecimal() and len(after) < 19 else 0
    with looking(of_post(actor), read_only=True):
        numbers = mending.to_mend(chosen, place.lo, place.hi, start)
        known = titles(actor, chosen.register.name, numbers[:mending.MOST])
        held = QualityFigure.objects.visible_to(actor).filter(area=place.area, level=place.level, register=chosen.register.name, aspect=chosen.aspect, name=chosen.name)
        cell = _cell(place, chosen.register, chosen.aspect, chosen.name, {(one.register, one.aspect, one.name): one for one in held}, can_open=False)
        is_named = actor.may(MEND) or chosen.register.name not in NAMELESS
        shown = [{"name": title.text if is_named else "", "address": title.address, "place": places.find_place(title.area),
                  "href": record_page(chosen.register.name, number) if is_named else ""} for number in numbers[:mending.MOST] if (title := known.get(number))]
        return render(request, "desk/quality_rows.html", {
            "place": place, "chosen": chosen, "aspect": ASPECTS[chosen.aspect], "cell": cell, "rows": shown, "remedy": _remedy(chosen),
            "older": f"?{urlencode({'after': numbers[mending.MOST - 1]})}" if len(numbers) > mending.MOST else "", "newer": "?" if start else "",
            "back": reverse("desk:area_quality", args=[area])})


def _remedy(chosen: Figure) -> Words | None:
    found = rules.named(chosen.register.name, chosen.name) if chosen.aspect == "consistency" and chosen.name else None
    return found.remedy if found else None


def record_page(register: str, number: int) -> str:
    """The address of a record's own page; empty where there is none."""
    try:
        return reverse(RECORD_PAGE, args=[register, number])
    except NoReverseMatch:
        return ""


@able(MEND)
def day(request: HttpRequest) -> HttpResponse:
    """The list of the day of one's grid or community."""
    actor = actor_of(request)
    home = places.find_place(actor.lo)
    if home is None or home.level not in DAY_LEVELS:
        raise NotVisible
    with looking(of_post(actor), read_only=True):
        doors, count = days.day_list(actor, home)
        return render(request, "desk/quality_day.html", {
            "place": home, "today": clock.today(), "count": count, "more": count - len(doors), "far": days.FAR, "may_check": actor.may(CHECKS), "verdicts": VERDICTS,
            "doors": [_door(one) for one in doors], "back": reverse("desk:area_quality", args=[home.area])})


def _door(one: days.Door) -> dict[str, Any]:
    """A door with its tasks: fields of one record that lack the same stand in one line, checks and broken rules in lines of their own."""
    lines: dict[tuple[object, ...], dict[str, Any]] = {}
    for task in one.tasks:
        lack = task.lack
        key = (lack.register, lack.record, lack.aspect, lack.name if lack.aspect in ("consistency", "accuracy") else "")
        line = lines.setdefault(key, {
            "who": task.who, "words": DOUBTED if lack.is_asked else TASKS[lack.aspect],
            "rate": RAISES.get(lack.aspect), "is_need": lack.is_need, "deadline": lack.deadline, "remedy": task.remedy,
            "check": lack.check, "href": record_page(lack.register, lack.record), "fields": []})
        line["fields"].append({"words": task.what, "raises": _points(task.raises)})
    return {"address": one.address, "is_need": one.is_need, "deadline": one.deadline if one.deadline != days.FAR else None, "lines": list(lines.values())}


TASKS: dict[str, Words] = {"completeness": words("补填", "Missing"), "freshness": words("再核实", "See again"), "consistency": words("改正", "Correct"),
                           "accuracy": words("抽查", "Sample")}
DOUBTED = words("外部系统说法不一", "Another system differs")
RAISES: dict[str, Words] = {"completeness": words("完整率", "complete"), "freshness": words("新鲜率", "fresh"), "consistency": words("一致率", "consistent")}


def _points(value: Fraction | None) -> str:
    """Hundredths of the whole with two decimals, rounded half up; empty for None."""
    if value is None:
        return ""
    hundredths = (value * 200 + 1) // 2
    return f"{hundredths // 100}.{hundredths % 100:02}"


@able(CHECKS)
def check(request: HttpRequest) -> HttpResponse:
    """Record what was seen of one drawn field; leads back to the list of the day, or to the record that has to be corrected."""
    address = reverse("desk:quality_day")
    if request.method != "POST":
        return redirect(address)
    given = {name: request.POST.get(name, "") for name in ("check", "verdict")}
    answer = run(CHECKS, actor_of(request), given, device=request.device)  # type: ignore[attr-defined]
    if given["verdict"] == "wrong":
        return flash.redirect(request, record_page(answer["register"], answer["record"]) or address, CORRECT_IT, level="note")
    return flash.redirect(request, address, NOTED)


@able(DRAWS)
def samples(request: HttpRequest, area: int) -> HttpResponse:
    """Samples of a place with what they say so far, and the form that draws one."""
    actor = actor_of(request)
    place = place_within(actor, area)
    sent = submit(request, Form(action=DRAWS, fixed={"area": area}, submit=words("抽取", "Draw"), to=reverse("desk:quality_samples", args=[area])))
    if sent.response:
        return sent.response
    with looking(of_post(actor), read_only=True):
        drawn = list(FieldSample.objects.visible_to(actor).within(place.lo, place.hi).order_by("-id")[:SAMPLES_SHOWN])
        verdicts: dict[int, list[str]] = {}
        for sample, verdict in FieldCheck.objects.visible_to(actor).filter(sample__in=drawn).values_list("sample_id", "verdict"):
            verdicts.setdefault(sample, []).append(verdict)
        return render(request, "desk/quality_samples.html", {
            "place": place, "form": sent.form, "back": reverse("desk:area_quality", args=[area]), "samples": [_sample(one, verdicts.get(one.pk, [])) for one in drawn]},
            status=sent.status)


def _sample(one: FieldSample, verdicts: list[str]) -> dict[str, Any]:
    right, wrong = verdicts.count("right"), verdicts.count("wrong")
    found: Interval | None = interval(right, right + wrong)
    register = next((register.words for register in measured() if register.name == one.register), words(one.register, one.register))
    return {"register": register, "place": places.find_place(one.area), "drawn_on": one.drawn_on, "due_on": one.due_on, "size": one.size, "population": one.population,
            "seed": one.seed, "interval": found, "unseen": verdicts.count("unseen"), "waiting": verdicts.count("")}


ADDRESSES = [
    path("quality/", own, name="quality"),
    path("quality/day", day, name="quality_day"),
    path("quality/check", check, name="quality_check"),
    path("quality/<int:area>/", area, name="area_quality"),
    path("quality/<int:area>/pulse", pulse, name="quality_pulse"),
    path("quality/<int:area>/measure", measure, name="quality_measure"),
    path("quality/<int:area>/samples", samples, name="quality_samples"),
    path("quality/<int:area>/<str:figure>/", rows, name="quality_rows"),
]
