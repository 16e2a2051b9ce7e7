# SPDX-License-Identifier: MulanPSL-2.0
"""Matters as machines read them: lists, whole stories, what a reporter follows by query code, and who the caller is."""

from typing import Annotated, Any

from annotated_types import Ge, Lt
from django.http import HttpRequest
from ninja import Router
from pydantic import StringConstraints

from linli.api.callers import OPEN, WITH_TOKEN, able, caller
from linli.api.lookups import Area, AreaNumber, Short, Upto100, degrees, place_inside
from linli.api.shapes import (
    AlikeOut,
    CategoryBrief,
    EntryOut,
    FollowOut,
    LimitOut,
    MatterOut,
    MatterPage,
    MeOut,
    MoveOut,
    NearList,
    NearOut,
    PartsOut,
    PhotoOut,
    QuestionOut,
    RelativeOut,
    StoryOut,
    StretchOut,
    Text,
    text,
)
from linli.core import clock, evidence, registry
from linli.core.calendar_store import calendar
from linli.core.faults import Invalid, NotVisible
from linli.core.fields import Field, FieldFault
from linli.core.models import Evidence
from linli.core.sight import looking, of_post
from linli.core.words import words
from linli.doors.files import address_of
from linli.doors.limits import count_look
from linli.elements import places
from linli.elements.posts import role_named
from linli.matters import alike, categories, inbox, moving, numbers, stories
from linli.matters.clocks import clock_of
from linli.matters.following import mine
from linli.matters.inbox import FACET_PREFIX, Filter, phase_words
from linli.matters.models import Limit, Matter, Question
from linli.matters.names import limit_words
from linli.matters.phases import PHASES
from linli.matters.relations import Relative
from linli.matters.stories import Entry, Story

router = Router(tags=["matters"])

SEE = "matter.see"
POSITION = Field("position", words("位置", "Position"), "position")
Number = Annotated[int, Ge(1), Lt(2**53)] | None
Cursor = Annotated[str, StringConstraints(max_length=400)]


@router.get("/matters", auth=WITH_TOKEN, response=MatterPage, summary="事项列表 Matters")
def list_matters(  # noqa: PLR0913, RUF100  each filter is a parameter of the address
    request: HttpRequest, phase: Short = "", kind: Short = "", category: Number = None, source: Short = "", state: Short = "",
    unit: Number = None, number: Short = "", area: Area = None, order: Short = "newest", cursor: Cursor = "", limit: Upto100 = 50,
) -> Any:
    """Matters within the post's range, newest first or soonest due first (`order=due`, open ones).

    A kind's own filterable field is asked as `facet.<kind>.<field>=<value>`. `state` is open, overdue or ended.
    """
    actor = able(request, SEE)
    inside = place_inside(actor, area) if area is not None else None
    facets = {name.removeprefix(FACET_PREFIX)[:60]: str(value)[:200] for name, value in request.GET.items() if name.startswith(FACET_PREFIX)}
    chosen = Filter(phase=phase, kind=kind, category=category, source=source, state=state, unit=unit, number=number,
                    area=(inside.lo, inside.hi) if inside else None, order=order, facets=facets)
    with looking(of_post(actor), read_only=True, in_order=chosen.is_plain):
        page = inbox.page(actor, chosen, cursor, limit=limit)
        return MatterPage(items=[matter_out(one) for one in page.rows], older=page.older, newer=page.newer)


def matter_out(one: Matter) -> MatterOut:
    """A matter in its shape; asks the database nothing."""
    place = places.find_place(one.area)
    return MatterOut(
        number=numbers.number_of(one.pk), kind=one.kind, category=_category(one), phase=one.phase, phase_text=text(phase_words(one)),
        is_open=bool(one.is_open), is_passed=one.is_passed, version=one.version, round=one.round, source=one.source, summary=one.summary,
        address=one.address, area=one.area, place=place.name if place else "", position=degrees(one.lon_e6, one.lat_e6), own=one.own,
        unit=one.unit, returns=one.returns, failures=one.failures, rating=one.rating, occurred_at=one.occurred_at, reported_at=one.reported_at,
        due_at=one.due_at, close_due_at=one.close_due_at, closed_at=one.closed_at, is_paused=one.is_paused, is_supervised=one.is_supervised, asked=one.asked,
        merged_into=_number(one.merged_into), parent=_number(one.parent), parts_open=one.parts_open,
    )


def _number(matter: int | None) -> str | None:
    return numbers.number_of(matter) if matter else None


def _relative(one: Relative) -> dict[str, Any]:
    return {"number": one.number, "category": text(one.category_words) if one.category_words else None, "phase": one.phase,
            "phase_text": text(PHASES[one.phase]), "is_open": one.is_open, "unit": one.unit, "area": one.area, "parent": _number(one.parent)}


def _category(one: Matter) -> CategoryBrief:
    return CategoryBrief(id=one.category.pk, code=one.category.code, name=text(categories.words_of(one.category)))


@router.get("/matters/{number}", auth=WITH_TOKEN, response=StoryOut, summary="一件事的全程 One matter")
def show_matter(request: HttpRequest, number: str) -> Any:
    """The whole story of one matter, with the steps that the caller's post could take now. 404 outside the range."""
    actor = caller(request)
    with looking(of_post(actor), read_only=True):
        matter = moving.by_number(actor, {"number": number})
        able(request, SEE)
        story = stories.story_of(matter)
        return StoryOut(
            **matter_out(matter).dict(), entries=[_entry(one) for one in story.entries], limits=[_limit(story, one) for one in story.limits],
            questions=[_question(one) for one in story.questions], merged=[RelativeOut(**_relative(one)) for one in story.relations.followers],
            parts=[RelativeOut(**_relative(one)) for _, one in story.relations.tree],
            alike=[AlikeOut(**_relative(one), points=one.points, why=text(alike.explained(one))) for one in story.relations.alike],
            possible_actions=[MoveOut(action=rule.action, words=text(rule.words)) for rule in stories.possible_moves(actor, matter)])


def _photo(one: Evidence) -> PhotoOut:
    return PhotoOut(**evidence.facts(one), href=address_of(one, with_pass=True))


def _entry(one: Entry) -> EntryOut:
    return EntryOut(at=one.at, recorded_at=one.recorded_at, title=text(one.title), who=one.who, role=one.role, text=one.text,
                    reason=text(one.reason) if one.reason else None, is_public=one.is_public, photos=[_photo(photo) for photo in one.photos])


def _limit(story: Story, one: Limit) -> LimitOut:
    hand, now = clock_of(one, story.intervals, tuple(stage.name for stage in story.kind.stages_of(story.matter.category.code))), clock.now()
    return LimitOut(
        name=one.name, words=text(limit_words(story.kind, one.name)), amount=one.amount, unit=one.unit, started_at=one.started_at, due_at=one.due_at,
        met_at=one.met_at, is_provisional=one.is_provisional, extra_seconds=one.extra, left_seconds=hand.left(calendar(), one.met_at or now),
        explanation=[Text(**sentence) for sentence in one.explanation],
        stretches=[StretchOut(state=part.state, reason=part.reason, started_at=part.start, ended_at=part.end) for part in hand.stretches])


def _question(one: Question, reader: int | None = None) -> QuestionOut:
    """A question; the answer of another reporter is left out for a reporter."""
    is_shown = reader is None or reader == (one.answered_by or one.matter_id)
    return QuestionOut(id=one.pk, text=one.text, asked_at=one.asked_at, answer=one.answer if is_shown else "", answered_at=one.answered_at)


@router.get("/follow", auth=OPEN, response=FollowOut, summary="凭查询码查看 Follow by query code")
def follow(request: HttpRequest, query_code: Short) -> Any:
    """What the reporter may know of his report. 404 for a wrong code; answer and rate by `matter.answer` and `matter.rate`."""
    count_look(request)
    given = {"query_code": query_code}
    actor = caller(request)
    own = mine(query_code)
    with looking(moving.sight_of_code(actor, given), read_only=True):
        matter = moving.by_code(actor, given)
        story = stories.story_of(matter)
        place = places.community_of(matter.area)
        report, rating, reader = own or matter, own.rating if own else story.rating, own.matter if own else matter.pk
        ended = story.parts_ended
        return FollowOut(
            number=numbers.number_of(reader), phase=matter.phase, phase_text=text(phase_words(matter)),
            category=text(categories.words_of(matter.category)), summary=report.summary, place=place.name if place else "",
            reported_at=report.reported_at, due_at=matter.close_due_at if matter.is_open else None, closed_at=matter.closed_at,
            entries=[_entry(one) for one in stories.public_entries(story, own)], questions=[_question(one, reader) for one in story.questions],
            rating=rating.score if rating else None, may_rate=matter.phase == "closed" and (rating is None or rating.round != matter.round),
            may_answer=any(one.answered_at is None for one in story.questions), merged_into=numbers.number_of(matter.pk) if own else None,
            parts=PartsOut(ended=ended[0], all=ended[1]) if ended else None)


@router.get("/nearby", auth=OPEN, response=NearList, summary="附近正在办的同类事项 What is being dealt with near by")
def nearby(request: HttpRequest, category: Annotated[int, Ge(1), Lt(2**53)], area: AreaNumber, position: Short = "") -> Any:
    """Before reporting: what of this category is being dealt with near a position (longitude,latitude) or in the community. Nobody's words are shown."""
    count_look(request)
    found = categories.by_id(category)
    place = places.find_place(area)
    community = places.community_of(place.area) if place else None
    if found is None or community is None:
        raise NotVisible
    try:
        at = POSITION.clean(position)
    except FieldFault as fault:
        raise Invalid({"position": fault.sentence}) from fault
    return NearList(items=[
        NearOut(number=one.number, category=text(one.category), phase=one.phase, phase_text=text(PHASES[one.phase]), reported_at=one.reported_at,
                within_metres=one.about_metres) for one in alike.near_by(alike.Asked(found, community, at))])


@router.get("/me", auth=WITH_TOKEN, response=MeOut, summary="我是谁 Who the token acts as")
def me(request: HttpRequest) -> Any:
    """The post under which the token acts, its range and what it may do."""
    actor = caller(request)
    role, place = role_named(actor.role), places.find_place(actor.lo)
    mine = [one.name for one in registry.everything("action") if actor.may(one.ability)]
    return MeOut(
        name=actor.name, role=actor.role, role_text=text(role.words if role else words(actor.role, actor.role)), account=actor.account or 0,
        post=actor.post, organisation=actor.organisation, place=place.name if place else "", lo=actor.lo, hi=actor.hi,
        abilities=sorted(actor.abilities), actions=mine, is_demonstration=actor.is_demonstration)
