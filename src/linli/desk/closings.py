# SPDX-License-Identifier: MulanPSL-2.0
"""结账: closed periods and their editions, what a restatement changed down to the records, and the nightly proofs of the figures."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from linli.core.faults import NotVisible
from linli.core.sight import Actor, looking, of_post
from linli.core.words import Words, words
from linli.desk.own_places import own_place
from linli.desk.rows import rows_of
from linli.doors import generated
from linli.doors.generated import Form, Sent
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.elements import directories, places
from linli.elements.registers.declaring import registers
from linli.matters.models import Matter
from linli.measures import rebuilding
from linli.measures.closing import actions, comparing, editions
from linli.measures.declarations import fact_of, find_measure
from linli.measures.models import Closing, Difference
from linli.measures.results import COUNTED_LEVELS, Figure

PAGE = 50
MOST_RECORDS = 500
"""Records of one difference on one page (our choice: more than five hundred corrections in one figure are a matter of its own)."""
STATES: Mapping[str, tuple[Words, str]] = {
    "asked": (words("待确认", "To be confirmed"), "warn"), "confirmed": (words("正在封存", "Being frozen"), "accent"),
    "frozen": (words("已公布", "Published"), "good"), "withdrawn": (words("已撤回", "Taken back"), "calm")}
FIRST = words("首次公布", "As published")
AGAIN = words("第 {n} 版（更正）", "Edition {n} (restated)")
ASKED = words("已提出。请另一位同事确认，确认后由后台封存。", "Asked for. Once a colleague has confirmed it, it is frozen in the background.")
CONFIRMED = words("已确认，正在封存。", "Confirmed; it is being frozen.")
TAKEN_BACK = words("已撤回，什么都没有改变。", "Taken back; nothing has changed.")
SIDES = (("joined", words("新计入", "Joined")), ("gone", words("不再计入", "No longer counted")), ("moved", words("结论变了", "Changed side")))


def edition_words(number: int) -> Words:
    """What an edition is called."""
    return FIRST if number == 1 else AGAIN.format(n=number)


@able("results.see")
def listing(request: HttpRequest) -> HttpResponse:
    """All closings, newest first, and for whoever may: closing a period and restating one."""
    actor, here = actor_of(request), reverse("desk:closings")
    forms: dict[str, Sent] = {}
    if actor.may(actions.CLOSES):
        wanted = {"closing_form": Form(actions.CLOSES, submit=words("申请结账", "Ask to close"), done=ASKED, to=here, prefix="close."),
                  "restating_form": Form("period.restate", submit=words("申请更正公布", "Ask to restate"), done=ASKED, to=here, prefix="restate.")}
        chosen = "restating_form" if any(name.startswith("restate.") for name in request.POST) else "closing_form"
        forms = {name: generated.submit(request, form) if request.method == "POST" and name == chosen else Sent(generated.unsent(request, form))
                 for name, form in wanted.items()}
    for each in forms.values():
        if each.response is not None:
            return each.response
    before = request.GET.get("before", "")
    found = actions.closings()
    if before.isdecimal() and len(before) < 19:
        found = found.filter(pk__lt=int(before))
    held = list(found[:PAGE + 1])
    rows = [{"held": one, "state": STATES[one.state], "edition": edition_words(one.number)} for one in held[:PAGE]]
    return render(request, "desk/closings.html", {
        "rows": rows, "older": f"?before={held[PAGE - 1].pk}" if len(held) > PAGE else "", "may_see_runs": actor.may("run.see"),
        **{name: each.form for name, each in forms.items()}}, status=max((each.status for each in forms.values()), default=200))


@able("results.see")
def one(request: HttpRequest, closing: int) -> HttpResponse:
    """One edition: its state and reason, confirming and taking back, and what it changed within the post's sight."""
    actor = actor_of(request)
    held = actions.find_closing(actor, {"closing": closing})
    sent = _decided(request, actor, held)
    for each in sent.values():
        if each.response is not None:
            return each.response
    after = request.GET.get("after", "")
    with looking(of_post(actor), read_only=True):
        wanted = Difference.objects.visible_to(actor).filter(closing=held).order_by("area", "id")
        if after.isdecimal() and len(after) < 19:
            wanted = wanted.filter(area__gt=int(after))
        found = _whole_areas(list(wanted[:PAGE + 1]))
        names = directories.account_names([held.asked_by, held.decided_by])
        return render(request, "desk/closing.html", {
            "held": held, "state": STATES[held.state], "edition": edition_words(held.number), "by": names.get(held.asked_by, ""),
            "decider": names.get(held.decided_by or 0, ""), "rows": [_difference(row) for row in found[0]], "older": f"?after={found[1]}" if found[1] else "",
            "own": own_place(actor), **{name: each.form for name, each in sent.items()}},
            status=max((each.status for each in sent.values()), default=200))


def _whole_areas(found: list[Difference]) -> tuple[list[Difference], int | None]:
    """A page that breaks between two areas where it can, with the area after which the next one begins; None on the last."""
    if len(found) <= PAGE:
        return found, None
    last = found[-1].area
    kept = [one for one in found if one.area != last] or found[:PAGE]
    return kept, kept[-1].area


def _decided(request: HttpRequest, actor: Actor, held: Closing) -> dict[str, Sent]:
    """The forms that still apply, by name; the one that was sent is done."""
    here, fixed = reverse("desk:closing", args=[held.pk]), {"closing": held.pk}
    forms: dict[str, Form] = {}
    if held.state == "asked" and actor.may(actions.CONFIRMS) and held.asked_by != actor.account:
        forms["confirming"] = Form(actions.CONFIRMS, (), fixed, submit=words("核对无误，确认", "Checked: confirm"), done=CONFIRMED, to=here, prefix="confirm.")
    if held.state == "asked" and actor.may(actions.CLOSES):
        forms["withdrawing"] = Form("period.withdraw", (), fixed, submit=words("撤回", "Take back"), done=TAKEN_BACK, to=here, prefix="withdraw.", tone="quiet")
    chosen = "withdrawing" if any(name.startswith("withdraw.") for name in request.POST) else "confirming"
    return {name: generated.submit(request, form) if name == chosen and request.method == "POST" else Sent(generated.unsent(request, form))
            for name, form in forms.items()}


def _difference(row: Difference) -> dict[str, Any]:
    place, measure = places.find_place(row.area), find_measure(row.name.rsplit(".", 1)[0])
    return {"row": row, "place": place.name if place else row.area, "words": measure.words if measure else row.name,
            "before": Figure(row.numerator_before, row.denominator_before), "after": Figure(row.numerator_after, row.denominator_after),
            "records": len(row.joined) + len(row.gone) + len(row.moved), "href": reverse("desk:difference", args=[row.closing_id, row.pk])}


@able("results.see")
def difference(request: HttpRequest, closing: int, difference: int) -> HttpResponse:
    """The records that one figure gained, lost, or counts otherwise than before."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        row = Difference.objects.visible_to(actor).filter(pk=difference, closing=closing).select_related("closing").first()
        if row is None:
            raise NotVisible
        measure = find_measure(row.name.rsplit(".", 1)[0])
        kind = fact_of(measure.fact).record_kind if measure else ""
        sides = [{"words": label, "rows": _records(actor, kind, getattr(row, name)), "more": max(0, len(getattr(row, name)) - MOST_RECORDS)}
                 for name, label in SIDES if getattr(row, name)]
        return render(request, "desk/closing_difference.html", {**_difference(row), "sides": sides, "edition": edition_words(row.closing.number)})


def _records(actor: Actor, kind: str, numbers: Sequence[int]) -> list[dict[str, Any]]:
    """Records by number, with their pages where the post may see them; two queries at most."""
    wanted = list(numbers)[:MOST_RECORDS]
    if kind == "matter":
        held = {one.pk: one for one in Matter.objects.visible_to(actor).filter(pk__in=wanted).select_related("category")}
        shown = dict(zip(held, rows_of(list(held.values())), strict=True))
        return [{"matter": shown.get(number), "number": number, "href": ""} for number in wanted]
    register = next((one for one in registers() if one.name == kind), None)
    may_open = register is not None and actor.may(f"{register.guard}.see")
    return [{"matter": None, "number": number, "href": reverse("desk:record", args=[kind, number]) if may_open else ""} for number in wanted]


@able("results.see")
def edition(request: HttpRequest, closing: int, area: int) -> HttpResponse:
    """All figures of a place as one edition published them."""
    actor = actor_of(request)
    held, place = actions.find_closing(actor, {"closing": closing}), places.find_place(area)
    if held.state != "frozen" or place is None or place.level not in COUNTED_LEVELS or place.lo < actor.lo or place.hi > actor.hi:
        raise NotVisible
    with looking(of_post(actor), read_only=True):
        row = editions.rows([area], [held.period], upto=held.pk).get((area, held.period))
        shown, counted = comparing.shown(row), comparing.counted(row)
        rows = [{"name": name, "words": measure.words if (measure := find_measure(name.rsplit(".", 1)[0])) else name, "figure": Figure(*pair),
                 "computed": Figure(*counted.get(name, (0, 0))) if counted.get(name) != pair else None} for name, pair in sorted(shown.items())]
        below = [one for one in places.children(area) if one.level in COUNTED_LEVELS]
        above = [one for one in places.path_of(area) if actor.lo <= one.lo and one.hi <= actor.hi]
        return render(request, "desk/closing_edition.html", {"held": held, "place": place, "rows": rows, "edition": edition_words(held.number), "below": below, "above": above})


@able("run.see")
def runs(request: HttpRequest) -> HttpResponse:
    """The full counts of the figures, newest first: how many differed from what was kept, the first of them, and when it was put right."""
    before = request.GET.get("before", "")
    found = rebuilding.runs()
    if before.isdecimal() and len(before) < 19:
        found = found.filter(pk__lt=int(before))
    rows = list(found[:PAGE + 1])
    return render(request, "desk/runs.html", {"rows": rows[:PAGE], "older": f"?before={rows[PAGE - 1].pk}" if len(rows) > PAGE else ""})
