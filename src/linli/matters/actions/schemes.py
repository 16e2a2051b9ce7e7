# SPDX-License-Identifier: MulanPSL-2.0
"""The actions on category schemes: a further version is loaded from a file, one is ended, and cross-walks are drafted, edited and published."""

import csv
import io
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db.models import Max

from linli.core import clock
from linli.core.actions import Call, Done, action
from linli.core.editions import bump
from linli.core.faults import Conflict, Invalid, NotVisible
from linli.core.fields import Field
from linli.core.jobs import start
from linli.core.sight import Actor, Sight, of_record
from linli.core.words import Words, words
from linli.matters import categories, crosswalks
from linli.matters.aid.synonyms import LEARN
from linli.matters.crosswalks import COLUMNS, Link
from linli.matters.kinds import all_kinds
from linli.matters.models import Category, CrossWalk, CrossWalkLink, Scheme

MANAGE = "category.manage"
LARGEST = 500_000
"""Characters of a file (our choice: some five thousand categories)."""
LONGEST = 18
SCHEME_COLUMNS = ("part", "code", "name_zh", "kind")
TRUE = frozenset({"1", "true", "yes", "是"})
SCHEME = Field("scheme", words("分类体系", "Scheme"), "integer", required=True, low=1)
CROSSWALK = Field("crosswalk", words("对照表", "Cross-walk"), "integer", required=True, low=1)
VERSION = Field("version", words("版本", "Version"), "integer", required=True, low=1)
WHY = Field("why", words("为什么改", "Why"), "text", required=True, limit=500)
FILE = Field("file", words("文件（CSV）", "File (CSV)"), "file_text", required=True, limit=LARGEST)

BAD_FILE = words("文件里有 {n} 处不对，一行也没有导入。{rows}", "{n} faults in the file; nothing was imported. {rows}")
NO_COLUMNS = words("文件开头要有这些列：{names}。", "The file must begin with these columns: {names}.")
BAD_ROW = words("第 {line} 行：代码、名称都要填，长度不能超出。", "Line {line}: code and name are needed and must not be too long.")
NO_KIND = words("第 {line} 行：没有事项种类“{kind}”，应为 {known} 或留空。", "Line {line}: there is no kind “{kind}”; use {known} or leave it empty.")
TWICE = words("第 {line} 行：代码 {code} 前面已经写过。", "Line {line}: the code {code} stands above already.")
NOTHING = words("文件里没有能上报的类别。", "The file has no category that opens a matter.")
EXISTS = words("这个体系的这一版已经有了，请用新的版本号。", "This version of the scheme exists; use another version.")
OVERLAPS = words("同一体系已有一版从 {day} 起有效；新版只能更晚生效。", "A version of this scheme is valid from {day}; a new one has to begin later.")
TOO_EARLY = words("新版最早从明天起生效：已经上报的不能换体系。", "A new version begins tomorrow at the earliest: what is reported keeps its scheme.")
BAD_END = words("停用日期要晚于生效日期，且不早于今天。", "The end has to lie after the beginning and not before today.")
ONE_ITSELF = words("请选两个不同的体系或版本。", "Choose two different schemes or versions.")
NO_SCHEME = words("没有这个分类体系。", "There is no such scheme.")
NO_DRAFT = words("只有草稿可以改；这一版是“{state}”。", "Only a draft can be changed; this version is “{state}”.")
NO_DRAFT_REMEDY = words("请从现行版新建草稿，改好后发布。", "Make a new draft from the version in force, change that and publish it.")
FAULTY = words("有 {n} 处空缺或矛盾，不能发布：{first}", "{n} holes or contradictions: it cannot be published. {first}")
FAULTY_REMEDY = words("请补上或改正后再发布。", "Mend them, then publish.")
NO_LINE = words("原体系里没有类别 {code}。", "The source scheme has no category {code}.")


def _city(_actor: Actor, _given: Mapping[str, Any]) -> Sight:
    return of_record(settings.CITY_AREA)


def _number(given: Mapping[str, Any], name: str) -> int:
    text = str(given.get(name, "")).strip()
    return int(text) if text.isdecimal() and len(text) <= LONGEST else 0


def _scheme(_actor: Actor, given: Mapping[str, Any]) -> Scheme:
    found = Scheme.objects.filter(pk=_number(given, "scheme")).first()
    if found is None:
        raise NotVisible
    return found


def _crosswalk(_actor: Actor, given: Mapping[str, Any]) -> CrossWalk:
    found = CrossWalk.objects.filter(pk=_number(given, "crosswalk")).select_related("source", "target").first()
    if found is None:
        raise NotVisible
    return found


def refused(wrong: list[Words]) -> Invalid:
    """The fault of a file, with the first wrong lines named."""
    rows = wrong[0]
    for one in wrong[1:20]:
        rows = rows + words(" ", " ") + one
    return Invalid({"file": BAD_FILE.format(n=len(wrong), rows=rows)})


def read_scheme(text: str) -> list[dict[str, Any]]:
    """The categories of a CSV file as columns; Invalid with every wrong line named."""
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    if any(one not in (rows.fieldnames or ()) for one in SCHEME_COLUMNS):
        raise Invalid({"file": NO_COLUMNS.format(names=", ".join(SCHEME_COLUMNS))})
    kinds, found, wrong = {one.name for one in all_kinds()}, dict[tuple[str, str], dict[str, Any]](), list[Words]()
    try:
        for row in rows:
            made = _columns({name: (value or "").strip() for name, value in row.items() if isinstance(name, str) and not isinstance(value, list)})
            fault = _wrong(rows.line_num, made, kinds, found)
            if fault is not None:
                wrong.append(fault)
            else:
                found[made["part"], made["code"]] = made
    except csv.Error:
        raise Invalid({"file": NO_COLUMNS.format(names=", ".join(SCHEME_COLUMNS))}) from None
    if wrong:
        raise refused(wrong)
    if not any(one["kind"] for one in found.values()):
        raise Invalid({"file": NOTHING})
    return list(found.values())


def _columns(row: Mapping[str, str]) -> dict[str, Any]:
    texts = {name: row.get(name, "") for name in ("part", "code", "name_zh", "name_en", "group_code", "group_zh", "group_en", "kind")}
    return texts | {
        "is_hazard": row.get("is_hazard", "").lower() in TRUE, "is_public": row.get("is_public", "1").lower() in TRUE,
        "is_checked_first": row.get("is_checked_first", "1").lower() in TRUE}


def _wrong(line: int, made: Mapping[str, Any], kinds: set[str], found: Mapping[tuple[str, str], Any]) -> Words | None:
    texts = {one.name: one.max_length for one in Category._meta.fields if one.name in made and getattr(one, "max_length", None)}
    is_too_long = any(len(made[name]) > most for name, most in texts.items() if most)
    if not made["code"] or not made["name_zh"] or is_too_long or any("\x00" in str(value) for value in made.values()):
        return BAD_ROW.format(line=line)
    if made["kind"] and made["kind"] not in kinds:
        return NO_KIND.format(line=line, kind=made["kind"][:20], known="、".join(sorted(kinds)))
    return TWICE.format(line=line, code=made["code"]) if (made["part"], made["code"]) in found else None


@action("category.add_scheme", words("载入新版分类体系", "Load a version of a scheme"), ability=MANAGE, subject="scheme", sight="this_record", opens=_city, fields=(
    Field("code", words("体系代码", "Code of the scheme"), "text", required=True, limit=40),
    Field("edition", words("版本号", "Version"), "text", required=True, limit=20, help=words("例如 2027", "such as 2027")),
    Field("name_zh", words("名称（中文）", "Name (Chinese)"), "text", required=True, limit=80),
    Field("name_en", words("名称（英文）", "Name (English)"), "text", required=True, limit=120),
    Field("source", words("出处", "Source"), "text", required=True, limit=300),
    Field("valid_from", words("从哪天起生效", "Valid from"), "day", required=True), FILE))
def add_scheme(call: Call) -> Done:
    """A scheme or a new version of one, side by side with the others; the version before ends on the day on which this one begins."""
    given = call.given
    day = given["valid_from"]
    others = Scheme.objects.select_for_update().filter(code=given["code"])
    if any(one.version == given["edition"] for one in others):
        raise Invalid({"edition": EXISTS})
    if day <= clock.today():
        raise Invalid({"valid_from": TOO_EARLY})
    latest = max((one.valid_from for one in others if one.valid_from), default=None)
    if latest is not None and latest >= day:
        raise Invalid({"valid_from": OVERLAPS.format(day=latest.isoformat())})
    rows = read_scheme(given["file"])
    others.filter(valid_to=None).update(valid_to=day)
    others.filter(valid_to__gt=day).update(valid_to=day)
    made = Scheme.objects.create(code=given["code"], version=given["edition"], name_zh=given["name_zh"], name_en=given["name_en"],
                                 source=given["source"], valid_from=day)
    Category.objects.bulk_create([Category(scheme=made, **row) for row in rows])
    return _changed(made, categories=len(rows))


@action("category.end_scheme", words("停用分类体系", "End a scheme"), ability=MANAGE, subject="scheme", sight="this_record", opens=_city, finds=_scheme, fields=(
    SCHEME, Field("valid_to", words("从哪天起停用（留空为继续使用）", "Ends on (empty: it goes on)"), "day"), WHY))
def end_scheme(call: Call) -> Done:
    """A version is no longer offered from a day on, or is taken up again; what was reported in it stays readable."""
    scheme: Scheme = call.record
    day = call.given.get("valid_to")
    if day is not None and (day < clock.today() or (scheme.valid_from is not None and day <= scheme.valid_from)):
        raise Invalid({"valid_to": BAD_END})
    following = Scheme.objects.filter(code=scheme.code, valid_from__gt=scheme.valid_from).order_by("valid_from").first() if scheme.valid_from else None
    if following is not None and following.valid_from is not None and (day is None or day > following.valid_from):
        raise Invalid({"valid_to": OVERLAPS.format(day=following.valid_from.isoformat())})
    Scheme.objects.filter(pk=scheme.pk).update(valid_to=day)
    return _changed(scheme, valid_to=day.isoformat() if day else None)


def _changed(scheme: Scheme, **more: Any) -> Done:
    bump(categories.EDITION)
    start(LEARN, scheme.pk)
    return Done(settings.CITY_AREA, scheme.pk, {"scheme": scheme.pk, **more})


@action("category.draft_crosswalk", words("新建对照表草稿", "Draft a cross-walk"), ability=MANAGE, subject="crosswalk", sight="this_record", opens=_city, fields=(
    Field("source", words("从哪个体系", "From"), "integer", required=True, low=1), Field("target", words("对照到", "To"), "integer", required=True, low=1), WHY))
def draft_crosswalk(call: Call) -> Done:
    """A draft between two schemes or versions: a copy of what is in force, else what equal names and codes suggest."""
    ends = [Scheme.objects.filter(pk=call.given[name]).first() for name in ("source", "target")]
    if None in ends:
        raise Invalid({name: NO_SCHEME for name, one in zip(("source", "target"), ends, strict=True) if one is None})
    source, target = (one for one in ends if one is not None)
    if source.pk == target.pk:
        raise Invalid({"target": ONE_ITSELF})
    last = CrossWalk.objects.filter(source=source, target=target).aggregate(last=Max("number"))["last"] or 0
    made = CrossWalk.objects.create(source=source, target=target, number=last + 1, why=call.given["why"], made_by=call.actor.account, made_at=call.recorded_at)
    before = crosswalks.published(source, target)
    crosswalks.keep(made, crosswalks.links_of(before) if before else crosswalks.proposed(source, target))
    return Done(settings.CITY_AREA, made.pk, crosswalks.own_columns(made), is_new=True)


def _draft(call: Call) -> CrossWalk:
    locked = CrossWalk.objects.select_for_update(of=("self",)).select_related("source", "target").get(pk=call.record.pk)
    if locked.version != call.given["version"]:
        raise Conflict
    if locked.state != "draft":
        raise Conflict(NO_DRAFT.format(state=crosswalks.STATES[locked.state]), NO_DRAFT_REMEDY, code="no_draft")
    return locked


def _moved_on(crosswalk: CrossWalk, **more: Any) -> Done:
    crosswalk.version += 1
    crosswalk.save()
    return Done(settings.CITY_AREA, crosswalk.pk, crosswalks.own_columns(crosswalk) | more)


@action("category.load_crosswalk", words("导入对照表", "Import a cross-walk"), ability=MANAGE, subject="crosswalk", sight="this_record", opens=_city, finds=_crosswalk,
        fields=(CROSSWALK, VERSION, FILE))
def load_crosswalk(call: Call) -> Done:
    """The lines of a file in place of those of the draft; nothing is imported when a line is wrong, and every wrong line is named."""
    crosswalk = _draft(call)
    found = crosswalks.read(call.given["file"], crosswalk.source, crosswalk.target)
    if found.wrong:
        raise refused(found.wrong)
    return _moved_on(crosswalk, links=crosswalks.keep(crosswalk, found.links))


@action("category.change_crosswalk", words("修改一类的对应", "Change one correspondence"), ability=MANAGE, subject="crosswalk", sight="this_record", opens=_city,
        finds=_crosswalk, fields=(
    CROSSWALK, VERSION, Field("part", words("部分", "Part"), "text", limit=12), Field("code", words("原类别代码", "Code in the source"), "text", required=True, limit=20),
    Field("relation", words("关系", "Relation"), "choice", required=True, choices=tuple(crosswalks.RELATIONS.items())),
    Field("to", words("新体系里的代码（几个用空格隔开）", "Codes in the target, with spaces between"), "text", limit=400)))
def change_crosswalk(call: Call) -> Done:
    """What one category of the source corresponds to, in place of what stood there."""
    crosswalk, given = _draft(call), call.given
    source = next((one for one in crosswalks.categories_of(crosswalk.source) if (one.part, one.code) == (given.get("part") or one.part, given["code"])), None)
    if source is None:
        raise Invalid({"code": NO_LINE.format(code=given["code"])})
    rows = [dict(zip(COLUMNS, (source.part, source.code, given["relation"], source.part, code), strict=True)) for code in (given.get("to") or "").split() or [""]]
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    found = crosswalks.read(text.getvalue(), crosswalk.source, crosswalk.target)
    if found.wrong:
        raise Invalid({"to": found.wrong[0]})
    CrossWalkLink.objects.filter(crosswalk=crosswalk, source=source).delete()
    CrossWalkLink.objects.bulk_create([_row(crosswalk, one) for one in found.links])
    return _moved_on(crosswalk)


def _row(crosswalk: CrossWalk, one: Link) -> CrossWalkLink:
    return CrossWalkLink(crosswalk=crosswalk, source=one.source, target=one.target, relation=one.relation)


@action("category.publish_crosswalk", words("发布对照表", "Publish the cross-walk"), ability=MANAGE, subject="crosswalk", sight="this_record", opens=_city, finds=_crosswalk,
        fields=(CROSSWALK, VERSION))
def publish_crosswalk(call: Call) -> Done:
    """Put a draft without holes into force; the version before is superseded and stays readable."""
    crosswalk = _draft(call)
    wrong = crosswalks.faults(crosswalk.source, crosswalks.links_of(crosswalk))
    if wrong:
        raise Conflict(FAULTY.format(n=len(wrong), first=wrong[0]), FAULTY_REMEDY, code="holes")
    CrossWalk.objects.filter(source=crosswalk.source, target=crosswalk.target, state="published").update(state="superseded")
    crosswalk.state, crosswalk.published_at = "published", call.recorded_at
    start(LEARN, crosswalk.pk)
    return _moved_on(crosswalk)
