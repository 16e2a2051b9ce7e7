# SPDX-License-Identifier: MulanPSL-2.0
"""疑点: answers that look repeated or solicited, found on closing; left out by an officer with a reason and a second person, never silently."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from linli.core.actions import Call, Done, action
from linli.core.faults import Conflict, NotAble, NotVisible
from linli.core.fields import Field
from linli.core.sight import Actor
from linli.core.words import Words, words
from linli.measures.models import SurveyDoubt
from linli.measures.surveying.samples import lock, refuse_the_rated

DECIDES = "survey.decide"
SAME_DEVICE, SAME_NETWORK, SAME_BATCH = 2, 5, 3
"""From so many answers of one device, of one network address, or of the same content entered by one account in one minute (拟, our choice)."""
KINDS: Mapping[str, Words] = {
    "staff_device": words("在登录着工作账号的设备上作答", "Answered on a device on which an office is signed in"),
    "office_network": words("从工作人员办理本调查的网络地址作答", "Answered from the network address from which staff worked at this survey"),
    "same_device": words("同一台设备答了多份", "Several answers from one device"),
    "same_network": words("同一网络地址答了很多份", "Many answers from one network address"),
    "same_batch": words("同一账号一分钟内录入多份相同的答卷", "The same answers, entered by one account within a minute"),
}
DECISIONS = (("keep", words("计入", "Count them")), ("leave_out", words("不计入", "Leave them out")))
DECISION_WORDS = dict(DECISIONS)
DECIDED = words("这个疑点已经确认，不能再改。", "This doubt is decided.")
DECIDED_REMEDY = words("请刷新页面，办理下一个。", "Reload the page and go on with the next.")
NOT_JUDGED = words("还没有人提出处理意见。", "Nobody has proposed a decision yet.")
NOT_JUDGED_REMEDY = words("请先填写处理意见和理由，再由另一个人确认。", "Propose one with its reason; somebody else confirms it.")
SAME_PERSON = words("提出意见的人不能自己确认。", "Who proposed a decision does not confirm it.")
SAME_PERSON_REMEDY = words("请另一位有权限的同事确认。", "Ask a colleague who may do so.")
DOUBT = Field("doubt", words("疑点", "Doubt"), "integer", required=True, low=1)
VERSION = Field("version", words("版本", "Version"), "integer")
Opened = Mapping[str, Any]


def found_in(answers: Mapping[int, Opened]) -> list[tuple[str, list[int]]]:
    """Kind and answers of each doubt, in order; an answer stands in the first that concerns it."""
    taken: set[int] = set()
    found: list[tuple[str, list[int]]] = []
    for kind, pick, least in _RULES:
        groups: dict[str, list[int]] = {}
        for number, one in answers.items():
            mark = pick(one)
            if mark and number not in taken:
                groups.setdefault(mark, []).append(number)
        for group in groups.values():
            if len(group) >= least:
                found.append((kind, sorted(group)))
                taken |= set(group)
    return found


_RULES: Sequence[tuple[str, Callable[[Opened], str], int]] = (
    ("staff_device", lambda one: "staff" if one.get("staff") else "", 1), ("office_network", lambda one: "office" if one.get("office") else "", 1),
    ("same_device", lambda one: one.get("device", ""), SAME_DEVICE), ("same_network", lambda one: one.get("network", ""), SAME_NETWORK),
    ("same_batch", lambda one: one.get("batch", ""), SAME_BATCH))


def find_doubt(actor: Actor, given: Mapping[str, Any]) -> SurveyDoubt:
    """The doubt of a number within the sight. NotVisible otherwise."""
    text = str(given.get("doubt", ""))
    found: SurveyDoubt | None = SurveyDoubt.objects.visible_to(actor).filter(pk=int(text)).select_related("survey").first() if text.isdecimal() and len(text) < 19 else None
    if found is None:
        raise NotVisible
    return found


def _open(call: Call) -> SurveyDoubt:
    refuse_the_rated(call.actor, call.record.area)
    lock(call.record.survey)
    found: SurveyDoubt = SurveyDoubt.objects.select_for_update().get(pk=call.record.pk)
    if found.confirmed_by is not None:
        raise Conflict(DECIDED, DECIDED_REMEDY, code="decided")
    return found


@action("survey.judge", words("提出疑点处理意见", "Propose what becomes of a doubt"), ability=DECIDES, subject="survey", finds=find_doubt, fields=(
    DOUBT, Field("decision", words("处理", "Decision"), "choice", required=True, choices=DECISIONS),
    Field("reason", words("理由（写给另一位确认的人看）", "Reason, for whoever confirms it"), "long_text", required=True, limit=300), VERSION))
def judge(call: Call) -> Done:
    """Propose to count the answers of a doubt or to leave them out, with the reason; it takes effect when somebody else confirms it."""
    one = _open(call)
    one.decision, one.reason, one.judged_by, one.version = call.given["decision"], call.given["reason"], call.actor.account, one.version + 1
    one.save(update_fields=["decision", "reason", "judged_by", "version"])
    return Done(one.area, one.survey_id, {"survey": one.survey_id, "doubt": one.pk, "version": one.version}, {"doubt": one.pk})


def confirm_one(call: Call) -> SurveyDoubt:
    """The doubt with its decision in force. Conflict while nobody proposed one, NotAble for whoever did."""
    one = _open(call)
    if not one.decision:
        raise Conflict(NOT_JUDGED, NOT_JUDGED_REMEDY, code="not_judged")
    if one.judged_by == call.actor.account:
        raise NotAble(SAME_PERSON, SAME_PERSON_REMEDY, code="same_person")
    one.confirmed_by, one.version = call.actor.account, one.version + 1
    one.save(update_fields=["confirmed_by", "version"])
    return one
