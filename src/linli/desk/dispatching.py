# SPDX-License-Identifier: MulanPSL-2.0
"""Dispatching on the page of a matter: the unit that the rules propose is chosen beforehand and says why; workers with what they have in hand."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpRequest

from linli.core.fields import Field
from linli.core.sight import Actor
from linli.core.words import Words, words
from linli.desk import moves
from linli.desk.asides import beside
from linli.doors.generated import Form
from linli.matters import loads
from linli.matters.models import Matter
from linli.matters.routing import proposing
from linli.matters.stories import Story

ONLY_IF = words("只有改派给别的单位时才填。", "Only when you dispatch elsewhere than proposed.")
NOT_NEEDED = "override"
FINAL = words("指定后该单位不能再退回。只列出辖区包含这里、有人接收的单位。",
              "That unit cannot return it afterwards. Only units whose area contains the place and where somebody can receive it.")
FIRST = words("第一位是按手上在办的事和近期办过的类别建议的，由您决定。事实只用于这一次安排，不留存、不评比。",
              "The first is proposed by what is in hand and what was handled lately; you decide. The facts serve this choice only and are not kept.")


def _dispatch(form: Form, actor: Actor, matter: Matter) -> Form:
    """The proposed unit chosen, its sentence beside it; no reason asked for where nothing is proposed."""
    row = proposing.proposal_of(matter)
    fields = tuple(form.fields or ())
    if row is None or row.unit is None:
        sentence = proposing.sentence_of(row) if row is not None else None
        return replace(form, fields=tuple(_with(one, sentence) for one in fields if one.name != NOT_NEEDED))
    sentence = proposing.sentence_of(row)
    return replace(form, fields=tuple(_with(one, sentence) if one.name == "unit" else _with(one, ONLY_IF) if one.name == NOT_NEEDED else one for one in fields),
                   initial={**form.initial, "unit": str(row.unit)})


def _with(one: Field, sentence: Words | None) -> Field:
    return replace(one, help=sentence) if sentence is not None and one.name in ("unit", NOT_NEEDED) else one


def _decide(form: Form, actor: Actor, matter: Matter) -> Form:
    return replace(form, fields=tuple(replace(one, help=FINAL) if one.name == "unit" else one for one in form.fields or ()))


def _assign(form: Form, actor: Actor, matter: Matter) -> Form:
    """The unit's people with what each has in hand; the first one is chosen unless somebody has it already."""
    found = loads.candidates(actor, matter)
    choices = [(str(one.account), one.label) for one in found]
    first = str(matter.worker) if matter.worker else choices[0][0] if choices else ""
    return replace(form, fields=tuple(replace(one, kind="choice", choices=choices, help=FIRST) if one.name == "worker" else one for one in form.fields or ()),
                   initial={**form.initial, "worker": first})


moves.FINISHED["matter.dispatch"] = _dispatch
moves.offer("matter.decide", done=words("已指定单位，不能再退回。", "The unit is named; it cannot return it."), icon="flag", finish=_decide)
moves.offer("matter.assign", done=words("已确定承办人。", "The worker is settled."), icon="user", finish=_assign)


@beside(30, "desk/parts/proposal.html")
def proposal(request: HttpRequest, actor: Actor, story: Story) -> Mapping[str, Any] | None:
    """Where the rules would send it, or why they cannot: as long as it waits for dispatch."""
    row = proposing.proposal_of(story.matter) if story.matter.phase == "filed" else None
    if row is None:
        return None
    return {"sentence": proposing.sentence_of(row), "is_failing": row.is_failing, "is_calm": bool(row.unit), "route": row.route, "may_see": actor.may("route.see")}


def said(detail: Mapping[str, Any]) -> list[str]:
    """What a step of the history says of rules and workers."""
    found = []
    if why := detail.get("why"):
        found.append(str(words(why.get("zh") or "—", why.get("en") or "—")))
    if override := detail.get("override"):
        found.append(str(words("没有按规则派遣：{reason}", "Not as the rules propose: {reason}").format(reason=override)))
    if detail.get("by_rule"):
        found.append(str(words("按派遣规则自动立案", "Filed by the routing rules")))
    if worker := detail.get("worker_name"):
        found.append(str(words("承办人：{name}", "Worker: {name}").format(name=worker)))
    if detail.get("is_final"):
        found.append(str(words("负责人指定，不能再退回", "Named by the head: it cannot be returned")))
    return found
