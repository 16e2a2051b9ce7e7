# SPDX-License-Identifier: MulanPSL-2.0
"""名册: who was drawn, who was reached and how, who stands in; and the slips with the codes by which a household answers on the web."""

from collections.abc import Mapping
from typing import Any

from django.db import connection

from linli.core.actions import Call, Done, action
from linli.core.faults import Conflict, NotVisible
from linli.core.fields import Field
from linli.core.sight import Actor
from linli.core.words import Words, words
from linli.elements.own_codes import CODE, SPOKEN, new_code
from linli.elements.registers import sealing
from linli.measures.models import Survey, SurveyLine
from linli.measures.surveying.samples import OPENS, SURVEY, find_survey, lock, refuse_the_rated

ENTERS = "survey.enter"
STATES: Mapping[str, Words] = {
    "reserve": words("备用", "Reserve"), "drawn": words("待调查", "To be asked"), "answered": words("已答", "Answered"), "refused": words("谢绝", "Declined"),
    "not_reached": words("多次未联系上", "Not reached"), "moved": words("已搬走", "Moved away")}
MEANS: Mapping[str, Words] = {"web": words("网上", "Web"), "paper": words("纸质", "Paper"), "phone": words("电话", "Phone")}
OUTCOMES = (("contacted", words("联系过一次，还没有答", "Contacted, no answer yet")), ("refused", STATES["refused"]), ("not_reached", STATES["not_reached"]),
            ("moved", STATES["moved"]), ("again", words("改回待调查", "To be asked again")))
MOST_CONTACTS = 99
NOT_RUNNING = words("这次调查现在不收答卷。", "This survey takes no answers now.")
NOT_RUNNING_REMEDY = words("请核对调查是否已经抽样、是否已经结束。", "See whether it is drawn, and whether it is closed.")
ANSWERED = words("这一户已经答过，一户只能答一次。", "This household has answered; each answers once.")
ANSWERED_REMEDY = words("不用再答。如果不是您家答的，请打社区所在街道的电话说明。", "Nothing is left to do. If it was not you, tell the street office.")
RESERVED = words("这一户是备用户，前面的住户都有结果以后才轮到。", "This household is a reserve; it has its turn when one before it fell out.")
RESERVED_REMEDY = words("请按名册顺序调查。", "Keep to the order of the roll.")
LINE = Field("line", words("名册行", "Line of the roll"), "integer", required=True, low=1)


def find_line(actor: Actor, given: Mapping[str, Any]) -> SurveyLine:
    """The line of the roll of a number within the sight. NotVisible otherwise."""
    text = str(given.get("line", ""))
    found: SurveyLine | None = SurveyLine.objects.visible_to(actor).filter(pk=int(text)).select_related("survey").first() if text.isdecimal() and len(text) < 19 else None
    if found is None:
        raise NotVisible
    return found


def held_line(number: int) -> tuple[Survey, SurveyLine]:
    """The line and its survey, held for this transaction, the survey first: one after another, in whatever tab. Conflict where no answer is taken."""
    survey = lock(SurveyLine.objects.select_related("survey").get(pk=number).survey)
    line: SurveyLine = SurveyLine.objects.select_for_update().get(pk=number)
    refuse_unless_open(survey, line)
    return survey, line


def refuse_unless_open(survey: Survey, line: SurveyLine) -> None:
    """Conflict for a survey that takes no answers, a household that has answered, and a reserve."""
    if survey.state != "running":
        raise Conflict(NOT_RUNNING, NOT_RUNNING_REMEDY, code="not_running")
    if line.state == "answered":
        raise Conflict(ANSWERED, ANSWERED_REMEDY, code="answered")
    if line.state == "reserve":
        raise Conflict(RESERVED, RESERVED_REMEDY, code="reserve")


@action("survey.note", words("记录联系结果", "Note what came of a contact"), ability=ENTERS, subject="survey", finds=find_line, fields=(
    LINE, Field("outcome", words("结果", "Outcome"), "choice", required=True, choices=OUTCOMES), Field("version", words("版本", "Version"), "integer")))
def note(call: Call) -> Done:
    """A household was contacted, declined, was not reached or has moved; the next reserve takes the place of one that fell out."""
    refuse_the_rated(call.actor, call.record.area)
    survey, line = held_line(call.record.pk)
    outcome = call.given["outcome"]
    line.contacts = min(MOST_CONTACTS, line.contacts + (outcome != "again"))
    line.state, line.version = "drawn" if outcome in ("contacted", "again") else outcome, line.version + 1
    line.save(update_fields=["contacts", "state", "version"])
    fill_up(survey)
    return Done(survey.area, survey.pk, {"survey": survey.pk, "line": line.pk, "state": line.state, "version": line.version}, {"line": line.pk})


def fill_up(survey: Survey) -> None:
    """Bring in reserves, in the order of the draw, for the households that fell out."""
    standing = SurveyLine.objects.filter(survey=survey, state__in=["drawn", "answered"]).count()
    wanted = survey.needed - standing
    if wanted > 0:
        following = list(SurveyLine.objects.filter(survey=survey, state="reserve").order_by("position").values_list("pk", flat=True)[:wanted])
        SurveyLine.objects.filter(pk__in=following).update(state="drawn")


def code_digest(code: str) -> Any:
    """The keyed digest under which a slip's code is known; None when it cannot be one."""
    plain = str(code).strip().upper().translate(SPOKEN)
    return sealing.index_of("survey", "code", plain) if CODE.fullmatch(plain) else None


def line_by_code(code: str) -> tuple[int, int] | None:
    """(line, community) of a code, by the definer function; None for any other."""
    digest = code_digest(code)
    if digest is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute("select line, place from survey_line_of_code(%s)", [digest])
        row = cursor.fetchone()
    return (int(row[0]), int(row[1])) if row else None


@action("survey.print_slips", words("打印答卷码", "Print the slips"), ability=OPENS, subject="survey", finds=find_survey, fields=(SURVEY,))
def print_slips(call: Call) -> Done:
    """New codes for all households that are to be asked; earlier slips stop working. The codes are shown once and kept nowhere."""
    refuse_the_rated(call.actor, call.record.area)
    survey = lock(call.record)
    if survey.state != "running":
        raise Conflict(NOT_RUNNING, NOT_RUNNING_REMEDY, code="not_running")
    lines = list(SurveyLine.objects.filter(survey=survey, state="drawn").order_by("position"))
    slips = [{"position": one.position, "household": one.household, "code": new_code()} for one in lines]
    for one, slip in zip(lines, slips, strict=True):
        one.code_digest = code_digest(str(slip["code"]))
    SurveyLine.objects.bulk_update(lines, ["code_digest"], batch_size=500)
    return Done(survey.area, survey.pk, {"survey": survey.pk, "count": len(slips)}, once={"slips": slips})
