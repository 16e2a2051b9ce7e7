# SPDX-License-Identifier: MulanPSL-2.0
"""Lists of matters: filters on columns and facets only, keyset pages, and what waits for whom."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from linli.core import clock
from linli.core.faults import Invalid
from linli.core.models import Facet
from linli.core.sight import Actor
from linli.core.words import Words, words
from linli.matters import heads, numbers
from linli.matters.conditions import LONG, OFFICE, SHORT
from linli.matters.kinds import all_kinds
from linli.matters.models import Handling, Limit, Matter, SpotCheck
from linli.matters.phases import OPEN, PHASES, SOURCES

PAGE = 100
BAD_CURSOR = words("翻页位置无效，请从第一页重新开始。", "This page position is not valid. Start again from the first page.")
BAD_FILTER = words("没有“{value}”这个筛选值。", "There is no filter value “{value}”.")
FACET_PREFIX = "facet."


@dataclass(frozen=True)
class Filter:
    """What a list is narrowed to; empty strings and None leave it wide. `order` is newest or due (open ones only)."""

    phase: str = ""
    kind: str = ""
    category: int | None = None
    source: str = ""
    state: str = ""
    unit: int | None = None
    worker: int | None = None
    number: str = ""
    area: tuple[int, int] | None = None
    order: str = "newest"
    facets: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_plain(self) -> bool:
        """True for the whole list, newest first: read in the order of an index, without sorting."""
        return self == Filter()

    def faults(self) -> dict[str, Words]:
        """Sentences for values that do not exist."""
        known = (("phase", PHASES), ("source", SOURCES), ("kind", {one.name for one in all_kinds()}),
                 ("state", set(STATES)), ("order", {"newest", "due"}))
        return {name: BAD_FILTER.format(value=getattr(self, name)[:40]) for name, values in known
                if getattr(self, name) and getattr(self, name) not in values}


@dataclass(frozen=True)
class Page:
    """One page of rows with the cursors beside it; empty when there is none."""

    rows: list[Matter]
    older: str = ""
    newer: str = ""


def scoped(actor: Actor) -> QuerySet[Matter]:
    """The actor's matters, by the column of his level where his range is one: so every scope has its index."""
    found = Matter.objects.visible_to(actor)
    column = {1_000: "community", 1_000_000: "street", 1_000_000_000: "district"}.get(actor.hi - actor.lo)
    return found.filter(**{column: actor.lo // (actor.hi - actor.lo)}) if column else found


def narrowed(found: QuerySet[Matter], chosen: Filter) -> QuerySet[Matter]:
    """The rows that a filter leaves. Invalid with a sentence for a value that does not exist."""
    if wrong := chosen.faults():
        raise Invalid(wrong)
    plain = {name: getattr(chosen, name) for name in ("phase", "kind", "category", "source", "unit", "worker") if getattr(chosen, name)}
    found = found.filter(**plain)
    if chosen.phase in OPEN or chosen.worker:
        found = found.filter(is_open=True)  # says nothing new, but lets the indexes of open matters serve
    if chosen.state:
        found = found.filter(STATES[chosen.state]())
    if chosen.area:
        found = found.filter(area__gte=chosen.area[0], area__lt=chosen.area[1])
    if chosen.number:
        found = found.filter(id=numbers.matter_of(chosen.number) or 0)
    for key, value in chosen.facets.items():
        found = found.filter(Exists(Facet.objects.filter(subject_kind="matter", subject=OuterRef("id"), key=key, value=value)))
    return found


STATES = {
    "open": lambda: Q(is_open=True),
    "overdue": lambda: Q(is_open=True, due_at__lt=clock.now()),
    "ended": lambda: Q(is_open=False),
    "paused": lambda: Q(is_open=True, is_paused=True),
    "asked": lambda: ~Q(asked="") & Q(is_open=True),
    "supervised": lambda: Q(is_open=True, is_supervised=True),
}


def page(actor: Actor, chosen: Filter, cursor: str = "", *, limit: int = PAGE) -> Page:
    """One page of the actor's matters; keyset, so that page 1000 costs what page 1 costs. No exact count."""
    found = narrowed(scoped(actor), chosen).select_related("category")
    place = _opened(cursor, chosen.order)
    keys: tuple[str, ...] = ("due_at", "id") if chosen.order == "due" else ("-id",)
    if chosen.order == "due":
        found = found.filter(is_open=True, due_at__isnull=False)
    backwards = place.get("back", False)
    if place:
        found = found.filter(_beyond(chosen.order, place, backwards))
    keys = tuple(_turned(key) for key in keys) if backwards else keys
    rows = list(found.order_by(*keys)[: limit + 1])
    has_more, rows = len(rows) > limit, rows[:limit]
    if backwards:
        rows.reverse()
    if not rows:
        return Page([])
    older = _sealed(rows[-1], chosen.order, back=False) if has_more or backwards else ""
    newer = _sealed(rows[0], chosen.order, back=True) if place and (has_more or not backwards) else ""
    return Page(rows, older, newer)


def _turned(key: str) -> str:
    return key[1:] if key.startswith("-") else f"-{key}"


def _beyond(order: str, place: Mapping[str, Any], backwards: bool) -> Q:
    if order == "due":
        moment, sign = place["due"], "lt" if backwards else "gt"
        return Q(**{f"due_at__{sign}": moment}) | Q(**{"due_at": moment, f"id__{sign}": place["id"]})
    return Q(**{"id__gt" if backwards else "id__lt": place["id"]})


def _sealed(row: Matter, order: str, *, back: bool) -> str:
    place: dict[str, Any] = {"id": row.pk, "back": back}
    if order == "due" and row.due_at:
        place["due"] = row.due_at.isoformat()
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def _opened(cursor: str, order: str) -> dict[str, Any]:
    if not cursor:
        return {}
    try:
        place = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        due = {"due": datetime.fromisoformat(place["due"]).astimezone(UTC)} if order == "due" else {}
        return {"id": int(place["id"]), "back": bool(place["back"])} | due
    except (ValueError, KeyError, TypeError, OverflowError, binascii.Error):
        raise Invalid({"cursor": BAD_CURSOR}) from None


@dataclass(frozen=True)
class Waiting:
    """One pile of today's work: what it is called, why it waits, and the rows (capped)."""

    name: str
    label: Words
    rows: list[Matter]
    is_more: bool


MOST = 50


def waiting_for(actor: Actor) -> list[Waiting]:
    """What waits for this post now, soonest limit first, by the abilities it carries; capped at 50 a pile."""
    piles = [(name, label, extra(actor)) for name, label, ability, extra in PILES if actor.may(ability)]
    found = []
    for name, label, which in piles:
        is_ended = {} if name == "check_settled" else {"is_open": True}
        rows = list(scoped(actor).filter(which, **is_ended).select_related("category").order_by("due_at", "id")[: MOST + 1])
        found.append(Waiting(name, label, rows[:MOST], len(rows) > MOST))
    return found


def _not_mine(actor: Actor) -> Q:
    """Matters that the actor and his unit never handled, nor another part of the same whole."""
    mine = Handling.objects.filter(Q(person=actor.account) | Q(unit=actor.organisation))
    beside = mine.filter(matter__parent=OuterRef("parent"))
    return Q(phase="verifying", is_passed=False) & ~Q(Exists(mine.filter(matter=OuterRef("id")))) & ~Q(Exists(beside))


def _drawn(actor: Actor) -> Q:
    """Jobs settled on the spot that were drawn, and that neither the actor nor his unit did."""
    waiting = SpotCheck.objects.visible_to(actor).filter(checked_at=None)
    handled = Handling.objects.filter(matter=OuterRef("id")).filter(Q(person=actor.account) | Q(unit=actor.organisation))
    return Q(phase="self_handled", id__in=waiting.values("matter")) & ~Q(Exists(handled))


def _own(actor: Actor) -> Q:
    """What somebody's unit gave to him in person."""
    return Q(worker__isnull=False, worker=actor.account)


def for_the_head(actor: Actor) -> Q:
    """What came back so often that this head names the unit: in his range, without the places below that have a head of their own."""
    found = Q(phase="filed", returns__gte=settings.RETURNS_TO_HEAD)
    for lo, hi in heads.ranges_below(actor.lo, actor.hi):
        found &= ~Q(area__gte=lo, area__lt=hi)
    return found


def _warned(actor: Actor) -> Q:
    """Matters of the actor's unit (of everybody, for the office) with a limit of which little is left."""
    running = Limit.objects.filter(matter=OuterRef("id"), met_at=None, warned_at__isnull=False, due_at__gt=clock.now())
    return Q(Exists(running)) & (Q() if actor.may(OFFICE) else Q(unit=actor.organisation))


def _to_answer(actor: Actor) -> Q:
    """Supervised matters whose answer is due from the actor's unit, or from the office while no unit has them."""
    return Q(is_supervised=True, is_answered=False) & (Q(unit=actor.organisation) | (Q(unit=None) if actor.may(OFFICE) else Q(pk=None)))


PILES = (
    ("answer", words("督办，待书面答复", "Supervised, answer due"), "matter.answer_supervision", _to_answer),
    ("approve", words("待审批", "To approve"), "matter.decide_request", lambda actor: Q(asked__in=SHORT)),
    ("approve_suspension", words("待审批的挂账", "To approve: slow list"), "matter.decide_suspension", lambda actor: Q(asked=LONG)),
    ("answered", words("督办已答复，待认可", "Supervised and answered"), "matter.supervise", lambda actor: Q(is_supervised=True, is_answered=True)),
    ("accept", words("待受理", "To accept"), "matter.file", lambda actor: Q(phase="captured")),
    ("dispatch", words("待派遣", "To dispatch"), "matter.dispatch",
     lambda actor: Q(phase="filed", returns__lt=settings.RETURNS_TO_HEAD) | Q(phase="handling", unit=None, parts_open=0, reopenings__gt=0)),
    ("decide", words("屡次退回，由您指定单位", "Returned too often: you name the unit"), "matter.decide", lambda actor: for_the_head(actor)),
    ("close", words("核查通过，待结案", "Verified, to close"), "matter.close", lambda actor: Q(phase="verifying", is_passed=True)),
    ("receive", words("待接收", "To receive"), "matter.receive", lambda actor: Q(phase="dispatched", unit=actor.organisation)),
    ("own", words("我承办的", "My own"), "matter.assign", lambda actor: Q(phase="handling", worker=actor.account)),
    ("handle", words("处置中", "In handling"), "matter.handle", lambda actor: Q(phase="handling", unit=actor.organisation) & ~_own(actor)),
    ("verify", words("待核查", "To verify"), "matter.verify", _not_mine),
    ("check_settled", words("随手办抽查", "Spot checks"), "matter.verify", lambda actor: _drawn(actor)),
    ("warned", words("即将到期", "Nearly due"), "matter.answer_supervision", _warned),
    ("supervised", words("督办中，等答复", "Supervised, waiting for the answer"), "matter.supervise", lambda actor: Q(is_supervised=True, is_answered=False)),
)


def phase_words(matter: Matter) -> Words:
    """The phase in words; a passed verification says so."""
    if matter.phase == "verifying" and matter.is_passed:
        return words("核查通过", "Verified")
    return PHASES[matter.phase]
