# SPDX-License-Identifier: MulanPSL-2.0
"""The actions of reconciliation: name a system, put a file of it beside ours, decide what differs, carry the decisions out, undo them."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import F, Max, QuerySet

from linli.core import clock, jobs
from linli.core.actions import Call, Done, action
from linli.core.faults import Conflict, Invalid, NotAble, NotVisible
from linli.core.fields import Field
from linli.core.protection import Protection
from linli.core.sight import Actor
from linli.core.words import Words, words
from linli.elements import places
from linli.elements.accounts import whole_number
from linli.elements.intakes import columns
from linli.elements.intakes.actions import BRING, GONE, GONE_REMEDY, IS_BUSY, NOT_HERE
from linli.elements.intakes.changes import KEYS
from linli.elements.looks import NO_PERSONAL, NO_PERSONAL_REMEDY, PURPOSE, REASON, sees_personal
from linli.elements.models import Intake, IntakeBatch, Person, ReconciledFigure, ReconciledItem, Reconciliation, Source
from linli.elements.purposes import purpose_named
from linli.elements.reconciling import applying, sides
from linli.elements.reconciling.sides import ADDRESS, DIFFERS, OURS, THEIRS
from linli.elements.registers.declaring import JOINING

JOB, INTAKE_JOB = "reconciliation.work", "intake.work"
BUSY = ("comparing", "applying")
ASK_DAYS = 30
"""Within how many days a doubt is to be settled at the door when nobody says otherwise (proposed)."""
PROPOSED = "proposed"
COVERS = (("all", words("这里的全部居民（居住和户籍），或全部房屋", "Everybody here, living or registered; or every dwelling")),
          ("living", words("住在这里的全部居民", "Everybody who lives here")),
          ("registered", words("户籍在这里的全部居民", "Everybody registered here")),
          ("part", words("只是一部分，没列出的不说明什么", "A part only; who is missing says nothing")))
WITHIN = (("area", words("整个导入范围", "The whole place of the file")), ("buildings", words("只是文件里出现的楼栋", "Only the buildings that the file names")))
DECISIONS: Mapping[str, Words] = {
    "ours": words("以我们为准", "Ours is right"), "theirs": words("以对方为准", "Theirs is right"), "ask": words("上门核实", "Ask at the door"),
    "take": words("收进台账", "Take in"), "aside": words("不收", "Set aside"), "keep": words("我们的没错，保留", "Ours stands"), "ended": words("已办搬离", "Moved out")}
MAY: Mapping[str, tuple[str, ...]] = {DIFFERS: ("theirs", "ours", "ask"), THEIRS: ("take", "aside"), OURS: ("ask", "keep", "ended"), sides.UNCLEAR: ()}
NOT_FOR_THIS = words("这一项不能这样定。", "This cannot be decided so.")
BY_MOVE = words("住址不同要由社区办搬家或更正地址，不能用文件改；可以“上门核实”，或“以我们为准”。",
                "Another address is a move or a corrected address, which no file makes. Ask at the door, or say that ours is right.")
STILL_HERE = words("这个人还登记在这里。先办搬离，再记“已办搬离”。", "This person is still recorded here. Record the move first.")
WHY_ASIDE = words("请写明不收的原因。", "Say why it is set aside.")
DONE_ALREADY = words("这一项已经执行过了。", "This has been carried out already.")
AGAIN = words("请刷新页面。", "Load the page again.")
COUNT_MOVED = words("没定的项数变了：您看到 {seen} 项，现在 {now} 项。没有改动。",
                    "The number of open items has changed: you saw {seen}, now there are {now}. Nothing was changed.")
LOOK_AGAIN = words("请核对新的项数后再定。", "Look at the new number and decide again.")
NEEDS_PRESS = words("这一项属于敏感信息，不能按记住的规则批量接受，请逐条定，或明确选一个决定。",
                    "This field is sensitive: remembered rules are not accepted at once for it. Decide each, or choose a decision.")
NOT_CHECKED = words("文件检查完才能核对。", "A file is compared when it has been checked.")
NOT_CHECKED_REMEDY = words("请先到导入页对应列、检查。", "Match its columns and have it checked first.")
OTHER_SHEET = words("这个系统登记的是另一种表，或另一个地方；请为这份文件登记。", "This system is named for another kind of table or place; name it for this file.")
ONCE = words("这份文件已经在核对。", "This file is being compared already.")
NOT_COMPARED = words("核对完才能做这一步。", "That is done when the comparison is finished.")
NOTHING = words("没有要执行的决定。", "No decision waits to be carried out.")
NOT_APPLIED = words("还没有执行过，没有要撤销的。", "Nothing has been carried out, so nothing is to be undone.")
APPLIED = words("已经执行过，要放弃请先撤销。", "Decisions have been carried out; undo them first.")
SAME_NAME = words("这里已有同名的来源系统。", "A system of this name is there already.")
TOO_EARLY = words("核实期限不能早于今天。", "The day by which it is to be seen cannot lie before today.")
TOO_HIGH = words("为这个目的不能查看这一项。", "This purpose does not open this value.")
NOTHING_SAID = words("对方的内容已经销毁，或这一项没有内容。", "Theirs is destroyed, or there is nothing.")

RECONCILIATION = Field("reconciliation", words("核对", "Reconciliation"), "integer", required=True, low=1)
ITEM = Field("item", words("核对项", "Item"), "integer", required=True, low=1)
SOURCE = Field("source", words("来源系统", "System"), "integer", required=True, low=1)
VERSION = Field("version", words("版本", "Version"), "integer", low=1)
HOW = (Field("covers", words("文件包含谁", "Whom the file claims to hold"), "choice", required=True, choices=COVERS),
       Field("within", words("包含哪些地方", "And where"), "choice", required=True, choices=WITHIN))


def compared_columns(sheet: str) -> list[tuple[str, Words]]:
    """The columns of a sheet for which a system may be the authority."""
    return [(columns.key(owner, one.name), one.label) for owner, one in columns.sheet_named(sheet).every()
            if columns.key(owner, one.name) not in KEYS and (owner != JOINING or one.name in ("relation", "standing"))]


def _every_column() -> list[tuple[str, Words]]:
    return list(dict(pair for sheet in columns.sheets() for pair in compared_columns(sheet.name)).items())


def _finder(model: type[Any], name: str, hold: bool = True) -> Any:
    def find(actor: Actor, given: Mapping[str, Any]) -> Any:
        rows = model.objects.visible_to(actor)
        found = (rows.select_for_update() if hold else rows).filter(pk=whole_number(given.get(name))).first()
        if found is None:
            raise NotVisible
        return found

    return find


find_source, find_reconciliation = _finder(Source, "source"), _finder(Reconciliation, "reconciliation")
find_unheld = _finder(Reconciliation, "reconciliation", hold=False)


def find_item(actor: Actor, given: Mapping[str, Any]) -> ReconciledItem:
    """An item of a comparison that lies within the actor's area as a whole: that of a street is decided by the street."""
    found: ReconciledItem | None = ReconciledItem.objects.visible_to(actor).select_for_update().filter(pk=whole_number(given.get("item"))).first()
    if found is None or not Reconciliation.objects.visible_to(actor).filter(pk=found.reconciliation_id).exists():
        raise NotVisible
    return found


SAID = (Field("name", words("系统名称", "Name of the system"), required=True, limit=60),
        Field("keeper", words("由哪个单位负责内容", "Unit that answers for its content"), required=True, limit=120),
        Field("authority", words("哪些字段以它为准（只作提议）", "For which fields it is held to be right (proposed only)"), "choices", choices=_every_column), *HOW)


def _authority(sheet: str, chosen: Any) -> list[str]:
    known = {name for name, _ in compared_columns(sheet)}
    return [name for name in chosen or () if name in known]


@action("source.declare", words("登记来源系统", "Name another system"), ability=BRING, subject="source", fields=(
    Field("area", words("哪个地方", "Place"), "area", required=True),
    Field("sheet", words("它给的是什么表", "What it holds"), "choice", required=True, choices=lambda: [(one.name, one.words) for one in columns.sheets()]), *SAID))
def declare_source(call: Call) -> Done:
    """A system that gives files of a place, who answers for it, and for which fields it is the authority."""
    given, place = call.given, places.find_place(call.given["area"])
    if place is None or not (call.actor.lo <= place.lo and place.hi <= call.actor.hi):
        raise Invalid({"area": NOT_HERE})
    if Source.objects.filter(area=place.area, sheet=given["sheet"], name=given["name"]).exists():
        raise Invalid({"name": SAME_NAME})
    made = Source.objects.create(area=place.area, sheet=given["sheet"], name=given["name"], keeper=given["keeper"], covers=given["covers"], within=given["within"],
                                 authority=_authority(given["sheet"], given["authority"]), made_at=call.recorded_at)
    return Done(place.area, made.pk, {"source": made.pk}, is_new=True)


@action("source.change", words("修改来源系统", "Change what is said of a system"), ability=BRING, subject="source", finds=find_source, fields=(SOURCE, *SAID, VERSION))
def change_source(call: Call) -> Done:
    """Another name, keeper or authority; what was decided before stays."""
    one, given = call.record, call.given
    if Source.objects.filter(area=one.area, sheet=one.sheet, name=given["name"]).exclude(pk=one.pk).exists():
        raise Invalid({"name": SAME_NAME})
    one.name, one.keeper, one.covers, one.within = given["name"], given["keeper"], given["covers"], given["within"]
    one.authority, one.version = _authority(one.sheet, given["authority"]), one.version + 1
    one.save()
    return Done(one.area, one.pk, {"source": one.pk, "version": one.version}, {"authority": one.authority})


@action("reconciliation.start", words("与外部系统核对", "Reconcile with another system"), ability=BRING, subject="reconciliation",
        finds=_finder(Intake, "intake"), fields=(Field("intake", words("导入", "Intake"), "integer", required=True, low=1), SOURCE, *HOW))
def start(call: Call) -> Done:
    """Put a checked file beside the registers: nothing of it goes in by itself. The comparison begins."""
    intake, given = call.record, call.given
    source = find_source(call.actor, given)
    if source.sheet != intake.sheet or source.area != intake.area:
        raise Invalid({"source": OTHER_SHEET})
    if intake.gone_at is not None:
        raise Conflict(GONE, GONE_REMEDY, code="intake_gone")
    if intake.state not in ("checked", "undone") or intake.checked_at is None:
        raise Conflict(NOT_CHECKED, NOT_CHECKED_REMEDY, code="intake_not_checked")
    before = Reconciliation.objects.filter(intake=intake).exclude(state="dropped").first()
    if before is not None and not (before.state == "undoing" and intake.state == "undone"):
        raise Conflict(ONCE, AGAIN, code="reconciliation_there")
    if before is not None:
        _let_go(before)
    Source.objects.filter(pk=source.pk).update(covers=given["covers"], within=given["within"])
    made = Reconciliation.objects.create(area=intake.area, source=source, intake=intake, covers=given["covers"], within=given["within"], account=call.actor.account,
                                         post=call.actor.post, made_at=call.recorded_at, counts={"rows": intake.counts.get("rows", 0)})
    jobs.start(JOB, made.pk)
    return Done(made.area, made.pk, {"reconciliation": made.pk}, is_new=True)


def _let_go(one: Reconciliation) -> None:
    ReconciledItem.objects.filter(reconciliation=one).delete()
    ReconciledFigure.objects.filter(reconciliation=one).delete()
    Reconciliation.objects.filter(pk=one.pk).update(state="dropped", version=F("version") + 1)


def _settled(call: Call) -> Reconciliation:
    one: Reconciliation = call.record
    if one.state in BUSY or one.intake.state == "undoing":
        raise Conflict(IS_BUSY, AGAIN, code="reconciliation_busy")
    if one.state in ("dropped", "undoing") or one.compared_at is None:
        raise Conflict(NOT_COMPARED, AGAIN, code="reconciliation_not_compared")
    return one


@action("reconciliation.decide", words("定一项", "Decide an item"), ability=BRING, subject="reconciliation", finds=find_item, fields=(
    ITEM, Field("decision", words("决定", "Decision"), "choice", required=True, choices=list(DECISIONS.items())),
    Field("whole_row", words("这条记录的各项都这样定", "For every item of this record"), "truth"), Field("reason", words("原因", "Reason"), limit=200), VERSION))
def decide(call: Call) -> Done:
    """Who is right about one item, or about everything that differs of one record. It can be changed until it is carried out."""
    item, given = call.record, call.given
    one = item.reconciliation
    _settled(Call(call.actor, given, call.occurred_at, call.recorded_at, one))
    refusal = refused(item.side, item.name, given["decision"])
    if refusal is not None:
        raise Invalid({"decision": refusal})
    if item.outcome:
        raise Conflict(DONE_ALREADY, AGAIN, code="item_done")
    if given["decision"] == "aside" and not given["reason"]:
        raise Invalid({"reason": WHY_ASIDE})
    if given["decision"] == "ended" and (item.register != "person" or Person.objects.filter(pk=item.record).exclude(standing="gone").exists()):
        raise Invalid({"decision": STILL_HERE})
    chosen = ReconciledItem.objects.visible_to(call.actor).filter(pk=item.pk)
    if given["whole_row"] and item.record:
        chosen = ReconciledItem.objects.visible_to(call.actor).filter(reconciliation=one, side=item.side, register=item.register, record=item.record, outcome="")
        chosen = chosen.exclude(name=ADDRESS) if given["decision"] == "theirs" else chosen
    count = _write(chosen, call, given["decision"])
    return Done(item.area, one.pk, {"reconciliation": one.pk, "decided": count}, {"register": item.register, "record": item.record, "name": item.name})


def refused(side: str, name: str, decision: str) -> Words | None:
    """Why an item of this side cannot be decided so; None when it can."""
    if decision not in MAY.get(side, ()):
        return NOT_FOR_THIS
    return BY_MOVE if name == ADDRESS and decision == "theirs" else None


def _write(chosen: "QuerySet[ReconciledItem]", call: Call, decision: Any) -> int:
    return int(chosen.update(decision=decision, reason=call.given.get("reason") or "", decided_by=call.actor.account, decided_at=call.recorded_at, version=F("version") + 1))


def undecided(actor: Actor, one: Reconciliation, side: str, name: str) -> "QuerySet[ReconciledItem]":
    """The items of a side and field about which nobody has decided."""
    found: QuerySet[ReconciledItem] = ReconciledItem.objects.visible_to(actor).filter(reconciliation=one, side=side, name=name, decision="", outcome="")
    return found


@action("reconciliation.decide_all", words("一个字段全部这样定", "Decide a field for all rows"), ability=BRING, subject="reconciliation", finds=find_reconciliation, fields=(
    RECONCILIATION, Field("side", words("哪一类", "Which kind"), "choice", required=True, choices=[(one, words(one, one)) for one in MAY if MAY[one]]),
    Field("name", words("字段", "Field"), limit=60),
    Field("decision", words("决定", "Decision"), "choice", required=True, choices=[*DECISIONS.items(), (PROPOSED, words("按提议", "As proposed"))]),
    Field("count", words("预览时的项数", "How many you saw"), "integer", required=True, low=1), Field("reason", words("原因", "Reason"), limit=200),
    Field("remember", words("记住：这个系统的这个字段以对方为准", "Remember: for this system and field theirs is right"), "truth"), VERSION))
def decide_all(call: Call) -> Done:
    """The same decision for every open item of a field, as many as were seen in the preview; a rule may be remembered for the next file."""
    one, given = _settled(call), call.given
    side, name, decision = given["side"], given["name"] or "", given["decision"]
    column = sides.column_of(name)
    refusal = NOT_FOR_THIS if decision == "ended" else None if decision == PROPOSED else refused(side, name, decision)
    if decision == PROPOSED and column is not None and column.protection.rank >= Protection.SENSITIVE.rank:
        refusal = NEEDS_PRESS
    if refusal is not None:
        raise Invalid({"decision": refusal})
    if decision == "aside" and not given["reason"]:
        raise Invalid({"reason": WHY_ASIDE})
    chosen = undecided(call.actor, one, side, name)
    if decision == PROPOSED:
        chosen = chosen.filter(proposed__in=MAY[side]).exclude(proposed="ended")
    now = chosen.count()
    if now != given["count"]:
        raise Conflict(COUNT_MOVED.format(seen=given["count"], now=now), LOOK_AGAIN, code="count_moved")
    decided = _write(chosen, call, F("proposed") if decision == PROPOSED else decision)
    if given["remember"] and decision == "theirs" and side == DIFFERS and column is not None:
        Source.objects.filter(pk=one.source_id).update(authority=sorted({*one.source.authority, name}), version=F("version") + 1)
    return Done(one.area, one.pk, {"reconciliation": one.pk, "decided": decided}, {"side": side, "name": name, "decision": decision})


ASKED = """insert into elements_fieldcheck (area, register, record, name, due_on, verdict, means, version)
select i.area, i.register, i.record, split_part(i.name, '.', case when position('.' in i.name) > 0 then 2 else 1 end), %s, '', '', 1
from elements_reconcileditem i where i.reconciliation_id = %s and i.decision = 'ask' and i.outcome = '' order by i.id
on conflict (register, record, name) where sample_id is null and verdict in ('', 'unseen') do nothing"""


@action("reconciliation.apply", words("执行已定的", "Carry out what is decided"), ability=BRING, subject="reconciliation", finds=find_reconciliation, fields=(
    RECONCILIATION, Field("due_on", words("上门核实的期限（不填为 30 天内，拟）", "Ask at the door by (empty: within 30 days, proposed)"), "day"), VERSION))
def carry_out(call: Call) -> Done:
    """Doubts go onto the lists of the day; then what theirs is right about, and what is taken in, goes through the plan of the intake."""
    one, today = _settled(call), clock.today()
    if one.intake.gone_at is not None:
        raise Conflict(GONE, GONE_REMEDY, code="intake_gone")
    due: date = call.given["due_on"] or today + timedelta(days=ASK_DAYS)
    if due < today:
        raise Invalid({"due_on": TOO_EARLY})
    open_ones = ReconciledItem.objects.visible_to(call.actor).filter(reconciliation=one, outcome="").exclude(decision="")
    asks, writes = open_ones.filter(decision="ask").count(), open_ones.filter(decision__in=("theirs", "take")).exists()
    if not asks and not writes:
        raise Conflict(NOTHING, AGAIN, code="nothing_decided")
    if asks:
        with connection.cursor() as cursor:
            cursor.execute(ASKED, [due, one.pk])
        open_ones.filter(decision="ask").update(outcome="done")
    if writes:
        last = IntakeBatch.objects.filter(intake=one.intake_id).aggregate(last=Max("round"))["last"] or 0
        Reconciliation.objects.filter(pk=one.pk).update(state="applying", trouble={}, version=F("version") + 1, post=call.actor.post, account=call.actor.account,
                                                        counts=one.counts | {"round": last + 1})
        jobs.start(JOB, one.pk)
    return Done(one.area, one.pk, {"reconciliation": one.pk, "asked": asks, "writes": writes}, {"due_on": due.isoformat()})


@action("reconciliation.apply_stretch", words("执行一段", "Carry out a stretch"), ability=BRING, subject="reconciliation", finds=find_unheld, fields=(
    RECONCILIATION, Field("number", words("第几段", "Stretch"), "integer", required=True, low=0)))
def carry_out_stretch(call: Call) -> Done:
    """Write one stretch of what was decided: planned anew, narrowed to the decided items, one line of the journal. Done already: nothing."""
    one, number = call.record, call.given["number"]
    round_now = int(one.counts.get("round", 1))
    done = {"reconciliation": one.pk, "number": number}
    if one.state != "applying" or IntakeBatch.objects.filter(intake=one.intake_id, round=round_now, number=number).exists():
        return Done(one.area, one.pk, done)
    told = applying.write_stretch(one, round_now, number, call.recorded_at)
    return Done(one.area, one.pk, done, {"intake": one.intake_id, "source": one.source_id} | told)


@action("reconciliation.look_through", words("比对受保护的字段", "Compare protected fields"), ability=BRING, subject="reconciliation", finds=find_unheld, fields=(
    RECONCILIATION, PURPOSE))
def look_through(call: Call) -> Done:
    """Note before it happens that a comparison reads protected fields: numbers by their keyed index, bundles opened in memory, nobody is shown anything."""
    one: Reconciliation = call.record
    sheet = columns.sheet_named(one.intake.sheet)
    brought = {name for name in one.intake.mapping.values() if name}
    held = [columns.key(owner, each.name) for owner, each in sheet.every() if each.protection.is_encrypted and columns.key(owner, each.name) in brought]
    return Done(one.area, one.pk, {"reconciliation": one.pk}, {"fields": held, "rows": one.counts.get("rows", 0)})


@action("reconciliation.undo", words("撤销这次核对的改动", "Undo what was carried out"), ability=BRING, subject="reconciliation", finds=find_reconciliation, fields=(
    RECONCILIATION, VERSION))
def undo(call: Call) -> Done:
    """Have everything that was written taken back as an intake is undone; what has changed since stays and is listed."""
    one: Reconciliation = call.record
    intake = one.intake
    if one.state in BUSY or intake.state == "undoing":
        raise Conflict(IS_BUSY, AGAIN, code="reconciliation_busy")
    if intake.gone_at is not None:
        raise Conflict(GONE, GONE_REMEDY, code="intake_gone")
    if one.applied_at is None or intake.state not in ("taken", "failed"):
        raise Conflict(NOT_APPLIED, AGAIN, code="not_applied")
    Reconciliation.objects.filter(pk=one.pk).update(state="undoing", version=F("version") + 1)
    ReconciledItem.objects.filter(reconciliation=one, decision__in=("theirs", "take"), outcome="done").update(outcome="undone")
    Intake.objects.filter(pk=intake.pk).update(state="undoing", trouble={}, version=F("version") + 1, post=call.actor.post, account=call.actor.account)
    jobs.start(INTAKE_JOB, intake.pk)
    return Done(one.area, one.pk, {"reconciliation": one.pk})


@action("reconciliation.drop", words("放弃核对", "Drop the comparison"), ability=BRING, subject="reconciliation", finds=find_reconciliation, fields=(RECONCILIATION, VERSION))
def drop(call: Call) -> Done:
    """Let a comparison go of which nothing was carried out; the file stays where it was."""
    one: Reconciliation = call.record
    if one.state in BUSY:
        raise Conflict(IS_BUSY, AGAIN, code="reconciliation_busy")
    if one.applied_at is not None:
        raise Conflict(APPLIED, AGAIN, code="applied")
    _let_go(one)
    return Done(one.area, one.pk, {"reconciliation": one.pk, "intake": one.intake_id})


@action("reconciliation.look", words("查看对方的内容", "Look at theirs"), ability="person.reveal", subject="reconciliation", finds=find_item,
        fields=(ITEM, PURPOSE, REASON))
def look(call: Call) -> Done:
    """Open what the other system says about one protected field, for a purpose; the line of this action is the look."""
    if not call.actor.may(BRING) or not sees_personal(call.actor):
        raise NotAble(NO_PERSONAL, NO_PERSONAL_REMEDY)
    item, column, purpose = call.record, sides.column_of(call.record.name), purpose_named(call.given["purpose"])
    if purpose is None or (column is not None and column.protection.rank > purpose.most.rank):
        raise Invalid({"purpose": TOO_HIGH})
    if item.side != DIFFERS or not item.sealed:
        raise Invalid({"item": NOTHING_SAID})
    answer = {"item": item.pk, "reconciliation": item.reconciliation_id}
    subject = item.record if item.register == "person" else item.reconciliation_id
    return Done(item.area, subject, answer, {"name": item.name}, kind="person" if item.register == "person" else "", once={"value": sides.opened(item)})


