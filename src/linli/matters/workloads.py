# SPDX-License-Identifier: MulanPSL-2.0
"""Work done and how it stood up to a check, by worker and grid: facts for the talk between director and worker, never an order of persons."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from linli.core.sight import Actor
from linli.elements.assignments import WALKS
from linli.elements.models import Post
from linli.elements.posts import all_roles
from linli.matters.models import Matter, Move, Objection, Round, Verification

MOST = 50
MOST_WORKERS = 100
ANSWERED_SHOWN = 10
NOT_FOUND = "not_found"
"""The typed reason of matters/kinds.py by which a report did not hold on site."""
WHAT = ("rounds", "found", "real", "not_found", "visits")


@dataclass
class Work:
    """Counts of one worker, in one grid or in all: rounds ended, matters reported, those accepted, those not found on site, verifications done on site."""

    rounds: int = 0
    found: int = 0
    real: int = 0
    not_found: int = 0
    visits: int = 0

    def add(self, other: "Work") -> None:
        """Add the counts of another."""
        for name in WHAT:
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass
class Load:
    """The work of one account: by grid, and together."""

    account: int
    by_area: dict[int, Work] = field(default_factory=dict)

    def of(self, area: int) -> Work:
        """The counts in one grid, begun when there are none."""
        return self.by_area.setdefault(area, Work())

    @property
    def whole(self) -> Work:
        """All grids together."""
        made = Work()
        for one in self.by_area.values():
            made.add(one)
        return made


def span(first: date, last: date) -> tuple[datetime, datetime]:
    """The half-open stretch of time of some days on the city's clock."""
    zone = ZoneInfo(settings.TIME_ZONE)
    return datetime.combine(first, datetime.min.time(), zone), datetime.combine(last + timedelta(days=1), datetime.min.time(), zone)


def workloads(lo: int, hi: int, accounts: Sequence[int], first: date, last: date) -> dict[int, Load]:
    """The work of some accounts in a range of areas over some days, inside the sight in force; three grouped queries."""
    found = {account: Load(account) for account in accounts}
    for worker, area, count in _rounds(lo, hi, first, last).filter(worker__in=accounts).values_list("worker", "area").annotate(n=Count("id")).order_by():
        found[worker].of(area).rounds = count
    reported = _reports(lo, hi, first, last).filter(reporter__in=accounts).values_list("reporter", "area").annotate(
        n=Count("id"), real=Count("id", filter=Q(filed_at__isnull=False)), wrong=Count("id", filter=Q(phase="refused") & _refused_as_not_found()))
    for worker, area, count, real, wrong in reported.order_by():
        work = found[worker].of(area)
        work.found, work.real, work.not_found = count, real, wrong
    for worker, area, count in _visits(lo, hi, first, last).filter(verifier__in=accounts).values_list("verifier", "area").annotate(n=Count("id")).order_by():
        found[worker].of(area).visits = count
    return found


def _refused_as_not_found() -> Q:
    return Q(Exists(Move.objects.filter(matter=OuterRef("pk"), action="matter.refuse", reason=NOT_FOUND)))


def _rounds(lo: int, hi: int, first: date, last: date) -> QuerySet[Round]:
    return Round.objects.within(lo, hi).filter(day__gte=first, day__lte=last, ended_at__isnull=False)


def _reports(lo: int, hi: int, first: date, last: date) -> QuerySet[Matter]:
    start, end = span(first, last)
    return Matter.objects.within(lo, hi).filter(reported_at__gte=start, reported_at__lt=end)


def _visits(lo: int, hi: int, first: date, last: date) -> QuerySet[Verification]:
    start, end = span(first, last)
    return Verification.objects.within(lo, hi).filter(at__gte=start, at__lt=end)


def workers(lo: int, hi: int) -> list[tuple[int, str]]:
    """Account and name of everybody who walks grids in a range, past posts too, in order of names."""
    roles = [role.name for role in all_roles() if WALKS in role.abilities]
    found = Post.objects.filter(role__in=roles, place__lo__gte=lo, place__hi__lte=hi).select_related("account").order_by("account__name", "id")
    return list({one.account_id: one.account.name for one in found[:MOST_WORKERS]}.items())


def works_in(account: int, lo: int, hi: int) -> bool:
    """True if the account holds or held a post inside the range."""
    return Post.objects.filter(account=account, place__lo__gte=lo, place__hi__lte=hi).exists()


def home_of(account: int) -> int:
    """The area of somebody's latest post; 0 when there is none."""
    found = Post.objects.filter(account=account).select_related("place").order_by("-valid_from", "-id").first()
    return found.place.area if found else 0


def rounds_of(lo: int, hi: int, account: int, first: date, last: date, before: int | None = None, most: int = MOST) -> list[Round]:
    """The rounds behind the count, newest first; keyset by number."""
    found = _rounds(lo, hi, first, last).filter(worker=account)
    return list((found.filter(pk__lt=before) if before else found).order_by("-id")[:most + 1])


def matters_of(what: str, lo: int, hi: int, account: int, first: date, last: date, before: int | None = None, most: int = MOST) -> list[Matter]:
    """The matters behind a count (found, real, not_found, visits), newest first; keyset by number. LookupError for anything else."""
    if what == "visits":
        checked = _visits(lo, hi, first, last).filter(verifier=account).values("matter_id")
        found = Matter.objects.within(lo, hi).filter(Q(pk__in=checked))
    else:
        narrower = {"found": Q(), "real": Q(filed_at__isnull=False), "not_found": Q(phase="refused") & _refused_as_not_found()}[what]
        found = Matter.objects.within(lo, hi).filter(Q(pk__in=_reports(lo, hi, first, last).filter(narrower, reporter=account).values("pk")))
    return list((found.filter(pk__lt=before) if before else found).select_related("category").order_by("-id")[:most + 1])


def objections(actor: Actor, *, account: int | None = None, most: int = MOST) -> list[Objection]:
    """Objections inside the actor's range (of one account), those without an answer first, then newest."""
    found = Objection.objects.visible_to(actor)
    found = found.filter(account=account) if account is not None else found
    return [*found.filter(answered_at=None).order_by("id")[:most], *found.filter(answered_at__isnull=False).order_by("-id")[:ANSWERED_SHOWN]]
