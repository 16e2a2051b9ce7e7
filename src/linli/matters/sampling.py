# SPDX-License-Identifier: MulanPSL-2.0
"""The sample of closed matters that are called back: drawn by a seed whose digest is shown before the month and the seed after it.

Nobody can know beforehand which matter is drawn, nobody can choose it afterwards, and anybody can draw again: a matter is in
the sample if HMAC-SHA256(seed, "matter:round"), read as a fraction, lies below the share.
"""

import hashlib
import hmac
import secrets
from datetime import date, timedelta

from django.conf import settings

from linli.core import clock
from linli.core.actions import Call, Done, action, run
from linli.core.faults import Conflict
from linli.core.fields import Field
from linli.core.keys import keyring
from linli.core.sight import of_record
from linli.core.system_actors import declare_system_actor, system_actor
from linli.core.words import words
from linli.matters.models import Draw

MONTH = Field("month", words("月份", "Month"), "text", required=True, limit=7)
COMMITTED = words("{month} 的种子已经定下，不能再换。", "The seed of {month} is fixed and cannot be changed.")
NOT_OVER = words("{month} 还没有结束，种子不能公布。", "{month} is not over; its seed cannot be shown.")
REMEDY = words("请等到月末之后。", "Wait until the month is over.")

declare_system_actor("sampler", "fixes the seed of each month's sample and shows it afterwards", frozenset({"draw.commit", "draw.reveal"}))


def month_of(day: date) -> str:
    """2026-11."""
    return f"{day:%Y-%m}"


def is_drawn(seed: bytes, matter: int, round_: int, percent: int) -> bool:
    """Whether a matter is in the sample: the same for everybody who knows the seed, whoever handled it."""
    mark = int.from_bytes(hmac.digest(seed, f"{matter}:{round_}".encode(), "sha256")[:8], "big")
    return mark * 100 < percent << 64


def seed_of(draw: Draw) -> bytes:
    """The seed, which only the server knows until the month is over."""
    return keyring().unseal(bytes(draw.sealed), f"draw:{draw.month}")


@action("draw.commit", words("确定抽样种子", "Fix the seed of a sample"), ability="draw.commit", subject="draw", sight="this_record",
        opens=lambda actor, given: of_record(settings.CITY_AREA), fields=(MONTH,))
def commit(call: Call) -> Done:
    """Draw a seed and write down its digest: from now on the sample of the month is fixed, and nobody knows it."""
    month, seed = call.given["month"], secrets.token_bytes(32)
    if Draw.objects.filter(month=month).exists():
        raise Conflict(COMMITTED.format(month=month), REMEDY, code="committed")
    digest = hashlib.sha256(seed).hexdigest()
    Draw.objects.create(month=month, percent=settings.SAMPLE_PERCENT, digest=digest, sealed=keyring().seal(seed, f"draw:{month}"), committed_at=call.recorded_at)
    said = {"month": month, "digest": digest, "percent": settings.SAMPLE_PERCENT}
    return Done(settings.CITY_AREA, int(month.replace("-", "")), said, said)


@action("draw.reveal", words("公布抽样种子", "Show the seed of a sample"), ability="draw.reveal", subject="draw", sight="this_record",
        opens=lambda actor, given: of_record(settings.CITY_AREA), fields=(MONTH,))
def reveal(call: Call) -> Done:
    """The month is over: show the seed, so that anybody can draw again."""
    month = call.given["month"]
    draw = Draw.objects.filter(month=month).first()
    if draw is None or month >= month_of(clock.local(call.recorded_at).date()):
        raise Conflict(NOT_OVER.format(month=month), REMEDY, code="not_over")
    seed = seed_of(draw).hex()
    Draw.objects.filter(month=month, seed="").update(seed=seed, revealed_at=call.recorded_at)
    return Done(settings.CITY_AREA, int(month.replace("-", "")), {"month": month, "seed": seed}, {"seed": seed})


def latest(most: int = 6) -> list[Draw]:
    """The latest months' draws, newest first."""
    return list(Draw.objects.order_by("-month")[:most])


def keep_draws() -> int:
    """Fix this month's and the next month's seed, and show those of the months that are over; answers how many were touched."""
    today, done = clock.today(), 0
    following = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    for month in (month_of(today), month_of(following)):
        if not Draw.objects.filter(month=month).exists():
            run("draw.commit", system_actor("sampler"), {"month": month}, key=f"draw.commit:{month}")
            done += 1
    for draw in Draw.objects.filter(month__lt=month_of(today), seed="").order_by("month"):
        run("draw.reveal", system_actor("sampler"), {"month": draw.month})
        done += 1
    return done
