# SPDX-License-Identifier: MulanPSL-2.0
"""Finding what is to be moved, and moving it: the guards that every step of the year of creation shares."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from linli.core import clock
from linli.core.actions import Call
from linli.core.faults import Conflict, NotAble, NotVisible
from linli.core.fields import Field
from linli.core.sight import Actor
from linli.core.words import Words, words
from linli.elements import places
from linli.titles.creation.states import CITY, COMMUNITY, DISTRICT, MOVES, STREET, may, words_of
from linli.titles.kinds import Limit, TitleKind, kind_named
from linli.titles.models import Application, Batch, Filing

PLANS, APPLIES, REVIEWS_STREET, REVIEWS_DISTRICT, SEES = "title.plan", "title.apply", "title.review_street", "title.review_district", "title.see"
LEVELS: Mapping[str, Words] = {COMMUNITY: words("社区", "the community"), STREET: words("街道（镇、乡）", "the street"), DISTRICT: words("区", "the district"),
                               CITY: words("市", "the city")}
WRONG_STEP = words("这份申报现在是“{state}”，不能做这一步。", "This application is now “{state}”; this step is not possible.")
WRONG_STEP_REMEDY = words("请刷新页面，看看现在该谁办什么。", "Reload the page to see who has to do what now.")
WRONG_LEVEL = words("这一步由所在的{level}办理。", "This step is taken by {level} that it belongs to.")
WRONG_LEVEL_REMEDY = words("请用对应层级的岗位办理，或请对方办理。", "Use a post of that level, or ask them.")
NOT_YOUR_OWN = words("您报送过这份申报，不能再审核它。", "You filed this application, so you cannot review it.")
NOT_YOUR_OWN_REMEDY = words("换了岗位也不行。请另一位没有报送过它的同事审核。", "Another post does not help. Ask a colleague who did not file it.")
OTHER_STATE = words("这一批次现在不能做这一步。", "This step is not possible in the batch's present state.")
APPLICATION = Field("application", words("申报", "Application"), "integer", required=True, low=1)
TITLE_BATCH = Field("title_batch", words("批次", "Batch"), "integer", required=True, low=1)
VERSION = Field("version", words("版本", "Version"), "integer", low=1)
REASON = Field("reason", words("理由", "Reasons"), "long_text", required=True, limit=2000)
FILES = Field("evidence", words("附件（照片或 PDF）", "Files (photos or PDF)"), "evidence")


def numbered(given: Mapping[str, Any], name: str) -> int:
    """The number under a name; 0, which no record bears, for anything else."""
    text = str(given.get(name, ""))
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


def find_batch(actor: Actor, given: Mapping[str, Any]) -> Batch:
    """A batch that Linli runs; NotVisible for history and for posts without any sight."""
    found: Batch | None = Batch.objects.filter(pk=numbered(given, "title_batch")).exclude(state="history").first() if actor.hi > actor.lo else None
    if found is None:
        raise NotVisible
    return found


def find_application(actor: Actor, given: Mapping[str, Any]) -> Application:
    """An application inside the actor's range; NotVisible otherwise."""
    found: Application | None = Application.objects.visible_to(actor).select_related("batch").filter(pk=numbered(given, "application")).first()
    if found is None:
        raise NotVisible
    return found


def locked(application: Application) -> Application:
    """The application as it is now, held until the action ends."""
    found: Application = Application.objects.select_for_update(of=("self",)).select_related("batch").get(pk=application.pk)
    return found


def locked_batch(batch: Batch, *states: str) -> Batch:
    """The batch as it is now, held until the action ends. Conflict when it is in none of these states."""
    found: Batch = Batch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if found.state not in states:
        raise Conflict(OTHER_STATE, WRONG_STEP_REMEDY, code="batch_state")
    return found


def refuse_other_level(actor: Actor, area: int, level: str) -> None:
    """NotAble unless the actor's post stands for the very place of that level above (or at) an area; the system's own actors stand for the city."""
    if actor.role.startswith("system:"):
        return
    wanted = next((one for one in places.path_of(area) if one.level == level), None)
    if wanted is None or (actor.lo, actor.hi) != (wanted.lo, wanted.hi):
        raise NotAble(WRONG_LEVEL.format(level=LEVELS[level]), WRONG_LEVEL_REMEDY, "other_level")


def refuse_own(actor: Actor, application: Application) -> None:
    """NotAble for whoever filed any version of the application, under whatever post."""
    if Filing.objects.filter(application=application, account=actor.account or 0).exists():
        raise NotAble(NOT_YOUR_OWN, NOT_YOUR_OWN_REMEDY, "own_filing")


def checked(call: Call, move: str) -> Application:
    """The application of a call, locked, when the move is possible here and the actor's post is of the right level."""
    found = locked(call.record)
    refuse_other_level(call.actor, found.area, MOVES[move].level)
    if not may(move, found.state):
        raise Conflict(WRONG_STEP.format(state=words_of(found.state)), WRONG_STEP_REMEDY, code="application_state")
    return found


def moved(call: Call, found: Application, move: str, *also: str) -> Application:
    """Take the move: state, moment and version; `also` names further columns that were set."""
    if not may(move, found.state):
        raise Conflict(WRONG_STEP.format(state=words_of(found.state)), WRONG_STEP_REMEDY, code="application_state")
    found.state, found.moved_at, found.version = MOVES[move].after, call.recorded_at, found.version + 1
    found.save(update_fields=["state", "moved_at", "version", *also])
    return found


def kind_of(batch: Batch) -> TitleKind:
    """The kind of title that a batch names."""
    return kind_named(batch.kind)


def limit(batch: Batch, name: str) -> Limit:
    """A limit of the kind as it stood when the call opened (today before)."""
    return kind_of(batch).limit(name, batch.opened_on or clock.today())


def in_time(until: date | None) -> bool:
    """Whether a day has not passed; a day that nobody set has not."""
    return until is None or clock.today() <= until
