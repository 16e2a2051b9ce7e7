# SPDX-License-Identifier: MulanPSL-2.0
"""The state machine of an application: its states, the moves between them, and at which level of place a move is made. No database."""

from collections.abc import Mapping
from dataclasses import dataclass

from linli.core.words import Words, words

COMMUNITY, STREET, DISTRICT, CITY = "community", "street", "district", "city"

STATES: Mapping[str, tuple[Words, str]] = {
    "draft": (words("填报中", "Being filled in"), "calm"),
    "submitted": (words("待街道审核", "At the street"), "accent"),
    "returned": (words("已退回补正", "Returned"), "warn"),
    "district": (words("待区级审核", "At the district"), "accent"),
    "candidate": (words("候选", "Candidate"), "good"),
    "struck_out": (words("已取消候选资格", "Struck out"), "bad"),
    "assessed": (words("已测评", "Assessed"), "accent"),
    "shortlisted": (words("拟命名", "Shortlisted"), "good"),
    "left_out": (words("本批未列入", "Not on this list"), "calm"),
    "publicity": (words("公示中", "In publicity"), "accent"),
    "named": (words("已命名", "Named"), "good"),
    "withdrawn": (words("已撤回", "Withdrawn"), "calm"),
    "lapsed": (words("逾期未进入下一步", "Lapsed with the batch"), "calm"),
}
"""Each state with its words and the tone of its mark (policy.md 2.4)."""
ENDED = frozenset({"struck_out", "left_out", "named", "lapsed"})
"""States in which nothing more is decided about an application."""
STEPS: tuple[tuple[str, Words], ...] = (
    ("screening", words("筛选", "Screening")), ("inspection", words("检查", "Inspection")), ("appraisal", words("评议", "Appraisal")),
    ("first_review", words("初审", "First review")))
"""The four steps of the district's review (policy.md 2.2, HQ)."""


@dataclass(frozen=True)
class Move:
    """One way from some states to another, made by somebody of a level."""

    name: str
    before: frozenset[str]
    after: str
    level: str


def _move(name: str, before: str, after: str, level: str) -> Move:
    return Move(name, frozenset(before.split()), after, level)


MOVES: Mapping[str, Move] = {one.name: one for one in (
    _move("submit", "draft returned", "submitted", COMMUNITY),
    _move("withdraw", "draft submitted returned district candidate assessed shortlisted", "withdrawn", COMMUNITY),
    _move("resume", "withdrawn", "draft", COMMUNITY),
    _move("street_pass", "submitted", "district", STREET),
    _move("street_return", "submitted", "returned", STREET),
    _move("district_pass", "district", "district", DISTRICT),
    _move("district_choose", "district", "candidate", DISTRICT),
    _move("district_return", "district", "returned", DISTRICT),
    _move("district_return_to_street", "district", "submitted", DISTRICT),
    _move("strike", "candidate", "struck_out", CITY),
    _move("assess", "candidate assessed", "assessed", CITY),
    _move("shortlist", "assessed", "shortlisted", CITY),
    _move("leave_out", "assessed shortlisted", "left_out", CITY),
    _move("show", "shortlisted", "publicity", CITY),
    _move("uphold", "publicity", "assessed", CITY),
    _move("name", "publicity", "named", CITY),
    _move("lapse", "draft submitted returned district candidate", "lapsed", CITY),
)}
"""The whole machine; whoever is not in it cannot be done. An upheld objection leads back to the assessment."""


def may(move: str, state: str) -> bool:
    """Whether the move begins in this state."""
    return state in MOVES[move].before


def words_of(state: str) -> Words:
    """What a state is called."""
    return STATES[state][0]
