# SPDX-License-Identifier: MulanPSL-2.0
"""How reports arrived, on the page of a matter: secret reports and their wording, spot checks, orders of the hotline."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpRequest

from linli.core import clock
from linli.core.fields import Field
from linli.core.sight import Actor
from linli.core.words import words
from linli.desk import moves
from linli.desk.asides import beside
from linli.matters import secrecy
from linli.matters.kinds import Kind
from linli.matters.models import HotlineOrder, Kept, Matter
from linli.matters.stories import Story

REWORD, READ_KEPT, CHECK, RETURN = "matter.reword", "matter.read_kept", "matter.check_settled", "matter.return_order"
PASSED = (("true", words("合格", "It is right")), ("false", words("不合格，转为待派遣事项", "It is not right: to be dispatched")))
REWORD_HELP = words("去掉会暴露上报人的内容。原话加密另存，只有您能再看。", "Leave out what would give the reporter away. The own words are kept sealed for you alone.")


def _passed(one: Field, kind: Kind, matter: Matter) -> Field:
    return replace(one, kind="choice", choices=PASSED, help=moves.HELP["matter.verify"])


def _has_kept(actor: Actor, matter: Matter) -> bool:
    return (matter.is_secret or matter.source == "chat") and secrecy.may_reveal(actor, matter) and Kept.objects.visible_to(actor).filter(matter=matter.pk).exists()


moves.offer(REWORD, icon="edit", done=words("已改写，承办单位看到的是新的文字。", "Reworded; the handling unit reads the new words."),
            when=lambda actor, matter: matter.is_secret, fitted={"summary": lambda one, kind, matter: replace(one, help=REWORD_HELP)},
            finish=lambda form, actor, matter: replace(form, initial={"summary": matter.summary, "address": matter.address}))
moves.offer(READ_KEPT, icon="eye", when=_has_kept, fitted={"reason": lambda one, kind, matter: replace(one, help=moves.HELP[moves.REVEAL])})
moves.offer(CHECK, icon="eye", done=words("已记录抽查结果。", "The result of the check is recorded."), fitted={"passed": _passed})
moves.offer(RETURN, icon="back", is_danger=True, done=words("已退回 12345。", "Sent back to the hotline."), fitted={
    "reason": moves.reasons_of(RETURN), "duty": moves.duties_of("other")})


@beside(15, "desk/asides/arrived.html")
def arrived(_request: HttpRequest, actor: Actor, story: Story) -> Mapping[str, Any] | None:
    """The order of the hotline with its own clock, and that the reporter asked for secrecy."""
    order = HotlineOrder.objects.visible_to(actor).filter(matter=story.matter.pk).first() if story.matter.source == "hotline" else None
    if order is None and not story.matter.is_secret:
        return None
    may_return = order is not None and order.return_due_at is not None and order.return_due_at > clock.now() and order.returned_at is None
    return {"order": order, "is_secret": story.matter.is_secret, "may_return": may_return and story.matter.phase in ("captured", "filed")}
