# SPDX-License-Identifier: MulanPSL-2.0
"""The long work on a table of the hotline: every row is checked, then every right one is taken in, in steps that may be broken off."""

import json
import logging
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from django.db import connection

from linli.core import clock, jobs
from linli.core.actions import run
from linli.core.faults import Fault, Invalid
from linli.core.keys import keyring
from linli.core.sight import Actor, looking, of_all, of_post
from linli.core.words import Words, words
from linli.elements.actors import actor_of_post
from linli.matters import numbers
from linli.matters.actions.hotline_tables import JOB
from linli.matters.hotline.checking import Ground, Order, ground_of, order_of
from linli.matters.models import HotlineBatch, HotlineOrder, HotlineRow

log = logging.getLogger("linli.hotline")
STEP = 200
KEPT = timedelta(days=30)
"""How long rows that did not go in can be fetched (our choice)."""
NO_POST = words("导入人的岗位已经结束，没有导入。", "The post that imported has ended; nothing was taken in.")
TWICE = words("同一工单编号在表里出现两次（第 {line} 行）", "the same order number stands in line {line} already")
NEW_WORDS, NEW_LIMIT, NEW_RETURN, OTHER = (
    words("诉求内容有变", "the words differ"), words("办结时限改为 {at}", "to be answered until {at}"), words("退单时限改为 {at}", "may go back until {at}"),
    words("工单其他内容有变", "other content differs"))

ADDED = """update matters_hotlinerow r set state = 'added', faults = '[]', sealed = '', matter = n.matter
from unnest(%s::bigint[], %s::bigint[]) as n (id, matter) where r.id = n.id"""


@jobs.long(JOB)
def work(number: int) -> None:
    """Check or take in a table under the sight of the post that brought it; a second run goes on where the first broke off."""
    with looking(of_all()):
        batch = HotlineBatch.objects.filter(pk=number, state__in=("checking", "importing")).first()
    if batch is None:
        return
    actor = actor_of_post(batch.post)
    if actor is None or not actor.may("hotline.import"):
        _end(number, state="failed", trouble=NO_POST.zh, ended_at=clock.now())
        return
    (_check if batch.state == "checking" else _take_in)(batch, actor)


def _end(number: int, **changes: Any) -> None:
    with looking(of_all()):
        HotlineBatch.objects.filter(pk=number).update(**changes)


def opened(row: HotlineRow) -> list[str]:
    """The cells of a row; empty once its order is in."""
    if not bytes(row.sealed):
        return []
    found: list[str] = json.loads(keyring().unseal_text(bytes(row.sealed), f"hotline:{row.batch_id}:{row.line}"))
    return found


def cells_of(batch: HotlineBatch, row: HotlineRow) -> dict[str, str]:
    """The cells by our fields."""
    by_heading = dict(zip(batch.headings, opened(row), strict=False))
    return {name: by_heading.get(heading, "") for name, heading in batch.columns.items()}


def _ground(batch: HotlineBatch, actor: Actor) -> Ground:
    return ground_of(actor.lo, actor.hi, community=batch.community, category=batch.category)


def _steps(batch: HotlineBatch, actor: Actor, *states: str) -> Iterator[list[HotlineRow]]:
    """The rows in these states, some at a time, by line."""
    line = 0
    while True:
        with looking(of_post(actor), read_only=True):
            found = list(HotlineRow.objects.filter(batch=batch.pk, state__in=states, line__gt=line).order_by("line")[:STEP])
        if not found:
            return
        line = found[-1].line
        yield found


def _check(batch: HotlineBatch, actor: Actor) -> None:
    ground = _ground(batch, actor)
    seen: dict[str, int] = {}
    counts = dict.fromkeys(("bad", "same", "changed"), 0)
    for found in _steps(batch, actor, "new", "good", "bad", "same", "changed"):
        orders = [order_of(cells_of(batch, row), ground) for row in found]
        with looking(of_post(actor)):
            known = {one.number: one for one in HotlineOrder.objects.filter(source=batch.source, number__in=[one.number for one in orders], returned_at=None)}
            for row, order in zip(found, orders, strict=True):
                _judge(row, order, known, seen)
                counts |= {row.state: counts[row.state] + 1} if row.state in counts else {}
            HotlineRow.objects.bulk_update(found, ("state", "faults", "matter"))
            HotlineBatch.objects.filter(pk=batch.pk).update(seen=_passed(batch, found), **counts)
    _end(batch.pk, state="checked")


def _passed(batch: HotlineBatch, found: list[HotlineRow]) -> int:
    """Rows passed so far: lines count from the second."""
    return min(batch.rows, found[-1].line - 1)


def _judge(row: HotlineRow, order: Order, known: Mapping[str, HotlineOrder], seen: dict[str, int]) -> None:
    """What becomes of a row: right, wrong with its sentences, in already, or in and changed."""
    faults = list(order.faults)
    if order.number and order.number in seen:
        faults.append(TWICE.format(line=seen[order.number]))
    seen.setdefault(order.number, row.line)
    before = known.get(order.number)
    row.faults, row.matter = [one.as_dict() for one in faults], before.pk if before else None
    if faults:
        row.state = "bad"
    elif before is not None:
        row.state = "same" if before.digest == order.digest() else "changed"
    else:
        row.state = "good"


def _take_in(batch: HotlineBatch, actor: Actor) -> None:
    ground = _ground(batch, actor)
    for found in _steps(batch, actor, "good", "changed"):
        for row in found:
            _take(batch, actor, row, order_of(cells_of(batch, row), ground))
        with looking(of_post(actor)):
            _note_added([row for row in found if row.state == "added"])
            HotlineRow.objects.bulk_update([row for row in found if row.state != "added"], ("state", "faults", "matter"))
            kinds = {state: HotlineRow.objects.filter(batch=batch.pk, state=state).count() for state in ("added", "bad")}
            HotlineBatch.objects.filter(pk=batch.pk).update(seen=_passed(batch, found), **kinds)
    _end(batch.pk, state="done", seen=batch.rows, ended_at=clock.now())


def _note_added(added: list[HotlineRow]) -> None:
    """Rows whose order is in: emptied, with the number of their matter, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(ADDED, [[row.pk for row in added], [row.matter for row in added]])


def _take(batch: HotlineBatch, actor: Actor, row: HotlineRow, order: Order) -> None:
    """One order in its own transaction, once under its key; what the action refuses is wrong with the action's sentence."""
    try:
        if order.faults:
            raise Invalid({"row": order.faults[0]})
        if row.state == "changed" and row.matter is not None:
            if (given := _amended(row.matter, order)) is not None:
                run("matter.amend_order", actor, given, key=f"hotline:{batch.pk}:{row.line}")
        else:
            row.matter = numbers.matter_of(run("matter.take_order", actor, given_for(batch, order), key=f"hotline:{batch.pk}:{row.line}")["number"])
    except Fault as fault:
        row.state, row.faults = "bad", [one.as_dict() for one in (fault.fields.values() if isinstance(fault, Invalid) and fault.fields else [fault.message])]
        return
    row.state, row.sealed = "added", b""


def given_for(batch: HotlineBatch, order: Order) -> dict[str, Any]:
    """What the action that takes an order in is given."""
    return {
        "category": order.category, "summary": order.words, "area": order.area, "address": order.address, "contact_name": order.name,
        "contact_phone": order.phone, "wants_secrecy": order.is_secret, "order": order.number, "source": batch.source, "asks": order.asks,
        "category_text": order.category_text, "digest": order.digest(), **_moments(order)}


def _moments(order: Order) -> dict[str, str]:
    found = {"received_at": order.received_at, "answer_due_at": order.answer_due_at, "return_due_at": order.return_due_at}
    return {name: at.isoformat() for name, at in found.items() if at is not None}


def _amended(matter: int, order: Order) -> dict[str, Any] | None:
    """What differs, in a sentence without anybody's words or name; None when it was noted already."""
    with looking(of_all(), read_only=True):
        before = HotlineOrder.objects.select_related("matter").get(pk=matter)
    if before.digest == order.digest():
        return None
    said: list[Words] = []
    if order.words != before.matter.summary and not before.matter.is_secret:
        said.append(NEW_WORDS)
    for at, old, sentence in ((order.answer_due_at, before.answer_due_at, NEW_LIMIT), (order.return_due_at, before.return_due_at, NEW_RETURN)):
        if at is not None and at != old:
            said.append(sentence.format(at=f"{clock.local(at):%Y-%m-%d %H:%M}"))
    moments = {name: at for name, at in _moments(order).items() if name != "received_at"}
    return {"number": numbers.number_of(matter), "text": "；".join(one.zh for one in said or [OTHER]), "digest": order.digest(), **moments}


def forget_rows() -> int:
    """Delete rows of old tables: they hold names and numbers that nobody needs any more; answers how many."""
    with looking(of_all()):
        old = HotlineBatch.objects.filter(made_at__lt=clock.now() - KEPT).values("pk")
        return int(HotlineRow.objects.filter(batch__in=old).delete()[0])


jobs.regularly("matters.forget_hotline_rows", "23 19 * * *")(forget_rows)
