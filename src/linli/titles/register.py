# SPDX-License-Identifier: MulanPSL-2.0
"""The register of the named: a title is given once, taken once, and ever named is never counted down."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from linli.core.actions import Call
from linli.core.faults import Conflict
from linli.core.sight import Actor
from linli.core.words import words
from linli.elements.places import KnownPlace
from linli.titles.kinds import TitleKind
from linli.titles.models import Batch, Title

HAS_IT = words("“{name}”现在就有这个称号，不能再命名一次。", "{name} bears this title now and cannot be named again.")
HAS_IT_REMEDY = words("请在命名名册里核对。", "Check the register of the named.")


@dataclass(frozen=True)
class Counts:
    """How many were ever named, bear the title now, and had it revoked."""

    ever: int
    now: int
    revoked: int


def grant(call: Call, kind: TitleKind, batch: Batch, place: KnownPlace, plaque_no: str) -> Title:
    """Give a community its title inside the running action; the batch carries document and day. Conflict while it bears the title."""
    if Title.objects.filter(kind=kind.name, area=place.area, revoked_on=None).exists():
        raise Conflict(HAS_IT.format(name=place.name), HAS_IT_REMEDY, code="named")
    return Title.objects.create(
        area=place.area, place=place.id, kind=kind.name, batch=batch, origin="naming", named_on=batch.named_on, document_no=batch.document_no,
        plaque_no=plaque_no)


def revoke(call: Call, title: Title, document_no: str, day: date) -> Title:
    """End a title inside the running action; the row stays and stays counted as ever named."""
    title.revoked_on, title.revoked_by = day, document_no
    title.save(update_fields=["revoked_on", "revoked_by"])
    return title


def restore(call: Call, title: Title, place: KnownPlace, document_no: str, day: date) -> Title:
    """Give a revoked title back inside the running action: the row keeps the revocation that was lifted. Conflict when the community was named anew meanwhile."""
    if Title.objects.filter(kind=title.kind, area=title.area, revoked_on=None).exclude(pk=title.pk).exists():
        raise Conflict(HAS_IT.format(name=place.name), HAS_IT_REMEDY, code="named")
    title.lifted_on, title.lifted_by, title.revoked_on, title.revoked_by = title.revoked_on, title.revoked_by, None, ""
    title.restored_on, title.restored_by = day, document_no
    title.save(update_fields=["lifted_on", "lifted_by", "revoked_on", "revoked_by", "restored_on", "restored_by"])
    return title


def barred_until(kind: TitleKind, area: int) -> int | None:
    """The first year in whose round a community may apply again after a revocation; None when nothing bars it. One query, inside the sight in force."""
    last = Title.objects.filter(kind=kind.name, area=area).exclude(revoked_on=None).order_by("-revoked_on").values_list("revoked_on", flat=True).first()
    return last.year + kind.limit("reapply_rounds", last).number if last is not None else None


def counts(actor: Actor, kind: TitleKind) -> Counts:
    """Ever, now and revoked within the actor's sight, as far as each community is known by name; one query."""
    found = Title.objects.visible_to(actor).filter(kind=kind.name).aggregate(
        ever=Count("area", distinct=True), now=Count("id", filter=Q(revoked_on=None)), revoked=Count("id", filter=Q(revoked_on__isnull=False)))
    return Counts(found["ever"], found["now"], found["revoked"])
