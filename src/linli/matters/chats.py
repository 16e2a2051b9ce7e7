# SPDX-License-Identifier: MulanPSL-2.0
"""Text pasted from a chat group, split into messages; there is no connection to any chat software (boundaries.md)."""

import re
from dataclasses import dataclass

MOST_TEXT = 20_000
MOST_MESSAGES = 300
"""Both: our choice, a day of a busy group."""
WHEN = r"(?:\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?\s*)?(?:星期.|周.|昨天|今天|上午|下午|晚上|凌晨|中午|\s)*\d{1,2}:\d{2}(?::\d{2})?"
NAME_AND_TIME = re.compile(rf"^(?P<name>\S.{{0,39}}?)\s+(?P<when>{WHEN})\s*$")
TIME_AND_NAME = re.compile(rf"^(?P<when>{WHEN})\s+(?P<name>\S.{{0,39}}?)\s*[:：]?$")
NAME_ALONE = re.compile(r"^(?P<name>[^\s:：，。！？,.!?0-9][^:：，。！？,!?]{0,29})[:：]\s*$")
NAME_AND_WORDS = re.compile(r"^(?P<name>[^\s:：，。！？,.!?0-9][^:：，。！？,!?\s]{0,19})[:：]\s*(?P<text>\S.*)$")
HEADS = (NAME_AND_TIME, TIME_AND_NAME, NAME_ALONE, NAME_AND_WORDS)
"""How copied messages begin: “姓名 2026/11/23 10:12”, “10:12 姓名”, “姓名:” with the words below, “姓名：words” (as WeChat copies them)."""


@dataclass
class Message:
    """One message: who (as the group calls him), when as it was written, and the words."""

    name: str
    when: str
    text: str


def split(text: str) -> list[Message]:
    """The messages of a pasted text, in order; lines before the first sender are a message of nobody. Empty ones are left out."""
    found: list[Message] = []
    for line in text[:MOST_TEXT].replace("\r\n", "\n").replace("\u2005", " ").split("\n"):
        head = next((hit for one in HEADS if (hit := one.match(line.strip()))), None)
        if head is not None:
            parts = head.groupdict()
            found.append(Message(parts["name"].strip(), (parts.get("when") or "").strip(), (parts.get("text") or "").strip()))
        elif found:
            found[-1].text = f"{found[-1].text}\n{line}".strip()
        elif line.strip():
            found.append(Message("", "", line.strip()))
    return [one for one in found if one.text][:MOST_MESSAGES]


def written(messages: list[Message]) -> str:
    """Messages as they are kept: name, time, words."""
    return "\n".join(f"{one.name} {one.when}".strip() + f"\n{one.text}" for one in messages)
