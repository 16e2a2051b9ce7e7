# SPDX-License-Identifier: MulanPSL-2.0
"""Synonyms: what people call a category, in published versions of one text that begin with what the practice ships."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings

from linli.core import registry
from linli.core.actions import Call, Done, action, run
from linli.core.faults import Conflict, Invalid
from linli.core.fields import Field
from linli.core.jobs import start
from linli.core.sight import of_record
from linli.core.system_actors import declare_system_actor, system_actor
from linli.core.words import Words, words
from linli.matters.models import Category, Synonyms

SECTION = "synonyms"
LONGEST = 60_000
"""Characters of a list (our choice: 400 categories with some twenty words each)."""
LEARN = "matters.learn_categories"
WORD = re.compile(r"[\u4e00-\u9fff]{2,12}")
BAD_LINES = words("有 {n} 行不对，没有发布。{rows}", "{n} lines are wrong; nothing was published. {rows}")
NO_WORDS = words("第 {line} 行：每行先写类别，再写词，用空格隔开，例如 {example}。", "Line {line}: a category, then words with spaces between, such as {example}.")
NO_CATEGORY = words("第 {line} 行：没有类别“{name}”，应写成 体系@版本:部分:代码。", "Line {line}: there is no category “{name}”; write scheme@version:part:code.")
NO_WORD = words("第 {line} 行：“{word}”要写成 2 到 12 个汉字，不带数字、字母。", "Line {line}: “{word}” has to be 2 to 12 Chinese characters.")
TWICE = words("第 {line} 行：这个类别前面已经写过，请并成一行。", "Line {line}: this category stands above already; make it one line.")
SAME = words("与现行版本相同，没有发布新版本。", "It equals the present version; nothing was published.")
SAME_REMEDY = words("请修改后再发布。", "Change something first.")
EXAMPLE = "gbt47678_5@2026:event:01037 路灯 灯不亮"


@dataclass(frozen=True)
class Shipped:
    """A list that comes with a scheme: who wrote it, and its text."""

    name: str
    source: Words
    text: Callable[[], str]


def declare(shipped: Shipped) -> Shipped:
    """Keep a shipped list; all of them together become the first version."""
    registry.add(SECTION, shipped.name, shipped)
    return shipped


def shipped() -> list[Shipped]:
    """Every declared list, in the order of their names."""
    found: list[Shipped] = registry.everything(SECTION)
    return sorted(found, key=lambda one: one.name)


def key_of(category: Category) -> str:
    """How a line names a category."""
    return f"{category.scheme.code}@{category.scheme.version}:{category.part}:{category.code}"


def keys() -> dict[str, int]:
    """Every category that opens a matter, by the name that lines use."""
    return {key_of(one): one.pk for one in Category.objects.exclude(kind="").select_related("scheme").order_by("id")}


def read(text: str) -> dict[int, list[str]]:
    """Category to its words. Raises Invalid with every wrong line named."""
    known, found, wrong = keys(), dict[int, list[str]](), list[Words]()
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), start=1):
        name, *said = line.split("#", 1)[0].split()[:200] or [""]
        if not name:
            continue
        fault = _wrong(number, name, said, known, found)
        if fault is not None:
            wrong.append(fault)
        else:
            found[known[name]] = list(dict.fromkeys(said))
    if wrong:
        rows = wrong[0]
        for one in wrong[1:20]:
            rows = rows + words(" ", " ") + one
        raise Invalid({"text": BAD_LINES.format(n=len(wrong), rows=rows)})
    return found


def _wrong(number: int, name: str, said: list[str], known: dict[str, int], found: dict[int, list[str]]) -> Words | None:
    if not said:
        return NO_WORDS.format(line=number, example=EXAMPLE)
    if name not in known:
        return NO_CATEGORY.format(line=number, name=name[:60])
    if known[name] in found:
        return TWICE.format(line=number)
    bad = next((one for one in said if not WORD.fullmatch(one)), None)
    return NO_WORD.format(line=number, word=bad[:20]) if bad else None


def stored(text: str) -> dict[int, list[str]]:
    """The words of a published list; lines whose category is gone are left out."""
    known = keys()
    lines = (line.split("#", 1)[0].split() for line in text.splitlines())
    return {known[line[0]]: line[1:] for line in lines if line and line[0] in known}


def present() -> Synonyms | None:
    """The list in force; None before any was published."""
    return Synonyms.objects.order_by("-number").first()


def numbered(number: int) -> Synonyms | None:
    """The published list of a number."""
    return Synonyms.objects.filter(number=number).first()


def versions() -> list[Synonyms]:
    """All published lists without their texts, newest first."""
    return list(Synonyms.objects.defer("text").order_by("-number"))


@action("category.publish_synonyms", words("发布近义词表", "Publish the synonyms"), ability="category.manage", subject="synonyms", sight="this_record",
        opens=lambda actor, given: of_record(settings.CITY_AREA), fields=(
            Field("text", words("近义词（一行一类）", "Synonyms (one category a line)"), "long_text", required=True, limit=LONGEST),
            Field("why", words("为什么改", "Why"), "text", required=True, limit=500)))
def publish(call: Call) -> Done:
    """Publish the next list; the aid learns anew with it, earlier lists stay readable."""
    text = call.given["text"].strip() + "\n"
    found = read(text)
    latest = present()
    if latest is not None and latest.text == text:
        raise Conflict(SAME, SAME_REMEDY, code="same_synonyms")
    made = Synonyms.objects.create(
        number=latest.number + 1 if latest else 1, text=text, why=call.given["why"], published_at=call.recorded_at, published_by=call.actor.account,
        publisher=call.actor.name if call.actor.account else "")
    start(LEARN, made.pk)
    return Done(settings.CITY_AREA, made.pk, {"number": made.number, "categories": len(found)})


declare_system_actor("synonyms", "publishes the synonyms that are shipped", frozenset({"category.manage"}))


def seed() -> str:
    """Publish the shipped lists as the first version when there is none; one sentence on what was done."""
    if present() is not None or not shipped():
        return "Synonyms: nothing to do."
    known = keys()
    lines = [line for one in shipped() for line in one.text().splitlines() if (line.split() or [""])[0] in known]
    if not lines:
        return "Synonyms: nothing to do."
    run("category.publish_synonyms", system_actor("synonyms"), {"text": "\n".join(lines), "why": "；".join(one.source.zh for one in shipped())[:500]})
    return f"Synonyms: published {len(lines)} lines."


registry.add("seed", "synonyms", seed)
