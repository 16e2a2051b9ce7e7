# SPDX-License-Identifier: MulanPSL-2.0
"""Objections to a list in publicity: made by anybody, kept sealed, answered with a reason within working days; upheld ones lead back to the assessment."""

from collections.abc import Mapping
from typing import Any

from linli.core import calendar_store, clock
from linli.core.actions import Call, Done, action
from linli.core.faults import Conflict, Invalid, NotAble, NotVisible
from linli.core.fields import Field
from linli.core.keys import keyring
from linli.core.protection import Protection
from linli.core.sight import Actor, Sight, of_place
from linli.core.words import words
from linli.core.working_time import TimeUnit
from linli.elements import places
from linli.titles.creation.moving import REASON, REVIEWS_DISTRICT, WRONG_STEP_REMEDY, limit, locked, moved, numbered, refuse_own
from linli.titles.creation.reviewing import record
from linli.titles.models import Application, Objection, Publicity

ANSWERS, READS = "title.answer_objection", "title.read_objection"
UPHELD, DISMISSED = "upheld", "dismissed"
OUTCOMES = ((UPHELD, words("异议成立，退回测评", "Upheld: back to the assessment")), (DISMISSED, words("异议不成立", "Not upheld")))
OVER = words("公示已经在 {day} 结束，不能再提异议。", "The publicity ended on {day}; objections are closed.")
OVER_REMEDY = words("情况请向区民政局或 12345 反映。", "Please turn to the district's civil affairs bureau or 12345.")
ANSWERED = words("这条异议已经答复。", "This objection has been answered.")
NO_CONTACT = words("请留下电话或邮箱，以便答复您；只有办理异议的人看得到。", "Leave a phone or e-mail for the answer; only those who handle objections see it.")
NOT_LISTED = words("名单上没有这个社区。", "This community is not on the list.")
OWN_OBJECTION = words("自己提出的异议不能自己答复。", "You cannot answer your own objection.")
OBJECTION = Field("title_objection", words("公示异议", "Objection"), "integer", required=True, low=1)
PERSONAL = {"protection": Protection.PERSONAL}
OBJECTING = (
    Field("publicity", words("公示", "Publicity"), "integer", required=True, low=1), Field("area", words("社区", "Community"), "area", required=True),
    Field("text", words("您对哪一点有异议，事实是什么", "What do you object to, and what are the facts"), "long_text", required=True, limit=2000, **PERSONAL),  # type: ignore[arg-type]
    Field("contact", words("联系方式（电话或邮箱）", "Contact (phone or e-mail)"), limit=120, **PERSONAL,  # type: ignore[arg-type]
          help=words("只用来答复您，加密保存，不公开。", "Only for the answer to you; kept encrypted, never public.")))


def listed(given: Mapping[str, Any]) -> Publicity:
    """The publicity of a number with this community on its list; NotVisible otherwise."""
    found: Publicity | None = Publicity.objects.select_related("batch").filter(pk=numbered(given, "publicity")).first()
    if found is None or numbered(given, "area") not in found.areas:
        raise NotVisible
    return found


def _opens(_actor: Actor, given: Mapping[str, Any]) -> Sight:
    listed(given)
    place = places.place_by_area(numbered(given, "area"))
    return of_place(place.lo, place.hi)


def find_objection(actor: Actor, given: Mapping[str, Any]) -> Objection:
    """An objection inside the actor's range; NotVisible otherwise."""
    found: Objection | None = Objection.objects.visible_to(actor).select_related("application__batch", "publicity").filter(pk=numbered(given, "title_objection")).first()
    if found is None:
        raise NotVisible
    return found


@action("title.object", words("对公示提出异议", "Object to a publicity"), ability=None, subject="title_objection", sight="place_named_in_input", opens=_opens,
        finds=lambda _actor, given: listed(given), fields=OBJECTING)
def make_objection(call: Call) -> Done:
    """Anybody may object while the list is public: with a contact, or under the name of an account. What is said is sealed."""
    publicity: Publicity = call.record
    if call.recorded_at >= publicity.ends_at:
        raise Conflict(OVER.format(day=publicity.last_day.isoformat()), OVER_REMEDY, code="publicity_over")
    if not call.given["contact"] and call.actor.account is None:
        raise Invalid({"contact": NO_CONTACT})
    application = Application.objects.filter(publicity=publicity, area=call.given["area"], state="publicity").first()
    if application is None:
        raise Conflict(NOT_LISTED, WRONG_STEP_REMEDY, code="not_listed")
    due = calendar_store.calendar().add(call.recorded_at, limit(publicity.batch, "objection_working_days").number, TimeUnit.WORKING_DAY)
    made = Objection(area=application.area, application=application, publicity=publicity, sealed_text=b"", account=call.actor.account, made_at=call.recorded_at,
                     due_on=clock.local(due.at).date())
    made.save()
    made.sealed_text = keyring().seal(call.given["text"].encode(), f"objection:{made.pk}")
    made.sealed_contact = keyring().seal(call.given["contact"].encode(), f"objection_contact:{made.pk}") if call.given["contact"] else None
    made.save(update_fields=["sealed_text", "sealed_contact"])
    return Done(made.area, made.pk, {"title_objection": made.pk, "due_on": made.due_on.isoformat()}, is_new=True)


def read(made: Objection) -> tuple[str, str]:
    """What was said, and the contact (empty for none); for who may handle it."""
    text = keyring().unseal_text(bytes(made.sealed_text), f"objection:{made.pk}")
    return text, keyring().unseal_text(bytes(made.sealed_contact), f"objection_contact:{made.pk}") if made.sealed_contact else ""


@action(READS, words("查看异议内容和联系方式", "Read an objection"), ability=REVIEWS_DISTRICT, subject="title_objection", finds=find_objection, fields=(OBJECTION,))
def read_objection(call: Call) -> Done:
    """Open what was said and the contact for the answer; the look is a line of the journal."""
    text, contact = read(call.record)
    return Done(call.record.area, call.record.pk, {"title_objection": call.record.pk}, once={"text": text, "contact": contact})


@action(ANSWERS, words("答复异议", "Answer an objection"), ability=REVIEWS_DISTRICT, subject="title_objection", finds=find_objection,
        fields=(OBJECTION, Field("outcome", words("办理结果", "Outcome"), "choice", required=True, choices=OUTCOMES), REASON))
def answer_objection(call: Call) -> Done:
    """Answer with a reason; upheld, the community goes back to its assessment and off the list. Not by who filed, nor by who objected."""
    found: Objection = Objection.objects.select_for_update(of=("self",)).select_related("application__batch").get(pk=call.record.pk)
    refuse_own(call.actor, found.application)
    if found.account is not None and found.account == call.actor.account:
        raise NotAble(OWN_OBJECTION, WRONG_STEP_REMEDY, "own_objection")
    if found.outcome:
        raise Conflict(ANSWERED, WRONG_STEP_REMEDY, code="answered")
    found.outcome, found.answer, found.answered_by, found.answered_at = call.given["outcome"], call.given["reason"], call.actor.account, call.recorded_at
    found.save(update_fields=["outcome", "answer", "answered_by", "answered_at"])
    application = locked(found.application)
    record(call, application, "objection", found.outcome, found.answer)
    if found.outcome == UPHELD and application.state == "publicity":
        application.publicity = None
        moved(call, application, "uphold", "publicity")
    return Done(found.area, found.pk, {"title_objection": found.pk, "application": application.pk, "state": application.state})


