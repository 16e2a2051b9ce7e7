# SPDX-License-Identifier: MulanPSL-2.0
"""The actions of forms: bring one, bring its next issue, match it, end it and take it up again, fill it, fetch what was filled."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import translation

from linli.core import clock, jobs
from linli.core.actions import Call, Done, action
from linli.core.faults import Conflict, Invalid, NotAble
from linli.core.fields import Field, Received
from linli.core.protection import Protection
from linli.core.words import Words, words
from linli.elements import looks, places, purposes
from linli.elements.filling import catalogue, headers, kept, pouring, proposing, workbooks
from linli.elements.filling.catalogue import FIXED, Source
from linli.elements.filling.headers import Layout
from linli.elements.filling.kept import FILL, KEEP
from linli.elements.intakes.columns import is_forbidden
from linli.elements.models import Filling, Template, TemplateVersion
from linli.elements.registers import codes

JOB = "elements.fill"
MOST_WAITING = 3
"""Fillings of one account that may wait or run at a time (our choice, as for exports)."""
MOST_KEPT = 300
"""Forms of one place (our choice)."""
NOT_YOURS = words("这份表样由别的单位维护。", "Another unit keeps this form.")
NOT_YOURS_REMEDY = words("需要改动时请联系维护单位，或上传一份自己的。", "Ask the unit that keeps it, or bring one of your own.")
NO_JSON = words("列对应读不懂，应当是每列一项的列表。", "The matching cannot be read: it is a JSON list with one entry a column.")
OTHER_SHAPE = words("表样已经换了新版，请刷新后重新对应。", "A new issue of the form came meanwhile. Load the page again and match that.")
UNKNOWN_TAKE = words("“{heading}”选的数据项不存在，请重新选择。", "What was chosen for “{heading}” does not exist. Choose again.")
NEVER = words("“{heading}”这一列平台不登记也不填，只能留空。", "The column “{heading}” is neither held nor filled; it stays blank.")
NOTHING_TAKEN = words("还没有一列对应到数据，请至少对应一列。", "No column takes anything yet; match one at least.")
AGES = words("年龄上限不能小于下限。", "The highest age lies below the lowest.")
NOT_MATCHED = words("这份表样还没有对应列，不能填。", "This form is not matched yet and cannot be filled.")
NOT_MATCHED_REMEDY = words("请维护单位先对应列。", "The unit that keeps it matches its columns first.")
HAS_ENDED = words("这份表样已停用。", "This form has ended.")
HAS_ENDED_REMEDY = words("请用新的表样，或请维护单位恢复。", "Use a newer one, or have the unit that keeps it take it up again.")
NOT_HERE = words("请选择您范围内的地方。", "Choose a place within your area.")
AHEAD = words("日期不能晚于今天。", "The day cannot lie ahead of today.")
TOO_OLD = words("日期太早，最早填到 2000 年。", "The day lies too far back; 2000 is the earliest.")
TOO_HIGH = words("为“{purpose}”不能填出这份表里加密的内容。请选择与这次工作相符的目的，或不选目的，按掩码填。",
                 "“{purpose}” does not open the sealed values of this form. Choose the purpose of your work, or none and have them masked.")
NO_REASON = words("请写明为什么要完整的号码。", "Say why the whole numbers are needed.")
MAY_NOT_OPEN = words("您的岗位不能填出完整的证件号码和电话。请不选目的，按掩码填。", "Your post does not open numbers. Choose no purpose and have them masked.")
WAITING = words("您已有 {count} 份表在排队或正在填。", "You have {count} forms waiting or being filled.")
WAITING_REMEDY = words("等其中一份完成，再填下一份。", "Fill the next one when one of them is done.")
TOO_MANY = words("已有 {count} 份表样，请先停用不再用的。", "There are {count} forms already; end those that are not used any more.")
GONE = words("这份文件已经到期删除。", "This file has been deleted after its time.")
GONE_REMEDY = words("需要时请重新填一次。", "Fill it again if needed.")

TEMPLATE = Field("template", words("表样", "Form"), "integer", required=True, low=1)
FILE = Field("file", words("表样文件（.xlsx）", "File of the form (.xlsx)"), "file", required=True)
NAME = Field("name", words("表样名称", "Name of the form"), required=True, limit=80)
LEVELS = (("district", words("区", "District")), ("street", words("街道", "Street")), ("community", words("社区", "Community")), ("grid", words("网格", "Grid")))
TIE = (("living", words("住在这里的人", "Who lives here")), ("registered", words("户籍在这里的人", "Who is registered here")), ("any", words("住在或户籍在这里的人", "Either")))


def _sources() -> list[tuple[str, Words]]:
    return [(one.name, one.words) for one in catalogue.sources()]


def _purposes() -> list[tuple[str, Words]]:
    return purposes.choices()


@action("template.bring", words("上传表样", "Bring a form"), ability=KEEP, subject="template", fields=(NAME, FILE))
def bring(call: Call) -> Done:
    """Keep a form that is asked for again and again: its header is found, its rows are emptied, its columns proposed."""
    count = Template.objects.filter(area=call.actor.lo, hi=call.actor.hi, ended_at=None).count()
    if count >= MOST_KEPT:
        raise Conflict(TOO_MANY.format(count=count), HAS_ENDED_REMEDY, code="too_many_templates")
    made = Template(area=call.actor.lo, hi=call.actor.hi, organisation=call.actor.organisation, name=call.given["name"], made_at=call.recorded_at)
    issue = _issue(call, made, None)
    return _done(made, issue, is_new=True)


@action("template.renew", words("上传表样的新版", "Bring a new issue of a form"), ability=KEEP, subject="template", finds=kept.find, fields=(TEMPLATE, FILE))
def renew(call: Call) -> Done:
    """Keep a new issue; it proposes the matchings of the one before, which is filled until the new one is confirmed."""
    found = _own(call)
    return _done(found, _issue(call, found, kept.newest(found)))


def _issue(call: Call, one: Template, before: TemplateVersion | None) -> TemplateVersion:
    upload: Received = call.given["file"]
    try:
        book = workbooks.opened(upload.content)
        removed = workbooks.disarm(book)
        layout = headers.find(book, proposing.knowing())
        removed += pouring.emptied(book, layout)
        content = workbooks.saved(book)
    except workbooks.Refused as trouble:
        raise Invalid({"file": trouble.sentence}) from trouble
    source = catalogue.source_named(before.source if before else "") or catalogue.source_named(proposing.source_of(layout))
    assert source is not None
    if before is None:
        one.save()
    return TemplateVersion.objects.create(
        template=one, number=before.number + 1 if before else 1, file_name=upload.name[:200], digest=hashlib.sha256(upload.content).digest(), workbook=content,
        layout=layout.as_json(), source=source.name, narrow=before.narrow if before else {}, removed=removed[:50], account=call.actor.account, made_at=call.recorded_at,
        columns=proposing.proposed(source, layout, call.actor.organisation, before))


def _own(call: Call) -> Template:
    found: Template = call.record
    if not kept.keeps(call.actor, found):
        raise NotAble(NOT_YOURS, NOT_YOURS_REMEDY)
    return found


def _done(one: Template, issue: TemplateVersion, **more: Any) -> Done:
    return Done(one.area, one.pk, {"template": one.pk, "issue": issue.number}, {"issue": issue.number, "columns": len(issue.columns)}, **more)


@action("template.match", words("对应表样的列", "Match the columns of a form"), ability=KEEP, subject="template", finds=kept.find, fields=(
    TEMPLATE, Field("issue", words("第几版", "Issue"), "integer", required=True, low=1), NAME,
    Field("source", words("一行是什么", "What one row is"), "choice", required=True, choices=_sources),
    Field("tie", words("哪些人", "Which people"), "choice", choices=TIE), Field("from_age", words("年龄从（周岁）", "Aged from"), "integer", low=0, high=catalogue.OLDEST),
    Field("to_age", words("年龄到（周岁）", "Aged to"), "integer", low=0, high=catalogue.OLDEST),
    Field("sex", words("性别", "Sex"), "choice", choices=lambda: codes.table("gender")),
    Field("level", words("每行一个什么地方", "One row for each"), "choice", choices=LEVELS),
    Field("columns", words("列对应（JSON）", "Matching (JSON)"), "long_text", required=True, limit=40_000)))
def match(call: Call) -> Done:
    """Say what each column takes; from now on this issue is filled. Remembered for the next form of this organisation."""
    found = _own(call)
    issue, given = kept.newest(found), call.given
    layout = kept.layout(issue)
    source = catalogue.source_named(given["source"])
    if source is None or given["issue"] != issue.number:
        raise Conflict(OTHER_SHAPE, code="other_issue")
    columns = _columns(given["columns"], source, layout)
    narrow = _narrow(given)
    proposing.remember(source, layout, columns, call.actor.organisation, call.recorded_at)
    if Filling.objects.filter(version=issue).exists():
        issue = TemplateVersion.objects.get(pk=issue.pk)
        issue.pk, issue.number = None, issue.number + 1
    issue.source, issue.columns, issue.narrow, issue.matched_at = source.name, columns, narrow, call.recorded_at
    issue.save()
    found.name, found.current, found.version = given["name"], issue.pk, found.version + 1
    found.save()
    kept.note_lacks(found, issue)
    return _done(found, issue)


def _narrow(given: Mapping[str, Any]) -> dict[str, Any]:
    if given["from_age"] is not None and given["to_age"] is not None and given["to_age"] < given["from_age"]:
        raise Invalid({"to_age": AGES})
    return {name: given[name] for name in ("tie", "from_age", "to_age", "sex", "level") if given[name] not in (None, "")}


def _columns(text: str, source: Source, layout: Layout) -> list[dict[str, str]]:
    try:
        given = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Invalid({"columns": NO_JSON}) from error
    if not isinstance(given, list) or len(given) != len(layout.headings):
        raise Invalid({"columns": OTHER_SHAPE})
    made = [_column(one, source, heading.path) for one, heading in zip(given, layout.headings, strict=True)]
    if not any(one["takes"] not in ("", "fill.blank") for one in made):
        raise Invalid({"columns": NOTHING_TAKEN})
    return made


def _column(given: Any, source: Source, heading: str) -> dict[str, str]:
    if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
        raise Invalid({"columns": NO_JSON})
    takes, fixed = given.get("takes", ""), given.get("fixed", "").strip()[:proposing.MOST_FIXED]
    if takes and is_forbidden(heading):
        raise Invalid({"columns": NEVER.format(heading=heading[:60])})
    if takes and takes != FIXED and source.ask(takes) is None:
        raise Invalid({"columns": UNKNOWN_TAKE.format(heading=heading[:60])})
    return {"takes": takes, "fixed": fixed if takes == FIXED else ""}


@action("template.end", words("停用表样", "End a form"), ability=KEEP, subject="template", finds=kept.find, fields=(TEMPLATE,))
def end(call: Call) -> Done:
    """Offer the form no longer; what was filled stays."""
    found = _own(call)
    Template.objects.filter(pk=found.pk, ended_at=None).update(ended_at=call.recorded_at, version=found.version + 1)
    return Done(found.area, found.pk, {"template": found.pk})


@action("template.restore", words("恢复表样", "Take a form up again"), ability=KEEP, subject="template", finds=kept.find, fields=(TEMPLATE,))
def restore(call: Call) -> Done:
    """Offer an ended form again."""
    found = _own(call)
    Template.objects.filter(pk=found.pk).update(ended_at=None, version=found.version + 1)
    return Done(found.area, found.pk, {"template": found.pk})


@action("template.fill", words("填表", "Fill a form"), ability=FILL, subject="filling", finds=kept.find, fields=(
    TEMPLATE, Field("area", words("填哪里", "For which place"), "area", required=True), Field("day", words("哪天的情况", "As of which day"), "day", required=True),
    Field("purpose", words("用途（要完整的证件号码、电话时选）", "Purpose (for whole numbers)"), "choice", choices=_purposes,
          help=words("不选就按掩码填（前三后四位）。选了的，每个人都能看到哪个单位为什么用了他的号码。",
                     "Without one they are masked. With one, each person reads which unit had his numbers and for what.")),
    Field("reason", words("为什么要", "Why"), limit=200)))
def fill(call: Call) -> Done:
    """Have a form filled from the registers for a place as of a day; a job writes it under the sight of the post."""
    found: Template = call.record
    given, issue = call.given, kept.current(call.record)
    place = places.find_place(given["area"])
    if found.ended_at is not None:
        raise Conflict(HAS_ENDED, HAS_ENDED_REMEDY, code="template_ended")
    if issue is None:
        raise Conflict(NOT_MATCHED, NOT_MATCHED_REMEDY, code="template_not_matched")
    if place is None or not (call.actor.lo <= place.lo and place.hi <= call.actor.hi):
        raise Invalid({"area": NOT_HERE})
    _refuse_day(given["day"])
    source = kept.source(issue)
    if not call.actor.may(source.sees):
        raise NotAble
    if given["purpose"]:
        _refuse_purpose(call, kept.takes_sealed(issue), source)
    count = Filling.objects.filter(account=call.actor.account or 0, state__in=("waiting", "running")).count()
    if count >= MOST_WAITING:
        raise Conflict(WAITING.format(count=count), WAITING_REMEDY, code="fillings_waiting")
    made = Filling.objects.create(
        area=place.area, template=found, version=issue, day=given["day"], purpose=given["purpose"] or "", account=call.actor.account, post=call.actor.post,
        language=translation.get_language() or "zh-hans", asked_at=call.recorded_at)
    jobs.start(JOB, made.pk)
    return Done(place.area, made.pk, {"filling": made.pk}, {"form": found.name, "issue": issue.number, "sealed": list(kept.takes_sealed(issue))}, is_new=True)


def _refuse_day(day: Any) -> None:
    if day > clock.today():
        raise Invalid({"day": AHEAD})
    if day.year < 2000:
        raise Invalid({"day": TOO_OLD})


def _refuse_purpose(call: Call, sealed: Sequence[str], source: Source) -> None:
    """Whole numbers go out for a purpose that opens their class, with a reason, to a post that looks at personal data."""
    if not sealed:
        return
    purpose = purposes.purpose_named(call.given["purpose"])
    highest = max((ask.protection for key in sealed if (ask := source.ask(key))), key=lambda one: one.rank, default=Protection.PERSONAL)
    if purpose is None or highest.rank > purpose.most.rank:
        raise Invalid({"purpose": TOO_HIGH.format(purpose=purpose.words if purpose else call.given["purpose"])})
    if not call.actor.may("person.reveal") or not looks.sees_personal(call.actor):
        raise Invalid({"purpose": MAY_NOT_OPEN})
    if not call.given["reason"]:
        raise Invalid({"reason": NO_REASON})


@action("template.fetch", words("下载填好的表", "Fetch a filled form"), ability=FILL, subject="filling", finds=kept.find_filling, fields=(
    Field("filling", words("填表记录", "Filling"), "integer", required=True, low=1),))
def fetch(call: Call) -> Done:
    """Note that a filled form is fetched; only the account that had it filled gets it, while its post may still see the records."""
    found: Filling = call.record
    if found.account != call.actor.account or not call.actor.may(kept.source(found.version).sees):
        raise NotAble
    if found.state != "done" or found.expires_at is None or found.expires_at <= call.recorded_at:
        raise Conflict(GONE, GONE_REMEDY, code="filling_gone")
    return Done(found.area, found.pk, {"filling": found.pk}, {"rows": found.rows, "sha256": found.sha256})

