# SPDX-License-Identifier: MulanPSL-2.0
"""Between a matter and the world outside: words made public after review, and letters from other systems."""

from collections.abc import Mapping
from typing import Any

from linli.core.actions import Call, Done, action
from linli.core.faults import Conflict, Invalid, NotVisible
from linli.core.fields import Field
from linli.core.models import Evidence
from linli.core.protection import Protection
from linli.core.sight import Actor
from linli.core.words import Words, words
from linli.matters import numbers, published, records
from linli.matters.actions.loop import NUMBER
from linli.matters.kinds import kind_of
from linli.matters.models import Matter, PublicWords
from linli.matters.moving import Step, by_number, check, make, rule_for
from linli.matters.phases import FOR_OTHERS

ASKS: dict[str, Words] = {
    "OPEN": words("对方标为办理中", "It is open there"),
    "CLOSED": words("对方标为已关闭", "It is closed there"),
    "FIXED": words("对方说已解决，请核对", "It is said to be fixed; please check"),
    "IN_PROGRESS": words("对方标为处理中", "It is being dealt with there"),
    "ACTION_SCHEDULED": words("对方已安排处理", "Action is scheduled there"),
    "INVESTIGATING": words("对方正在了解情况", "It is being looked into there"),
    "DUPLICATE": words("对方说与另一件重复，请核对", "It is said to be a duplicate; please check"),
    "NOT_COUNCILS_RESPONSIBILITY": words("对方认为不属于职责范围", "It is said to be nobody's duty there"),
    "NO_FURTHER_ACTION": words("对方不再处理", "No further action there"),
    "INTERNAL_REFERRAL": words("对方已转内部办理", "It was referred internally there"),
    "FOR_TRIAGE": words("对方待分类", "It waits for triage there"),
    "CANCELLED": words("对方已取消，请核对", "It was cancelled there; please check"),
    "REOPEN": words("请求重新办理", "Asks to reopen it"),
}
"""What another system may say of a matter (matters-and-measures.md 5.2): said, kept, shown, and never obeyed by itself."""

SENSITIVE = words("这一类事项不对外公开，不需要审核文字。", "Matters of this category are not public; there is nothing to review.")
SENSITIVE_REMEDY = words("请返回待审列表。", "Go back to the list.")
NOT_ITS_PHOTO = words("照片 {number} 不属于这件事。", "Photo {number} does not belong to this matter.")
NOTHING_TO_SHOW = words("请填写可以公开的文字，或者选“不公开”。", "Write what may be public, or choose to keep it back.")


def _brought(actor: Actor, given: Mapping[str, Any]) -> Matter:
    """A matter that this very key brought; NotVisible for every other one, as if it were not there."""
    found = by_number(actor, given)
    if actor.may(FOR_OTHERS) and (found.reporter != actor.account or actor.account is None):
        raise NotVisible
    return found


@action("matter.hear", words("外部系统来函", "Word from another system"), ability=FOR_OTHERS, subject="matter", finds=_brought, fields=(
    NUMBER, Field("text", words("内容", "What it says"), "long_text", limit=4000),
    Field("asks", words("对方的状态", "State in the other system"), "choice", choices=lambda: list(ASKS.items())),
    Field("said_at", words("对方写下的时间", "When it was said there"), "moment"),
    Field("link", words("附带的链接", "Link that came with it"), "text", limit=1000),
    Field("contact_name", words("怎么称呼", "Name"), "text", limit=40, protection=Protection.PERSONAL),
    Field("contact_phone", words("电话", "Phone"), "text", limit=40, protection=Protection.PERSONAL),
    Field("contact_email", words("电子邮箱", "E-mail"), "text", limit=120, protection=Protection.PERSONAL)))
def hear(call: Call) -> Done:
    """What another system says becomes a note or a request in the history; it moves nothing, least of all past verification."""
    matter: Matter = call.record
    rule = rule_for(kind_of(matter.kind), matter, "matter.hear")
    check(kind_of(matter.kind), rule, call)
    given = call.given
    detail = {name: given[name] for name in ("asks", "link") if given.get(name)}
    detail |= {"said_at": given["said_at"].isoformat()} if given.get("said_at") else {}
    last, _ = records.last_step(matter.id)
    done = make(call, Step(rule, {}, note=given.get("text") or "", detail=detail))
    return Done(done.area, done.subject, {**done.answer, "step": last + 1}, done.payload)


@action("matter.publish_words", words("审核公开文字", "Review what the public may read"), ability="matter.publish_words", subject="matter", finds=by_number, fields=(
    NUMBER, Field("is_public", words("公开", "Make public"), "truth", required=True),
    Field("text", words("公开的描述", "Public description"), "long_text", limit=4000),
    Field("address", words("公开的地点", "Public place"), "text", limit=200),
    Field("photos", words("公开的照片", "Public photos"), "evidence", limit=9)))
def publish_words(call: Call) -> Done:
    """A reviewer writes what the public may read of a report, and chooses its photos, or keeps all of it back; the last review counts."""
    matter: Matter = call.record
    if not published.is_shown(matter.category):
        raise Conflict(SENSITIVE, SENSITIVE_REMEDY, code="sensitive")
    given, is_public = call.given, call.given["is_public"]
    if is_public and not given.get("text"):
        raise Invalid({"text": NOTHING_TO_SHOW})
    photos = given.get("photos") or []
    theirs = set(Evidence.objects.filter(subject_kind="matter", subject=matter.pk, id__in=photos).values_list("id", flat=True)) if photos else set()
    if strange := [one for one in photos if one not in theirs]:
        raise Invalid({"photos": NOT_ITS_PHOTO.format(number=strange[0])})
    kept = {"area": matter.area, "is_public": is_public, "text": (given.get("text") or "") if is_public else "",
            "address": (given.get("address") or "") if is_public else "", "photos": photos if is_public else [],
            "reviewer": call.actor.account or 0, "at": call.recorded_at}
    PublicWords.objects.update_or_create(matter_id=matter.pk, defaults=kept)
    return Done(matter.area, matter.pk, {"number": numbers.number_of(matter.pk), "is_public": is_public, "version": matter.version})
