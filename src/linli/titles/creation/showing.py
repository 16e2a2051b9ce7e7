# SPDX-License-Identifier: MulanPSL-2.0
"""What pages show of the year of creation: a batch as steps, progress against the split, applications by code of area, and one application's history."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count

from linli.core import clock
from linli.core.sight import Actor
from linli.core.words import Words, words
from linli.elements import directories, places
from linli.elements.places import KnownPlace
from linli.measures.grading import STATE_WORDS
from linli.titles.creation import visits
from linli.titles.creation.reviewing import OUTCOMES, STAGES
from linli.titles.creation.states import STATES
from linli.titles.models import Application, Assessed, Batch, Filing, Objection, PatrolDraw, Publicity, Review, Share, StrikeOut

WAY: tuple[tuple[Words, str], ...] = (
    (words("定目标", "Target"), "opened_on"), (words("申报", "Applications"), "apply_until"), (words("街道审核", "Streets"), "street_until"),
    (words("区级审核", "Districts"), "district_until"), (words("暗访与测评", "Visits and assessment"), "assess_until"),
    (words("公示", "Publicity"), "publicity_by"), (words("命名", "Naming"), "naming_by"))
BATCH_STATES: dict[str, tuple[Words, str]] = {
    "history": (words("历史批次", "History"), "calm"), "planned": (words("已定目标", "Planned"), "calm"), "open": (words("申报与审核", "Applications and reviews"), "accent"),
    "assessing": (words("测评", "Assessment"), "accent"), "publicity": (words("公示", "Publicity"), "accent"), "named": (words("已命名", "Named"), "good")}
CHOSEN = ("candidate", "assessed", "shortlisted", "publicity", "named", "left_out", "struck_out")
MOST = 1000


def batches(*, is_running: bool) -> list[Batch]:
    """The batches that run, or those that are over, newest first."""
    over = ["history", "named"]
    found = Batch.objects.exclude(state__in=over) if is_running else Batch.objects.filter(state__in=over)
    return list(found.order_by("-year", "-ordinal")[:40])


def way_of(batch: Batch) -> list[dict[str, Any]]:
    """The steps of a batch for ui/parts/steps.html: by its state and by its days."""
    number = {"planned": 0, "open": 1, "assessing": 4, "publicity": 5, "named": 7}[batch.state]
    today = clock.today()
    if batch.state == "open":
        number = 1 + sum(today > until for until in (batch.apply_until, batch.street_until, batch.district_until) if until)
    return [{"label": label, "state": "done" if turn < number else "now" if turn == number else "ahead", "until": getattr(batch, column)}
            for turn, (label, column) in enumerate(WAY)]


@dataclass(frozen=True)
class Progress:
    """One district's part of the target and how far it is."""

    place: KnownPlace
    target: int
    applied: int
    chosen: int
    named: int


def progress_of(actor: Actor, batch: Batch) -> list[Progress]:
    """Target and progress by district within the actor's sight, in order of area; two queries."""
    shares = dict(Share.objects.visible_to(actor).filter(batch=batch).order_by("area").values_list("area", "number"))
    counted: dict[int, dict[str, int]] = {}
    rows = Application.objects.visible_to(actor).filter(batch=batch).exclude(state="draft").values_list("area", "state")
    for area, state in rows.iterator():
        district = next((one.area for one in places.path_of(area) if one.level == "district"), 0)
        counts = counted.setdefault(district, {})
        counts[state] = counts.get(state, 0) + 1
    return [Progress(places.place_by_area(area), number, sum(counted.get(area, {}).values()), sum(counted.get(area, {}).get(one, 0) for one in CHOSEN),
                     counted.get(area, {}).get("named", 0)) for area, number in shares.items()]


def counts_of(actor: Actor, batches: Sequence[Batch]) -> dict[int, int]:
    """By batch, how many applications lie within the actor's sight; one query."""
    return dict(Application.objects.visible_to(actor).filter(batch__in=batches).values_list("batch").annotate(count=Count("id")))


@dataclass(frozen=True)
class Row:
    """An application in a list."""

    application: Application
    place: KnownPlace
    street: str
    state: Words
    tone: str
    last: Assessed | None = None

    @property
    def grade(self) -> Words | None:
        """What its assessment came to; None before."""
        return STATE_WORDS[self.last.grade] if self.last else None


def rows_of(actor: Actor, batch: Batch, after: int = 0, *, most: int = 50, states: Sequence[str] = ()) -> list[Row]:
    """Applications of a batch in order of area, from one on, with the last conclusion; never in order of a value. Two queries."""
    found = Application.objects.visible_to(actor).filter(batch=batch, area__gt=after)
    held = list((found.filter(state__in=states) if states else found).order_by("area")[:most])
    last = {one.application_id: one for one in Assessed.objects.visible_to(actor).filter(application__in=held).order_by("id")}
    return [_row(one, last.get(one.pk)) for one in held]


def _row(one: Application, last: Assessed | None) -> Row:
    path = places.path_of(one.area)
    street = next((above.name for above in path if above.level == "street"), "")
    return Row(one, places.place_by_area(one.area), street, *STATES[one.state], last)


@dataclass(frozen=True)
class Entry:
    """One line of an application's history, as ui/parts/timeline.html takes it."""

    at: datetime
    title: Words
    who: str = ""
    text: str = ""
    tone: str = "calm"
    subject: tuple[str, int] = ("", 0)


TONES = {"pass": "good", "agreed": "warn", "return": "warn", "return_street": "warn", "chosen": "good", "upheld": "warn"}


def history_of(application: Application) -> list[Entry]:
    """Everything that was decided about an application, oldest first, inside the sight in force; six queries."""
    found = sorted([*_filings(application), *_decisions(application), *_strikes(application), *_conclusions(application)], key=lambda one: one[0].at)
    names = directories.account_names([account for _, account in found])
    return [Entry(one.at, one.title, names.get(account or 0, ""), one.text, one.tone, one.subject) for one, account in found]


Found = Iterator[tuple[Entry, int | None]]


def _filings(application: Application) -> Found:
    yield Entry(application.begun_at, words("开始填报", "Draft begun")), None
    for one in Filing.objects.filter(application=application):
        yield Entry(one.filed_at, words("报送街道", "Submitted to the street")), one.account


def _decisions(application: Application) -> Found:
    for one in Review.objects.filter(application=application):
        stage, outcome = STAGES[one.stage], _outcome(one.outcome)
        title = words(f"{stage.zh}：{outcome.zh}", f"{stage.en}: {outcome.en}")
        yield Entry(one.reviewed_at, title, text=one.reason, tone=TONES.get(one.outcome, "calm"), subject=("title_review", one.pk)), one.account


def _outcome(name: str) -> Words:
    return OUTCOMES.get(name) or words("异议不成立", "Not upheld")


def _strikes(application: Application) -> Found:
    for one in StrikeOut.objects.filter(application=application):
        yield Entry(one.proposed_at, words("提出取消候选资格", "Strike-out proposed"), text=one.reason, tone="warn", subject=("strike", one.pk)), one.proposed_by
        if one.stated_at:
            yield Entry(one.stated_at, words("居委会说明情况", "The committee's statement"), text=one.statement), one.stated_by


def _conclusions(application: Application) -> Found:
    for one in Assessed.objects.filter(application=application):
        grade = STATE_WORDS[one.grade]
        yield Entry(one.assessed_at, words(f"测评结论：{grade.zh}", f"Assessed: {grade.en}"), tone="accent"), one.account


def visits_shown(actor: Actor, application: Application) -> list[dict[str, Any]]:
    """The unannounced visits as this actor may know of them: a community and a street hear of one when it is settled."""
    may_know = actor.may("title.review_district") or actor.may("title.plan")
    held = visits.visits_of(application.batch, [application.pk])[application.pk] if application.batch.standard_id else None
    return [{"day": one.inspection.day, "is_settled": one.is_settled, "broken": one.broken, "findings": [each.text for each in one.findings]}
            for one in (held.outcomes if held else ()) if one.is_settled or may_know]


def objections_of(actor: Actor, batch: Batch) -> list[Objection]:
    """The objections to a batch's lists within the actor's sight, soonest due first; what they say stays sealed."""
    return list(Objection.objects.visible_to(actor).filter(publicity__batch=batch).select_related("application").order_by("due_on", "id")[:MOST])


def lists_of(batch: Batch) -> list[Publicity]:
    """The lists of a batch that were made public, newest first."""
    return list(Publicity.objects.filter(batch=batch).select_related("publication").order_by("-id"))


def draws_of(batch: Batch) -> list[PatrolDraw]:
    """The draws of a batch by month, newest first."""
    return list(PatrolDraw.objects.filter(batch=batch).order_by("-month"))
