# SPDX-License-Identifier: MulanPSL-2.0
"""调转: a community asks for a person whom another one keeps; that one accepts, or the level above both decides; then the record is handed over.

The asker learns “registered elsewhere, transfer requested” and nothing else, until the record is his. The other side reads who asks and why.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from linli.core import clock
from linli.core.actions import Call, Done, action
from linli.core.faults import Conflict, Invalid, NotAble, NotVisible
from linli.core.fields import Field
from linli.core.protection import Protection
from linli.core.sight import Actor
from linli.core.words import Words, words
from linli.elements import identities, places
from linli.elements.models import Claim
from linli.elements.models.claims import OPEN_STATES
from linli.elements.registers import people

ASKS, ANSWERS, DECIDES = "person.claim", "claim.answer", "claim.decide"
LONGEST, PAGE = 19, 50
OTHER_KIND = "990"
"""A number of digits is checked as that of a citizen's card; documents with letters in front have forms of their own."""
REASONS = (("living", words("本人现住本社区", "Lives here now")), ("registered", words("户籍迁入本社区", "Registered here now")),
           ("both", words("户籍和居住都在本社区", "Registered and lives here now")))
STATES = {
    "free": words("其他社区没有登记此人，可以直接登记", "No other community keeps this person; you may record him"),
    "here": words("此人已在您的范围内登记", "This person is recorded within your area already"),
    "waiting": words("在其他社区登记，已申请调转", "Registered elsewhere, transfer requested"),
    "refused": words("对方没有同意，等上级决定", "The other side did not agree; the level above decides"),
    "accepted": words("对方已同意，已转入", "The other side agreed; handed over"),
    "decided_for": words("上级决定转入", "The level above decided for the transfer"),
    "decided_against": words("上级决定不转", "The level above decided against the transfer"),
    "withdrawn": words("已撤回", "Withdrawn"),
}
"""What a claim has come to, as the side that asked reads it."""
ASKED_STATES = {
    "waiting": words("等待答复", "Waits for an answer"), "refused": words("未同意，等上级决定", "Not agreed; the level above decides"),
    "accepted": words("已同意，已转出", "Agreed; handed over"), "decided_for": words("上级决定转出", "Decided above: handed over"),
    "decided_against": words("上级决定不转", "Decided above: not handed over"),
}
"""The same as the side that was asked reads it."""
TOO_MANY = words("您的岗位今天已申请 {count} 次，达到每日上限。", "Your post has asked {count} times today, which is the limit of a day.")
TOO_MANY_REMEDY = words("请明天再办；批量登记请用导入，导入会列出在其他社区登记的人。", "Go on tomorrow; for many people use the import, which lists who is registered elsewhere.")
ASKED_ALREADY = words("这个人的调转已经申请过，还没有结果。", "A transfer of this person has been requested already.")
ASKED_REMEDY = words("请在“调转”里查看进度。", "See how it stands under Transfers.")
NOT_OURS = words("请选择您范围内的社区或网格。", "Choose a community or grid within your area.")
OVER = words("这次调转已经有结果。", "This transfer has its result already.")
OVER_REMEDY = words("请刷新页面查看。", "Reload the page to see it.")
NOT_YET = words("对方社区还在 {days} 天的答复期内。", "The other community is still within its {days} days to answer.")
NOT_YET_REMEDY = words("对方拒绝或到期未答复后，再由上级决定。", "The level above decides after a refusal, or when the time is over.")
NOT_COMMON = words("双方不都在您的范围内，不能由您决定。", "Not both sides lie within your area, so it is not yours to decide.")
NOT_COMMON_REMEDY = words("请由双方共同的上级（街道、区或市）决定。", "The level above both (street, district or city) decides.")
NEEDS_WORDS = words("不同意时请写明原因。", "Say why when you do not agree.")


def _asked(actor: Actor, given: Mapping[str, Any]) -> Claim:
    """A request that came to a place within the actor's sight. NotVisible otherwise."""
    number = str(given.get("claim", ""))
    found = Claim.objects.visible_to(actor).filter(pk=int(number), side="asked").first() if number.isdecimal() and len(number) < LONGEST else None
    if found is None:
        raise NotVisible
    return found  # type: ignore[no-any-return]


CLAIM = Field("claim", words("调转申请", "Transfer"), "integer", required=True, low=1)


@action(ASKS, words("申请调转居民", "Ask for a person to be handed over"), ability=ASKS, subject="claim", fields=(
    Field("id_number", words("证件号码", "Number of the document"), required=True, limit=40, protection=Protection.PERSONAL),
    Field("name", words("姓名", "Name"), required=True, limit=60, protection=Protection.PERSONAL),
    Field("area", words("转入的社区或网格", "Grid or community that takes him"), "area", required=True),
    Field("reason", words("原因", "Reason"), "choice", required=True, choices=REASONS),
    Field("note", words("说明（对方可见）", "Note, which the other side reads"), limit=200)))
def claim_person(call: Call) -> Done:
    """Ask whether a person is kept elsewhere, and for him if so. Every question counts against the limit of the day and is journalled, answered or not."""
    place = places.find_place(call.given["area"])
    if place is None or place.level not in ("community", "grid") or not place.stands() or not call.actor.lo <= place.area < call.actor.hi:
        raise Invalid({"area": NOT_OURS})
    number = people.written_number(call.given["id_number"])
    if fault := people.number_broken({"id_number": number, "id_kind": people.CHINESE if number[:-1].isdecimal() else OTHER_KIND}):
        raise Invalid({"id_number": fault})
    index, today = identities.index_of(number), clock.today()
    count = Claim.objects.visible_to(call.actor).filter(side="asking", post=call.actor.post, asked_on=today).count()
    if count >= settings.CLAIMS_A_DAY:
        raise Conflict(TOO_MANY.format(count=count), TOO_MANY_REMEDY, code="claims_of_the_day")
    if Claim.objects.visible_to(call.actor).filter(side="asking", number=index, state__in=OPEN_STATES).exists():
        raise Conflict(ASKED_ALREADY, ASKED_REMEDY, code="claimed_already")
    made = Claim.objects.create(
        area=place.area, side="asking", number=index, name=call.given["name"], reason=call.given["reason"], note=call.given.get("note") or "",
        post_id=call.actor.post, asked_at=call.recorded_at, asked_on=today, answer_by=call.recorded_at + timedelta(days=settings.CLAIM_DAYS))
    state = str(_ask("select ask_for_person(%s)", [made.pk]))
    return Done(place.area, made.pk, {"claim": made.pk, "state": state}, {"state": state}, is_new=True)


@action("claim.answer", words("答复调转", "Answer a transfer"), ability=ANSWERS, subject="claim", finds=_asked, fields=(
    CLAIM, Field("agrees", words("是否同意转出", "Do you agree?"), "truth", required=True), Field("answer", words("说明", "Why"), limit=200)))
def answer_claim(call: Call) -> Done:
    """The community that keeps the person hands him over, or says why not; a refusal goes to the level above."""
    if call.record.state == "refused":
        raise Conflict(OVER, OVER_REMEDY, code="claim_is_over")
    if not call.given["agrees"] and not call.given.get("answer"):
        raise Invalid({"answer": NEEDS_WORDS})
    return _settle(call, "accepted" if call.given["agrees"] else "refused")


@action("claim.decide", words("裁定调转", "Decide a transfer"), ability=DECIDES, subject="claim", finds=_asked, fields=(
    CLAIM, Field("is_for", words("转给申请的社区", "Hand over to the side that asks"), "truth", required=True),
    Field("answer", words("理由", "Why"), required=True, limit=200)))
def decide_claim(call: Call) -> Done:
    """The level above both decides after a refusal, or when the other side did not answer in time."""
    held: Claim = call.record
    if not (call.actor.lo <= held.area < call.actor.hi and call.actor.lo <= (held.other_area or 0) < call.actor.hi):
        raise NotAble(NOT_COMMON, NOT_COMMON_REMEDY)
    if held.state == "waiting" and call.recorded_at < held.answer_by:
        raise Conflict(NOT_YET.format(days=settings.CLAIM_DAYS), NOT_YET_REMEDY, code="claim_waits")
    return _settle(call, "decided_for" if call.given["is_for"] else "decided_against")


def _settle(call: Call, verdict: str) -> Done:
    held: Claim = call.record
    community = places.community_of(held.area)
    done = _ask("select answer_claim(%s, %s, %s, %s, %s, %s, %s)", [
        held.pk, verdict, call.actor.account, call.given.get("answer") or "", call.recorded_at, clock.today(), (community.code if community else "")[:12]])
    if done is None:
        raise Conflict(OVER, OVER_REMEDY, code="claim_is_over")
    return Done(held.area, held.pk, {"claim": held.pk, "state": verdict}, {"state": verdict, "person": held.person})


def _ask(sql: str, values: Sequence[Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        row = cursor.fetchone()
    return row[0] if row else None


def state_words(one: Claim) -> Words:
    """What a claim has come to, in words, for the side whose row it is."""
    return (STATES if one.side == "asking" else ASKED_STATES).get(one.state, words(one.state, one.state))


def may_decide(actor: Actor, one: Claim) -> bool:
    """Whether it is this post's turn: both sides within its range, and refused or out of time."""
    covers = actor.lo <= one.area < actor.hi and actor.lo <= (one.other_area or 0) < actor.hi
    return actor.may(DECIDES) and covers and (one.state == "refused" or (one.state == "waiting" and clock.now() >= one.answer_by))


def asked_claim(actor: Actor, number: int) -> Claim:
    """One request that came to a place within the actor's sight. NotVisible otherwise."""
    return _asked(actor, {"claim": number})


def claims_page(actor: Actor, side: str, *, before: int | None = None, most: int = PAGE) -> list[Claim]:
    """One page of requests on one side within the actor's sight, newest first, open ones and closed ones."""
    found = Claim.objects.visible_to(actor).filter(side=side)
    return list((found.filter(pk__lt=before) if before else found).select_related("post__organisation").order_by("-id")[:most])
