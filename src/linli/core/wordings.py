# SPDX-License-Identifier: MulanPSL-2.0
"""Wording: what a letter says on each occasion, in published versions with checked placeholders and counted length."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings

from linli.core import registry
from linli.core.actions import Call, Done, action, run
from linli.core.editions import Memory, bump
from linli.core.faults import Conflict, Invalid
from linli.core.fields import Field
from linli.core.models import Wording
from linli.core.sight import of_record
from linli.core.system_actors import declare_system_actor, system_actor
from linli.core.words import ENGLISH, Words, words

SECTION = "occasion"
EDITION = "wording"
SMS, EMAIL = "sms", "email"
CHANNELS: dict[str, Words] = {SMS: words("短信", "Short message"), EMAIL: words("电子邮件", "E-mail")}
ONE_PART, FURTHER_PART = 70, 67
"""Characters (UTF-16 units) that one short message takes; of several joined ones each loses three to the joint (3GPP TS 23.040, 9.2.3.24.1)."""
MOST_PARTS = 5
"""A longer short message is refused at publishing (our choice)."""
SHORT_VALUE = 40
"""Characters of a filled-in value that a short message takes (our choice); the e-mail has all of it."""

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
UNKNOWN = words("这里没有“{{{name}}}”这个占位，可用的有：{known}。", "There is no placeholder “{{{name}}}” here; known are: {known}.")
BRACE = words("花括号要成对，里面只写占位的名字，例如 {code}。", "Braces come in pairs with the name of a placeholder only, such as {code}.")
NEEDS = words("这段文字要带上“{{{name}}}”，否则收信人不知道怎么回应。", "This text needs “{{{name}}}”, or the reader cannot respond.")
TOO_LONG = words("按示例内容，这条短信要拆成 {parts} 条（上限 {most} 条），请缩短。", "With the sample this takes {parts} short messages (at most {most}). Please shorten it.")
NO_TITLE = words("电子邮件要有标题。", "An e-mail needs a subject line.")
SAME = words("文字与现行版本相同，没有发布新版本。", "The text equals the present version; nothing was published.")
SAME_REMEDY = words("请修改后再发布。", "Change something first.")


@dataclass(frozen=True)
class Text:
    """Subject line and body of a letter; a short message has no subject line."""

    title: Words | None
    body: Words


@dataclass(frozen=True)
class Occasion:
    """When a letter goes out: its name, the placeholders with samples for the preview, those it needs, and the text it starts with."""

    name: str
    words: Words
    placeholders: Mapping[str, tuple[Words, Words]]
    sms: Words
    title: Words
    email: Words
    needs: tuple[str, ...] = ()
    order: int = 50

    def first(self, channel: str) -> Text:
        """The shipped text of a channel."""
        return Text(None, self.sms) if channel == SMS else Text(self.title, self.email)

    def sample(self, language: str) -> dict[str, str]:
        """Made-up values for a preview."""
        return {name: sample.in_language(language) for name, (_, sample) in self.placeholders.items()}


@dataclass(frozen=True)
class Version:
    """A text with the number under which it was published."""

    number: int
    text: Text


def declare(occasion: Occasion) -> Occasion:
    """Keep the declaration; ValueError with all sentences when a shipped text names what it does not have."""
    found = [sentence.en for channel in CHANNELS for sentence in faults(occasion, channel, occasion.first(channel)).values()]
    if found:
        raise ValueError(f"Occasion {occasion.name!r}: " + " ".join(found))
    registry.add(SECTION, occasion.name, occasion)
    return occasion


def occasions() -> list[Occasion]:
    """All occasions in the order of a matter's way."""
    return sorted(registry.everything(SECTION), key=lambda one: one.order)


def occasion_named(name: str) -> Occasion | None:
    """The declared occasion; None when its declaration is gone."""
    found: Occasion | None = registry.get(SECTION, name)
    return found


def faults(occasion: Occasion, channel: str, text: Text) -> dict[str, Words]:
    """What is wrong with a text, by the name of its field; empty when it may be published."""
    found: dict[str, Words] = {}
    parts = [("title", text.title)] * (channel == EMAIL) + [("text", text.body)]
    for name, said in parts:
        for mark, language in (("zh", "zh-hans"), ("en", ENGLISH)):
            wrong = _wrong(occasion, channel, name, said.in_language(language) if said else "", language)
            if wrong is not None:
                found[f"{name}_{mark}"] = wrong
    return found


def _wrong(occasion: Occasion, channel: str, name: str, said: str, language: str) -> Words | None:
    if name == "title" and not said:
        return NO_TITLE
    used = PLACEHOLDER.findall(said)
    if PLACEHOLDER.sub("", said).count("{") or PLACEHOLDER.sub("", said).count("}"):
        return BRACE
    for one in used:
        if one not in occasion.placeholders:
            return UNKNOWN.format(name=one[:40], known="、".join(f"{{{known}}}" for known in occasion.placeholders))
    missing = [one for one in occasion.needs if one not in used] if name == "text" else []
    if missing:
        return NEEDS.format(name=missing[0])
    parts = parts_of(filled(said, occasion.sample(language), channel)) if channel == SMS else 1
    return TOO_LONG.format(parts=parts, most=MOST_PARTS) if parts > MOST_PARTS else None


def filled(said: str, values: Mapping[str, str], channel: str) -> str:
    """A text with its values put in, each once: what stands inside a value is never read as a placeholder."""
    def value(found: re.Match[str]) -> str:
        given = values.get(found[1], "")
        return given[:SHORT_VALUE - 1] + "…" if channel == SMS and len(given) > SHORT_VALUE and not given.startswith("http") else given

    return PLACEHOLDER.sub(value, said)


def length_of(text: str) -> int:
    """Characters as a short message counts them: UTF-16 units, an emoji is two."""
    return len(text.encode("utf-16-le")) // 2


def parts_of(text: str) -> int:
    """How many short messages a text takes."""
    length = length_of(text)
    return 1 if length <= ONE_PART else -(-length // FURTHER_PART)


def _read() -> dict[tuple[str, str], Version]:
    rows = Wording.objects.order_by("occasion", "channel", "version")
    return {(row.occasion, row.channel): Version(row.version, text_of(row)) for row in rows}


def text_of(row: Wording) -> Text:
    """The text of a published row."""
    return Text(words(row.title_zh, row.title_en) if row.title_zh else None, words(row.text_zh, row.text_en))


_memory = Memory(EDITION, _read)


def present(occasion: Occasion, channel: str) -> Version:
    """The version in force; the shipped text under number 0 before any was published."""
    return _memory.value().get((occasion.name, channel)) or Version(0, occasion.first(channel))


def versions(occasion: Occasion, channel: str) -> list[Wording]:
    """All published versions, newest first."""
    return list(Wording.objects.filter(occasion=occasion.name, channel=channel).order_by("-version"))


def _choices() -> list[tuple[str, Words]]:
    return [(one.name, one.words) for one in occasions()]


@action("wording.publish", words("发布用语", "Publish a wording"), ability="wording.publish", subject="wording", sight="this_record",
        opens=lambda actor, given: of_record(settings.CITY_AREA), fields=(
            Field("occasion", words("场合", "Occasion"), "choice", required=True, choices=_choices),
            Field("channel", words("方式", "Channel"), "choice", required=True, choices=tuple(CHANNELS.items())),
            Field("title_zh", words("标题（中文）", "Subject line (Chinese)"), "text", limit=120),
            Field("text_zh", words("正文（中文）", "Text (Chinese)"), "long_text", required=True, limit=2000),
            Field("title_en", words("标题（英文）", "Subject line (English)"), "text", limit=200),
            Field("text_en", words("正文（英文）", "Text (English)"), "long_text", required=True, limit=3000)))
def publish(call: Call) -> Done:
    """Publish the next version of a text; letters that are written from now on carry it. Earlier versions stay as they were."""
    given = call.given
    occasion: Occasion = registry.REGISTRY.require(SECTION, given["occasion"])
    channel = given["channel"]
    title = given.get("title_zh") or given.get("title_en")
    text = Text(Words(given.get("title_zh") or title, given.get("title_en") or title) if title and channel == EMAIL else None,
                Words(given["text_zh"], given["text_en"]))
    if wrong := faults(occasion, channel, text):
        raise Invalid(wrong)
    latest = Wording.objects.filter(occasion=occasion.name, channel=channel).order_by("-version").first()
    if latest is not None and text_of(latest) == text:
        raise Conflict(SAME, SAME_REMEDY, code="same_wording")
    number = latest.version + 1 if latest else 1
    made = Wording.objects.create(
        occasion=occasion.name, channel=channel, version=number, title_zh=text.title.zh if text.title else "", title_en=text.title.en if text.title else "",
        text_zh=text.body.zh, text_en=text.body.en, published_at=call.recorded_at, published_by=call.actor.account,
        publisher=call.actor.name if call.actor.account else "")
    bump(EDITION)
    return Done(settings.CITY_AREA, made.pk, {"occasion": occasion.name, "channel": channel, "version": number})


declare_system_actor("wordings", "publishes the wording that is shipped", frozenset({"wording.publish"}))


def seed() -> str:
    """Publish the shipped text of every occasion that has none yet; one sentence on what was done."""
    held = set(Wording.objects.values_list("occasion", "channel").distinct())
    made = 0
    for one in occasions():
        for channel in CHANNELS:
            if (one.name, channel) not in held:
                run("wording.publish", system_actor("wordings"), _given(one, channel))
                made += 1
    return f"Wording: published {made} texts." if made else "Wording: nothing to do."


def _given(occasion: Occasion, channel: str) -> dict[str, str]:
    text = occasion.first(channel)
    title = {"title_zh": text.title.zh, "title_en": text.title.en} if text.title else {}
    return {"occasion": occasion.name, "channel": channel, "text_zh": text.body.zh, "text_en": text.body.en} | title


registry.add("seed", "wordings", seed)
