# SPDX-License-Identifier: MulanPSL-2.0
"""Cross-walks (对照表): how the categories of a scheme or version correspond to those of another, checked for holes, read by learning and statistics."""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count

from linli.core.sight import Actor
from linli.core.words import Words, words
from linli.matters.categories import is_in_force
from linli.matters.models import Category, CrossWalk, CrossWalkLink, Matter, Scheme

SAME, REWORDED, MERGED, SPLIT, DROPPED = "same", "reworded", "merged", "split", "dropped"
RELATIONS: dict[str, Words] = {
    SAME: words("相同", "Same"), REWORDED: words("改名或改写", "Reworded"), MERGED: words("并入", "Merged into"), SPLIT: words("拆分", "Split"),
    DROPPED: words("取消", "Dropped"),
}
ONE_TO_ONE = (SAME, REWORDED, MERGED)
"""Relations by which a count can be carried over: the others need a look at each matter."""
STATES: dict[str, Words] = {
    "draft": words("草稿", "Draft"), "published": words("现行", "In force"), "superseded": words("已被替换", "Superseded"),
}
LARGEST = 10**18
"""Numbers that may name a row."""
COLUMNS = ("part", "code", "relation", "to_part", "to_code")
READABLE = ("name", "to_name")
"""Columns for people; ignored when the file comes back."""

NO_COLUMNS = words("文件开头要有这些列：{names}。", "The file must begin with these columns: {names}.")
NO_SOURCE = words("第 {line} 行：原体系里没有类别 {code}。", "Line {line}: the source scheme has no category {code}.")
NO_TARGET = words("第 {line} 行：新体系里没有类别 {code}。", "Line {line}: the target scheme has no category {code}.")
NO_RELATION = words("第 {line} 行：关系“{relation}”不对，应为 {known}。", "Line {line}: the relation “{relation}” is none of {known}.")
NOT_DROPPED = words("第 {line} 行：取消的类别不写对应代码，其余的必须写。", "Line {line}: a dropped category names no target; every other does.")
TWICE = words("第 {line} 行：这一对前面已经写过。", "Line {line}: this pair stands above already.")
HOLE = words("类别 {code}“{name}”没有对应，也没有标明取消。", "Category {code} “{name}” has no correspondence and is not marked as dropped.")
TWO_TARGETS = words("类别 {code}“{name}”只能对应一个类别；要对应几个，请写“拆分”（split）。", "Category {code} “{name}” may have one target only; write split for several.")
NOT_SHARED = words("类别 {code}“{name}”标为“相同”，但有几个类别对应到它；请写“并入”（merged）。", "Category {code} “{name}” is marked same, but several lead to it; write merged.")
LONELY_SPLIT = words("类别 {code}“{name}”标为“拆分”，却只有一个去向。", "Category {code} “{name}” is marked as split but has one target.")
TWO_RELATIONS = words("类别 {code}“{name}”写了不同的关系。", "Category {code} “{name}” has different relations.")


@dataclass(frozen=True)
class Link:
    """One line: a category of the source scheme, its relation, the category it leads to (None when dropped)."""

    source: Category
    relation: str
    target: Category | None


@dataclass(frozen=True)
class Read:
    """A file that was read: its links and what is wrong with it."""

    links: list[Link] = field(default_factory=list)
    wrong: list[Words] = field(default_factory=list)


def categories_of(scheme: Scheme) -> list[Category]:
    """The categories of a scheme that open a matter, in their order."""
    return list(Category.objects.filter(scheme=scheme).exclude(kind="").select_related("scheme").order_by("part", "code"))


def read(text: str, source: Scheme, target: Scheme) -> Read:
    """The links of a CSV file, with every wrong line named."""
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    if any(one not in (rows.fieldnames or ()) for one in COLUMNS):
        return Read(wrong=[NO_COLUMNS.format(names=", ".join(COLUMNS))])
    olds, news = ({(one.part, one.code): one for one in categories_of(scheme)} for scheme in (source, target))
    found, seen = Read(), set[tuple[int, int | None]]()
    try:
        for row in rows:
            given = {name: (row.get(name) or "").strip().removeprefix("'") for name in COLUMNS}
            made = _link(rows.line_num, given, olds, news)
            pair = (made.source.pk, made.target.pk if made.target else None) if isinstance(made, Link) else None
            if isinstance(made, Words):
                found.wrong.append(made)
            elif pair in seen:
                found.wrong.append(TWICE.format(line=rows.line_num))
            else:
                seen.add(pair)  # type: ignore[arg-type]
                found.links.append(made)
    except csv.Error:
        return Read(wrong=[NO_COLUMNS.format(names=", ".join(COLUMNS))])
    return found


Known = Mapping[tuple[str, str], Category]


def _link(line: int, given: Mapping[str, str], olds: Known, news: Known) -> Link | Words:
    source = olds.get((given["part"], given["code"]))
    if source is None:
        return NO_SOURCE.format(line=line, code=f"{given['part']} {given['code']}"[:60])
    relation = given["relation"]
    if relation not in RELATIONS:
        return NO_RELATION.format(line=line, relation=relation[:20], known="、".join(RELATIONS))
    if (relation == DROPPED) != (not given["to_code"]):
        return NOT_DROPPED.format(line=line)
    target = news.get((given["to_part"], given["to_code"]))
    if relation != DROPPED and target is None:
        return NO_TARGET.format(line=line, code=f"{given['to_part']} {given['to_code']}"[:60])
    return Link(source, relation, target)


def as_csv(links: Iterable[Link]) -> str:
    """The links as a file that can be edited and loaded again."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*COLUMNS, *READABLE])
    for one in links:
        to = (one.target.part, one.target.code, one.target.name_zh) if one.target else ("", "", "")
        writer.writerow([one.source.part, one.source.code, one.relation, *to[:2], one.source.name_zh, to[2]])
    return text.getvalue()


def proposed(source: Scheme, target: Scheme) -> list[Link]:
    """A first draft for a person to correct: equal names are the same, an equal code with another name is reworded; the rest is left out."""
    news = categories_of(target)
    by_name, by_code = {one.name_zh: one for one in news}, {(one.part, one.code): one for one in news}
    found = []
    for one in categories_of(source):
        if one.name_zh in by_name:
            found.append(Link(one, SAME, by_name[one.name_zh]))
        elif (one.part, one.code) in by_code and source.code == target.code:
            found.append(Link(one, REWORDED, by_code[one.part, one.code]))
    return found


def links_of(crosswalk: CrossWalk) -> list[Link]:
    """The links of a version, in the order of the source scheme."""
    rows = CrossWalkLink.objects.filter(crosswalk=crosswalk).select_related("source", "target").order_by("source__part", "source__code", "target__part", "target__code")
    return [Link(one.source, one.relation, one.target) for one in rows]


def faults(source: Scheme, links: Iterable[Link]) -> list[Words]:
    """Why a cross-walk cannot be published: holes first, then contradictions; empty when it covers every category once."""
    by_source: dict[int, list[Link]] = {}
    by_target: dict[int, int] = {}
    for one in links:
        by_source.setdefault(one.source.pk, []).append(one)
        if one.target is not None:
            by_target[one.target.pk] = by_target.get(one.target.pk, 0) + 1
    known = categories_of(source)
    holes = [_said(HOLE, one) for one in known if one.pk not in by_source]
    return holes + [fault for one in known if one.pk in by_source for fault in _contradictions(one, by_source[one.pk], by_target)]


def _contradictions(one: Category, links: list[Link], by_target: Mapping[int, int]) -> list[Words]:
    relations = {link.relation for link in links}
    if len(relations) > 1:
        return [_said(TWO_RELATIONS, one)]
    relation = links[0].relation
    if relation in ONE_TO_ONE and len(links) > 1:
        return [_said(TWO_TARGETS, one)]
    if relation == SPLIT and len(links) == 1:
        return [_said(LONELY_SPLIT, one)]
    if relation == SAME and links[0].target is not None and by_target[links[0].target.pk] > 1:
        return [_said(NOT_SHARED, one)]
    return []


def _said(sentence: Words, one: Category) -> Words:
    return sentence.format(code=f"{one.part} {one.code}", name=one.name_zh)


def newcomers(target: Scheme, links: Iterable[Link]) -> list[Category]:
    """Categories of the target that nothing leads to: new ones."""
    reached = {one.target.pk for one in links if one.target is not None}
    return [one for one in categories_of(target) if one.pk not in reached]


def onward(day: date) -> dict[int, int]:
    """Categories no longer in force to the one in force that each became, where just one did."""
    rows = CrossWalkLink.objects.filter(crosswalk__state="published", relation__in=ONE_TO_ONE).select_related("source__scheme", "target__scheme").order_by("crosswalk_id", "id")
    return {one.source.pk: one.target.pk for one in rows if one.target and is_in_force(one.target, day) and not is_in_force(one.source, day)}


@dataclass(frozen=True)
class Line:
    """One line of figures read under another scheme: a category of it, or a reason why matters have none there."""

    category: Category
    relation: str
    matters: int


def counts(actor: Actor, crosswalk: CrossWalk, since: datetime, until: datetime) -> list[Line]:
    """Matters of the source scheme that were reported in a time, read under the target; what was split or dropped stands under its old name.

    The sum of all lines is the number of matters: nothing is guessed and nothing is lost. Two queries.
    """
    links = links_of(crosswalk)
    seen = Matter.objects.visible_to(actor).filter(reported_at__gte=since, reported_at__lt=until, category__in={one.source.pk for one in links})
    counted: dict[int, int] = dict(seen.values_list("category").annotate(n=Count("pk")))
    found: dict[tuple[str, int], Line] = {}
    for one in {link.source.pk: link for link in links}.values():
        is_carried = one.relation in ONE_TO_ONE and one.target is not None
        category = one.target if is_carried and one.target is not None else one.source
        relation = "" if is_carried else one.relation
        before = found.get((relation, category.pk))
        found[relation, category.pk] = Line(category, relation, (before.matters if before else 0) + counted.get(one.source.pk, 0))
    return [one for one in found.values() if one.matters]


def published(source: Scheme, target: Scheme) -> CrossWalk | None:
    """The version in force between two schemes."""
    return CrossWalk.objects.filter(source=source, target=target, state="published").first()


def schemes() -> list[Scheme]:
    """Every version of every scheme, of each the latest first."""
    return list(Scheme.objects.order_by("code", "-valid_from", "-id"))


def scheme_numbered(number: int) -> Scheme | None:
    """The scheme of a number; None when there is none."""
    return Scheme.objects.filter(pk=number).first() if number < LARGEST else None


def versions() -> list[CrossWalk]:
    """Every version of every cross-walk with its two schemes."""
    return list(CrossWalk.objects.select_related("source", "target").order_by("source__code", "source_id", "target_id", "-number"))


def numbered(number: int) -> CrossWalk | None:
    """The cross-walk of a number; None when there is none."""
    return CrossWalk.objects.filter(pk=number).select_related("source", "target").first() if number < LARGEST else None


def keep(crosswalk: CrossWalk, links: Iterable[Link]) -> int:
    """Put links in place of those of a draft; answers how many."""
    CrossWalkLink.objects.filter(crosswalk=crosswalk).delete()
    return len(CrossWalkLink.objects.bulk_create([CrossWalkLink(crosswalk=crosswalk, source=one.source, target=one.target, relation=one.relation) for one in links]))


def own_columns(crosswalk: CrossWalk) -> dict[str, Any]:
    """What an answer says of a version."""
    return {"crosswalk": crosswalk.pk, "number": crosswalk.number, "state": crosswalk.state, "version": crosswalk.version}
