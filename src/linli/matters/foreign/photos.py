# SPDX-License-Identifier: MulanPSL-2.0
"""Photos that came as links: fetched from hosts on the list only, cleaned like uploads, tried a few times, then an alarm."""

from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import QuerySet

from linli.core import alarms, clock, outgoing
from linli.core.actions import run
from linli.core.faults import Fault
from linli.core.fields import Received
from linli.core.sight import looking, of_all
from linli.core.system_actors import system_actor
from linli.core.words import words
from linli.matters.alarms import NO_PHOTO
from linli.matters.models import OutsidePhoto

MOST_TRIES = 5
"""Tries of one photo: after 10 and 40 minutes, 3 and 11 hours (our choice)."""
MOST_AT_ONCE = 20
FIRST_WAIT = timedelta(minutes=10)
TYPES = ("image/jpeg", "image/png", "image/webp")
FAILED = words("有照片从 {host} 取不下来（{trouble}）。请核对该网站，或在事项里直接看链接。",
               "A photo cannot be fetched from {host} ({trouble}). Check that site, or look at the link in the matter.")


def photos_of(matter: int) -> QuerySet[OutsidePhoto]:
    """The links of a matter that are or were to be fetched, inside the sight in force; not read yet."""
    return OutsidePhoto.objects.filter(matter=matter).order_by("id")


def fetch_waiting() -> int:
    """Try each photo whose turn it is; answers how many were kept."""
    with looking(of_all(), read_only=True):
        waiting = list(OutsidePhoto.objects.filter(next_at__lte=clock.now()).order_by("next_at")[:MOST_AT_ONCE])
    return sum(_fetch(one) for one in waiting)


def _fetch(one: OutsidePhoto) -> bool:
    try:
        found = outgoing.fetch(one.url, hosts=settings.PHOTO_HOSTS, most=settings.EVIDENCE_MAX_BYTES, types=TYPES)
        name = urlsplit(one.url).path.rsplit("/", 1)[-1][:100] or "photo"
        run("foreign.keep_photo", system_actor("worker"), {"photo": one.pk, "file": Received(name, found.content)})
    except outgoing.Unreachable as fault:
        _failed(one, str(fault), is_final=fault.is_final)
        return False
    except Fault as fault:
        _failed(one, fault.code, is_final=True)
        return False
    return True


def _failed(one: OutsidePhoto, trouble: str, *, is_final: bool) -> None:
    """Try again later, each time after four times as long; the last one rings."""
    tries = one.tries + 1
    is_over = is_final or tries >= MOST_TRIES
    with looking(of_all()):
        OutsidePhoto.objects.filter(pk=one.pk).update(
            tries=tries, trouble=trouble[:200], state="failed" if is_over else "waiting",
            next_at=None if is_over else clock.now() + FIRST_WAIT * 4 ** (tries - 1))
        if is_over:
            sentence = FAILED.format(host=outgoing.host_of(one.url), trouble=trouble[:80])
            alarms.ring(NO_PHOTO, area=one.area, subject_kind="matter", subject=one.matter_id, sentence=sentence)
