# SPDX-License-Identifier: MulanPSL-2.0
"""The whole city: every unit of the divisions, 21,000 schematic grids, and a year of matters written by SQL."""

import sys
import time

from django.conf import settings

from linli.config.demonstration import bulk
from linli.config.demonstration.orders import Order, Say, finish, is_half_done, prepare, refuse_unless_empty
from linli.core.actions import Call, Done, action, run
from linli.core.editions import bump
from linli.core.fields import Field
from linli.core.sight import of_record
from linli.core.system_actors import system_actor
from linli.core.words import words
from linli.doors.demonstrations import BULK_EDITION

NO_OWNER = "The city load builds indexes and needs the owner of the tables: set LINLI_DATABASE_OWNER_URL (./linli does)."


@action(
    "demonstration.load", words("批量载入演示数据", "Load the demonstration in bulk"), ability="demonstration.load", subject="demonstration",
    sight="this_record", opens=lambda actor, given: of_record(settings.CITY_AREA),
    fields=(Field("seed", words("种子", "Seed"), "integer", required=True), Field("digest", words("生成程序摘要", "Digest of the generator"), required=True),
            Field("matters", words("事项数", "Matters"), "integer", required=True)),
)
def note_load(call: Call) -> Done:
    """The one line that stands for a load: its seed, its generator's digest and how many matters it wrote."""
    bump(BULK_EDITION)
    return Done(settings.CITY_AREA, 0, {"matters": call.given["matters"]})


def make(order: Order, say: Say) -> None:
    """Fill an empty database; RuntimeError with a sentence when it is not empty or nobody agreed."""
    if settings.OWNER_URL == settings.APP_URL:
        raise RuntimeError(NO_OWNER)
    goes_on = is_half_done()
    if not goes_on:
        refuse_unless_empty()
    load = bulk.Load(order.matters, order.seed, order.first, order.last)
    say(bulk.announcement(load))
    if not order.is_agreed and not _agrees():
        raise RuntimeError("Nothing was loaded. Say yes, or give --yes.")
    began = time.monotonic()
    if not goes_on:
        prepare("city", order, say)
    say("Matters …")
    done = bulk.run(load, say)
    run("demonstration.load", system_actor("demonstrator"), {"seed": order.seed, "digest": load.digest, "matters": done})
    finish(order, say)
    say(f"Loaded {done:,} matters in {(time.monotonic() - began) / 60:.1f} minutes. 演示数据·批量载入")


def _agrees() -> bool:
    return sys.stdin.isatty() and input("Start? [yes/no] ").strip().lower() in ("yes", "y", "是")
