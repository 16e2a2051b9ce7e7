# SPDX-License-Identifier: MulanPSL-2.0
"""Unannounced visits: each month's seed is fixed before it, the draw over the candidates opens the visits, and the seed is shown afterwards."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from django.conf import settings

from linli.core import clock, draws, jobs
from linli.core.actions import Call, Done, action, run
from linli.core.faults import Conflict, Invalid
from linli.core.fields import Field
from linli.core.keys import keyring
from linli.core.system_actors import declare_system_actor, system_actor
from linli.core.words import words
from linli.measures.inspecting import conflicts, opening
from linli.titles.creation import visits
from linli.titles.creation.moving import OTHER_STATE, TITLE_BATCH, find_batch, locked_batch, refuse_other_level
from linli.titles.creation.states import CITY
from linli.titles.models import Application, Batch, PatrolDraw

FIXES, DRAWS = "title.fix_patrol_seed", "title.draw_patrols"
REVEALS = "title.reveal_patrol_seed"
MONTH = Field("month", words("月份", "Month"), required=True, limit=7)
FIXED = words("{month} 的种子已经定下，不能再换。", "The seed of {month} is fixed and cannot be changed.")
TOO_LATE = words("种子要在当月开始以前定下，{month} 已经开始。", "A seed is fixed before its month begins; {month} has begun.")
NO_SEED = words("{month} 还没有定下种子，不能抽签。", "No seed was fixed for {month}; nothing can be drawn.")
NO_SEED_REMEDY = words("系统在月初以前自动定种子；本月没有的，从下个月开始抽。", "Seeds are fixed before each month; begin with the next one.")
DRAWN = words("{month} 已经抽过签。", "{month} has been drawn already.")
NOT_OVER = words("{month} 还没有结束，种子不能公布。", "{month} is not over; its seed cannot be shown.")
WAIT = words("请等到月末之后。", "Wait until the month is over.")
NOBODY = words("现在没有候选社区可抽。", "There is no candidate to draw from.")
NOT_A_MONTH = words("月份要写成 2026-11 这样。", "Write a month such as 2026-11.")

declare_system_actor("patrol_seeds", "fixes the seed of each month's unannounced visits to candidates and shows it afterwards", frozenset({FIXES, REVEALS}), sees_all=True)


def month_of(day: date) -> str:
    """2026-11."""
    return f"{day:%Y-%m}"


def _month(text: str) -> str:
    if not re.fullmatch(r"20[0-9]{2}-(0[1-9]|1[0-2])", text):
        raise Invalid({"month": NOT_A_MONTH})
    return text


def _name(draw: PatrolDraw) -> str:
    return f"patrol:{draw.batch_id}:{draw.month}"


def seed_of(draw: PatrolDraw) -> bytes:
    """The seed, which only the server knows until the month is over."""
    return keyring().unseal(bytes(draw.sealed), _name(draw))


@action(FIXES, words("定下暗访抽签种子", "Fix the seed of unannounced visits"), ability=FIXES, subject="title_batch", finds=find_batch, fields=(TITLE_BATCH, MONTH))
def fix_seed(call: Call) -> Done:
    """Make a month's seed and write down its digest, before the month begins: nobody can choose it later."""
    batch, month = locked_batch(call.record, "planned", "open", "assessing"), _month(call.given["month"])
    if PatrolDraw.objects.filter(batch=batch, month=month).exists():
        raise Conflict(FIXED.format(month=month), WAIT, code="seed_fixed")
    if month <= month_of(clock.local(call.recorded_at).date()):
        raise Conflict(TOO_LATE.format(month=month), NO_SEED_REMEDY, code="month_begun")
    seed = draws.new_seed()
    made = PatrolDraw(batch=batch, month=month, digest=draws.digest(seed), fixed_at=call.recorded_at)
    made.sealed = keyring().seal(seed, _name(made))
    made.save()
    return Done(settings.CITY_AREA, batch.pk, {"month": month, "digest": made.digest}, {"digest": made.digest})


def chosen(seed: bytes, unvisited: Iterable[int], others: Iterable[int], size: int) -> list[int]:
    """The applications of a draw: those not yet visited in the order of the seed, then the others in theirs; the first `size`."""
    return [*draws.ordered(seed, unvisited), *draws.ordered(seed, others)][:size]


@action(DRAWS, words("抽签开展暗访", "Draw unannounced visits"), ability=DRAWS, subject="title_batch", finds=find_batch, fields=(
    TITLE_BATCH, Field("size", words("本月暗访几个社区", "Communities to visit this month"), "integer", required=True, low=1, high=2000),
    Field("assessors", words("测评员（至少两名）", "Assessors (two at least)"), "choices", required=True, choices=conflicts.choices, is_live=True)))
def draw_patrols(call: Call) -> Done:
    """Draw this month's visits by the seed that was fixed before it; those who were not visited in this half come first."""
    refuse_other_level(call.actor, settings.CITY_AREA, CITY)
    batch, today = locked_batch(call.record, "open", "assessing"), clock.today()
    month = month_of(today)
    draw = PatrolDraw.objects.select_for_update().filter(batch=batch, month=month).first()
    if draw is None or batch.standard is None:
        raise Conflict(NO_SEED.format(month=month), NO_SEED_REMEDY, code="no_seed")
    if draw.drawn_at is not None:
        raise Conflict(DRAWN.format(month=month), WAIT, code="drawn")
    frame = visits.candidates(batch)
    if not frame:
        raise Conflict(NOBODY, OTHER_STATE, code="nobody")
    seen = visited(batch, frame, today)
    unvisited = [one.pk for one in frame if one.pk not in seen]
    drawn = chosen(seed_of(draw), unvisited, seen, call.given["size"])
    _open(call, batch, {one.pk: one for one in frame}, drawn)
    draw.frame, draw.drawn, draw.drawn_at = [unvisited, sorted(seen)], drawn, call.recorded_at
    draw.save(update_fields=["frame", "drawn", "drawn_at"])
    return Done(settings.CITY_AREA, batch.pk, {"title_batch": batch.pk, "month": month, "drawn": len(drawn)}, {"frame": draw.frame, "drawn": drawn})


def visited(batch: Batch, frame: Sequence[Application], today: date) -> set[int]:
    """Applications that had a visit in the present half: until mid-term, or after it."""
    after = visits.half(batch, today)
    found = visits.visits_of(batch, [one.pk for one in frame])
    return {number for number, one in found.items() for each in one.outcomes if after is None or each.inspection.day > after}


def _open(call: Call, batch: Batch, frame: dict[int, Application], drawn: Sequence[int]) -> None:
    assert batch.standard is not None
    named, codes = visits.able_for(call.given["assessors"], [frame[number] for number in drawn]), visits.codes_of(batch.standard)
    for number in drawn:
        opening.begin(call, area=frame[number].area, occasion=visits.PATROL, standard=batch.standard, codes=codes, assessors=named[number], day=clock.today(),
                      reference=number, is_announced=False)


@action(REVEALS, words("公布暗访抽签种子", "Show the seed of unannounced visits"), ability=REVEALS, subject="title_batch", finds=find_batch, fields=(TITLE_BATCH, MONTH))
def reveal_seed(call: Call) -> Done:
    """The month is over: show the seed, so that anybody can draw again from the kept frame."""
    month = _month(call.given["month"])
    draw = PatrolDraw.objects.select_for_update().filter(batch=call.record, month=month).first()
    if draw is None or month >= month_of(clock.local(call.recorded_at).date()):
        raise Conflict(NOT_OVER.format(month=month), WAIT, code="not_over")
    if not draw.seed:
        draw.seed, draw.revealed_at = seed_of(draw).hex(), call.recorded_at
        draw.save(update_fields=["seed", "revealed_at"])
    return Done(settings.CITY_AREA, call.record.pk, {"month": month, "seed": draw.seed}, {"seed": draw.seed})


@jobs.regularly("titles.patrol_seeds", "20 0 * * *")
def keep_seeds() -> int:
    """Fix the next month's seed for every batch that runs, and show those of the months that are over; answers how many were touched."""
    today, done = clock.today(), 0
    following = month_of(today.replace(day=1) + timedelta(days=32))
    for batch in Batch.objects.filter(state__in=("planned", "open", "assessing")).order_by("id"):
        if not PatrolDraw.objects.filter(batch=batch, month=following).exists():
            run(FIXES, system_actor("patrol_seeds"), {"title_batch": batch.pk, "month": following}, key=f"{FIXES}:{batch.pk}:{following}")
            done += 1
    for draw in PatrolDraw.objects.filter(month__lt=month_of(today), seed="").order_by("id"):
        run(REVEALS, system_actor("patrol_seeds"), {"title_batch": draw.batch_id, "month": draw.month})
        done += 1
    return done
