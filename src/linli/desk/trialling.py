# SPDX-License-Identifier: MulanPSL-2.0
"""The last trial of a version as its page shows it: progress while it runs, then what would have gone elsewhere, with samples."""

from typing import Any

from django.urls import reverse

from linli.core.sight import Actor
from linli.core.words import Words, words
from linli.elements import directories
from linli.matters import numbers
from linli.matters.models import RouteRule, RouteTrial, RouteVersion
from linli.matters.routing import saying, store, targets

SHOWN = 40
"""Kinds of difference on the page, the commonest (our choice)."""
NO_RULE = words("没有规则", "No rule")


def latest(actor: Actor, route: RouteVersion) -> dict[str, Any]:
    """What desk/parts/trial.html takes; `trial` None when it was never tried."""
    trial: RouteTrial | None = RouteTrial.objects.visible_to(actor).filter(route=route.pk).order_by("-id").first()
    base = {"trial": trial, "pulse_address": reverse("desk:route_pulse", args=[route.pk]), "stamp": "none", "is_running": False}
    if trial is None:
        return base
    rows = trial.rows[:SHOWN]
    units = directories.unit_names(unit for row in rows for unit in row[1:3])
    rules = {one.pk: store.rule_of(one) for one in RouteRule.objects.in_bulk([row[0] for row in rows]).values()}
    named = directories.unit_names(int(one.target[5:]) for one in rules.values() if one.target.startswith("unit:"))
    speaker = saying.Speaker(named)
    compared = trial.looked - trial.unsent
    return base | {
        "stamp": f"{trial.pk}.{trial.state}.{trial.looked}", "is_running": trial.state != "done", "compared": compared, "is_current": _is_current(trial, route),
        "share": f"{100 * trial.looked // trial.total}" if trial.total else "100" if trial.state == "done" else "0", "has_more": len(trial.rows) > SHOWN,
        "differences": [_row(row, units, {number: speaker.rule(one) for number, one in rules.items()}) for row in rows]}


def _is_current(trial: RouteTrial, route: RouteVersion) -> bool:
    """False when the rules were edited after the trial."""
    return trial.digest == (route.digest or store.digest_of(store.rules_of(route.pk)))


def _row(row: list[Any], units: dict[int, str], rules: dict[int, Words]) -> dict[str, Any]:
    rule, went, goes, fault, count, sample = row
    return {
        "rule": rules.get(rule, NO_RULE), "went": units.get(went, "—"), "goes": units.get(goes, ""), "fault": targets.FAULTS[fault] if fault else None, "count": count,
        "sample": [{"number": numbers.number_of(one), "href": reverse("desk:matter", args=[numbers.number_of(one)])} for one in sample]}
