# SPDX-License-Identifier: MulanPSL-2.0
"""The dialogue with the reporter: questions and answers, rating, asking for it to be done again, call-backs, his wish for messages."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db.models import Q

from linli.core import due, evidence, rows
from linli.core.actions import Call, Done, action
from linli.core.faults import Conflict, Invalid, NotVisible
from linli.core.fields import Field
from linli.core.keys import keyring
from linli.core.protection import Protection
from linli.core.sight import Actor
from linli.core.words import words
from linli.matters import dialogue, moving, numbers, records, secrecy, waiting
from linli.matters.actions.loop import NUMBER, VERSION, checked, first_reply
from linli.matters.following import score_of
from linli.matters.models import CallBack, CallBackTry, Contact, Matter, Question, Rating
from linli.matters.moving import Step, by_code, by_number, make, sight_of_code, within
from linli.matters.phases import OPEN

QUERY_CODE = Field("query_code", words("查询码", "Query code"), "text", required=True, limit=40, protection=Protection.PERSONAL)
PHOTOS = Field("evidence", words("照片", "Photos"), "evidence", limit=9)
SAID = Field("note", words("上报人说了什么", "What the reporter said"), "long_text", limit=2000,
             help=words("不满意或重新办理时必须写明。", "Needed when dissatisfied or done again."))
ENDED = words("这件事已经办结，不能再提问。", "This matter has ended; no question can be asked.")
ENDED_REMEDY = words("如有需要请重新上报。", "Report anew if needed.")
MOST_QUESTIONS = 20
"""Questions of one matter (our choice: nobody is to be questioned without end)."""
TOO_MANY = words("这件事已经问过 {count} 个问题，不能再问。", "{count} questions have been asked about this matter; no more can be.")
TOO_MANY_REMEDY = words("请查看已有的回答，或到现场了解。", "Read the answers there are, or go and look.")
ANSWERED = words("没有等待回答的问题。", "No question is waiting for an answer.")
ANSWERED_REMEDY = words("如有补充，请联系社区。", "Contact the community if you have more to say.")
NO_CONTACT = words("上报人没有留下联系方式。", "The reporter left no contact.")
SAY_WHY = words("请写明上报人说了什么、要怎么办。", "Say what the reporter said and what is to be done.")
NO_CONTACT_REMEDY = words("没有联系方式，不会发送消息；请凭查询码查看。", "Without a contact nothing is sent; follow it by the query code.")


def _held_by_code(actor: Actor, given: Mapping[str, Any]) -> Matter:
    """The followed matter, kept from other reporters who rate it at the same moment."""
    records.hold(by_code(actor, given).pk)
    return by_code(actor, given)


@action("matter.rate", words("评价", "Rate"), ability=None, subject="matter", sight="this_record", opens=sight_of_code, finds=_held_by_code, fields=(
    QUERY_CODE, Field("score", words("满意程度（1 非常满意 … 5 非常不满意）", "Satisfaction (1 very satisfied … 5 very dissatisfied)"), "integer", required=True, low=1, high=5),
    Field("text", words("想说的话", "Your words"), "long_text", limit=1000)))
def rate_matter(call: Call) -> Done:
    """The reporter rates by query code, once in each round, with no default; the newest round counts, and of several reporters the middle score."""
    matter: Matter = call.record
    own = numbers.matter_by_code(call.given["query_code"]) or matter.pk
    others = Rating.objects.filter(Q(matter=matter.pk) | Q(leading=matter.pk), round=matter.round).values_list("score", flat=True)
    step = checked(call, "matter.rate", rating=score_of([*others, call.given["score"]]))
    rows.put(Rating(matter_id=own, area=matter.area, leading=matter.pk if own != matter.pk else None, round=matter.round, score=call.given["score"],
                    text=call.given.get("text") or "", at=call.recorded_at))
    return make(call, step)


@action("matter.object", words("要求重新办理", "Ask for it to be done again"), ability=None, subject="matter", sight="this_record", opens=sight_of_code,
        finds=by_code, fields=(
            QUERY_CODE, Field("note", words("哪里没有办好", "What is not right"), "long_text", required=True, limit=1000), PHOTOS))
def object_to_closing(call: Call) -> Done:
    """The reporter says inside the time for rating that it is not done: the same matter goes back to its unit, history and all."""
    step = checked(call, "matter.object", target="handling", **_again(call))
    _end_call_backs(call, "reopened")
    detail = {"by_matter": numbers.matter_by_code(call.given["query_code"])}
    return make(call, Step(step.rule, step.changes, step.note, is_public=True, detail=detail))


def _again(call: Call) -> dict[str, Any]:
    """What a re-opening changes beside the phase: a new round, so that it closes only after a new verification."""
    matter: Matter = call.record
    return {"round": matter.round + 1, "is_passed": False, "reopenings": matter.reopenings + 1, "closed_at": None}


def _end_call_backs(call: Call, outcome: str) -> None:
    CallBack.objects.filter(matter=call.record.id, ended_at=None).update(ended_at=call.recorded_at, outcome=outcome, ended_by=call.actor.account)


@action("matter.call_back", words("记录回访", "Record a call-back"), ability="matter.call_back", subject="matter", finds=by_number, fields=(
    NUMBER, VERSION, Field("result", words("回访结果", "Result"), "choice", required=True, choices=tuple(dialogue.RESULTS.items())), SAID))
def call_back(call: Call) -> Done:
    """Somebody who took no part asks the reporter: satisfied, not, done again, or not reached; after so many tries it ends unreached."""
    result, is_reopened = call.given["result"], call.given["result"] == "reopen"
    step = checked(call, "matter.call_back", target="handling" if is_reopened else "closed", **(_again(call) if is_reopened else {}))
    if result in ("dissatisfied", "reopen") and not call.given.get("note"):
        raise Invalid({"note": SAY_WHY})
    for one in CallBack.objects.filter(matter=call.record.id, ended_at=None).order_by("id"):
        _note_try(call, one, result)
    return make(call, Step(step.rule, step.changes, step.note, detail={"result": result}))


def _note_try(call: Call, one: CallBack, result: str) -> None:
    rows.put(CallBackTry(area=one.area, call_back_id=one.pk, at=call.recorded_at, account=call.actor.account or 0, unit=call.actor.organisation, result=result))
    one.tries += 1
    if result != "not_reached" or one.tries >= dialogue.most_tries():
        one.ended_at, one.ended_by = call.recorded_at, call.actor.account
        one.outcome = {"reopen": "reopened", "not_reached": "unreachable"}.get(result, result)
    one.save(update_fields=["tries", "ended_at", "ended_by", "outcome"])


@action("matter.ask", words("向上报人提问", "Ask the reporter"), ability="matter.ask", subject="matter", finds=by_number, fields=(
    NUMBER, Field("text", words("问题", "Question"), "long_text", required=True, limit=1000),
    Field("waits", words("等答复期间停钟", "The clock stands still until the answer"), "truth")))
def ask_reporter(call: Call) -> Done:
    """Staff ask the reporter something, several things if need be; each is answered by query code. A call-back may ask after closing too.

    With `waits` the clock stands still until the answer.
    """
    matter: Matter = call.record
    if matter.phase not in OPEN and not (matter.phase == "closed" and CallBack.objects.filter(matter=matter.id, ended_at=None).exists()):
        raise Conflict(ENDED, ENDED_REMEDY, code="ended")
    count = Question.objects.filter(matter=matter.id).count()
    if count >= MOST_QUESTIONS:
        raise Conflict(TOO_MANY.format(count=count), TOO_MANY_REMEDY, code="too_many_questions")
    made = Question.objects.create(area=matter.area, matter_id=matter.id, text=call.given["text"], asked_by=call.actor.account or 0, asked_at=call.recorded_at,
                                   due_at=dialogue.question_due(call.recorded_at))
    due.leave("matter.tell_asked", area=matter.area, subject_kind="question", subject=made.id, at=call.recorded_at)
    first = first_reply(call)
    if call.given.get("waits"):
        done = make(call, Step(within(matter, "matter.ask"), first | waiting.wait_for_reporter(call), detail={"is_paused": True}))
        return replace(done, answer={**done.answer, "question": made.id})
    if first:
        Matter.objects.filter(id=matter.id).update(**first)
    return Done(area=matter.area, subject=matter.id, answer={"number": numbers.number_of(matter.id), "question": made.id, "version": matter.version})


@action("matter.answer", words("回答提问", "Answer a question"), ability=None, subject="matter", sight="this_record", opens=sight_of_code, finds=by_code, fields=(
    QUERY_CODE, Field("question", words("哪个问题", "Which question"), "integer", low=1),
    Field("text", words("您的回答", "Your answer"), "long_text", required=True, limit=1000), PHOTOS))
def answer_question(call: Call) -> Done:
    """The reporter answers a question by query code, the oldest open one when none is named; photos may come with the answer."""
    matter: Matter = call.record
    found = Question.objects.filter(matter=matter.id, answered_at=None).order_by("id")
    chosen = (found.filter(id=call.given["question"]) if call.given.get("question") else found).first()
    if chosen is None or matter.phase not in (*OPEN, "closed"):
        raise Conflict(ANSWERED, ANSWERED_REMEDY, code="nothing_asked")
    photos = sorted(set(call.given.get("evidence") or []))
    evidence.attach(photos, area=matter.area, subject_kind="matter", subject=matter.id, actor=call.actor, claim=call.device,
                    vouched=call.vouched)
    own = numbers.matter_by_code(call.given["query_code"])
    Question.objects.filter(id=chosen.id).update(answer=call.given["text"], answered_at=call.recorded_at, photos=photos,
                                                 answered_by=own if own != matter.pk else None)
    done = Done(area=matter.area, subject=matter.id, answer={"number": numbers.number_of(matter.id)})
    if changes := waiting.answered(call):
        done = make(replace(call, given={**call.given, "evidence": None}), Step(within(matter, "matter.answer"), changes, detail={"is_paused": False}))
    return replace(done, answer={**done.answer, "question": chosen.id})


@action("matter.choose_letters", words("设置进展消息", "Choose messages"), ability=None, subject="matter", sight="this_record", opens=moving.sight_of_own, finds=moving.own_by_code,
        fields=(QUERY_CODE, Field("wants_letters", words("接收短信或邮件", "Receive messages"), "truth", required=True)))
def choose_letters(call: Call) -> Done:
    """The reporter says by query code whether he wants messages from now on; the matter is handled all the same."""
    if not Contact.objects.filter(matter=call.record.id).update(wants_letters=bool(call.given["wants_letters"])):
        raise Conflict(NO_CONTACT, NO_CONTACT_REMEDY, code="no_contact")
    return Done(area=call.record.area, subject=call.record.id, answer={"number": numbers.number_of(call.record.id)})


def _contact_of(answer: dict[str, Any]) -> dict[str, Any]:
    """Add the contact to the answer of a look: read anew each time, never kept."""
    matter = numbers.matter_of(answer["number"]) or 0
    area = moving.area_of(matter)
    if area is None:
        raise NotVisible
    with moving.looking_at(area):
        row = Contact.objects.filter(matter=matter).first()
    found = json.loads(keyring().unseal_text(bytes(row.sealed), f"contact:{matter}")) if row else {}
    return answer | {"contact": found, "notice": None if found else str(NO_CONTACT)}


@action("matter.reveal", words("查看联系方式", "Look at the contact"), ability="matter.reveal", subject="matter", finds=by_number, completes=_contact_of, fields=(
    NUMBER, Field("reason", words("查看的理由", "Why you look"), "text", required=True, limit=200)))
def reveal_contact(call: Call) -> Done:
    """Look at the reporter's contact; the look is journalled with its reason. Of a secret report only the post that takes it in may."""
    secrecy.refuse_others(call)
    return Done(area=call.record.area, subject=call.record.id, answer={"number": numbers.number_of(call.record.id)})
