# SPDX-License-Identifier: MulanPSL-2.0
"""Secret reports: who may learn who reported, and what everybody else is told instead."""

from linli.core.actions import Call
from linli.core.faults import NotAble
from linli.core.sight import Actor
from linli.core.words import words
from linli.matters.models import Matter

ABILITY = "matter.reveal_secret"
"""The post that takes secret reports in, and nobody else: not the handling unit, not the head, not the committee."""
SECRET = words("上报人要求保密，您不能查看联系方式。", "The reporter asked for secrecy; you may not look at the contact.")
SECRET_REMEDY = words("需要向上报人了解情况的，用“向上报人提问”，或请调度员联系。", "To learn more, use “Ask the reporter”, or have the dispatcher call.")


def may_reveal(actor: Actor, matter: Matter) -> bool:
    """True when the actor may look at the contact of this matter, given that he may look at contacts at all."""
    return not matter.is_secret or actor.may(ABILITY)


def refuse_others(call: Call) -> None:
    """NotAble for everybody but the post that takes secret reports in."""
    if not may_reveal(call.actor, call.record):
        raise NotAble(SECRET, SECRET_REMEDY, code="secret")
