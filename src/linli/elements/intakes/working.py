# SPDX-License-Identifier: MulanPSL-2.0
"""The long work on an intake: checked, taken in and undone a stretch at a time under the post that asked; what broke off goes on where it was."""

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, OperationalError, close_old_connections, connection

from linli.core import clock, jobs, registry
from linli.core.actions import run
from linli.core.faults import Fault
from linli.core.sight import Actor, Sight, looking, of_all, of_post
from linli.core.words import Words, words
from linli.elements.actors import actor_of_post
from linli.elements.intakes import checking, columns, parts, sheets
from linli.elements.intakes.actions import BRING, BUSY, JOB, destroy
from linli.elements.models import Intake, IntakeBatch, Pairing

log = logging.getLogger("linli.intakes")
HANDS = 2
"""Stretches that are taken in side by side: one is planned and sealed while the database writes the other (our choice)."""
TRIES = 3
KEPT = timedelta(days=30)
"""How long rows can be looked at and a whole intake be undone (our choice); then its cells are destroyed."""
NO_POST = words("当时的岗位已经结束或不再能导入，请由在岗的同事重新办理。",
                "The post that asked for it has ended or may no longer bring files; have a colleague do it again.")
NO_SHEET = words("这种表已经不再登记，不能继续处理。", "This kind of sheet is declared no more; the work cannot go on.")
BROKE = words("处理中断了，已经完成的部分保留着。请再点一次继续；还不行请联系管理员。",
              "The work broke off; what was done is kept. Go on by pressing again; if that fails, tell the administrator.")


@jobs.long(JOB)
def work(number: int) -> None:
    """Do what the intake's state asks for; a second run goes on where the first broke off."""
    with looking(of_all(), read_only=True):
        intake = Intake.objects.filter(pk=number, state__in=BUSY).first()
    if intake is None:
        return
    if registry.get("sheet", intake.sheet) is None:
        _fail(intake, of_all(), NO_SHEET)
        return
    actor = actor_of_post(intake.post) if intake.post else None
    if actor is None or not actor.may(BRING) or not sheets.may_bring(actor, columns.sheet_named(intake.sheet)) or not (actor.lo <= intake.area < actor.hi):
        _fail(intake, of_all(), NO_POST)
        return
    try:
        WORKS[intake.state](intake, actor)
    except (Fault, LookupError, ValueError, IntegrityError) as error:
        log.exception("Intake %s broke off while %s", number, intake.state)
        _fail(intake, of_post(actor), error.message if isinstance(error, Fault) else BROKE)


def _fail(intake: Intake, sight: Sight, sentence: Words) -> None:
    with looking(sight):
        Intake.objects.filter(pk=intake.pk).update(state="failed", trouble=sentence.as_dict())


def _progress(intake: Intake, actor: Actor) -> Callable[[int, int], None]:
    def note(done: int, total: int) -> None:
        with looking(of_post(actor)):
            Intake.objects.filter(pk=intake.pk).update(counts=dict(intake.counts) | {"done": done, "total": total})

    return note


def _check(intake: Intake, actor: Actor) -> None:
    def within() -> AbstractContextManager[Any]:
        return looking(of_post(actor))

    found = checking.check(intake, within, _progress(intake, actor))
    with within():
        Intake.objects.filter(pk=intake.pk).update(state="checked", counts=found["counts"], checked_at=clock.now(), version=intake.version + 1,
                                                   options={name: value for name, value in intake.options.items() if name == "round"} | {"examples": found["examples"]})


def _take(intake: Intake, actor: Actor) -> None:
    round_now = int(intake.options.get("round", 1))
    with looking(of_post(actor)):
        Intake.objects.filter(pk=intake.pk).update(taken_at=clock.now())
        wanted = parts.numbers(intake.pk, parts.CLEAN)
        done = set(IntakeBatch.objects.filter(intake=intake, round=round_now).values_list("number", flat=True))
    left = [number for number in wanted if number not in done]
    note, counter = _progress(intake, actor), Counter({"done": len(done)})

    def one(number: int) -> None:
        _patiently(lambda: run("intake.take_stretch", actor, {"intake": intake.pk, "number": number}))
        counter["done"] += 1
        note(counter["done"], len(wanted))

    note(len(done), len(wanted))
    _side_by_side(one, left)
    with looking(of_post(actor)):
        Intake.objects.filter(pk=intake.pk).update(state="taken", counts=_sum(intake, round_now), version=intake.version + 1)


def _side_by_side(one: Callable[[int], None], numbers: Sequence[int]) -> None:
    """Each number once, some at a time; inside a running transaction one after the other."""
    if connection.in_atomic_block or len(numbers) < HANDS:
        for number in numbers:
            one(number)
        return

    def in_thread(number: int) -> None:
        try:
            one(number)
        finally:
            connection.close()

    connection.close()  # a pool of a few serves two files and everything else that the worker does
    with ThreadPoolExecutor(HANDS) as hands:
        for done in [hands.submit(in_thread, number) for number in numbers]:
            done.result()
    close_old_connections()


def _patiently(do: Callable[[], object]) -> None:
    """Again, when somebody else wrote the same at the same moment: the stretch is then planned against what stands."""
    for left in range(TRIES - 1, -1, -1):
        try:
            do()
            return
        except (IntegrityError, OperationalError) as error:
            if not left or (isinstance(error, OperationalError) and getattr(error.__cause__, "sqlstate", None) not in ("40P01", "40001")):
                raise
            log.warning("A stretch met another write and is planned anew: %s", type(error).__name__)


def _sum(intake: Intake, round_now: int) -> dict[str, int]:
    """What went in so far, by verdict and table; rows and reasons as the check counted them."""
    kept = {name: count for name, count in intake.counts.items() if name in ("rows", "bad") or name.startswith("why.")}
    placed: Counter[str] = Counter()
    for number, counts in IntakeBatch.objects.filter(intake=intake).values_list("round", "counts"):
        is_last = number == round_now
        placed.update({name: count for name, count in counts.items() if is_last or name in ("add", "change") or name.startswith("new.")})
    return dict.fromkeys(("add", "change", "same", "ask"), 0) | dict(placed) | kept | {"bad": max(kept.get("bad", 0), placed["bad"])}


def _undo(intake: Intake, actor: Actor) -> None:
    with looking(of_post(actor)):
        left = list(IntakeBatch.objects.filter(intake=intake, undone_at=None).order_by("-round", "-number").values_list("round", "number"))
    note, kept = _progress(intake, actor), dict(intake.options.get("kept", {}))
    for place, (round_now, number) in enumerate(left):
        note(place, len(left))
        answer = run("intake.undo_stretch", actor, {"intake": intake.pk, "round": round_now, "number": number})
        for name, numbers in answer.get("kept", {}).items():
            kept[name] = sorted({*kept.get(name, []), *numbers})
        with looking(of_post(actor)):
            Intake.objects.filter(pk=intake.pk).update(options=dict(intake.options) | {"kept": kept})
    with looking(of_post(actor)):
        Pairing.objects.filter(answer="", row__in=intake.rows.values("pk")).update(row=None)
        Intake.objects.filter(pk=intake.pk).update(state="undone", undone_at=clock.now(), counts=intake.counts, version=intake.version + 1)


WORKS: dict[str, Callable[[Intake, Actor], None]] = {"checking": _check, "taking": _take, "undoing": _undo}


@jobs.regularly("elements.forget_intakes", "47 19 * * *")
def forget() -> object:
    """At 03:47 in China (the schedule is in UTC): the cells of files that came long ago are destroyed; counts and verdicts stay."""
    now = clock.now()
    with looking(of_all()):
        old = list(Intake.objects.filter(made_at__lt=now - KEPT, gone_at=None).exclude(state__in=BUSY))
        for one in old:
            destroy(one)
        Intake.objects.filter(pk__in=[one.pk for one in old]).update(gone_at=now)
        return len(old)
