# SPDX-License-Identifier: MulanPSL-2.0
"""What anybody may know of matters: public categories only, nothing secret, and of the reporter's own words what a reviewer wrote."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from django.db import connection
from django.db.models import BooleanField, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from linli.core import clock
from linli.core.models import Evidence
from linli.core.sight import Actor
from linli.matters import categories, numbers
from linli.matters.inbox import scoped
from linli.matters.kinds import kind_of
from linli.matters.models import Category, Matter, Move, Origin, PublicWords

LOOKED_BACK = timedelta(days=90)
"""How far back reports wait for a reviewer: what lists show by default (GeoReport v2, GET service requests)."""


def is_shown(category: Category) -> bool:
    """True for a category that the public may know matters of: visible in public itself, and of a public kind."""
    return bool(category.kind) and category.is_public and kind_of(category.kind).is_public


@lru_cache(maxsize=2)
def _shown(edition: int) -> Mapping[int, Category]:
    return {one.pk: one for one in categories.known() if is_shown(one)}


def shown() -> Mapping[int, Category]:
    """Every category that may be known, of every version, by number."""
    return _shown(categories.edition())


def code_of(category: Category) -> str:
    """The lasting code of a category for other systems: scheme, part and code; the same in every version of the scheme."""
    return "-".join(part for part in (category.scheme.code, category.part, category.code) if part)


@lru_cache(maxsize=2)
def _by_code(edition: int) -> Mapping[str, tuple[Category, ...]]:
    found: dict[str, tuple[Category, ...]] = {}
    for one in _shown(edition).values():
        found[code_of(one)] = (*found.get(code_of(one), ()), one)
    return found


def with_code(code: str) -> tuple[Category, ...]:
    """The categories that may be known with this code, one a version of the scheme; empty for an unknown and for a sensitive one alike."""
    return _by_code(categories.edition()).get(code, ())


def in_force(code: str, day: date) -> Category | None:
    """The category with this code in which can be reported on a day; None when there is none."""
    return next((one for one in with_code(code) if categories.is_in_force(one, day)), None)


@dataclass(frozen=True)
class Wanted:
    """Which matters are asked for. `numbers` overrides all the rest; `before` is the last one of the page before."""

    since: datetime
    until: datetime
    codes: tuple[str, ...] = ()
    is_open: bool | None = None
    numbers: tuple[str, ...] = ()
    before: tuple[datetime, int] | None = None


def public_matters(lo: int, hi: int) -> QuerySet[Matter]:
    """The matters that anybody may know of, inside a half-open range."""
    return Matter.objects.within(lo, hi).filter(category__in=list(shown()), is_secret=False).exclude(source="withdrawn")


def wanted(lo: int, hi: int, asked: Wanted, *, first: int = 0, limit: int) -> list[Matter]:
    """The matters asked for, newest first, each with `moved_at`, when it last moved: one query, read in the order of an index."""
    last = Subquery(Move.objects.filter(matter=OuterRef("id")).order_by("-step").values("recorded_at")[:1])
    found = public_matters(lo, hi)
    if asked.numbers:
        found = found.filter(id__in=[number for one in asked.numbers if (number := numbers.matter_of(one))])
    else:
        found = found.filter(reported_at__gte=asked.since, reported_at__lte=asked.until)
        if asked.codes:
            found = found.filter(category__in=[one.pk for code in asked.codes for one in with_code(code)])
        if asked.is_open is not None:
            found = found.filter(_goes_on() if asked.is_open else ~_goes_on())
        if asked.before:
            at, number = asked.before
            found = found.filter(reported_at__lte=at).filter(Q(reported_at__lt=at) | Q(id__lt=number))
    rows: list[Matter] = list(found.annotate(moved_at=last).order_by("-reported_at", "-id")[first:first + limit])
    for one in rows:
        one.category = shown()[one.category_id]
    return rows


def _goes_on() -> Q:
    """Open, or merged into one that is: what was merged answers with the status of the one it went into."""
    lead = Matter.objects.filter(pk=OuterRef("merged_into"), category__in=list(shown()), is_secret=False).values("is_open")[:1]
    return Q(is_open=True) | Q(Coalesce(Subquery(lead), Value(False), output_field=BooleanField()), phase="merged")


def words_for(matters: Iterable[int]) -> dict[int, PublicWords]:
    """The reviewed words of these matters; what was kept back is left out. One query."""
    return {one.pk: one for one in PublicWords.objects.filter(matter__in=list(matters), is_public=True)}


def waiting(actor: Actor, *, limit: int) -> Sequence[Matter]:
    """Reports of the last ninety days whose words nobody has looked at, newest first, within the actor's range; capped."""
    looked_at = PublicWords.objects.filter(matter=OuterRef("id"))
    found = scoped(actor).filter(
        ~Exists(looked_at), category__in=list(shown()), is_secret=False, reported_at__gte=clock.now() - LOOKED_BACK).exclude(source="withdrawn")
    return list(found.select_related("category").order_by("-id")[:limit])


def known_among(lo: int, hi: int, matters: Iterable[int]) -> dict[int, Matter]:
    """Those of these matters that the public may know of, by number; asks nothing when there are none."""
    wanted = list(matters)
    return {one.pk: one for one in public_matters(lo, hi).filter(id__in=wanted)} if wanted else {}


def refusals(matters: Sequence[int]) -> dict[int, str]:
    """The typed reason by which each of these was not accepted; asks nothing when there are none."""
    if not matters:
        return {}
    return dict(Move.objects.filter(matter__in=matters, to_phase="refused").exclude(reason="").values_list("matter", "reason"))


def photo(lo: int, hi: int, matter: int, file: int) -> Evidence | None:
    """A file that a reviewer made public; None for every other one."""
    reviewed = words_for([matter]).get(matter) if known_among(lo, hi, [matter]) else None
    if reviewed is None or file not in reviewed.photos:
        return None
    found: Evidence | None = Evidence.objects.filter(pk=file, subject_kind="matter", subject=matter).first()
    return found


SILENT = ("matter.hear", "matter.rate", "matter.archive")
"""Steps that say nothing new to the system that brought the report: its own words, a rating, the filing away."""


FOLLOWED = """select v.id, f.id from matters_move v
  join matters_matter f on f.merged_into = v.matter_id and f.closed_at <= v.recorded_at and not f.is_secret and f.category_id = any(%(shown)s)
  join matters_origin o on o.matter_id = f.id and o.account = %(account)s
  join matters_matter l on l.id = v.matter_id and not l.is_secret and l.category_id = any(%(shown)s)
 where v.recorded_at >= %(since)s and v.recorded_at <= %(until)s and v.action <> all(%(silent)s) and v.from_phase <> 'replied'
 order by v.recorded_at, v.matter_id, v.step limit %(limit)s"""


@dataclass(frozen=True)
class Told:
    """A step as it is told to the system that brought a report: of the report itself, or of the matter that it was merged into."""

    move: Move
    matter: int

    @property
    def text(self) -> str:
        """What was said with it for the reporter; empty where it is another reporter's word."""
        is_for_him = self.move.is_public and self.move.action != "matter.report" and self.move.detail.get("by_matter") in (None, self.matter)
        return self.move.note if is_for_him else ""


def steps_brought_by(account: int, since: datetime, until: datetime, *, limit: int) -> list[Told]:
    """The steps in a span of time of what this account brought from another system and the public may know of, oldest first."""
    # Steps of a span lie side by side: their block index answers it, and it needs the scan that read pages go without.
    with connection.cursor() as cursor:
        cursor.execute("set local enable_bitmapscan = on")
    brought = Exists(Origin.objects.filter(matter=OuterRef("matter"), account=account))
    found = Move.objects.filter(brought, recorded_at__gte=since, recorded_at__lte=until, matter__category__in=list(shown()), matter__is_secret=False)
    told = [Told(one, one.matter_id) for one in found.exclude(action__in=SILENT).exclude(from_phase="replied").order_by("recorded_at", "matter_id", "step")[:limit]]
    told += _followed(account, since, until, limit)
    return sorted(told, key=lambda one: (one.move.recorded_at, one.matter, one.move.step))[:limit]


def _followed(account: int, since: datetime, until: datetime, limit: int) -> list[Told]:
    """The steps of the matters that such reports were merged into, since they were."""
    with connection.cursor() as cursor:
        cursor.execute(FOLLOWED, {"account": account, "since": since, "until": until, "shown": list(shown()), "silent": list(SILENT), "limit": limit})
        pairs = cursor.fetchall()
    moves = Move.objects.in_bulk({move for move, _ in pairs}) if pairs else {}
    return [Told(moves[move], matter) for move, matter in pairs]


def reviews_of(matter: int) -> QuerySet[PublicWords]:
    """The last review of a matter inside the sight in force, not yet read."""
    return PublicWords.objects.filter(pk=matter)


def reviewed(matter: int) -> PublicWords | None:
    """The last review of a matter inside the sight in force; None when nobody has looked at its words."""
    found: PublicWords | None = reviews_of(matter).first()
    return found


PERSONAL = re.compile(
    r"(?<!\d)\d{15,18}[0-9Xx]?(?!\d)|(?<!\d)\+?\d[\d \-]{6,16}\d(?!\d)|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|[0-9一二三四五六七八九十]+\s*(?:号楼|栋|幢|单元|号?门|室)(?:\s*[0-9]{1,5}\s*(?:室|号)?)?")
"""What looks like an ID or phone number, an e-mail address or a dwelling. Source: our choice; a person decides, this only helps."""
LEFT_OUT = "……"


def draft_of(text: str) -> str:
    """The text without what looks personal, as a draft for the reviewer."""
    return PERSONAL.sub(LEFT_OUT, text)
