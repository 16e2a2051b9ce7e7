# SPDX-License-Identifier: MulanPSL-2.0
"""The hotline's tables: uploaded, mapped, checked row by row, and taken in; the long parts are jobs with progress."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from linli.core.actions import Call, Done, action
from linli.core.due import after_action
from linli.core.faults import Conflict, Invalid, NotVisible
from linli.core.fields import Field
from linli.core.jobs import start
from linli.core.keys import keyring
from linli.core.models import Due
from linli.core.words import words
from linli.elements import places
from linli.matters import categories
from linli.matters.actions.hotline import SOURCE, remember
from linli.matters.hotline import mappings, tables
from linli.matters.models import HotlineBatch, HotlineRow

BATCH = Field("batch", words("批次", "Table"), "integer", required=True, low=1)
JOB = "matters.hotline"
SAME_FILE = words("同一个文件正在导入（批次 {batch}）。", "The same file is being imported (table {batch}).")
SAME_REMEDY = words("请打开那个批次继续。", "Open that one and go on.")
BUSY = words("这个批次正在处理或已经完成。", "This table is being worked on, or done.")
BUSY_REMEDY = words("请刷新页面看进度。", "Reload the page to see how far it is.")
MISSING = words("“{label}”要选一列。", "Choose a column for “{label}”.")
NO_COLUMN = words("表里没有“{name}”这一列。", "The table has no column “{name}”.")
BAD_MAPPING = words("列对应没有填对，请重新选择。", "The mapping is not right. Please choose again.")
NO_CATEGORY = words("没有这个类别。", "There is no such category.")
NO_COMMUNITY = words("没有这个社区，或不在您的范围内。", "There is no such community within your range.")


@action("hotline.upload", words("上传热线工单表", "Upload a table of the hotline"), ability="hotline.import", subject="hotline_batch", fields=(
    SOURCE, Field("file", words("工单表（Excel 或 CSV）", "Table (Excel or CSV)"), "file", required=True)))
def upload(call: Call) -> Done:
    """Read the table and keep its rows sealed; nothing goes in before the columns are mapped and the rows are checked."""
    file = call.given["file"]
    table, digest = tables.read(file.content), hashlib.sha256(file.content).hexdigest()
    open_ones = HotlineBatch.objects.filter(area=call.actor.lo, digest=digest).exclude(state__in=("done", "failed"))
    if (known := open_ones.values_list("pk", flat=True).first()) is not None:
        raise Conflict(SAME_FILE.format(batch=known), SAME_REMEDY, code="same_file")
    made = HotlineBatch.objects.create(
        area=call.actor.lo, source=call.given.get("source") or mappings.SOURCE, name=file.name[:200], digest=digest, account=call.actor.account or 0,
        post=call.actor.post or 0, headings=table.headings, rows=len(table.rows), made_at=call.recorded_at)
    ring = keyring()
    HotlineRow.objects.bulk_create(
        (HotlineRow(area=call.actor.lo, batch=made, line=line, sealed=ring.seal(json.dumps(cells, ensure_ascii=False), f"hotline:{made.pk}:{line}"))
         for line, cells in enumerate(table.rows, start=2)), batch_size=2000)
    said = {"batch": made.pk, "rows": made.rows}
    return Done(call.actor.lo, made.pk, said, said, is_new=True)


def _batch(call: Call, *states: str) -> HotlineBatch:
    found: HotlineBatch | None = HotlineBatch.objects.visible_to(call.actor).select_for_update().filter(pk=call.given["batch"]).first()
    if found is None:
        raise NotVisible
    if found.state not in states:
        raise Conflict(BUSY, BUSY_REMEDY, code="busy")
    return found


@action("hotline.map", words("对应列并检查", "Map the columns and check"), ability="hotline.import", subject="hotline_batch", fields=(
    BATCH, Field("columns", words("列对应（JSON）", "Mapping (JSON)"), "long_text", required=True, limit=4000),
    Field("category", words("认不出类别的归入", "Category where none can be told"), "integer", low=1),
    Field("community", words("认不出社区的归入", "Community where none can be told"), "integer", low=1)))
def map_columns(call: Call) -> Done:
    """Say which column means what, remembered for the source; then every row is checked by a job."""
    batch = _batch(call, "mapping", "checked")
    columns = _mapping(call.given["columns"], batch.headings)
    category, community = call.given.get("category"), call.given.get("community")
    if category is not None and categories.by_id(category) is None:
        raise Invalid({"category": NO_CATEGORY})
    place = places.find_place(community) if community is not None else None
    if community is not None and (place is None or place.level != "community" or not call.actor.lo <= place.area < call.actor.hi):
        raise Invalid({"community": NO_COMMUNITY})
    HotlineBatch.objects.filter(pk=batch.pk).update(columns=columns, category=category, community=community, state="checking", seen=0, bad=0, same=0, changed=0)
    HotlineRow.objects.filter(batch=batch.pk).update(state="new", faults=[])
    remember(call, batch.source, columns=columns)
    return Done(batch.area, batch.pk, {"batch": batch.pk}, {"columns": columns})


def _mapping(text: str, headings: list[str]) -> dict[str, str]:
    try:
        found: Any = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(name in mappings.FIELDS and isinstance(heading, str) for name, heading in found.items()):
        raise Invalid({"columns": BAD_MAPPING})
    wrong = next((heading for heading in found.values() if heading and heading not in headings), None)
    if wrong is not None:
        raise Invalid({"columns": NO_COLUMN.format(name=wrong[:80])})
    chosen = {name: heading for name, heading in found.items() if heading}
    if missing := next((name for name in mappings.NEEDED if name not in chosen), None):
        raise Invalid({"columns": MISSING.format(label=mappings.FIELDS[missing])})
    return chosen


@action("hotline.take_in", words("导入正确的工单", "Take the right orders in"), ability="hotline.import", subject="hotline_batch", fields=(BATCH,))
def take_in(call: Call) -> Done:
    """Let the orders in that were found right; wrong rows stay outside."""
    batch = _batch(call, "checked")
    HotlineBatch.objects.filter(pk=batch.pk).update(state="importing", seen=0, account=call.actor.account or 0, post=call.actor.post or 0)
    return Done(batch.area, batch.pk, {"batch": batch.pk})


@after_action("matters.start_hotline", "hotline.map", "hotline.take_in")
def start_work(due: Sequence[Due]) -> None:
    """Hand the table over to a long job: the drain must not wait for it."""
    for row in due:
        start(JOB, row.subject)
