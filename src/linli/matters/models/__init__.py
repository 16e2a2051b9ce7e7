# SPDX-License-Identifier: MulanPSL-2.0
"""Tables of 事, one module a topic: the loop itself, and what stands beside it."""

from linli.matters.models.aid import (
    AidMonth,
    AidTrial,
    CrossWalk,
    CrossWalkLink,
    Lesson,
    LessonCategory,
    LessonTerm,
    Synonyms,
)
from linli.matters.models.arrivals import Kept, Origin, SpotCheck
from linli.matters.models.clocks import Request, Supervision
from linli.matters.models.dialogue import CallBack, CallBackTry, Draw
from linli.matters.models.duties import Citation, DutyList
from linli.matters.models.foreign import ForeignImport, ForeignMapping, ForeignMatter, ForeignReturn, OutsidePhoto
from linli.matters.models.handovers import Handover, HandoverItem
from linli.matters.models.hotline import HotlineAnswer, HotlineBatch, HotlineMapping, HotlineOrder, HotlineRow
from linli.matters.models.joining import Joining, Likeness
from linli.matters.models.loop import (
    Category,
    Contact,
    Handling,
    Interval,
    Limit,
    Matter,
    Move,
    Question,
    Rating,
    Scheme,
    Verification,
)
from linli.matters.models.outside import PublicWords
from linli.matters.models.rounds import Objection, Round, RoundDay, RoundReport
from linli.matters.models.routing import Proposal, RouteRule, RouteTrial, RouteVersion
from linli.matters.models.tracks import TrackOrder, TrackPart

__all__ = [
    "AidMonth",
    "AidTrial",
    "CallBack",
    "CallBackTry",
    "Category",
    "Citation",
    "Contact",
    "CrossWalk",
    "CrossWalkLink",
    "Draw",
    "DutyList",
    "ForeignImport",
    "ForeignMapping",
    "ForeignMatter",
    "ForeignReturn",
    "Handling",
    "Handover",
    "HandoverItem",
    "HotlineAnswer",
    "HotlineBatch",
    "HotlineMapping",
    "HotlineOrder",
    "HotlineRow",
    "Interval",
    "Joining",
    "Kept",
    "Lesson",
    "LessonCategory",
    "LessonTerm",
    "Likeness",
    "Limit",
    "Matter",
    "Move",
    "Objection",
    "Origin",
    "OutsidePhoto",
    "Proposal",
    "PublicWords",
    "Question",
    "Rating",
    "Request",
    "Round",
    "RoundDay",
    "RoundReport",
    "RouteRule",
    "RouteTrial",
    "RouteVersion",
    "Scheme",
    "SpotCheck",
    "Supervision",
    "Synonyms",
    "TrackOrder",
    "TrackPart",
    "Verification",
]
