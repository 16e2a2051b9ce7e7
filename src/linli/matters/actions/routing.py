# SPDX-License-Identifier: MulanPSL-2.0
"""The actions on routing rules: a draft is made, edited, undone, tried and published; a published version is never edited."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db.models import F, Max

from linli.core import due
from linli.core.actions import Call, Done, action
from linli.core.editions import bump
from linli.core.faults import Conflict, Invalid, NotAble, NotVisible
from linli.core.fields import Field
from linli.core.sight import Actor
from linli.core.words import words
from linli.elements import places
from linli.matters.models import RouteRule, RouteTrial, RouteVersion
from linli.matters.routing import drafts, files, saying, store
from linli.matters.routing.drafts import AUTOMATIC, FILES, NOTE, TARGET, TIME, WHAT, WHERE, WINDOW, Wanted

LONGEST = 18
"""Digits of a number that may name a row."""
MOST_DAYS = 366
ROUTE = Field("route", words("规则版本", "Version of the rules"), "integer", required=True, low=1)
VERSION = Field("version", words("版本", "Version"), "integer", required=True, low=1)
RULE = Field("rule", words("规则", "Rule"), "integer", required=True, low=1)
WHY = Field("why", words("为什么改", "Why"), "long_text", required=True, limit=500)
RULE_FIELDS = (WHAT, WHERE, TIME, WINDOW, TARGET, AUTOMATIC, FILES, NOTE)

NO_SCOPE = words("只有市、区、街道可以有自己的规则，请从列表里选。", "Only the city, districts and streets have rules of their own. Pick one of the list.")
NOT_OWN = words("这套规则属于别的地方或上一级，您可以看，不能改。", "These rules belong to another place or the level above: you may read, not change them.")
NOT_OWN_REMEDY = words("请复制成本级的草稿再改，或联系上一级。", "Make a draft of your own level, or ask the level above.")
NO_DRAFT = words("只有草稿可以改；这一版是“{state}”。", "Only a draft can be changed; this version is “{state}”.")
NO_DRAFT_REMEDY = words("请复制成新的草稿，改好后发布。", "Copy it into a new draft, change that and publish it.")
NO_RULE = words("这一版里没有这条规则，可能已被改过。", "This version has no such rule; it may have been changed.")
NOTHING_DONE = words("没有可以撤销的改动。", "There is nothing to undo.")
NOTHING_REMEDY = words("复制时带来的规则不能撤销，可以逐条结束。", "Rules that came with the copy cannot be undone; end them one by one.")
OVERLAPS = words("有 {n} 处规则重叠，不能发布：{first}", "{n} overlaps: it cannot be published. {first}")
OVERLAPS_REMEDY = words("请按提示改掉重叠的规则。", "Change the rules that overlap.")
HOLES = words("有 {n} 处没有规则或派不出去：{first} 建议加一条兜底规则：所有类别，{place}，任何时间。确实要这样发布，请勾选“我知道有漏洞”。",
              "{n} places without a rule or without a unit: {first} A catch-all rule is proposed: all categories, {place}, at any time. "
              "If you really mean to publish it so, say that you know of the holes.")
TOO_EARLY = words("生效时间不能早于现在。", "It cannot begin before now.")
EMPTY = words("这一版没有规则，发布了等于没有。", "This version has no rules.")
BAD_FILE = words("文件里有 {n} 行不对，一行也没有导入。{rows}", "{n} lines of the file are wrong; nothing was imported. {rows}")


def _find(actor: Actor, given: Mapping[str, Any]) -> RouteVersion:
    """The version of a number if its rules concern the actor's range; NotVisible otherwise."""
    number = str(given.get("route", "")).strip()
    if not number.isdecimal() or len(number) > LONGEST:
        raise NotVisible
    return store.version_near(actor, int(number))


def _own(call: Call) -> RouteVersion:
    route: RouteVersion = call.record
    if not store.is_own(call.actor, route.area):
        raise NotAble(NOT_OWN, NOT_OWN_REMEDY, code="not_own")
    return route


def _draft(call: Call) -> RouteVersion:
    """The draft, locked: two editors take turns, and the second sees that the version has moved."""
    route = _own(call)
    locked = RouteVersion.objects.select_for_update().get(pk=route.pk)
    if locked.version != route.version:
        raise Conflict
    if locked.state != "draft":
        raise Conflict(NO_DRAFT.format(state=drafts.STATES[locked.state]), NO_DRAFT_REMEDY, code="no_draft")
    return locked


def _answer(route: RouteVersion, **more: Any) -> Done:
    return Done(area=route.area, subject=route.pk, answer={"route": route.pk, "number": route.number, "version": route.version, **more})


def _make(call: Call, area: int, rules: Sequence[RouteRule], copied_from: int | None) -> Done:
    if places.level_of(area) not in store.SCOPES:
        raise Invalid({"area": NO_SCOPE})
    if not store.is_own(call.actor, area):
        raise NotAble(NOT_OWN, NOT_OWN_REMEDY, code="not_own")
    last = RouteVersion.objects.filter(area=area).aggregate(last=Max("number"))["last"] or 0
    made = RouteVersion.objects.create(area=area, number=last + 1, why=call.given["why"], copied_from=copied_from, made_by=call.actor.account,
                                       made_at=call.recorded_at)
    RouteRule.objects.bulk_create([
        RouteRule(route=made, what=one.what, area=one.area, time=one.time, target=one.target, is_automatic=one.is_automatic, files=one.files,
                  note=one.note, edit_from=0) for one in rules])
    return Done(area=area, subject=made.pk, is_new=True, answer={"route": made.pk, "number": made.number, "version": made.version})


@action("route.draft", words("新建派遣规则", "New routing rules"), ability="route.edit", subject="route", fields=(
    Field("area", words("哪一级的规则", "Whose rules"), "area", required=True), WHY))
def new_draft(call: Call) -> Done:
    """An empty draft of the rules of a city, a district or a street."""
    return _make(call, call.given["area"], [], None)


@action("route.copy", words("复制成新草稿", "Copy into a new draft"), ability="route.edit", subject="route", finds=_find, fields=(ROUTE, WHY))
def copy_version(call: Call) -> Done:
    """A draft with the rules of a version of the same place."""
    route: RouteVersion = call.record
    return _make(call, route.area, list(RouteRule.objects.filter(route=route, edit_to=None).order_by("id")), route.pk)


def _edited(route: RouteVersion) -> int:
    """Begin a further edit; answers its number."""
    route.edit += 1
    route.edits = [*route.edits, route.edit]
    route.version += 1
    route.save(update_fields=["edit", "edits", "version"])
    return int(route.edit)


def _add(route: RouteVersion, wanted: Wanted, edit: int) -> RouteRule:
    return RouteRule.objects.create(route=route, edit_from=edit, **wanted.columns)


def _rule(route: RouteVersion, call: Call) -> RouteRule:
    found = RouteRule.objects.filter(pk=call.given["rule"], route=route, edit_to=None).first()
    if found is None:
        raise Invalid({"rule": NO_RULE})
    return found


@action("route.add", words("增加规则", "Add a rule"), ability="route.edit", subject="route", finds=_find, fields=(ROUTE, VERSION, *RULE_FIELDS))
def add_rule(call: Call) -> Done:
    """One more rule in a draft."""
    route = _draft(call)
    wanted = drafts.checked(route.area, call.given)
    made = _add(route, wanted, _edited(route))
    return _answer(route, rule=made.pk)


@action("route.change", words("修改规则", "Change a rule"), ability="route.edit", subject="route", finds=_find,
        fields=(ROUTE, VERSION, RULE, *RULE_FIELDS))
def change_rule(call: Call) -> Done:
    """A rule of a draft replaced by another; the old one stays on record and can be had back."""
    route = _draft(call)
    old, wanted = _rule(route, call), drafts.checked(route.area, call.given)
    edit = _edited(route)
    RouteRule.objects.filter(pk=old.pk).update(edit_to=edit)
    return _answer(route, rule=_add(route, wanted, edit).pk)


@action("route.end", words("结束规则", "End a rule"), ability="route.edit", subject="route", finds=_find, fields=(ROUTE, VERSION, RULE))
def end_rule(call: Call) -> Done:
    """A rule taken out of a draft."""
    route = _draft(call)
    old = _rule(route, call)
    RouteRule.objects.filter(pk=old.pk).update(edit_to=_edited(route))
    return _answer(route, rule=old.pk)


@action("route.undo", words("撤销上一步", "Undo the last step"), ability="route.edit", subject="route", finds=_find, fields=(ROUTE, VERSION))
def undo(call: Call) -> Done:
    """The last edit of a draft taken back; again takes back the one before."""
    route = _draft(call)
    if not route.edits:
        raise Conflict(NOTHING_DONE, NOTHING_REMEDY, code="nothing_to_undo")
    last = route.edits[-1]
    RouteRule.objects.filter(route=route, edit_from=last).update(edit_to=F("edit_from"))
    RouteRule.objects.filter(route=route, edit_to=last, edit_from__lt=last).update(edit_to=None)
    route.edits, route.version = route.edits[:-1], route.version + 1
    route.save(update_fields=["edits", "version"])
    return _answer(route, undone=last)


@action("route.load", words("导入规则文件", "Import a file of rules"), ability="route.edit", subject="route", finds=_find, fields=(
    ROUTE, VERSION, Field("file", words("规则文件（CSV 或 TOML）", "File of rules (CSV or TOML)"), "file_text", required=True, limit=files.LARGEST)))
def load_rules(call: Call) -> Done:
    """The rules of a file in place of those of the draft; nothing is imported when a line is wrong, and every wrong line is named."""
    route = _draft(call)
    read = files.read(call.given["file"], route.area)
    if wrong := read.wrong:
        rows = " ".join(f"{line.number}: {line.fault}" for line in wrong[:20])
        raise Invalid({"file": BAD_FILE.format(n=len(wrong), rows=rows)})
    edit = _edited(route)
    RouteRule.objects.filter(route=route, edit_to=None).update(edit_to=edit)
    RouteRule.objects.bulk_create([RouteRule(route=route, edit_from=edit, **wanted.columns) for wanted in read.rules])
    done = _answer(route, rules=len(read.rules))
    return Done(done.area, done.subject, done.answer, {"digest": store.digest_of(store.rules_of(route.pk)), "rules": len(read.rules)})


@action("route.drop", words("放弃草稿", "Drop the draft"), ability="route.edit", subject="route", finds=_find, fields=(ROUTE, VERSION))
def drop_draft(call: Call) -> Done:
    """A draft that will not be published; it stays on record."""
    route = _draft(call)
    route.state, route.version = "dropped", route.version + 1
    route.save(update_fields=["state", "version"])
    return _answer(route)


@action("route.try", words("用历史事项试算", "Try it over history"), ability="route.edit", subject="route", finds=_find, fields=(
    ROUTE, Field("days", words("最近多少天", "The last so many days"), "integer", required=True, low=1, high=MOST_DAYS)))
def try_version(call: Call) -> Done:
    """Ask what these rules would have done with the matters of the last days; the work is done piece by piece after this action."""
    route = _own(call)
    trial = RouteTrial.objects.create(
        area=route.area, route=route, digest=store.digest_of(store.rules_of(route.pk)), days=call.given["days"], asked_by=call.actor.account,
        asked_at=call.recorded_at, since=call.recorded_at - timedelta(days=call.given["days"]))
    due.leave("matters.try_routes", area=route.area, subject_kind="route_trial", subject=trial.pk, at=call.recorded_at)
    return _answer(route, trial=trial.pk)


@action("route.publish", words("发布", "Publish"), ability="route.publish", subject="route", finds=_find, fields=(
    ROUTE, VERSION, Field("valid_from", words("从什么时候起（不填为立即）", "From when (at once if left empty)"), "moment"),
    Field("accept_holes", words("我知道有漏洞，仍要发布", "I know of the holes and publish it all the same"), "truth")))
def publish(call: Call) -> Done:
    """A draft comes into force from a moment: never with overlaps, with holes only when that is said."""
    route = _draft(call)
    route.valid_from = call.given["valid_from"] or call.recorded_at
    if route.valid_from < call.recorded_at:
        raise Invalid({"valid_from": TOO_EARLY})
    rules = store.rules_of(route.pk)
    if not rules:
        raise Conflict(EMPTY, NOTHING_REMEDY, code="empty")
    report = saying.report_on(route, rules)
    if report.overlaps:
        raise Conflict(OVERLAPS.format(n=len(report.overlaps), first=report.overlaps[0]), OVERLAPS_REMEDY, code="overlaps")
    gaps = report.holes + report.nowhere
    if gaps and not call.given["accept_holes"]:
        raise Invalid({"accept_holes": HOLES.format(n=len(gaps), first=gaps[0], place=saying.place_name(route.area))})
    route.state, route.digest, route.findings = "published", store.digest_of(rules), report.counts
    route.published_by, route.published_at = call.actor.account, call.recorded_at
    route.has_accepted_holes, route.version = bool(gaps), route.version + 1
    route.save()
    bump(store.EDITION)
    due.leave("matters.begin_routes", area=route.area, subject_kind="route", subject=route.pk, at=route.valid_from)
    done = _answer(route, digest=route.digest)
    return Done(done.area, done.subject, done.answer, {"digest": route.digest, "findings": report.counts})
