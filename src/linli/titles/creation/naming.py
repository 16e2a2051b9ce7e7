# SPDX-License-Identifier: MulanPSL-2.0
"""Naming: by document, number and day, once the publicity is over and every objection is answered; each community gets its plaque number."""

from datetime import date

from django.conf import settings

from linli.core import clock, evidence
from linli.core.actions import Call, Done, action
from linli.core.faults import Conflict, Invalid
from linli.core.fields import Field
from linli.core.words import words
from linli.elements import places
from linli.titles import register
from linli.titles.creation.assessing import refuse_unfit
from linli.titles.creation.moving import FILES, PLANS, TITLE_BATCH, VERSION, find_batch, kind_of, locked_batch, moved, refuse_other_level
from linli.titles.creation.states import CITY, MOVES
from linli.titles.models import Application, Assessed, Batch, Objection, Publicity

NOT_OVER = words("公示到 {day} 结束，之前不能命名。", "The publicity ends on {day}; nobody can be named before.")
NOT_OVER_REMEDY = words("公示期不能缩短，请等它结束。", "It cannot be shortened; wait for its end.")
UNANSWERED = words("还有 {count} 条异议没有答复，不能命名。", "{count} objections are unanswered; nobody can be named.")
UNANSWERED_REMEDY = words("请先逐条答复。", "Answer each of them first.")
UNDECIDED = words("还有 {count} 个社区没有决定或没有公示。", "{count} communities are undecided or not shown yet.")
UNDECIDED_REMEDY = words("请先决定列入还是不列入；要列入的重新公示。", "Decide them; who is to be named is shown to the public first.")
TOO_EARLY = words("命名日期要在公示结束（{day}）以后。", "The day of naming lies after the publicity ({day}).")
AHEAD = words("命名日期不能晚于今天。", "The day of naming cannot lie ahead.")
NOBODY = words("没有可以命名的社区。", "There is nobody to name.")
UNDONE = ("candidate", "assessed", "shortlisted")


def plaque_number(batch: Batch, turn: int) -> str:
    """The serial number on a plaque: year, batch and a running number (our choice, 拟: the official format was not found)."""
    return f"{batch.year}-{batch.ordinal:02}-{turn:04}"


@action("title.name_batch", words("命名", "Name the batch"), ability=PLANS, subject="title_batch", finds=find_batch, fields=(
    TITLE_BATCH, VERSION, Field("document_no", words("命名文件文号", "Number of the naming document"), required=True, limit=60),
    Field("named_on", words("命名日期", "Day of naming"), "day", required=True), FILES))
def name_batch(call: Call) -> Done:
    """Give the title to every community of the list: after the publicity, with all objections answered. The rest of the batch lapses."""
    refuse_other_level(call.actor, settings.CITY_AREA, CITY)
    batch = locked_batch(call.record, "publicity")
    held = list(Application.objects.select_for_update(of=("self",)).select_related("batch").filter(batch=batch).order_by("area"))
    _refuse_early(call, batch, held)
    batch.document_no, batch.named_on, batch.state, batch.version = call.given["document_no"], call.given["named_on"], "named", batch.version + 1
    batch.save(update_fields=["document_no", "named_on", "state", "version"])
    listed, kind = [one for one in held if one.state == "publicity"], kind_of(batch)
    for turn, one in enumerate(listed, start=1):
        refuse_unfit(one, Assessed.objects.filter(application=one).order_by("-id")[0])
        one.plaque_no = plaque_number(batch, turn)
        register.grant(call, kind, batch, places.place_by_area(one.area), one.plaque_no)
        moved(call, one, "name", "plaque_no")
    for one in held:
        if one.state in MOVES["lapse"].before:
            moved(call, one, "lapse")
    evidence.attach(call.given["evidence"], area=settings.CITY_AREA, subject_kind="title_batch", subject=batch.pk, actor=call.actor, claim=call.device,
                    vouched=call.vouched)
    said = {"title_batch": batch.pk, "named": len(listed), "document_no": batch.document_no}
    return Done(settings.CITY_AREA, batch.pk, said, said | {"plaques": {str(one.area): one.plaque_no for one in listed}})


def _refuse_early(call: Call, batch: Batch, held: list[Application]) -> None:
    last: Publicity | None = Publicity.objects.filter(batch=batch).order_by("-ends_at").first()
    if last is None or call.recorded_at < last.ends_at:
        raise Conflict(NOT_OVER.format(day=last.last_day.isoformat() if last else "—"), NOT_OVER_REMEDY, code="publicity_runs")
    if open_ones := Objection.objects.filter(publicity__batch=batch, outcome="").count():
        raise Conflict(UNANSWERED.format(count=open_ones), UNANSWERED_REMEDY, code="unanswered")
    if undone := sum(one.state in UNDONE for one in held):
        raise Conflict(UNDECIDED.format(count=undone), UNDECIDED_REMEDY, code="undecided")
    if not any(one.state == "publicity" for one in held):
        raise Conflict(NOBODY, UNDECIDED_REMEDY, code="nobody")
    named_on: date = call.given["named_on"]
    if named_on <= last.last_day:
        raise Invalid({"named_on": TOO_EARLY.format(day=last.last_day.isoformat())})
    if named_on > clock.today():
        raise Invalid({"named_on": AHEAD})
