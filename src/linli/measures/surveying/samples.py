# SPDX-License-Identifier: MulanPSL-2.0
"""Opening a survey and drawing its households: a seed fixed before anybody knows the frame, an order that everybody can draw again, a reserve in that order."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from linli.core import clock, draws
from linli.core.actions import Call, Done, action
from linli.core.faults import Conflict, Invalid, NotAble, NotVisible
from linli.core.fields import Field
from linli.core.keys import keyring
from linli.core.sight import Actor
from linli.core.words import words
from linli.elements import places
from linli.elements.models import Household, Post
from linli.elements.places import KnownPlace
from linli.measures.models import Survey, SurveyLine
from linli.measures.surveying.questionnaires import questionnaire_named, questionnaires

OPENS = "survey.open"
RESERVE = 2
"""So many further households are drawn for each one that is needed (拟, our choice): they stand in when others refuse, are away or have moved."""
GRID = 1_000
COMMUNITIES_ONLY = words("调查只能在社区一级开展，请选择一个社区。", "Surveys are held in communities. Choose one.")
OWN = words("被评议的社区不能自己开展、抽样、录入这项调查。", "The community that is rated does not open, draw or enter its own survey.")
OWN_REMEDY = words("请由街道或区里与该社区无任职关系的人员办理。", "Let somebody of the street or the district do it who holds no post there.")
RUNNING = words("这个社区的同一种调查还没有结束。", "The same survey has not ended in this community.")
RUNNING_REMEDY = words("请先结束并确认上一次调查。", "Close and settle the earlier one first.")
DRAWN_BEFORE = words("这次调查已经抽过样，不能再抽。", "This survey is drawn; it is not drawn again.")
DRAWN_REMEDY = words("请打开名册继续办理。", "Go on with the roll.")
NOBODY = words("这个社区还没有登记住户，无法抽样。", "No household is registered in this community.")
NOBODY_REMEDY = words("请先由社区登记住户，再来抽样。", "Have the households registered first.")
SURVEY = Field("survey", words("调查", "Survey"), "integer", required=True, low=1)


def find_survey(actor: Actor, given: Mapping[str, Any]) -> Survey:
    """The survey of a number within the sight. NotVisible otherwise."""
    text = str(given.get("survey", ""))
    found: Survey | None = Survey.objects.visible_to(actor).filter(pk=int(text)).first() if text.isdecimal() and len(text) < 19 else None
    if found is None:
        raise NotVisible
    return found


def stands_outside(actor: Actor, place: KnownPlace) -> bool:
    """True when the actor's post lies above the community and he holds no post inside it: who is rated does not rate."""
    if actor.lo >= place.lo and actor.hi <= place.hi:
        return False
    today = clock.today()
    held = Post.objects.filter(account=actor.account, place__area__gte=place.lo, place__area__lt=place.hi, valid_from__lte=today).values_list("valid_to", flat=True)
    return not any(until is None or until > today for until in held)


def refuse_the_rated(actor: Actor, area: int) -> None:
    """NotAble for whoever belongs to the community."""
    if not stands_outside(actor, places.place_by_area(area)):
        raise NotAble(OWN, OWN_REMEDY, code="rated")


def lock(survey: Survey) -> Survey:
    """The survey as it stands, held for this transaction: what follows happens one after another."""
    found: Survey = Survey.objects.select_for_update().get(pk=survey.pk)
    return found


@action(OPENS, words("开展调查", "Open a survey"), ability=OPENS, subject="survey", fields=(
    Field("area", words("社区", "Community"), "area", required=True),
    Field("questionnaire", words("问卷", "Questionnaire"), "choice", required=True, choices=lambda: [(one.name, one.words) for one in questionnaires()])))
def begin(call: Call) -> Done:
    """Open a survey: the seed of its draw is fixed now, its digest stands in the journal, and nobody knows it until the survey is closed."""
    place = places.find_place(call.given["area"])
    if place is None or not call.actor.lo <= place.lo < place.hi <= call.actor.hi:
        raise NotVisible
    if place.level != "community":
        raise Invalid({"area": COMMUNITIES_ONLY})
    refuse_the_rated(call.actor, place.area)
    asked, seed = questionnaire_named(call.given["questionnaire"]), draws.new_seed()
    if Survey.objects.filter(area=place.area, questionnaire=asked.name).exclude(state="settled").exists():
        raise Conflict(RUNNING, RUNNING_REMEDY, code="running")
    made = Survey.objects.create(area=place.area, questionnaire=asked.name, version=asked.version, opened_by=call.actor.account or 0, opened_at=call.recorded_at,
                                 digest=draws.digest(seed), sealed=keyring().seal(seed, f"survey:{place.area}"))
    return Done(place.area, made.pk, {"survey": made.pk, "digest": made.digest}, {"digest": made.digest}, is_new=True)


def seed_of(survey: Survey) -> bytes:
    """The seed, which only the server knows until the survey is closed."""
    return keyring().unseal(bytes(survey.sealed), f"survey:{survey.area}")


def frame_of(place: KnownPlace) -> dict[int, int]:
    """Each standing household of a community with the serial of its grid (0 for the community itself)."""
    found = Household.objects.within(place.lo, place.hi).filter(kind="family").exclude(ended_on__lte=clock.today()).values_list("pk", "area")
    return {number: area % GRID for number, area in found}


def frame_digest(frame: Sequence[int]) -> str:
    """SHA-256 of the numbers of the frame in order, a comma between."""
    return hashlib.sha256(",".join(map(str, sorted(frame))).encode()).hexdigest()


@action("survey.draw", words("抽取住户", "Draw the households"), ability=OPENS, subject="survey", finds=find_survey, fields=(SURVEY,))
def draw(call: Call) -> Done:
    """Draw the sample and its reserve from the households that stand today; the frame and its digest are kept, so that anybody can draw again."""
    refuse_the_rated(call.actor, call.record.area)
    survey, place = lock(call.record), places.place_by_area(call.record.area)
    if survey.state != "open":
        raise Conflict(DRAWN_BEFORE, DRAWN_REMEDY, code="drawn")
    frame = frame_of(place)
    if not frame:
        raise Conflict(NOBODY, NOBODY_REMEDY, code="no_households")
    survey.needed = questionnaire_named(survey.questionnaire).needed(len(frame))
    order = draws.ordered(seed_of(survey), frame)[:survey.needed * (1 + RESERVE)]
    strata: dict[str, int] = {}
    for serial in frame.values():
        strata[str(serial)] = strata.get(str(serial), 0) + 1
    survey.frame, survey.frame_digest, survey.strata, survey.state, survey.drawn_at = sorted(frame), frame_digest(list(frame)), strata, "running", call.recorded_at
    survey.save(update_fields=["needed", "frame", "frame_digest", "strata", "state", "drawn_at"])
    SurveyLine.objects.bulk_create([SurveyLine(area=survey.area, survey=survey, household=number, position=position, stratum=frame[number],
                                               state="drawn" if position <= survey.needed else "reserve")
                                    for position, number in enumerate(order, start=1)])
    told = {"survey": survey.pk, "households": len(frame), "drawn": min(survey.needed, len(order)), "reserve": max(0, len(order) - survey.needed)}
    return Done(survey.area, survey.pk, told, told | {"frame_digest": survey.frame_digest})


def is_drawn_rightly(survey: Survey) -> bool | None:
    """Whether the shown seed draws the very roll that was kept; None while the seed is not shown."""
    if not survey.seed:
        return None
    seed = bytes.fromhex(survey.seed)
    roll = list(SurveyLine.objects.filter(survey=survey).order_by("position").values_list("household", flat=True))
    return draws.digest(seed) == survey.digest and frame_digest(survey.frame) == survey.frame_digest and draws.ordered(seed, survey.frame)[:len(roll)] == roll
