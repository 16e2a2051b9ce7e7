# SPDX-License-Identifier: MulanPSL-2.0
"""What erasure removes of a matter beside its payloads: the reporter's contact, what was sent there, and, once it has ended, his words."""

from django.db.models import Q

from linli.core import letters
from linli.core.erasure import erases
from linli.core.protection import TOMBSTONE
from linli.matters import moving
from linli.matters.models import Contact, Kept, Matter, Move, PublicWords, Question, Rating

SPOKEN = ("matter.report", "matter.answer", "matter.rate", "matter.object", "matter.hear")
"""The actions by which the reporter spoke."""


def has_ended(matter: int) -> bool:
    """While a matter is open its description is needed to do what the law asks of the office (Personal Information Protection Law 13, 3)."""
    return Matter.objects.filter(pk=matter, is_open=False).exists()


def _own_words(matter: int) -> Q:
    """The steps in which this reporter spoke: of a merged report also those on the matter that it went into."""
    objected = Q(action="matter.object", detail__by_matter=matter, matter__in={matter, moving.leading(matter)})
    return Q(matter=matter, action="matter.report") | objected


@erases("matter", spoken=SPOKEN, may_words_go=has_ended)
def erase_reporter(matter: int, with_words: bool) -> int:
    """Delete the contact and what was sent there; put the tombstone where the reporter's words stood."""
    letters.destroy("matter", [matter])
    Contact.objects.filter(matter=matter).delete()
    Kept.objects.filter(matter=matter).delete()
    if not with_words:
        return 0
    public = PublicWords.objects.filter(pk=matter).exclude(text="", address="").update(is_public=False, text="", address="", photos=[])
    brought = Move.objects.filter(matter=matter).filter(Q(action__in=("matter.hear", "foreign.note")) | Q(action="matter.report", detail__has_key="origin_system"))
    return (
        public + brought.exclude(note__in=("", TOMBSTONE)).update(note=TOMBSTONE)
        + Matter.objects.filter(pk=matter).exclude(summary=TOMBSTONE).update(summary=TOMBSTONE)
        + Move.objects.filter(_own_words(matter), actor=None).exclude(note__in=("", TOMBSTONE)).update(note=TOMBSTONE)
        + Question.objects.filter(Q(matter=matter, answered_by=None) | Q(answered_by=matter)).exclude(answer__in=("", TOMBSTONE)).update(answer=TOMBSTONE)
        + Rating.objects.filter(matter=matter).exclude(text__in=("", TOMBSTONE)).update(text=TOMBSTONE))
