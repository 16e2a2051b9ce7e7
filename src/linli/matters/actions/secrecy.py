# SPDX-License-Identifier: MulanPSL-2.0
"""Secret reports: the words that the handling unit reads in place of the reporter's own, and a look at those."""

import json
from typing import Any

from linli.core import rows
from linli.core.actions import Call, Done, action
from linli.core.faults import Conflict, NotVisible
from linli.core.fields import Field
from linli.core.keys import keyring
from linli.core.words import words
from linli.matters import moving, numbers, secrecy
from linli.matters.actions.loop import NUMBER, VERSION
from linli.matters.models import Kept, Matter
from linli.matters.moving import Step, by_number, make, within

OWN_WORDS, CHAT = "own_words", "chat"
NOT_SECRET = words("上报人没有要求保密，不改写原话。", "The reporter did not ask for secrecy; his words stay as they are.")
NOT_SECRET_REMEDY = words("要对外公开的文字，请在“审核公开文字”里写。", "What the public may read is written in the review.")
NO_WORDS = words("这件事没有另存的原文。", "No original words are kept with this matter.")


def keep(call: Call, what: str, text: str) -> None:
    """Keep words sealed beside a matter; the first ones stay."""
    sealed = keyring().seal(text, f"kept:{call.record.pk}:{what}")
    rows.put(Kept(area=call.record.area, matter_id=call.record.pk, what=what, sealed=sealed, kept_by=call.actor.account or 0, kept_at=call.recorded_at), once=True)


@action("matter.reword", words("改写交办文字", "Reword for the handling unit"), ability=secrecy.ABILITY, subject="matter", finds=by_number, fields=(
    NUMBER, VERSION, Field("summary", words("承办单位看到的描述", "Description that the handling unit reads"), "long_text", required=True, limit=4000),
    Field("address", words("承办单位看到的地点", "Place that the handling unit reads"), "text", limit=200)))
def reword(call: Call) -> Done:
    """The dispatcher takes out of a secret report what would give its reporter away; the reporter's own words are kept sealed."""
    matter: Matter = call.record
    if not matter.is_secret:
        raise Conflict(NOT_SECRET, NOT_SECRET_REMEDY, code="not_secret")
    keep(call, OWN_WORDS, json.dumps({"summary": matter.summary, "address": matter.address}, ensure_ascii=False))
    changes = {"summary": call.given["summary"], "address": call.given.get("address") or ""}
    return make(call, Step(within(matter, "matter.reword"), changes))


def _with_words(answer: dict[str, Any]) -> dict[str, Any]:
    """Add the kept words to the answer of a look: read anew each time, never kept in an answer."""
    matter = numbers.matter_of(answer["number"]) or 0
    area = moving.area_of(matter)
    if area is None:
        raise NotVisible
    with moving.looking_at(area):
        found = list(Kept.objects.filter(matter=matter).order_by("what"))
    said = {one.what: keyring().unseal_text(bytes(one.sealed), f"kept:{matter}:{one.what}") for one in found}
    return answer | {"kept": said, "notice": None if said else str(NO_WORDS)}


@action("matter.read_kept", words("查看原文", "Look at the original words"), ability="matter.reveal", subject="matter", finds=by_number, completes=_with_words, fields=(
    NUMBER, Field("reason", words("查看的理由", "Why you look"), "text", required=True, limit=200)))
def read_kept(call: Call) -> Done:
    """Look at words that are kept sealed with a matter; each look is journalled with its reason."""
    secrecy.refuse_others(call)
    return Done(area=call.record.area, subject=call.record.pk, answer={"number": numbers.number_of(call.record.pk)})
