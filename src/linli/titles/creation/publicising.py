# SPDX-License-Identifier: MulanPSL-2.0
"""Publicity: the list is shown to everybody for a time that is fixed when it begins and that nobody can shorten."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from linli.core import calendar_store, clock
from linli.core.actions import Call, Done, action
from linli.core.calendars import Calendar
from linli.core.faults import Conflict
from linli.core.words import words
from linli.measures import publications
from linli.titles.creation.moving import PLANS, TITLE_BATCH, VERSION, find_batch, limit, locked_batch, moved, refuse_other_level
from linli.titles.creation.states import CITY
from linli.titles.models import Application, Publicity

OCCASION = "publicity"
NOBODY = words("拟命名名单是空的，没有可以公示的社区。", "The shortlist is empty; there is nothing to show.")
NOBODY_REMEDY = words("请先把测评合格的社区列入名单。", "Shortlist those that reach the standard first.")
UNDECIDED = words("还有 {count} 个社区没有决定列入还是不列入。", "{count} communities are neither shortlisted nor left out.")
UNDECIDED_REMEDY = words("请逐个决定，不列入的写明理由。", "Decide each of them, with a reason for those left out.")


@dataclass(frozen=True)
class Span:
    """The days of a publicity: the first whole one, the last, the working days in it, and whether holidays may still move it."""

    first_day: date
    last_day: date
    working_days: int
    is_provisional: bool


def span(starts_on: date, days: int, working_days: int, calendar: Calendar) -> Span:
    """The shortest stretch from the day after the start that has at least so many calendar days and so many working days in it."""
    first = starts_on + timedelta(days=1)
    last, worked, is_provisional = starts_on, 0, False
    while (last - starts_on).days < days or worked < working_days:
        last += timedelta(days=1)
        worked += calendar.is_workday(last)
        is_provisional = is_provisional or calendar.is_provisional(last)
    return Span(first, last, worked, is_provisional)


def midnight_after(day: date) -> datetime:
    """The moment at which a day of the city ends."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(settings.TIME_ZONE))


@action("title.open_publicity", words("公示拟命名名单", "Open the publicity"), ability=PLANS, subject="title_batch", finds=find_batch, fields=(TITLE_BATCH, VERSION))
def open_publicity(call: Call) -> Done:
    """Show the list with its digest, from now until the end of the last day. After an upheld objection a further list may follow."""
    refuse_other_level(call.actor, settings.CITY_AREA, CITY)
    batch = locked_batch(call.record, "assessing", "publicity")
    held = list(Application.objects.select_for_update(of=("self",)).filter(batch=batch, state__in=["candidate", "assessed", "shortlisted"]).order_by("area"))
    listed = [one for one in held if one.state == "shortlisted"]
    if len(held) > len(listed):
        raise Conflict(UNDECIDED.format(count=len(held) - len(listed)), UNDECIDED_REMEDY, code="undecided")
    if not listed:
        raise Conflict(NOBODY, NOBODY_REMEDY, code="nobody")
    assert batch.standard is not None
    areas = [one.area for one in listed]
    publication = publications.make(call, occasion=OCCASION, reference=batch.pk, areas=areas, period=str(batch.year), standard=batch.standard)
    found = span(clock.local(call.recorded_at).date(), limit(batch, "publicity_days").number, limit(batch, "publicity_working_days").number, calendar_store.calendar())
    made = Publicity.objects.create(
        batch=batch, publication=publication, areas=areas, first_day=found.first_day, last_day=found.last_day, starts_at=call.recorded_at,
        ends_at=midnight_after(found.last_day), days=limit(batch, "publicity_days").number, working_days=limit(batch, "publicity_working_days").number,
        is_provisional=found.is_provisional)
    for one in listed:
        one.publicity = made
        moved(call, one, "show", "publicity")
    batch.state, batch.version = "publicity", batch.version + 1
    batch.save(update_fields=["state", "version"])
    said = {"publicity": made.pk, "title_batch": batch.pk, "digest": publication.digest, "until": found.last_day.isoformat()}
    return Done(settings.CITY_AREA, batch.pk, said, said)
