# SPDX-License-Identifier: MulanPSL-2.0
"""What the offices read of titles: the register by district and code, the history of one title, a case with its items, who is late. Reads only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from linli.core import clock
from linli.core.sight import Actor
from linli.core.words import Words, words
from linli.elements import directories, places
from linli.elements.places import KnownPlace
from linli.titles import lateness
from linli.titles.after import cases, history
from linli.titles.kinds import TitleKind
from linli.titles.models import Reinspection, ReinspectionStep, Title, TitleSign

PAGE = 50
MOST_FOUND = 100
MOST_STEPS = 500
SOON = timedelta(days=7)
"""Steps due within these days count as soon late (our choice)."""
STEP_WORDS: Mapping[str, tuple[Words, str]] = {
    "drawn": (words("列入再巡查", "To be re-inspected"), "calm"), "begun": (words("开始暗访", "Unannounced visit begun"), "accent"),
    "circulated": (words("发通报，要求整改", "Circulated, rectification asked"), "warn"), "kept": (words("保留称号", "Title kept"), "good"),
    "extension_asked": (words("申请整改延期", "Extension asked for"), "warn"), "extension_granted": (words("同意延期", "Extension granted"), "accent"),
    "extension_refused": (words("不同意延期", "Extension refused"), "warn"), "remedied": (words("报告整改情况", "Item reported as put right"), "accent"),
    "recheck_begun": (words("开始复查", "Re-check begun"), "accent"), "item_judged": (words("认定整改结果", "Item judged"), "calm"),
    "revocation_proposed": (words("提出撤销称号", "Revocation proposed"), "bad"), "heard": (words("居委会陈述", "The committee was heard"), "accent"),
    "revoked": (words("撤销称号，收回牌匾", "Title revoked, plaque taken back"), "bad"), "dismissed": (words("不予撤销，保留称号", "Not revoked, title kept"), "good"),
    "appealed": (words("提出申诉", "Appealed"), "warn"), "restored": (words("申诉成立，恢复称号", "Appeal upheld, title restored"), "good"),
    "upheld": (words("申诉不成立，维持撤销", "Appeal dismissed, revocation stands"), "bad"),
}


@dataclass(frozen=True)
class Row:
    """One title of the register with its place, its district and the signs that stand against it."""

    title: Title
    place: KnownPlace | None
    district: KnownPlace | None
    signs: tuple[TitleSign, ...] = ()


@dataclass(frozen=True)
class Wanted:
    """What somebody filters the register by: batch, state (`now`, `revoked`), a name, and after which area code the page begins."""

    batch: int | None = None
    state: str = ""
    name: str = ""
    after: int = 0


def register_page(actor: Actor, kind: TitleKind, wanted: Wanted) -> tuple[list[Row], int | None]:
    """A page of the register within the sight, by area code, and after which code the next begins; one query."""
    found = history.within(Title.objects.visible_to(actor).filter(kind=kind.name), wanted.state, wanted.after)
    if wanted.batch is not None:
        found = found.filter(batch__ordinal=wanted.batch)
    if wanted.name:
        met = places.find(wanted.name, lo=actor.lo, hi=actor.hi, level="community", most=MOST_FOUND)
        found = found.filter(area__in=[one.area for one in met])
    held = list(found.select_related("batch").order_by("area", "id")[:PAGE + 1])
    return [row_of(one) for one in held[:PAGE]], held[PAGE - 1].area if len(held) > PAGE else None


def row_of(title: Title, signs: Sequence[TitleSign] = ()) -> Row:
    """A title with its place and district."""
    return Row(title, places.find_place(title.area), history.district_of(title.area), tuple(signs))


def watch_page(actor: Actor, kind: TitleKind, lo: int, hi: int, after: int) -> tuple[list[Row], int | None]:
    """The titles with signs in a range within the sight, by area code: no order of merit. Two queries."""
    marked = TitleSign.objects.visible_to(actor).filter(kind=kind.name, until=None, area__gte=lo, area__lt=hi, area__gt=after)
    areas = list(marked.order_by("area").values_list("area", flat=True).distinct()[:PAGE + 1])
    held: dict[int, list[TitleSign]] = {}
    for one in TitleSign.objects.visible_to(actor).filter(kind=kind.name, until=None, area__in=areas[:PAGE]).select_related("title", "title__batch").order_by("area", "name"):
        held.setdefault(one.title_id, []).append(one)
    return [row_of(marks[0].title, marks) for marks in held.values()], areas[PAGE - 1] if len(areas) > PAGE else None


def sign_counts(actor: Actor, kind: TitleKind, below: Sequence[KnownPlace]) -> list[tuple[KnownPlace, int]]:
    """How many titles with signs each of the places has, in order of area code; one query."""
    areas = list(TitleSign.objects.visible_to(actor).filter(kind=kind.name, until=None).values_list("area", flat=True).distinct())
    counted = [(one, sum(one.lo <= area < one.hi for area in areas)) for one in sorted(below, key=lambda place: place.area)]
    return [(place, count) for place, count in counted if count]


@dataclass(frozen=True)
class Entry:
    """One line of a history: when (a day alone, or a moment), what, by whom, in which words, by which document."""

    title: Words
    at: datetime | None
    day: date | None
    who: str
    text: str
    document_no: str
    tone: str
    case: int | None = None


def entries_of(steps: Sequence[ReinspectionStep]) -> list[Entry]:
    """Steps as lines of a history, in order; one query for the names."""
    names = directories.account_names({one.account for one in steps})
    return [Entry(STEP_WORDS[one.step][0], one.at, one.day, names.get(one.account or 0, ""), one.text, one.document_no, STEP_WORDS[one.step][1], one.case_id)
            for one in steps]


def history_of(actor: Actor, title: Title) -> tuple[list[Reinspection], list[Entry]]:
    """The re-inspections of a title as far as somebody may see them, and all that happened to it; three queries."""
    held = list(cases.seen_by(actor).filter(title=title).select_related("round").order_by("id"))
    steps = list(ReinspectionStep.objects.visible_to(actor).filter(case__in=[one.pk for one in held]).order_by("id"))
    return held, entries_of(steps)


@dataclass(frozen=True)
class Late:
    """One open step with its place; `is_late` when its last day has gone by."""

    step: lateness.Step
    watch: Words
    place: KnownPlace | None
    is_late: bool


def late_steps(actor: Actor) -> dict[str, list[Late]]:
    """By level, the open steps of every declared watch that are late or soon late, soonest due first."""
    today, found = clock.today(), dict[str, list[Late]]()
    for watch in lateness.watches():
        for one in watch.open_steps(actor, MOST_STEPS):
            if one.due_on <= today + SOON:
                found.setdefault(one.level, []).append(Late(one, watch.words, places.find_place(one.area), one.due_on < today))
    return {level: sorted(rows, key=lambda row: (row.step.due_on, row.step.area)) for level, rows in found.items()}


def facts_of(kind: TitleKind) -> list[dict[str, Any]]:
    """The limits of a kind that hold today, for the page that explains them."""
    today = clock.today()
    return [{"words": found.words, "number": found.number, "is_proposed": found.is_proposed} for name in kind.limits if (found := kind.limit(name, today))]
