# SPDX-License-Identifier: MulanPSL-2.0
"""Sending letters: claimed in batches, tried with growing pauses under one number of ours, given up loudly; never stuck in silence."""

import logging
import time
from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from linli.core import alarms, clock, providers
from linli.core.actions import Call, Done, action
from linli.core.alarms import Kind
from linli.core.faults import NotVisible
from linli.core.fields import Field
from linli.core.letters import GIVEN_UP, STATES, opened
from linli.core.models import Letter
from linli.core.protection import SealError
from linli.core.providers import Outcome, Outgoing, Provider
from linli.core.sight import Actor, looking, of_all
from linli.core.system_actors import declare_system_actor
from linli.core.words import words

BATCH = 20
TOLD = 10
"""So many outcomes are written together: a kill in between repeats at most these, under the same numbers."""
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720))
"""After each failed try (our choice: seven tries within about a day)."""
MOST_TRIES = len(PAUSES) + 1
LEASE = timedelta(minutes=10)
"""So long a claimed letter is left to the worker that claimed it: longer than a batch can take (20 tries of 15 seconds)."""
BREAKS = (OSError, ValueError, LookupError, TypeError, ArithmeticError, RuntimeError)
"""What a provider may break with; a fault of the database is not its own and passes."""
STUCK = "letters.stuck"
LONG = timedelta(minutes=30)
"""A letter that nobody has tried for so long means that nobody sends (our choice)."""

GIVEN_UP_SENTENCE = words("一封{channel}试了 {tries} 次没有送出（{trouble}）。请核对联系方式或检查发送设置，然后在事项页面点“重新发送”。",
                          "A letter ({channel}) could not be sent in {tries} tries ({trouble}). Check the contact or the settings, then “Send again” on the matter's page.")
STUCK_SENTENCE = words("有 {count} 封信等待超过 {minutes} 分钟没有发出。请检查后台进程和发送设置（运维指南“信件”一节）。",
                       "{count} letters have waited for more than {minutes} minutes. Check the worker and the settings (operations guide, “Letters”).")

alarms.declare(Kind(STUCK, words("信件发不出去", "Letters do not go out"), "letter.watch"))
log = logging.getLogger("linli.letters")

CLAIM = """update core_letter set tries = tries + 1, next_at = %s where id in (
  select id from core_letter where next_at <= %s and tries < %s and sealed is not null and state in ('waiting', 'failed')
  order by next_at, id limit %s for update skip locked) returning *"""


def send(most: int = BATCH) -> int:
    """Claim what is due and try it; answers how many were tried.

    The claim is written before the first try: a worker that is killed in mid-send leaves letters that come up again after
    a pause, under the same number of ours.
    """
    now = clock.now()
    with looking(of_all()):
        claimed = list(Letter.objects.raw(CLAIM, [now + LEASE, now, MOST_TRIES, most]))
    by_channel = sorted(claimed, key=lambda one: (one.channel, one.id))
    for channel, group in groupby(by_channel, key=lambda one: one.channel):
        name, provider = providers.chosen(channel)
        _send(list(group), name, provider)
    return len(claimed)


def send_all(seconds: float) -> int:
    """Send until nothing is due or the seconds are over; answers how many were tried."""
    end, done = time.monotonic() + seconds, 0
    while time.monotonic() < end and (taken := send()):
        done += taken
    give_up_the_killed()
    return done


def _send(letters: Sequence[Letter], name: str, provider: Provider | None) -> None:
    known = {one.pk: one for one in letters}
    waiting: list[Outcome] = []
    ready = []
    for one in letters:
        try:
            found = opened(one)
        except (SealError, ValueError) as error:
            waiting.append(Outcome(one.pk, False, trouble=f"sealed: {type(error).__name__}", is_final=True))
            continue
        if found is not None:
            ready.append(Outgoing(one.pk, one.client, found["address"], found["title"], found["text"], one.language))
    for outcome in _tried(ready, name, provider):
        waiting.append(outcome)
        if len(waiting) >= TOLD:
            _tell(waiting, known, name)
            waiting = []
    _tell(waiting, known, name)


def _tried(ready: Sequence[Outgoing], name: str, provider: Provider | None) -> Any:
    """The provider's outcomes, and a failed one for each letter that it forgot to speak of or broke over."""
    left = {one.pk for one in ready}
    trouble = f"no provider is set up ({name})"[:200]
    if provider is not None and ready:
        trouble = "the provider did not answer for it"
        try:
            for outcome in provider(ready):
                if outcome.pk in left:
                    left.discard(outcome.pk)
                    yield outcome
        except BREAKS as error:
            log.warning("A provider of letters broke: %s", type(error).__name__)
            trouble = f"provider: {type(error).__name__}"
    for pk in sorted(left):
        yield Outcome(pk, False, trouble=trouble)


TAKEN = """update core_letter set state = 'sent', sent_at = %s, next_at = null, provider = %s, provider_number = given.number, trouble = ''
from unnest(%s::bigint[], %s::text[]) as given (id, number) where core_letter.id = given.id and core_letter.state in ('waiting', 'failed')"""
FAILED = """update core_letter set state = given.state, next_at = given.next_at, provider = %s, trouble = given.trouble
from unnest(%s::bigint[], %s::text[], %s::timestamptz[], %s::text[]) as given (id, state, next_at, trouble)
where core_letter.id = given.id and core_letter.state in ('waiting', 'failed')"""


def _tell(outcomes: Sequence[Outcome], known: Mapping[int, Letter], name: str) -> None:
    """Write what became of these tries, set-wise; a delivery that was reported meanwhile stands."""
    if not outcomes:
        return
    now = clock.now()
    taken = [one for one in outcomes if one.is_taken]
    failed = [(one, _next(known[one.pk], one, now)) for one in outcomes if not one.is_taken]
    with looking(of_all()):
        with connection.cursor() as cursor:
            if taken:
                cursor.execute(TAKEN, [now, name[:20], [one.pk for one in taken], [one.number for one in taken]])
            if failed:
                cursor.execute(FAILED, [name[:20], [one.pk for one, _ in failed], ["failed" if at else "given_up" for _, at in failed],
                                        [at for _, at in failed], [one.trouble[:200] for one, _ in failed]])
        for one, at in failed:
            if at is None:
                _ring(known[one.pk], one.trouble)
    if failed:
        log.warning("Letters by %s: %s sent, %s failed (%s)", name, len(taken), len(failed), failed[0][0].trouble)


def _next(letter: Letter, outcome: Outcome, now: Any) -> Any:
    """When a failed letter is tried again; None when it is given up."""
    return None if outcome.is_final or letter.tries >= MOST_TRIES else now + PAUSES[letter.tries - 1]


def _ring(letter: Letter, trouble: str) -> None:
    sentence = GIVEN_UP_SENTENCE.format(channel=words("短信", "short message") if letter.channel == "sms" else words("邮件", "e-mail"),
                                        tries=letter.tries, trouble=trouble or "—")
    alarms.ring(GIVEN_UP, area=letter.area, subject_kind=letter.subject_kind, subject=letter.subject, sentence=sentence)


GIVE_UP = """update core_letter set state = 'given_up', next_at = null, trouble = 'the worker was stopped during the last try'
where next_at <= %s and tries >= %s and state in ('waiting', 'failed') returning *"""


def give_up_the_killed() -> int:
    """A letter whose last try was cut off is not tried for ever: it is given up, with an alarm."""
    with looking(of_all()):
        found = list(Letter.objects.raw(GIVE_UP, [clock.now(), MOST_TRIES]))
        for one in found:
            _ring(one, one.trouble)
    return len(found)


def check_stuck() -> int:
    """Ring when letters wait although their turn has long come; be still when none does. Answers how many wait."""
    with looking(of_all()):
        count = Letter.objects.filter(next_at__lt=clock.now() - LONG, state__in=("waiting", "failed")).count()
        if count:
            alarms.ring(STUCK, area=settings.CITY_AREA, subject_kind="letters", subject=1, sentence=STUCK_SENTENCE.format(
                count=count, minutes=int(LONG.total_seconds()) // 60))
        else:
            alarms.still(STUCK, subject_kind="letters", subject=1)
    return count


def _reported(actor: Actor, given: Mapping[str, Any]) -> Letter:
    """The letter by our number or by the provider's; NotVisible when neither is known."""
    number = str(given.get("letter", ""))[:80]
    found = None
    try:
        found = Letter.objects.visible_to(actor).filter(client=UUID(number)).first()
    except ValueError:
        found = Letter.objects.visible_to(actor).filter(provider_number=number).exclude(provider_number="").order_by("-id").first()
    if found is None:
        raise NotVisible
    return found  # type: ignore[no-any-return]


declare_system_actor("letters", "notes what providers report of letters", frozenset({"letter.note_delivery"}), sees_all=True)


@action("letter.note_delivery", words("记录送达回执", "Note a delivery report"), ability="letter.note_delivery", subject="letter", finds=_reported, fields=(
    Field("letter", words("信件的编号", "Number of the letter"), "text", required=True, limit=80),
    Field("is_delivered", words("是否送达", "Delivered"), "truth", required=True)))
def note_delivery(call: Call) -> Done:
    """The provider says whether a letter arrived; a report may come late, twice, or after we had given up."""
    letter: Letter = call.record
    if call.given["is_delivered"] and letter.state != "delivered":
        Letter.objects.filter(pk=letter.pk).update(state="delivered", delivered_at=call.recorded_at, next_at=None, trouble="")
        alarms.still(GIVEN_UP, subject_kind=letter.subject_kind, subject=letter.subject)
    elif not call.given["is_delivered"] and letter.state in ("sent", "waiting", "failed"):
        Letter.objects.filter(pk=letter.pk).update(state="given_up", next_at=None, trouble="the provider reports that it did not arrive")
        _ring(letter, "the provider reports that it did not arrive")
    return Done(area=letter.area, subject=letter.pk, answer={"letter": str(letter.client)})


def state_words(letter: Letter) -> str:
    """How far a letter got, in the reader's language."""
    return str(STATES[letter.state])
