# SPDX-License-Identifier: MulanPSL-2.0
"""Importing requests of another system: receiving a file, deciding what its services are, starting and withdrawing; and the worker's own steps."""

import hashlib
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

from django.conf import settings

from linli.core import alarms, evidence
from linli.core.actions import Call, Done, action
from linli.core.faults import Conflict, Invalid, NotVisible
from linli.core.fields import Field, Received
from linli.core.keys import keyring
from linli.core.words import Words, words
from linli.elements.accounts import finder, of_city
from linli.matters import categories, numbers
from linli.matters.actions.loop import NUMBER
from linli.matters.alarms import NO_PHOTO
from linli.matters.foreign import files, reading, undoing
from linli.matters.foreign.files import Refusal
from linli.matters.foreign.taking import Batch
from linli.matters.models import ForeignImport, ForeignMapping, ForeignReturn, Matter, OutsidePhoto
from linli.matters.moving import by_number

IMPORT, TAKE = "foreign.import", "foreign.take"
SYSTEM = re.compile(r"[a-z0-9][a-z0-9._-]{1,29}")
BUSY = ("reading", "running", "withdrawing")

BAD_SYSTEM = words("来源只能用小写字母、数字和 . _ -，2 到 30 个字符，例如 hexi-hotline。",
                   "A source consists of 2 to 30 lower-case letters, digits and . _ -, such as hexi-hotline.")
BAD_ZONE = words("没有“{value}”这个时区，例如 Asia/Shanghai。", "There is no zone “{value}”; an example is Asia/Shanghai.")
NO_FILE = words("请选择文件。", "Choose a file.")
IS_BUSY = words("这次导入正在处理，请等它完成。", "This import is being worked on; wait until it is done.")
BUSY_REMEDY = words("页面会自动更新。", "The page renews itself.")
IS_GONE = words("这次导入的文件已经删除，不能再导入。", "The file of this import is gone; it cannot be imported again.")
GONE_REMEDY = words("请重新选择文件，新建一次导入。已经导入的不会重复。", "Choose the file again as a new import. What is here already is not doubled.")
NOT_DONE = words("只有完成的导入才能撤回。", "Only an import that is done can be withdrawn.")
TOUCHED = words("这次导入的事项里，已有 {count} 件有人办理或审核过，不能整批撤回。",
                "Somebody has worked on {count} of the matters of this import; it can no longer be withdrawn as a whole.")
TOUCHED_REMEDY = words("请对错误的事项逐件“不予受理”。", "Decline the wrong ones one by one.")
UNKNOWN_CATEGORY = words("没有这个类别，请从列表里选；不导入请选“不导入”。", "There is no such category. Pick one from the list, or “leave out”.")

BROUGHT = Field("brought", words("导入", "Import"), "integer", required=True, low=1)
SOURCE = Field("system", words("来源系统", "Source"), "text", required=True, limit=30,
               help=words("您给对方系统起的名字，编号靠它区分；同一系统每次用同一个。例如 hexi-hotline。",
                          "Your name for the other system; its numbers are told apart by it. Use the same name each time, such as hexi-hotline."))
LEFT_OUT = 0
find_import = finder(IMPORT, ForeignImport, "brought")


def _system(given: Mapping[str, Any]) -> str:
    if not SYSTEM.fullmatch(given["system"]):
        raise Invalid({"system": BAD_SYSTEM})
    return str(given["system"])


@action("foreign.receive", words("收下外系统文件", "Receive a file of another system"), ability=IMPORT, subject="foreign_import", sight="this_record", opens=of_city,
        fields=(
            SOURCE, Field("file", words("文件（GeoReport 的 JSON 或 XML）", "File (GeoReport JSON or XML)"), "file", required=True),
            Field("zone", words("时间没写时区时按", "Zone of times that name none"), "text", limit=40,
                  help=words("例如 Asia/Shanghai。不填：没有时区的时间退回。", "Such as Asia/Shanghai. Left empty: times without a zone are returned."))))
def receive(call: Call) -> Done:
    """Keep the file sealed and have it looked through; nothing goes in before somebody starts it."""
    upload: Received = call.given["file"]
    zone = call.given.get("zone") or ""
    if zone and zone not in available_timezones():
        raise Invalid({"zone": BAD_ZONE.format(value=zone)})
    if len(upload.content) > reading.MOST_BYTES:
        raise Invalid({"file": reading.TOO_LARGE.format(most=reading.MOST_BYTES // 1_000_000)})
    made = keep(call, _system(call.given), upload, zone)
    return Done(settings.CITY_AREA, made.pk, {"brought": made.pk}, {"size": len(upload.content)}, is_new=True)


def keep(call: Call, system: str, upload: Received, zone: str, *, is_fetched: bool = False) -> ForeignImport:
    """The row of a new import with its sealed file."""
    made = ForeignImport.objects.create(
        system=system, name=upload.name[:200], zone=zone, digest=hashlib.sha256(upload.content).digest(), account=call.actor.account,
        account_name=call.actor.name[:60], asked_at=call.recorded_at, is_fetched=is_fetched)
    ForeignImport.objects.filter(pk=made.pk).update(sealed=keyring().seal(upload.content, files.context(made.pk)))
    return made


@action("foreign.map", words("确定类别对应", "Decide what a service is"), ability=IMPORT, subject="foreign_mapping", sight="this_record", opens=of_city, fields=(
    SOURCE, Field("code", words("对方的服务代码", "Its code of the service"), "text", required=True, limit=80),
    Field("name", words("对方的服务名称", "Its name of the service"), "text", limit=200),
    Field("category", words("本市的类别", "Our category"), "integer", required=True, low=0)))
def decide(call: Call) -> Done:
    """A person decides once which category of ours a service of theirs is; a change is a new version."""
    given, system = call.given, _system(call.given)
    category = categories.by_id(given["category"]) if given["category"] != LEFT_OUT else None
    if category is None and given["category"] != LEFT_OUT:
        raise Invalid({"category": UNKNOWN_CATEGORY})
    last = ForeignMapping.objects.filter(system=system, code=given["code"]).order_by("-version").first()
    if last is not None and last.category_id == (category.pk if category else None):
        return Done(settings.CITY_AREA, last.pk, {"version": last.version})
    made = ForeignMapping.objects.create(
        system=system, code=given["code"], version=last.version + 1 if last else 1, name=given.get("name") or "", category=category,
        made_by=call.actor.account, made_at=call.recorded_at)
    return Done(settings.CITY_AREA, made.pk, {"version": made.version}, is_new=True)


def _settled(call: Call) -> ForeignImport:
    found: ForeignImport = call.record
    if found.state in BUSY:
        raise Conflict(IS_BUSY, BUSY_REMEDY, code="import_busy")
    return found


@action("foreign.start", words("开始导入", "Start the import"), ability=IMPORT, subject="foreign_import", sight="this_record", opens=of_city, finds=find_import,
        fields=(BROUGHT,))
def start(call: Call) -> Done:
    """Take in what can go in; started again it takes what was returned before and nothing twice."""
    found = _settled(call)
    if found.sealed is None:
        raise Conflict(IS_GONE, GONE_REMEDY, code="import_gone")
    ForeignImport.objects.filter(pk=found.pk).update(state="running", looked_at=0, counts={}, trouble={}, finished_at=None, account=call.actor.account,
                                                     account_name=call.actor.name[:60])
    return Done(settings.CITY_AREA, found.pk, {"brought": found.pk})


@action("foreign.withdraw", words("撤回导入", "Withdraw the import"), ability=IMPORT, subject="foreign_import", sight="this_record", opens=of_city,
        finds=find_import, fields=(BROUGHT,))
def withdraw(call: Call) -> Done:
    """Have everything that an import made taken back, if nobody has done anything with it."""
    found = _settled(call)
    if found.state != "done":
        raise Conflict(NOT_DONE, BUSY_REMEDY, code="import_not_done")
    ForeignImport.objects.filter(pk=found.pk).update(state="withdrawing", trouble={})
    return Done(settings.CITY_AREA, found.pk, {"brought": found.pk})


def _of_worker(call: Call) -> ForeignImport:
    found = ForeignImport.objects.select_for_update().filter(pk=call.given["brought"]).first()
    if found is None:
        raise NotVisible
    return found


@action("foreign.fetched", words("取到外系统数据", "Data of another system were fetched"), ability=TAKE, subject="foreign_import", fields=(
    SOURCE, Field("file", words("文件", "File"), "file", required=True), Field("zone", words("时区", "Zone"), "text", limit=40)))
def fetched(call: Call) -> Done:
    """Keep what the worker fetched from the configured endpoint; what is mapped goes in by itself."""
    made = keep(call, _system(call.given), call.given["file"], call.given.get("zone") or "", is_fetched=True)
    return Done(settings.CITY_AREA, made.pk, {"brought": made.pk}, is_new=True)


@action(TAKE, words("导入外系统事项", "Take in matters of another system"), ability=TAKE, subject="foreign_import", fields=(
    BROUGHT, Field("first", words("从第几件", "From"), "integer", required=True, low=0), Field("last", words("到第几件", "To"), "integer", required=True, low=0)))
def take(call: Call) -> Done:
    """One stretch of an import: what can go in goes in, what cannot is noted with its sentence. Done already: nothing."""
    found, first, last = _of_worker(call), call.given["first"], call.given["last"]
    if found.state != "running" or found.looked_at != first:
        return Done(settings.CITY_AREA, found.pk, {"looked_at": found.looked_at})
    batch = Batch(found, call.recorded_at)
    judged = list(files.judged(found, first, last, files.mappings(found.system)))
    returned = [one for one in judged if isinstance(one, Refusal)]
    batch.take([one for one in judged if not isinstance(one, Refusal)])
    ForeignReturn.objects.bulk_create([one.row(found) for one in returned], ignore_conflicts=True)
    batch.counts["returned"] += len(returned)
    batch.counts.update({f"why.{why}": count for why, count in Counter(one.why for one in returned).items()})
    counts = Counter(found.counts) + batch.counts
    ForeignImport.objects.filter(pk=found.pk).update(looked_at=last, counts=dict(counts))
    return Done(settings.CITY_AREA, found.pk, {"looked_at": last}, {"for": found.account, "system": found.system, "counts": dict(batch.counts)})


@action("foreign.finish", words("完成导入", "Finish an import"), ability=TAKE, subject="foreign_import", fields=(BROUGHT,))
def finish(call: Call) -> Done:
    """Everything has been looked at; figures are counted anew once."""
    found = _of_worker(call)
    ForeignImport.objects.filter(pk=found.pk, state="running").update(state="done", finished_at=call.recorded_at)
    return Done(settings.CITY_AREA, found.pk, {"brought": found.pk}, {"counts": found.counts, "total": found.total})


@action("foreign.undo", words("撤回外系统事项", "Take matters of another system back"), ability=TAKE, subject="foreign_import", fields=(BROUGHT,))
def undo(call: Call) -> Done:
    """Take everything back in one transaction; Conflict when somebody was at one of them meanwhile."""
    found = _of_worker(call)
    if count := undoing.touched(found.pk):
        raise Conflict(TOUCHED.format(count=count), TOUCHED_REMEDY, code="import_touched")
    done = undoing.withdraw(found.pk, call.recorded_at)
    ForeignImport.objects.filter(pk=found.pk).update(state="withdrawn", finished_at=call.recorded_at)
    return Done(settings.CITY_AREA, found.pk, {"withdrawn": done}, {"for": found.account})


@action("foreign.keep_photo", words("保存外部照片", "Keep a photo from outside"), ability=TAKE, subject="matter", fields=(
    Field("photo", words("照片", "Photo"), "integer", required=True, low=1), Field("file", words("文件", "File"), "file", required=True)))
def keep_photo(call: Call) -> Done:
    """Clean what was fetched like any upload and put it with the matter. Invalid when it is no picture."""
    photo = OutsidePhoto.objects.visible_to(call.actor).select_for_update().filter(pk=call.given["photo"]).first()
    if photo is None:
        raise NotVisible
    made = evidence.keep(call.given["file"].content, call.given["file"].name, area=photo.area, actor=call.actor, claim=call.device)
    type(made).objects.filter(pk=made.pk).update(subject_kind="matter", subject=photo.matter_id)
    OutsidePhoto.objects.filter(pk=photo.pk).update(state="done", next_at=None, trouble="", evidence=made.pk)
    return Done(photo.area, photo.matter_id, {"evidence": made.pk}, {"evidence": made.pk, "photo": photo.pk})


@action("matter.fetch_photos", words("再取外部照片", "Fetch photos from outside again"), ability="matter.dispatch", subject="matter", finds=by_number, fields=(
    NUMBER, Field("leave", words("不再取", "Leave them"), "truth")))
def fetch_again(call: Call) -> Done:
    """Photos that could not be fetched get another round of tries, or are left; either way the alarm is over."""
    matter: Matter = call.record
    failed = OutsidePhoto.objects.filter(matter=matter.pk, state="failed")
    done = failed.update(state="left") if call.given.get("leave") else failed.update(state="waiting", tries=0, next_at=call.recorded_at, trouble="")
    alarms.still(NO_PHOTO, subject_kind="matter", subject=matter.pk)
    return Done(matter.area, matter.pk, {"number": numbers.number_of(matter.pk), "photos": done, "version": matter.version})


STATES: dict[str, tuple[Words, str]] = {
    "reading": (words("正在检查", "Being checked"), "accent"), "ready": (words("待开始", "Ready to start"), "warn"),
    "running": (words("正在导入", "Being imported"), "accent"), "done": (words("已完成", "Done"), "good"), "failed": (words("没有完成", "Failed"), "bad"),
    "withdrawing": (words("正在撤回", "Being withdrawn"), "accent"), "withdrawn": (words("已撤回", "Withdrawn"), "calm")}
