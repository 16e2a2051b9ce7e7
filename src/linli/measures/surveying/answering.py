# SPDX-License-Identifier: MulanPSL-2.0
"""Answers: by a slip's code on the web, from paper, by phone; one for each household, and nothing that leads from an answer back to it.

The row of the roll says that the household answered. The answer is sealed, bears a random number and no time, and with each answer that comes in all
answers of the survey are written anew in random order within the same transaction: neither number, place on the disk nor transaction tells whose it is.
Content is journalled nowhere: the field is of a kind that the journal does not keep.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import connection

from linli.core.actions import Call, Done, action
from linli.core.faults import Invalid, NotVisible
from linli.core.fields import Field
from linli.core.keys import keyring
from linli.core.sight import Actor, Sight, of_record
from linli.core.words import words
from linli.measures.models import Survey, SurveyAnswer, SurveyLine
from linli.measures.surveying.questionnaires import STRANGE, questionnaire_named
from linli.measures.surveying.rolls import ENTERS, LINE, MEANS, find_line, held_line, line_by_code
from linli.measures.surveying.samples import refuse_the_rated

SALT = "linli.survey.network"
ANSWERS = Field("answers", words("答卷（JSON：题号到选项）", "Answers (JSON: question to choice)"), "secret", required=True, limit=4_000)
NETWORK = Field("network", words("来处凭据", "Voucher of the network"), "secret", limit=300)
CODE = Field("code", words("答卷码", "Code of the slip"), "secret", required=True, limit=40)
ENTERED = Field("means", words("怎样答的", "How"), "choice", required=True, choices=(("paper", MEANS["paper"]), ("phone", MEANS["phone"])))
SECONDS = 60
ENVELOPE = 2_000
"""Characters to which an answer is filled up before it is sealed: its length tells nothing."""
MOST_NETWORKS = 50

MIX = """with gone as (delete from measures_surveyanswer where survey_id = %s and area = %s returning id, area, survey_id, sealed, stratum, "values", doubt_id)
insert into measures_surveyanswer (id, area, survey_id, sealed, stratum, "values", doubt_id)
select id, area, survey_id, sealed, stratum, "values", doubt_id from gone order by gen_random_uuid()"""


def sight_of_code(_actor: Actor, given: Mapping[str, Any]) -> Sight:
    """The sight of the community whose survey a code belongs to. NotVisible for a code that opens nothing."""
    found = line_by_code(str(given.get("code", "")))
    if found is None:
        raise NotVisible
    return of_record(found[1])


def by_code(_actor: Actor, given: Mapping[str, Any]) -> SurveyLine:
    """The line of the roll of a code, inside that sight. NotVisible otherwise."""
    found = line_by_code(str(given.get("code", "")))
    line: SurveyLine | None = SurveyLine.objects.within(found[1], found[1] + 1).select_related("survey").filter(pk=found[0]).first() if found else None
    if line is None:
        raise NotVisible
    return line


def voucher(network: bytes) -> str:
    """What a page sends along to say from which network address (a digest) an answer comes; nobody else can make one."""
    return signing.dumps(network.hex(), salt=SALT)


def _network(call: Call) -> bytes:
    try:
        return bytes.fromhex(signing.loads(call.given.get("network") or "", salt=SALT, max_age=86_400))
    except (signing.BadSignature, ValueError):
        return call.device


def trace(survey: Survey, *parts: object) -> str:
    """A digest that tells two sources apart within this survey and nowhere else."""
    said = "\n".join(["survey", str(survey.pk), *(one.hex() if isinstance(one, bytes) else str(one) for one in parts)])
    return hmac.new(settings.SECRET_KEY.encode(), said.encode(), hashlib.sha256).hexdigest()[:32]


def _values(survey: Survey, text: str) -> dict[str, str]:
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        raise Invalid({"answers": STRANGE}) from None
    return questionnaire_named(survey.questionnaire).clean(given)


def keep(survey: Survey, line: SurveyLine, means: str, content: Mapping[str, Any]) -> None:
    """Mark the line as answered and put the sealed answer among the others, in one transaction, so that nobody can tell them apart."""
    SurveyLine.objects.filter(pk=line.pk).update(state="answered", means=means, version=line.version + 1)
    sealed = keyring().seal(json.dumps(content, ensure_ascii=False).ljust(ENVELOPE), envelope(survey))
    SurveyAnswer.objects.create(id=secrets.randbelow(2**62) + 1, area=survey.area, survey=survey, sealed=sealed)
    mix(survey)


def mix(survey: Survey) -> None:
    """Write all answers of a survey anew, in random order."""
    with connection.cursor() as cursor:
        cursor.execute(MIX, [survey.pk, survey.area])


def envelope(survey: Survey) -> str:
    """What a sealed answer is bound to."""
    return f"survey answer:{survey.pk}"


@action("survey.answer", words("网上答卷", "Answer on the web"), ability=None, subject="survey", sight="this_record", opens=sight_of_code, finds=by_code,
        fields=(CODE, ANSWERS, NETWORK))
def answer(call: Call) -> Done:
    """One household answers by the code of its slip. A device on which an office is signed in, or an office's address, is noted with the answer."""
    values = _values(call.record.survey, call.given["answers"])
    survey, line = held_line(call.record.pk)
    network = trace(survey, "network", _network(call))
    content = {"values": values, "stratum": line.stratum, "device": trace(survey, "device", call.device), "network": network, "staff": call.actor.is_signed_in,
               "office": network in survey.staff_networks}
    keep(survey, line, "web", content)
    return Done(survey.area, survey.pk, {"survey": survey.pk})


@action("survey.enter", words("录入答卷", "Enter an answer"), ability=ENTERS, subject="survey", finds=find_line, fields=(LINE, ENTERED, ANSWERS, NETWORK))
def enter(call: Call) -> Done:
    """An answer from paper, or one given to an interviewer by phone; never by somebody of the community that is rated."""
    refuse_the_rated(call.actor, call.record.area)
    values = _values(call.record.survey, call.given["answers"])
    survey, line = held_line(call.record.pk)
    note_network(survey, trace(survey, "network", _network(call)))
    minute = int(call.recorded_at.timestamp()) // SECONDS
    batch = trace(survey, "batch", call.actor.account, minute, json.dumps(values, sort_keys=True))
    keep(survey, line, call.given["means"], {"values": values, "stratum": line.stratum, "batch": batch})
    return Done(survey.area, survey.pk, {"survey": survey.pk, "line": line.pk}, {"line": line.pk})


def note_network(survey: Survey, network: str) -> None:
    """Remember from where staff works at the survey: web answers from there are asked about."""
    if network not in survey.staff_networks:
        survey.staff_networks = [*survey.staff_networks, network][-MOST_NETWORKS:]
        survey.save(update_fields=["staff_networks"])
