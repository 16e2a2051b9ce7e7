# SPDX-License-Identifier: MulanPSL-2.0
"""How the nodes of a new version hang together with those of the one before: proposed from the contents, decided by a person, kept when it is published."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from linli.core.actions import Call, Done, action
from linli.core.faults import Conflict, Invalid
from linli.core.fields import Field
from linli.core.words import Words, words
from linli.measures.models import NodeLink
from linli.measures.sheets import drafts
from linli.measures.sheets.checking import INDICATOR, MEASURED
from linli.measures.sheets.drafts import DRAFT, NUMBER, VERSION, finding
from linli.measures.standards import digest

SAME, REWORDED, SPLIT, MERGED, NEW, DROPPED = "same", "reworded", "split", "merged", "new", "dropped"
KINDS: dict[str, Words] = {
    SAME: words("相同", "same"), REWORDED: words("改了说法", "reworded"), SPLIT: words("拆分", "split"), MERGED: words("合并", "merged"),
    NEW: words("新增", "new"), DROPPED: words("取消", "dropped")}
CARRIES: dict[str, Words] = {
    SAME: words("佐证材料沿用", "its evidence is carried over"), REWORDED: words("佐证材料要确认后才沿用", "its evidence is carried over after a confirmation"),
    SPLIT: words("佐证材料不沿用", "its evidence is not carried over"), MERGED: words("佐证材料不沿用", "its evidence is not carried over"),
    NEW: words("没有以前的佐证材料", "there is no earlier evidence"), DROPPED: words("以前的材料留在原版本", "earlier evidence stays with its version")}
"""What a link means for evidence that was filed under the earlier node."""
ASKS = ("zh", "en", "basis", "measure", "version", "system")
"""What says which question a node asks: two nodes that agree in these are the same, whatever their points."""

WRONG_LINE = words("“{line}”读不懂。每行写：编号、关系、以前的编号（几个用逗号隔开），取消的写：- dropped 以前的编号。",
                   "“{line}” cannot be read. Write a line for each node: code, kind, earlier codes with commas; for a dropped one: - dropped earlier code.")
UNKNOWN_NODE = words("没有指标“{code}”。", "There is no indicator “{code}”.")
WRONG_COUNT = words("“{code}”标为“{kind}”，以前的编号个数不对：相同、改了说法、拆分各对应一个，合并至少两个，新增没有。",
                    "{code} is {kind}, which does not go with its number of earlier codes: one for same, reworded and split, two or more for merged, none for new.")
USED_TWICE = words("以前的“{code}”对应了几个新指标，那应当都是“拆分”。", "The earlier {code} is followed by several nodes: each of them is a split then.")
SPLIT_ALONE = words("以前的“{code}”只对应一个新指标，那不是“拆分”。", "The earlier {code} is followed by one node only: that is no split.")
LEFT_OUT = words("指标“{code}”还没有说明衔接关系。", "Nothing is said about the node {code}.")
NO_EARLIER = words("这是这份标准的第一版，没有以前的版本可衔接。", "This is the first version of its standard; there is nothing to link.")
NO_EARLIER_REMEDY = words("可以直接发布。", "It can be published as it is.")


@dataclass(frozen=True)
class Link:
    """One node and the earlier nodes that it follows. `code` is empty for what was dropped; `is_decided` once a person has said so."""

    code: str
    kind: str
    earlier: tuple[str, ...]
    is_decided: bool = False

    @property
    def key(self) -> str:
        """Under which name a draft keeps the decision."""
        return self.code or f"-{self.earlier[0]}"


def nodes(content: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The indicators of a content by code."""
    held = content.get(INDICATOR)
    return {one["code"]: one for one in held if isinstance(one, dict) and isinstance(one.get("code"), str)} if isinstance(held, list) else {}


def asks(row: Mapping[str, Any]) -> str:
    """Which question a node asks, in one text."""
    return json.dumps([row.get(name, MEASURED if name == "basis" else None) for name in ASKS], ensure_ascii=False)


def proposed(content: Mapping[str, Any], before: Mapping[str, Any]) -> list[Link]:
    """A link for every node of both: the same code first, then the same question under another code, then new and dropped."""
    new, old = nodes(content), nodes(before)
    by_question: dict[str, list[str]] = {}
    for code, row in old.items():
        if code not in new:
            by_question.setdefault(asks(row), []).append(code)
    found, used = list[Link](), set[str]()
    for code, row in new.items():
        if code in old:
            found.append(Link(code, SAME if asks(row) == asks(old[code]) else REWORDED, (code,)))
        elif by_question.get(asks(row)):
            found.append(Link(code, SAME, (by_question[asks(row)].pop(0),)))
        else:
            found.append(Link(code, NEW, ()))
        used.update(found[-1].earlier)
    return found + [Link("", DROPPED, (code,)) for code in old if code not in used]


def seen(code: str, earlier: Iterable[str], content: Mapping[str, Any], before: Mapping[str, Any]) -> str:
    """The digest of what a person saw when he decided a link: a decision holds as long as nothing of it changes."""
    new, old = nodes(content), nodes(before)
    return digest({"new": new.get(code), "earlier": [old.get(one) for one in earlier]})[:16]


def links(content: Mapping[str, Any], before: Mapping[str, Any], decided: Mapping[str, Any]) -> list[Link]:
    """The decided links where they still hold, the proposed ones elsewhere, in the order of the new sheet, dropped ones last."""
    old = nodes(before)
    found = list[Link]()
    for one in proposed(content, before):
        kept = decided.get(one.key)
        if kept and set(kept["earlier"]) <= set(old) and kept["seen"] == seen(one.code, kept["earlier"], content, before):
            found.append(Link(one.code, kept["kind"], tuple(kept["earlier"]), is_decided=True))
        elif one.code:
            found.append(one)
    used = {code for one in found if one.code for code in one.earlier}
    stated = {one.earlier[0]: one for one in found if not one.code}
    return [one for one in found if one.code] + [stated.get(code, Link("", DROPPED, (code,))) for code in old if code not in used]


def parsed(text: str) -> list[Link]:
    """The links that a text states, a line each. Invalid names the line that cannot be read."""
    found = []
    for line in (one.strip() for one in text.splitlines()):
        if not line:
            continue
        code, _, rest = line.partition(" ")
        kind, _, earlier = rest.strip().partition(" ")
        named = tuple(one.strip() for one in earlier.replace("，", ",").split(",") if one.strip())
        if kind not in KINDS or (code == "-") != (kind == DROPPED) or (kind == DROPPED and len(named) != 1):
            raise Invalid({"links": WRONG_LINE.format(line=line[:60])})
        found.append(Link("" if code == "-" else code, kind, named, is_decided=True))
    return found


def written(found: Sequence[Link]) -> str:
    """The links as a text that `parsed` reads."""
    return "\n".join(f"{one.code or '-'} {one.kind} {','.join(one.earlier)}".rstrip() for one in found)


COUNTS = {SAME: (1, 1), REWORDED: (1, 1), SPLIT: (1, 1), MERGED: (2, 400), NEW: (0, 0), DROPPED: (1, 1)}


def trouble(found: Sequence[Link], content: Mapping[str, Any], before: Mapping[str, Any]) -> Words | None:
    """The first thing that is wrong with stated links; None when they fit both sheets and each other."""
    new, old = nodes(content), nodes(before)
    stated = Counter(one.key for one in found)
    for one in found:
        strange = [code for code in ([one.code] if one.code else []) if code not in new] + [code for code in one.earlier if code not in old]
        if strange:
            return UNKNOWN_NODE.format(code=strange[0][:40])
        low, high = COUNTS[one.kind]
        if not low <= len(set(one.earlier)) <= high or stated[one.key] > 1:
            return WRONG_COUNT.format(code=one.code or one.earlier[0], kind=KINDS[one.kind])
    followers: dict[str, list[str]] = {}
    for one in found:
        for code in one.earlier:
            followers.setdefault(code, []).append(one.kind)
    for code, kinds in followers.items():
        if len(kinds) > 1 and set(kinds) != {SPLIT}:
            return USED_TWICE.format(code=code)
        if kinds == [SPLIT]:
            return SPLIT_ALONE.format(code=code)
    missing = [code for code in new if code not in stated] + [code for code in old if code not in followers]
    return LEFT_OUT.format(code=missing[0]) if missing else None


@action("standard.link", words("确认与上一版的衔接", "Confirm the links to the version before"), ability=DRAFT, subject="standard_draft", finds=finding(DRAFT),
        fields=(NUMBER, VERSION, Field("links", words("衔接关系", "Links"), "long_text", required=True, limit=30_000, help=words(
            "每行一个指标：编号、关系（same reworded split merged new dropped）、以前的编号。", "A node a line: code, kind, earlier codes."))))
def confirm(call: Call) -> Done:
    """Keep what a person decided about every node of both versions."""
    held = drafts.opened(call)
    before = drafts.version_before(held.code)
    if before is None:
        raise Conflict(NO_EARLIER, NO_EARLIER_REMEDY, code="nothing_to_link")
    stated = parsed(call.given["links"])
    if wrong := trouble(stated, held.content, before.content):
        raise Invalid({"links": wrong})
    held.links = {one.key: {"kind": one.kind, "earlier": list(one.earlier), "seen": seen(one.code, one.earlier, held.content, before.content)} for one in stated}
    drafts.touched(call, held)
    held.save()
    return drafts.done(held)


def kept(newer: int) -> list[Link]:
    """The links of a published version to the one before; empty for a first version and for those published before links were kept."""
    found: dict[str, Link] = {}
    for one in NodeLink.objects.filter(newer=newer).order_by("id"):
        held = found.get(one.code or f"-{one.earlier_code}")
        earlier = (*(held.earlier if held else ()), *([one.earlier_code] if one.earlier_code else []))
        made = Link(one.code, one.kind, earlier, is_decided=True)
        found[one.code or f"-{one.earlier_code}"] = made
    return list(found.values())


def carried(newer: int) -> dict[str, tuple[str, str]]:
    """By earlier code, the node under which its evidence goes on and the kind of the link: `same` goes by itself, `reworded` after a confirmation."""
    return {one.earlier[0]: (one.code, one.kind) for one in kept(newer) if one.kind in (SAME, REWORDED)}
