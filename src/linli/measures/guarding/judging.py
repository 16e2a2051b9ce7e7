# SPDX-License-Identifier: MulanPSL-2.0
"""A finding is explained by the committee and judged above it by somebody else: legitimate, or it stands."""

from collections.abc import Mapping
from typing import Any

from linli.core.actions import Call, Done, action
from linli.core.faults import Conflict, Invalid, NotAble, NotVisible
from linli.core.fields import Field
from linli.core.sight import Actor
from linli.core.words import words
from linli.measures.compiler import LEAF_SIZE
from linli.measures.models import GuardFinding

EXPLAINS, JUDGES = "guard.explain", "guard.judge"
JUDGED = words("这条提示已经有了结论。", "This finding has been judged already.")
JUDGED_REMEDY = words("请刷新页面查看结论。", "Reload the page to see the judgement.")
OWN = words("写说明的人不能自己下结论。", "Whoever explained it cannot judge it.")
OWN_REMEDY = words("请街道或区的另一位同事核对。", "Ask another colleague of the street or district.")
BELOW = words("社区的提示由街道或区下结论。", "Findings of a community are judged by the street or the district.")
BELOW_REMEDY = words("请写明情况，等街道或区核对。", "Explain it and wait for the street or district.")
UNEXPLAINED = words("社区还没有写说明，不能认定为情况属实。", "The community has not explained it yet, so it cannot be accepted.")
FINDING = Field("finding", words("数据提示", "Finding"), "integer", required=True, low=1)
VERSION = Field("version", words("版本", "Version"), "integer", low=1)


def find_finding(actor: Actor, given: Mapping[str, Any]) -> GuardFinding:
    """The finding of a number inside the actor's range; NotVisible otherwise."""
    text = str(given.get("finding", ""))
    found: GuardFinding | None = None
    if text.isascii() and text.isdecimal() and len(text) < 19:
        found = GuardFinding.objects.visible_to(actor).filter(pk=int(text), records__gt=0).first()
    if found is None:
        raise NotVisible
    return found


@action(EXPLAINS, words("说明数据提示", "Explain a finding"), ability=EXPLAINS, subject="guard_finding", finds=find_finding, fields=(
    FINDING, VERSION, Field("explanation", words("情况说明", "What happened"), "long_text", required=True, limit=1000,
                            help=words("写清为什么补录或集中录入；不写居民姓名和电话。", "Say why it was entered late or in one go; no names or phone numbers of residents."))))
def explain(call: Call) -> Done:
    """The committee says why; until it is judged the explanation may be written anew."""
    held = _for_change(call)
    held.state, held.explanation, held.explained_by, held.explained_at = "explained", call.given["explanation"], call.actor.account, call.recorded_at
    held.version += 1
    held.save(update_fields=["state", "explanation", "explained_by", "explained_at", "version"])
    return Done(held.area, held.pk, {"finding": held.pk, "state": held.state})


@action(JUDGES, words("核对数据提示", "Judge a finding"), ability=JUDGES, subject="guard_finding", finds=find_finding, fields=(
    FINDING, VERSION, Field("accepted", words("结论", "Judgement"), "choice", required=True, choices=(
        ("yes", words("情况属实，不再提示", "Legitimate: shown no longer")), ("no", words("保留提示", "It stands")))),
    Field("why", words("理由", "Why"), "long_text", required=True, limit=500)))
def judge(call: Call) -> Done:
    """Somebody above the community, who did not explain it, accepts it as legitimate or lets it stand."""
    held = _for_change(call)
    if call.actor.hi - call.actor.lo <= LEAF_SIZE:
        raise NotAble(BELOW, BELOW_REMEDY, "judged_above")
    if held.explained_by is not None and held.explained_by == call.actor.account:
        raise NotAble(OWN, OWN_REMEDY, "own_explanation")
    if call.given["accepted"] == "yes" and held.explained_by is None:
        raise Invalid({"accepted": UNEXPLAINED})
    held.state = "accepted" if call.given["accepted"] == "yes" else "stands"
    held.judged_by, held.judged_at, held.judged_why = call.actor.account, call.recorded_at, call.given["why"]
    held.version += 1
    held.save(update_fields=["state", "judged_by", "judged_at", "judged_why", "version"])
    return Done(held.area, held.pk, {"finding": held.pk, "state": held.state})


def _for_change(call: Call) -> GuardFinding:
    held: GuardFinding = GuardFinding.objects.select_for_update().get(pk=call.record.pk)
    if held.judged_by is not None:
        raise Conflict(JUDGED, JUDGED_REMEDY, code="guard_judged")
    return held
