# SPDX-License-Identifier: MulanPSL-2.0
"""A report made of messages that a clerk pasted from a chat group; the messages are kept sealed as they were."""

from dataclasses import replace

from linli.core import due
from linli.core.actions import Call, Done, action
from linli.core.fields import Field
from linli.core.protection import Protection
from linli.core.words import words
from linli.matters import chats
from linli.matters.actions import reporting
from linli.matters.actions.secrecy import CHAT, keep
from linli.matters.models import Matter

NAMES = ("category", "summary", "area", "address", "evidence", "contact_name", "contact_phone", "wants_secrecy")
TEXT = Field("chat", words("群聊原文（加密另存）", "The messages as they were (kept sealed)"), "long_text", required=True, limit=chats.MOST_TEXT,
             protection=Protection.PERSONAL, help=words("只留与这件事有关的消息。", "Leave only what concerns this matter."))


@action("matter.take_chat", words("登记群聊里反映的事", "Take in what a chat group reports"), ability="matter.take_chat", subject="matter", sight="place_named_in_input",
        opens=reporting.place_inside, fields=(*(one for one in reporting.COMMON if one.name in NAMES), TEXT))
def take_chat(call: Call) -> Done:
    """The clerk's words become the report; the nickname is a contact (class 2), and the messages stand beside it as evidence, sealed."""
    done = reporting.report.body(call)
    Matter.objects.filter(pk=done.subject).update(source="chat")
    keep(replace(call, record=Matter(pk=done.subject, area=done.area)), CHAT, call.given["chat"])
    due.after("matter.report", "matter", done, 0, call.recorded_at)
    return done
