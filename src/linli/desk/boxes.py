# SPDX-License-Identifier: MulanPSL-2.0
"""档案盒: what stands behind each indicator of a community in a year, papers scanned in beside it, and all of it printed: contents, spines, report."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import urlencode

from linli.core import clock, evidence
from linli.core.actions import find_action
from linli.core.faults import NotVisible
from linli.core.sight import Actor, looking, of_post
from linli.core.words import Words, words
from linli.desk.box_sheets import code_of, ordered, sheet_data
from linli.desk.figures import period_of, points
from linli.doors import generated, prints
from linli.doors.files import photo_of
from linli.doors.generated import Form
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.elements import directories
from linli.measures import proofs, results
from linli.measures.models import Proof
from linli.measures.norms import keeping
from linli.measures.norms.citing import citations
from linli.measures.periods import Period, year_of
from linli.measures.results import IndicatorResult, Results
from linli.measures.standards import Pending

SHEETS = Path(__file__).parent / "prints"
ADDED, TAKEN_OUT = words("材料已收进档案盒。", "The paper is in the box."), words("材料已撤下，原件仍可查看。", "Taken out; it can still be looked at.")


@able(results.ABILITY)
def box(request: HttpRequest, area: int) -> HttpResponse:
    """The box of a community and year: every indicator with its figure, its records and its papers. NotVisible for another level of place."""
    actor, period = actor_of(request), _year(request)
    with looking(of_post(actor), read_only=True):
        found = _community(actor, area, period)
        papers = _counted(proofs.kept(actor, area, int(period.key)))
        groups = [{"words": one.dimension.words, "rows": [_line(row, found, papers) for row in ordered(one.indicators, one.dimension.pending)]}
                  for one in found.dimensions]
        return render(request, "desk/box.html", {
            "place": found.place, "period": period, "years": _years(area, period), "groups": groups, "results": _address("desk:area_results", area, period),
            "prints": [{"words": label, "href": _address("desk:box_print", area, period, what)} for what, (label, _) in PRINTS.items()]})


@able(results.ABILITY)
def indicator(request: HttpRequest, area: int, code: str) -> HttpResponse:
    """One indicator of the box: its records' page, its papers, and the form that puts one in."""
    actor, period = actor_of(request), _year(request)
    with looking(of_post(actor), read_only=True):
        found = _community(actor, area, period)
        row = next((one for one in _all(found) if code_of(one) == code), None)
    if row is None:
        raise NotVisible
    here = _address("desk:box_indicator", area, period, code)
    form = Form("proof.add", _asked("proof.add", "title", "day", "note", "evidence"), {"area": area, "indicator": code, "year": int(period.key)},
                submit=words("收进档案盒", "Put it in"), done=ADDED, to=here, draft=f"desk.proof.{code}") if actor.may(proofs.KEEPS) else None
    sent = generated.submit(request, form) if form else None
    if sent is not None and sent.response is not None:
        return sent.response
    with looking(of_post(actor), read_only=True):
        held = proofs.kept(actor, area, int(period.key), code)
        files = _files(held)
        names = directories.account_names([one.added_by for one in held])
        may_keep = actor.may(proofs.KEEPS)
        papers = [{"held": one, "files": files.get(one.pk, []), "by": names.get(one.added_by or 0, ""), "out": _out_address(one) if may_keep else ""} for one in held]
        return render(request, "desk/box_indicator.html", _line(row, found, _counted(held)) | {
            "place": found.place, "period": period, "papers": papers, "back": _address("desk:box", area, period), "form": sent.form if sent else None,
            "may_norms": actor.may(keeping.SEE)},
            status=sent.status if sent else 200)


@able(proofs.KEEPS)
def take_out(request: HttpRequest, proof: int) -> HttpResponse:
    """The form by which a paper is taken out."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        held = Proof.objects.visible_to(actor).filter(pk=proof).first()
        if held is None:
            raise NotVisible
        back = _address("desk:box_indicator", held.area, year_of(held.year), held.code)
    form = Form("proof.take_out", _asked("proof.take_out", "reason"), {"proof": proof}, submit=words("撤下", "Take it out"), done=TAKEN_OUT, to=back, tone="danger")
    return generated.form_page(request, form, template="desk/proof_out.html", context={"held": held, "back": back})


@able(results.ABILITY)
def printed(request: HttpRequest, area: int, what: str) -> HttpResponse:
    """The box's contents, its spines, or the report of the community, as a PDF."""
    if what not in PRINTS:
        raise NotVisible
    actor, period = actor_of(request), _year(request)
    label, template = PRINTS[what]
    with looking(of_post(actor), read_only=True):
        found = _community(actor, area, period)
        data = sheet_data(found, actor, proofs.kept(actor, area, int(period.key)), with_rows=what == "contents")
    return prints.answer(SHEETS / template, data, f"{found.place.name} {period.key} {label}")


PRINTS: Mapping[str, tuple[Words, str]] = {
    "report": (words("测评报告", "Report"), "report.typ"), "contents": (words("档案盒目录和清单", "Contents and lists"), "contents.typ"),
    "spines": (words("盒脊标签", "Spines"), "spines.typ"),
}


def _year(request: HttpRequest) -> Period:
    """The year of the address: a box is kept by the year."""
    found = period_of(request)
    return found if found.is_year else year_of(int(found.key[:4]))


def _community(actor: Actor, area: int, period: Period) -> Results:
    found = results.results(actor, area, period.key)
    if found.place.level != "community" or found.sheet is None:
        raise NotVisible
    return found


def _all(found: Results) -> list[IndicatorResult | Pending]:
    return [row for one in found.dimensions for row in ordered(one.indicators, one.dimension.pending)]


def _line(row: IndicatorResult | Pending, found: Results, papers: Mapping[str, int]) -> dict[str, Any]:
    """An indicator as the box lists it."""
    code, period, area = code_of(row), found.period, found.place.area
    shared = {"code": code, "papers_count": papers.get(code, 0), "href": _address("desk:box_indicator", area, period, code)}
    if isinstance(row, Pending):
        return shared | {"words": row.words, "basis": row.basis_words, "figure": None, "points": points(row.points), "is_proposed": row.is_points_proposed,
                         "source": citations(row.source, row.norms)}
    return shared | {
        "words": row.measure.words, "basis": None, "figure": row.figure, "share": row.figure.share, "reached": points(row.reached) if row.reached is not None else "",
        "points": points(row.indicator.points), "is_proposed": row.indicator.is_points_proposed or row.measure.proposed, "measure": row.measure,
        "source": citations(row.indicator.source, row.indicator.norms),
        "members": f"{reverse('desk:members', args=[area, code])}?{urlencode({'period': period.key})}"}


def _address(route: str, area: int, period: Period, *more: str) -> str:
    return f"{reverse(route, args=[area, *more])}?{urlencode({'period': period.key})}"


def _out_address(one: Proof) -> str:
    return "" if one.taken_out_at else reverse("desk:proof_out", args=[one.pk])


def _years(area: int, chosen: Period) -> list[dict[str, Any]]:
    running = clock.today().year
    return [{"key": str(one), "is_here": str(one) == chosen.key, "href": _address("desk:box", area, year_of(one))} for one in range(running, running - 4, -1)]


def _asked(name: str, *wanted: str) -> list[Any]:
    found = {one.name: one for one in find_action(name).fields}
    return [replace(found[one], kind="long_text") if one in ("note", "reason") else found[one] for one in wanted]


def _counted(held: Sequence[Proof]) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in held:
        if one.taken_out_at is None:
            found[one.code] = found.get(one.code, 0) + 1
    return found


def _files(held: Sequence[Proof]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for one in evidence.rows_of(proofs.SUBJECT, *(row.pk for row in held)) if held else ():
        found.setdefault(one.subject or 0, []).append(photo_of(one))
    return found


ADDRESSES = [
    path("boxes/<int:area>/", box, name="box"),
    path("boxes/<int:area>/print/<str:what>", printed, name="box_print"),
    path("boxes/<int:area>/<str:code>/", indicator, name="box_indicator"),
    path("proofs/<int:proof>/out", take_out, name="proof_out"),
]
