# SPDX-License-Identifier: MulanPSL-2.0
"""The long work of a reconciliation: a file compared stretch by stretch under the post that asked, and what was decided carried out."""

import logging
from collections.abc import Callable
from datetime import datetime

import polars as pl
from django.db import IntegrityError, connection
from django.db.models import F

from linli.core import clock, jobs
from linli.core.actions import run
from linli.core.faults import Fault
from linli.core.sight import Actor, Sight, looking, of_all, of_post
from linli.core.words import Words
from linli.elements import places
from linli.elements.actors import actor_of_post
from linli.elements.intakes import parts
from linli.elements.intakes.actions import BRING
from linli.elements.intakes.reading import LINE
from linli.elements.intakes.sites import AREA
from linli.elements.intakes.staging import Staged, drawn
from linli.elements.intakes.working import BROKE, NO_POST
from linli.elements.models import IntakeBatch, ReconciledFigure, ReconciledItem, Reconciliation
from linli.elements.reconciling import comparing, sides
from linli.elements.reconciling.actions import BUSY, JOB
from linli.elements.reconciling.comparing import Compared
from linli.elements.reconciling.sides import DIFFERS

log = logging.getLogger("linli.reconciling")
PURPOSE = "check"
CHUNK = 20_000
EARLIER = """update elements_reconcileditem t set proposed = q.decision from (
  select distinct on (i.side, i.register, i.record, i.name, i.likeness) i.side, i.register, i.record, i.name, i.likeness, i.decision
    from elements_reconcileditem i join elements_reconciliation r on r.id = i.reconciliation_id
   where r.source_id = %s and r.id <> %s and i.decision in ('ours', 'aside', 'keep') and i.side in ('differs', 'theirs', 'ours')
   order by i.side, i.register, i.record, i.name, i.likeness, i.id desc) q
where t.reconciliation_id = %s and t.side = q.side and t.register = q.register and t.name = q.name
  and t.record is not distinct from q.record and t.likeness is not distinct from q.likeness"""
"""What was decided about the very same before is proposed again, and goes before what the source is the authority for."""


@jobs.long(JOB)
def work(number: int) -> None:
    """Do what the state asks for; a second run goes on where the first broke off."""
    with looking(of_all(), read_only=True):
        one = Reconciliation.objects.filter(pk=number, state__in=BUSY).select_related("intake", "source").first()
    if one is None:
        return
    actor = actor_of_post(one.post) if one.post else None
    if actor is None or not actor.may(BRING) or not (actor.lo <= one.area < actor.hi):
        _fail(one, of_all(), NO_POST)
        return
    try:
        WORKS[one.state](one, actor)
    except (Fault, LookupError, ValueError, IntegrityError) as error:
        log.exception("Reconciliation %s broke off while %s", number, one.state)
        _fail(one, of_post(actor), error.message if isinstance(error, Fault) else BROKE)


def _fail(one: Reconciliation, sight: Sight, sentence: Words) -> None:
    with looking(sight):
        Reconciliation.objects.filter(pk=one.pk).update(state="failed", trouble=sentence.as_dict(), version=F("version") + 1)


def _note(one: Reconciliation, actor: Actor, done: int, total: int) -> None:
    with looking(of_post(actor)):
        Reconciliation.objects.filter(pk=one.pk).update(counts=one.counts | {"done": done, "total": total})


def _compare(one: Reconciliation, actor: Actor) -> None:
    run("reconciliation.look_through", actor, {"reconciliation": one.pk, "purpose": PURPOSE})
    found, at = Compared(), clock.now()
    with looking(of_post(actor)):
        numbers = parts.numbers(one.intake_id, parts.CLEAN)
        ReconciledItem.objects.filter(reconciliation=one).delete()
        ReconciledFigure.objects.filter(reconciliation=one).delete()
    for place, number in enumerate(numbers):
        _note(one, actor, place, len(numbers))
        with looking(of_post(actor)):
            comparing.of_stretch(found, one.intake, number)
            _keep(one, found)
    with looking(of_post(actor)):
        comparing.finish(found, one.intake, one, places.place_by_area(one.area).hi)
        _keep(one, found)
        _close(one, found, at)


def _keep(one: Reconciliation, found: Compared) -> None:
    """Put what was found so far into the table, by COPY: theirs sealed, ours as a digest only."""
    for frame in found.items:
        for start in range(0, frame.height, CHUNK):
            _stage(one, frame.slice(start, CHUNK))
    found.items.clear()


def _stage(one: Reconciliation, frame: pl.DataFrame) -> None:
    frame, known = frame.with_columns(pl.col("name", "register").fill_null("")), frame["side"][0] == DIFFERS
    was = sides.was_digests(frame.select("register", "record", "name", "was").iter_rows()) if known else []
    said = frame.select("register", "name", pl.coalesce("likeness", "theirs")).rows()
    likes = sides.like_digests(said)
    has_text = frame["theirs"].is_not_null().to_list()
    texts = sides.sealed_texts(one.pk, frame)
    authority = set(one.source.authority) if known else set()
    Staged().add(ReconciledItem, pl.DataFrame({
        "id": drawn(ReconciledItem, frame.height), "area": frame[AREA], "reconciliation_id": [one.pk] * frame.height, "side": frame["side"], "register": frame["register"],
        "record": frame["record"], "line": frame[LINE], "name": frame["name"], "is_gap": [known and not text for text in frame["was"].to_list()],
        "stood": pl.Series([_hex(digest) for digest in was] or [None] * frame.height, dtype=pl.String),
        "likeness": pl.Series([_hex(digest) if text[2] is not None else None for digest, text in zip(likes, said, strict=True)], dtype=pl.String),
        "sealed": pl.Series([_hex(text) if is_there else None for text, is_there in zip(texts, has_text, strict=True)], dtype=pl.String),
        "proposed": ["theirs" if name in authority else "" for name in frame["name"].to_list()]}))


def _hex(value: bytes) -> str:
    return "\\x" + value.hex()


def _close(one: Reconciliation, found: Compared, at: datetime) -> None:
    figures = sorted({name for name, _ in found.figures})
    ReconciledFigure.objects.bulk_create([
        ReconciledFigure(area=one.area, reconciliation=one, name=name, **{kind: found.figures[name, kind] for kind in ("same", "differs", "gaps")}) for name in figures])
    with connection.cursor() as cursor:
        cursor.execute(EARLIER, [one.source_id, one.pk, one.pk])
    counts = {"rows": one.counts.get("rows", 0)} | {name: found.counts[name] for name in ("agree", "differ", "theirs", "ours", "unclear")}
    Reconciliation.objects.filter(pk=one.pk).update(state="compared", compared_at=at, counts=counts, trouble={}, version=F("version") + 1)


def _apply(one: Reconciliation, actor: Actor) -> None:
    round_now = int(one.counts.get("round", 1))
    with looking(of_post(actor)):
        wanted = parts.numbers(one.intake_id, parts.CLEAN)
        done = set(IntakeBatch.objects.filter(intake=one.intake_id, round=round_now).values_list("number", flat=True))
    for place, number in enumerate(wanted):
        _note(one, actor, place, len(wanted))
        if number not in done:
            run("reconciliation.apply_stretch", actor, {"reconciliation": one.pk, "number": number})
    counts = {name: count for name, count in one.counts.items() if name not in ("done", "total")}
    with looking(of_post(actor)):
        Reconciliation.objects.filter(pk=one.pk).update(state="compared", counts=counts, trouble={}, version=F("version") + 1)


WORKS: dict[str, Callable[[Reconciliation, Actor], None]] = {"comparing": _compare, "applying": _apply}
