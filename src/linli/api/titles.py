# SPDX-License-Identifier: MulanPSL-2.0
"""The public register of the named as machines read it: communities by area code, and the counter batch by batch."""

from datetime import date

from django.http import HttpRequest
from ninja import Router, Schema

from linli.api.callers import OPEN
from linli.api.lookups import Area, Short, Upto100
from linli.api.shapes import Text, text
from linli.core.faults import Invalid, NotVisible
from linli.core.words import words
from linli.elements import places
from linli.matters.inbox import BAD_CURSOR
from linli.titles import kinds
from linli.titles.after import history

router = Router(tags=["titles"])
BAD_STATE = words("state 只能是 now、revoked 或者不填。", "state is now, revoked or left out.")


class TitleOut(Schema):
    """One community: by which batch it was named on which day, and until when. `origin` is `history` where a published list names it."""

    area: int
    code: str
    name: str
    district: str
    batch: int
    year: int
    origin: str
    named_on: date | None
    document_no: str
    plaque_no: str
    revoked_on: date | None
    restored_on: date | None


class BatchOut(Schema):
    """The counter at the end of a batch; `named` is null where only the sum of several was published."""

    batch: int
    year: int
    named: int | None
    ever: int
    source: str
    is_published: bool


class TitlesOut(Schema):
    """A page of the register by area code; `next` is the cursor of the page after it, empty on the last. The counter is the whole city's."""

    kind: str
    name: Text
    ever: int
    now: int
    revoked: int
    published: int
    known_by_name: int
    batches: list[BatchOut]
    items: list[TitleOut]
    next: str


@router.get("/titles", auth=OPEN, response=TitlesOut, summary="命名名册 Register of the named")
def list_titles(request: HttpRequest, kind: Short = "", state: Short = "", area: Area = None, cursor: Short = "", limit: Upto100 = 100) -> TitlesOut:
    """Who bears a title and who had it revoked: what the public page shows. Nothing of re-inspections."""
    known = {one.name: one for one in kinds.kinds()}
    chosen = known.get(kind) if kind else next(iter(known.values()), None)
    if chosen is None or (area is not None and places.find_place(area) is None):
        raise NotVisible
    if state not in ("", "now", "revoked"):
        raise Invalid({"state": BAD_STATE})
    if cursor and not (cursor.isdecimal() and len(cursor) < 19):
        raise Invalid({"cursor": BAD_CURSOR})
    rows, following = history.public_titles(chosen, after=int(cursor or 0), state=state, area=area, most=limit)
    tally = history.tally(chosen)
    return TitlesOut(
        kind=chosen.name, name=text(chosen.words), ever=tally.ever, now=tally.now, revoked=tally.revoked, published=tally.published, known_by_name=tally.known,
        batches=[BatchOut(batch=one.ordinal, year=one.year, named=one.named, ever=one.ever, source=one.source, is_published=one.is_published)
                 for one in history.years(chosen)],
        items=[_title(one) for one in rows], next=str(following or ""))


def _title(one: history.Shown) -> TitleOut:
    held = one.title
    return TitleOut(
        area=held.area, code=one.place.code if one.place else "", name=one.place.name if one.place else "", district=one.district.name if one.district else "",
        batch=held.batch.ordinal, year=held.batch.year, origin=held.origin, named_on=held.named_on, document_no=held.document_no, plaque_no=held.plaque_no,
        revoked_on=held.revoked_on, restored_on=held.restored_on)
