# SPDX-License-Identifier: MulanPSL-2.0
"""The shapes in which records leave by the API: typed, so that the document can promise them."""

from datetime import date, datetime
from typing import Any

from ninja import Schema

from linli.core.words import Words


class Text(Schema):
    """A text in both languages."""

    zh: str
    en: str


def text(said: Words) -> Text:
    """Words as both languages."""
    return Text(zh=said.zh, en=said.en)


class FaultText(Schema):
    """What could not be done and why, and what to do next; `fields` has a sentence for each wrong field."""

    code: str
    message: str
    remedy: str
    fields: dict[str, str] | None = None


class FaultAnswer(Schema):
    """The one form of every refusal; the language follows Accept-Language."""

    fault: FaultText


class Code(Schema):
    """An official code and the system it belongs to (NBS, MCA, GRID)."""

    system: str
    code: str


class PlaceOut(Schema):
    """地. `area` is the platform's own number; `lo` and `hi` are the half-open range of everything inside."""

    area: int
    lo: int
    hi: int
    level: str
    name: str
    short_name: str
    kind: str
    code: str
    codes: list[Code]
    former_names: list[str]
    parent: int | None
    successor: int | None
    is_virtual: bool
    is_demonstration: bool
    valid_from: date | None
    valid_to: date | None
    position: tuple[float, float] | None


class PlaceStanding(Schema):
    """A place as it was on a day; `above` are the names of what it belonged to, widest first."""

    area: int
    level: str
    name: str
    code: str
    above: list[str]


class PlaceThen(Schema):
    """A place today and on the day that was asked for; `then` is null when nothing of it stood."""

    now: PlaceStanding
    then: PlaceStanding | None
    remarks: list[Text]


class PlaceHistory(Schema):
    """What places were on a day."""

    at: date
    items: list[PlaceThen]


class CategoryOut(Schema):
    """One class of a published scheme; `id` is what `matter.report` takes."""

    id: int
    scheme: str
    version: str
    part: str
    code: str
    name: Text
    group: Text
    kind: str
    is_public: bool


class CategoryBrief(Schema):
    """The category of a matter."""

    id: int
    code: str
    name: Text


class PlacePage(Schema):
    """One page; `next` is the cursor of the page after it, empty on the last."""

    items: list[PlaceOut]
    next: str


class CategoryList(Schema):
    """All categories in force."""

    items: list[CategoryOut]


class UnitOut(Schema):
    """组织: a unit to which a matter can be dispatched."""

    id: int
    name: str
    kind: str
    area: int


class UnitList(Schema):
    """Units, nearest level first."""

    items: list[UnitOut]


class MatterOut(Schema):
    """事. Times are UTC; `own` holds the kind's own fields; nothing of protection class 2 and up."""

    number: str
    kind: str
    category: CategoryBrief
    phase: str
    phase_text: Text
    is_open: bool
    is_passed: bool
    version: int
    round: int
    source: str
    summary: str
    address: str
    area: int
    place: str
    position: tuple[float, float] | None
    own: dict[str, Any]
    unit: int | None
    returns: int
    failures: int
    rating: int | None
    occurred_at: datetime
    reported_at: datetime
    due_at: datetime | None
    close_due_at: datetime | None
    closed_at: datetime | None
    is_paused: bool
    is_supervised: bool
    asked: str
    merged_into: str | None
    parent: str | None
    parts_open: int


class MatterPage(Schema):
    """One page of matters; `older` and `newer` are cursors, empty where there is nothing more."""

    items: list[MatterOut]
    older: str
    newer: str


class PhotoOut(Schema):
    """A file; `href` opens it for two hours without a token."""

    id: int
    media_type: str
    size: int
    sha256: str
    added_at: datetime
    taken_at: datetime | None
    href: str


class EntryOut(Schema):
    """One step of a story."""

    at: datetime
    recorded_at: datetime | None
    title: Text
    who: str
    role: str
    text: str
    reason: Text | None
    is_public: bool
    photos: list[PhotoOut]


class StretchOut(Schema):
    """A time in which a clock ran, was paused for a typed reason, or was stopped; `ended_at` is null while it lasts."""

    state: str
    reason: str
    started_at: datetime
    ended_at: datetime | None


class LimitOut(Schema):
    """时限: one limit with the sentences that explain it and the stretches of its clock.

    `due_at` is null while the clock stands still with time left; `left_seconds` are of its own time.
    """

    name: str
    amount: int
    unit: str
    words: Text
    started_at: datetime
    due_at: datetime | None
    met_at: datetime | None
    is_provisional: bool
    extra_seconds: int
    left_seconds: int
    explanation: list[Text]
    stretches: list[StretchOut]


class QuestionOut(Schema):
    """A question to the reporter; the answer is empty while it waits."""

    id: int
    text: str
    asked_at: datetime
    answer: str
    answered_at: datetime | None


class MoveOut(Schema):
    """A step that the caller's post could take now."""

    action: str
    words: Text


class RelativeOut(Schema):
    """A matter beside another one: a part, the whole, or a report that was merged into it."""

    number: str
    category: Text | None
    phase: str
    phase_text: Text
    is_open: bool
    unit: int | None
    area: int
    parent: str | None


class AlikeOut(RelativeOut):
    """A matter that looks like the same one; `points` from 0 to 100 (拟), `why` in one sentence."""

    points: int
    why: Text


class PartsOut(Schema):
    """How many of the parts that a matter was split into have ended."""

    ended: int
    all: int


class NearOut(Schema):
    """A matter near by that is being dealt with, as anybody may know it. `within_metres` is rounded up, null without positions.

    `number` is what `matter.join` takes as `same_as`.
    """

    number: str
    category: Text
    phase: str
    phase_text: Text
    reported_at: datetime
    within_metres: int | None


class NearList(Schema):
    """Likeliest first; empty when nothing of this sort is being dealt with near by."""

    items: list[NearOut]


class StoryOut(MatterOut):
    """A matter with its whole story. `parts` are all members of its tree, each parent before its parts."""

    merged: list[RelativeOut]
    parts: list[RelativeOut]
    alike: list[AlikeOut]

    entries: list[EntryOut]
    limits: list[LimitOut]
    questions: list[QuestionOut]
    possible_actions: list[MoveOut]


class FollowOut(Schema):
    """What the reporter sees by query code: public steps without names of staff, questions, and whether to rate."""

    number: str
    phase: str
    phase_text: Text
    category: Text
    summary: str
    place: str
    reported_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    entries: list[EntryOut]
    questions: list[QuestionOut]
    rating: int | None
    may_rate: bool
    may_answer: bool
    merged_into: str | None
    parts: PartsOut | None


class LineOut(Schema):
    """流水: who did what, when, where, to what. `payload` is the open part; null after an erasure."""

    line: int
    recorded_at: datetime
    occurred_at: datetime
    actor: int | None
    role: str
    action: str
    area: int
    subject_kind: str
    subject: int
    digest: str
    payload: dict[str, Any] | None
    has_protected: bool


class LinePage(Schema):
    """One page of lines, newest first."""

    items: list[LineOut]
    next: str


class MeOut(Schema):
    """Who the token acts as."""

    name: str
    role: str
    role_text: Text
    account: int
    post: int | None
    organisation: int | None
    place: str
    lo: int
    hi: int
    abilities: list[str]
    actions: list[str]
    is_demonstration: bool
