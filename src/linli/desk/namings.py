# SPDX-License-Identifier: MulanPSL-2.0
"""Places over the years: what one was called on a day, and printed lists of names brought to places and confirmed."""

import csv
import io
import json
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.dateparse import parse_date
from django.utils.http import content_disposition_header

from linli.core import clock
from linli.core.faults import Invalid, NotVisible
from linli.core.sight import Actor, looking, of_post
from linli.core.words import Words, words
from linli.doors import generated
from linli.doors.generated import Form
from linli.doors.guards import able, signed_in
from linli.doors.requests import actor_of
from linli.elements import chronicles, places
from linli.elements.naming import confirming
from linli.elements.naming.lists import LARGEST, canonical
from linli.elements.naming.matching import CERTAINTIES, DOUBT, LIKELY, NONE, SURE, Match, match
from linli.elements.place_loading import NBS
from linli.elements.places import KnownPlace

TONES = {SURE: "good", LIKELY: "accent", DOUBT: "warn", NONE: "bad"}
FORMULA = ("=", "+", "-", "@", "\t", "\r")
DONE = words("已确认 {confirmed} 行（名单共 {lines} 行）。", "{confirmed} of {lines} lines are confirmed.")
TOO_LARGE = words("名单太大，请分几次。", "The list is too large. Bring it in parts.")
HEADINGS = ("行号", "印的名称", "印的区", "印的街镇", "年份", "社区（村）", "统计代码", "编号", "怎么对上的")
BY_HAND = words("人工选定", "Chosen by hand")


@signed_in
def then(request: HttpRequest) -> HttpResponse:
    """What a place was called on a day and what it belonged to: by name of now or then, pinyin, or code; and how one place became what it is."""
    wanted, text, number = request.GET.get("q", "").strip()[:40], request.GET.get("on", "").strip()[:10], request.GET.get("area", "")
    today = clock.today()
    day = _day(text)
    place = places.find_place(int(number)) if number.isdecimal() and len(number) <= 15 else None
    place = place if place is not None and place.level != "grid" else None
    asked_for = day or today
    rows = chronicles.told([place], asked_for, today) if place else chronicles.asked(wanted, asked_for, today) if wanted else []
    only = place or (rows[0].found if len(rows) == 1 else None)
    return render(request, "desk/then.html", {
        "q": wanted, "on": text or "", "day": asked_for, "is_wrong": bool(text) and day is None, "rows": rows, "only": only, "is_asked": bool(wanted or number),
        "events": chronicles.events(only) if only else [], "may_name": actor_of(request).may(confirming.ABILITY)})


def _day(text: str) -> date | None:
    """A day; a year alone means its last day, a year and month the last day that is surely in it."""
    if text.isdecimal() and len(text) == len("2018"):
        text = f"{text}-12-31"
    try:
        return parse_date(text)
    except ValueError:
        return None


@able(confirming.ABILITY)
def names(request: HttpRequest) -> HttpResponse:
    """Paste or bring a list; the proposals; and the lists that are confirmed."""
    actor = actor_of(request)
    if request.method != "POST":
        return _page(request, actor, {})
    given = {"label": request.POST.get("label", "").strip()[:120], "day": request.POST.get("day", "")[:10], "list": request.POST.get("list", "")}
    try:
        text, lines = canonical(_content(request, given["list"]), _day(given["day"]))
    except Invalid as fault:
        return _page(request, actor, given | {"wrong": next(iter(fault.fields.values()))}, 422)
    given["list"] = text
    chosen = {one.line: request.POST.get(f"line-{one.line}", "") for one in lines}
    codes = {one.line: request.POST.get(f"code-{one.line}", "").strip()[:20] for one in lines}
    day = _day(given["day"])
    said = {line: _of_code(codes[line]) or area for line, area in chosen.items() if area or codes[line]}
    form = Form(confirming.ABILITY, fields=(), submit=words("确认选定的行", "Confirm what is chosen"), done=DONE,
                fixed={"label": given["label"], "day": day.isoformat() if day else "", "list": text, "chosen": json.dumps(said)},
                to=reverse("desk:place_names"))
    wrong: list[Words] = []
    if "confirm" in request.POST:
        sent = generated.submit(request, form)
        if sent.response is not None:
            return sent.response
        wrong = list(sent.fault.fields.values()) if isinstance(sent.fault, Invalid) else [sent.fault.message] if sent.fault else []
    is_again = "confirm" in request.POST
    rows = [_proposal(actor, made, chosen[made.printed.line] if is_again else None) | {"code": codes[made.printed.line]} for made in map(match, lines)]
    counts = [(CERTAINTIES[name], TONES[name], sum(row["certainty"] == name for row in rows)) for name in CERTAINTIES]
    return _page(request, actor, given | {"rows": rows, "counts": counts, "faults": wrong, "key": generated.new_key()}, 422 if wrong else 200)


def _content(request: HttpRequest, pasted: str) -> bytes:
    file = request.FILES.get("file")
    if file is not None and file.size:
        if file.size > 10 * LARGEST:
            raise Invalid({"list": TOO_LARGE})
        return bytes(file.read())
    if len(pasted) > LARGEST:
        raise Invalid({"list": TOO_LARGE})
    return pasted.encode()


def _of_code(text: str) -> int:
    """The place of a 12-digit official code or a 15-digit number that was typed; 0 for nothing typed, 1 (which is no place) for what names none."""
    if not text:
        return 0
    found = places.bearers(NBS, text) if text.isdecimal() else ()
    own = places.find_place(int(text.ljust(15, "0"))) if text.isdecimal() and len(text) in (12, 15) else None
    return found[0].area if found else own.area if own else 1


def _proposal(actor: Actor, made: Match, chosen: str | None) -> dict[str, Any]:
    """One line with what may be chosen for it; what is certain is chosen beforehand, anything else is left to whoever looks at it."""
    offered: list[KnownPlace] = list(dict.fromkeys([*([made.place] if made.place else []), *made.candidates]))
    own = [one for one in offered if confirming.is_within(actor, one)]
    first = str(made.place.area) if made.certainty == SURE and made.place in own and made.place else ""
    return {"printed": made.printed, "certainty": made.certainty, "word": CERTAINTIES[made.certainty], "tone": TONES[made.certainty], "reasons": made.reasons,
            "place": made.place, "then": made.then if made.then != made.place else None, "above": _above(made.place) if made.place else "",
            "chosen": first if chosen is None else chosen, "is_outside": bool(offered) and not own,
            "options": [(str(one.area), f"{_above(one)} {one.name}（{one.code or one.area}）") for one in own]}


def _above(place: KnownPlace) -> str:
    return " ".join(one.short_name for one in places.path_of(place.area)[1:-1])


def _page(request: HttpRequest, actor: Actor, context: dict[str, Any], status: int = 200) -> HttpResponse:
    with looking(of_post(actor), read_only=True):
        shown = {"label": "", "day": "", "list": "", "rows": None, "counts": (), "faults": (), "wrong": None} | context
        return render(request, "desk/place_names.html", shown | {"lists": confirming.confirmed(actor)}, status=status)


@able(confirming.ABILITY)
def named(request: HttpRequest, named: int) -> HttpResponse:
    """One confirmed list: each line with its place as it stands now."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        found = confirming.confirmed_list(actor, named)
        rows = [{"row": row, "place": place, "above": _above(place) if place else "", "how": _how(row)} for row, place in found.placed()]
        return render(request, "desk/place_named.html", {"list": found, "rows": rows})


def _how(row: Any) -> Words:
    return BY_HAND if row["by_hand"] else CERTAINTIES.get(row["certainty"], BY_HAND)


@able(confirming.ABILITY)
def named_file(request: HttpRequest, named: int) -> HttpResponse:
    """The same as a CSV file."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        found = confirming.confirmed_list(actor, named)
    if not found.rows:
        raise NotVisible
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADINGS)
    for row in found.rows:
        cells = [str(row[name] or "") for name in ("line", "name", "district", "street", "year", "place", "code", "area")] + [_how(row).zh]
        writer.writerow([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in cells])
    answer = HttpResponse(("\ufeff" + out.getvalue()).encode(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=f"{found.label}-对应的社区.csv") or "attachment"
    return answer


ADDRESSES = [
    path("places/then/", then, name="places_then"),
    path("places/names/", names, name="place_names"),
    path("places/names/<int:named>/", named, name="place_named"),
    path("places/names/<int:named>/list.csv", named_file, name="place_named_file"),
]
