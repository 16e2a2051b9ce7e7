# SPDX-License-Identifier: MulanPSL-2.0
"""Letters: short messages and e-mails as rows, written in the transaction of an action or reaction, sent by the worker, seen by everybody concerned."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from linli.core import alarms, clock, letter_files, rows
from linli.core.actions import Call, Done, action
from linli.core.alarms import Kind
from linli.core.faults import Conflict, NotVisible
from linli.core.fields import Field
from linli.core.keys import keyring
from linli.core.models import Letter
from linli.core.protection import masked
from linli.core.sight import Actor
from linli.core.wordings import EMAIL, SMS, Occasion, filled, parts_of, present
from linli.core.words import CHINESE, ENGLISH, Words, words

STATES: dict[str, Words] = {
    "waiting": words("待发送", "Waiting"), "sent": words("已发出", "Sent"), "delivered": words("已送达", "Delivered"),
    "failed": words("发送失败，将重试", "Failed, tried again"), "given_up": words("未能送出", "Could not be sent"),
}
GIVEN_UP = "letters.given_up"
MOBILE = re.compile(r"^(?:\+?86)?(1[3-9][0-9]{9})$|^(\+(?!86)[0-9]{7,15})$")
"""Numbers that take short messages: mobile ones of the mainland, or any foreign number in full (numbering plan of 2017, YD/T 2583)."""
LONGEST = 19
NOT_GIVEN_UP = words("这封信不需要重发：它还在发送，或已经发出。", "This letter needs no further try: it is under way or has been sent.")
NOT_GIVEN_UP_REMEDY = words("请刷新页面，看看它现在的状态。", "Reload the page to see its state.")
ERASED = words("收信地址已依法删除，不能重发。", "The address was erased by law; it cannot be sent again.")
ERASED_REMEDY = words("请等上报人凭查询码查看。", "The reporter still reads it by query code.")

alarms.declare(Kind(GIVEN_UP, words("信件未能送出", "A letter could not be sent"), "letter.resend"))


@dataclass(frozen=True)
class Draft:
    """One letter to write: about which record, to whom, on what occasion, with what filled in; `cause` makes a repeat the same letter."""

    area: int
    subject_kind: str
    subject: int
    occasion: Occasion
    channel: str
    address: str
    values: Mapping[str, Words | str]
    language: str = CHINESE
    cause: int = 0


def mobile(phone: str) -> str | None:
    """The phone as a provider takes it; None when it takes no short messages (a fixed line)."""
    found = MOBILE.match(re.sub(r"[ \-]", "", phone))
    return (found[1] or found[2]) if found else None


def channel_for(phone: str | None, email: str | None) -> tuple[str, str] | None:
    """How somebody is written to: by short message to a mobile phone, else by e-mail; None when neither is switched on or given."""
    number = mobile(phone) if phone else None
    if number and settings.SMS_PROVIDER != "off":
        return SMS, number
    if email and settings.MAIL_PROVIDER != "off":
        return EMAIL, email
    return None


def write(drafts: Iterable[Draft]) -> int:
    """Put the letters into the running transaction, one insert for all; a letter that is there already is left as it is."""
    made = [_letter(one) for one in drafts]
    rows.put(*made, once=True)
    return len(made)


def _letter(draft: Draft) -> Letter:
    version = present(draft.occasion, draft.channel)
    language = ENGLISH if draft.language.startswith(ENGLISH) else CHINESE
    values = {name: value.in_language(language) if isinstance(value, Words) else value for name, value in draft.values.items()}
    title = filled(version.text.title.in_language(language), values, draft.channel) if version.text.title else ""
    text = filled(version.text.body.in_language(language), values, draft.channel)
    now = clock.now()
    made = Letter(
        area=draft.area, subject_kind=draft.subject_kind, subject=draft.subject, occasion=draft.occasion.name, cause=draft.cause, channel=draft.channel,
        language=language, wording=version.number, masked=hidden(draft.channel, draft.address), parts=parts_of(text) if draft.channel == SMS else 1,
        written_at=now, next_at=now)
    whole = json.dumps({"address": draft.address, "title": title, "text": text}, ensure_ascii=False)
    made.sealed = keyring().seal(whole, context_of(made))
    return made


def context_of(letter: Letter) -> str:
    """The associated data under which a letter is sealed."""
    return f"letter:{letter.client}"


def opened(letter: Letter) -> dict[str, str] | None:
    """Address, title and text of a letter; None once they are erased."""
    if letter.sealed is None:
        return None
    found: dict[str, str] = json.loads(keyring().unseal_text(bytes(letter.sealed), context_of(letter)))
    return found


def hidden(channel: str, address: str) -> str:
    """138****1234, z***@example.cn: enough for the person who knows it, too little for everybody else."""
    if channel == SMS:
        return masked(address)
    name, _, host = address.partition("@")
    return f"{name[:1]}***@{host}"[:120]


def rows_of(subject_kind: str, subject: int) -> QuerySet[Letter]:
    """All letters about a record inside the sight in force, oldest first, not yet read."""
    return Letter.objects.filter(subject_kind=subject_kind, subject=subject).order_by("id")


def of(subject_kind: str, subject: int) -> list[Letter]:
    """All letters about a record inside the sight in force, oldest first."""
    return list(rows_of(subject_kind, subject))


ERASE = """update core_letter set sealed = null, masked = '', next_at = null,
state = case when state in ('waiting', 'failed') then 'given_up' else state end where subject_kind = %s and subject = any(%s) and sealed is not null"""


def destroy(subject_kind: str, subjects: Sequence[int]) -> None:
    """Destroy address and text of every letter about these records, kept files included; the rows stay and say that one was sent."""
    letter_files.remove(Letter.objects.filter(subject_kind=subject_kind, subject__in=list(subjects), sealed__isnull=False).values_list("client", flat=True))
    rows.also(ERASE, [subject_kind, list(subjects)])


def _find(actor: Actor, given: Mapping[str, Any]) -> Letter:
    number = str(given.get("letter", ""))
    found: Letter | None = Letter.objects.visible_to(actor).filter(pk=int(number)).first() if number.isdecimal() and len(number) < LONGEST else None
    if found is None:
        raise NotVisible
    return found


@action("letter.resend", words("重新发送", "Send again"), ability="letter.resend", subject="letter", finds=_find, fields=(
    Field("letter", words("信件", "Letter"), "integer", required=True, low=1),))
def resend(call: Call) -> Done:
    """Somebody has mended what was wrong: a letter that was given up is tried anew, under the same number of ours."""
    letter: Letter = call.record
    if letter.sealed is None:
        raise Conflict(ERASED, ERASED_REMEDY, code="erased")
    if letter.state != "given_up":
        raise Conflict(NOT_GIVEN_UP, NOT_GIVEN_UP_REMEDY, code="not_given_up")
    Letter.objects.filter(pk=letter.pk).update(state="waiting", tries=0, next_at=call.recorded_at)
    alarms.still(GIVEN_UP, subject_kind=letter.subject_kind, subject=letter.subject)
    return Done(area=letter.area, subject=letter.pk, answer={"letter": letter.pk})
