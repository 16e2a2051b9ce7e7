# SPDX-License-Identifier: MulanPSL-2.0
"""Alarms: what failed or lies uncovered is seen by those who can mend it, until it is over. Never skipped, never doubled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from linli.core import clock, registry, rows
from linli.core.actions import Call, Done, action
from linli.core.faults import NotAble, NotVisible
from linli.core.fields import Field
from linli.core.models import Alarm
from linli.core.sight import Actor
from linli.core.words import Words, words

SECTION = "alarm"
MOST = 100
LONGEST = 19
"""Digits of a bigint."""


@dataclass(frozen=True)
class Kind:
    """One sort of alarm: its title, and the ability whose holders are asked to act."""

    name: str
    words: Words
    ability: str


def declare(kind: Kind) -> Kind:
    """Keep the declaration and give it back."""
    registry.add(SECTION, kind.name, kind)
    return kind


def ring(name: str, *, area: int, subject_kind: str, subject: int, sentence: Words) -> None:
    """Ring, within the running action or reaction; while it rings a second call for the same subject changes nothing."""
    kind: Kind = registry.REGISTRY.require(SECTION, name)
    rows.put(Alarm(name=name, area=area, subject_kind=subject_kind, subject=subject, sentence=sentence.as_dict(), ability=kind.ability,
                   raised_at=clock.now()), once=True)


def still(name: str, *, subject_kind: str, subject: int) -> None:
    """What rang is over; nothing happens when it does not ring."""
    rows.also("update core_alarm set ended_at = %s where name = %s and subject_kind = %s and subject = %s and ended_at is null",
              [clock.now(), name, subject_kind, subject])


def ringing(actor: Actor, most: int = MOST) -> Sequence[Alarm]:
    """What rings inside the actor's sight and asks for an ability of his, newest first; capped."""
    return list(Alarm.objects.visible_to(actor).filter(ended_at=None, ability__in=sorted(actor.abilities)).order_by("-id")[:most])


def ended(actor: Actor, most: int = MOST) -> Sequence[Alarm]:
    """What has ended of late inside the actor's sight and asked for an ability of his, newest first; capped."""
    found = Alarm.objects.visible_to(actor).filter(ended_at__isnull=False, ability__in=sorted(actor.abilities))
    return list(found.order_by("-ended_at", "-id")[:most])


def title_of(alarm: Alarm) -> Words:
    """The title of an alarm; its bare name when the declaration is gone."""
    kind: Kind | None = registry.get(SECTION, alarm.name)
    return kind.words if kind else words(alarm.name, alarm.name)


def _find(actor: Actor, given: Mapping[str, Any]) -> Alarm:
    number = str(given.get("alarm", ""))
    found: Alarm | None = Alarm.objects.visible_to(actor).filter(pk=int(number)).first() if number.isdecimal() and len(number) < LONGEST else None
    if found is None:
        raise NotVisible
    return found


@action("alarm.take", words("我来处理", "I take it"), ability="alarm.take", subject="alarm", finds=_find, fields=(
    Field("alarm", words("告警", "Alarm"), "integer", required=True, low=1),))
def take_alarm(call: Call) -> Done:
    """Somebody says that he is on it; the others see who."""
    alarm: Alarm = call.record
    if not call.actor.may(alarm.ability):
        raise NotAble
    Alarm.objects.filter(pk=alarm.pk, taken_at=None).update(taken_at=call.recorded_at, taken_by=call.actor.account)
    return Done(area=alarm.area, subject=alarm.pk, answer={"alarm": alarm.pk})
