# SPDX-License-Identifier: MulanPSL-2.0
"""A matter as the phone carries it: enough to act on it without a network and to compare it when two have acted."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from linli.core.models import Evidence
from linli.core.sight import Actor
from linli.core.words import Words, words
from linli.doors.files import photo_of
from linli.elements import places
from linli.matters import categories, duties, moving, numbers, stories
from linli.matters.actions.reporting import REPORTED
from linli.matters.inbox import phase_words
from linli.matters.kinds import Kind, kind_of
from linli.matters.models import Matter, Move
from linli.matters.phases import SOURCES

STEPS = 4
"""Steps of the story that travel with a card, the newest ones (our choice: what was found, done and answered in this round)."""
PICTURES = 3
RETURN = "matter.return"
HAZARD = words("安全隐患", "Safety hazard")
WAITING = words("居民在等回音", "A resident is waiting")
MERGED = words("已并入 {number}", "Merged into {number}")
REWORK = words("返工", "To be done again")


def cards(actor: Actor, found: Sequence[Matter], moves: Mapping[int, Sequence[str]]) -> list[dict[str, Any]]:
    """The cards of these matters with the moves that are open to this post; three queries, however many there are."""
    wanted = [one.pk for one in found]
    steps = _by_matter(Move.objects.visible_to(actor).filter(matter_id__in=wanted).order_by("matter_id", "step"), "matter_id")
    pictures = _by_matter(Evidence.objects.visible_to(actor).filter(subject_kind="matter", subject__in=wanted).order_by("id"), "subject")
    lists = duties.lists_for([one.area for one in found if RETURN in moves.get(one.pk, ())])
    return [card(one, steps.get(one.pk, []), pictures.get(one.pk, []), moves.get(one.pk, ())) | {"duties": _duties(lists.get(one.area))} for one in found]


def _duties(listed: duties.Listed | None) -> list[list[str]]:
    """The entries that a return may name; empty where nothing can be returned."""
    return [[one.code, str(one.words)] for one in listed.entries] if listed else []


def _by_matter(rows: Iterable[Any], name: str) -> dict[int, list[Any]]:
    held: dict[int, list[Any]] = {}
    for row in rows:
        held.setdefault(getattr(row, name), []).append(row)
    return held


def card(one: Matter, steps: Sequence[Move], pictures: Sequence[Evidence], moves: Iterable[str]) -> dict[str, Any]:
    """One matter; texts in the reader's language, times in UTC, position in degrees (WGS84) or None."""
    kind = kind_of(one.kind)
    is_waiting = one.is_contactable and one.first_reply_at is None
    why = [text for text, holds in ((HAZARD, one.category.is_hazard), (WAITING, is_waiting), (REWORK, one.failures > 0)) if holds]
    kept = sum(1 for picture in pictures if one.dispatched_at and picture.added_at >= one.dispatched_at)
    return {
        "number": numbers.number_of(one.pk), "category": str(categories.words_of(one.category)), "summary": one.summary, "address": one.address,
        "place": place_text(one.area), "area": str(one.area), "position": _degrees(one), "phase": one.phase, "phase_text": str(_phase(one)),
        "version": one.version, "round": one.round, "is_passed": one.is_passed, "unit": one.unit, "source": str(SOURCES[one.source]), "why": [str(text) for text in why],
        "is_hazard": one.category.is_hazard, "is_waiting": is_waiting, "due_at": _moment(one.due_at if one.is_open else None), "reported_at": _moment(one.reported_at),
        "own": _own(kind, one), "steps": _steps(kind, steps, pictures), "last_at": _moment(steps[-1].occurred_at if steps else one.occurred_at),
        "moves": list(moves), "photos_needed": max(0, kind.photos - kept), "reasons": _reasons(kind, moves),
    }


def _phase(one: Matter) -> Words:
    """Where it stands; a merged one says what it went into, so that the phone finds its way."""
    return MERGED.format(number=numbers.number_of(one.merged_into)) if one.merged_into else phase_words(one)


def single(actor: Actor, number: str) -> dict[str, Any]:
    """The card of one matter with all that this post could do now. NotVisible outside the range."""
    found = moving.by_number(actor, {"number": number})
    rules = stories.possible_moves(actor, found)
    return cards(actor, [found], {found.pk: [rule.action for rule in rules]})[0]


def place_text(area: int) -> str:
    """Community and grid by their short names."""
    return " · ".join(one.short_name for one in places.path_of(area) if one.level in ("community", "grid"))


def _degrees(one: Matter) -> list[float] | None:
    return None if one.lon_e6 is None or one.lat_e6 is None else [one.lon_e6 / 1_000_000, one.lat_e6 / 1_000_000]


def _moment(value: Any) -> str | None:
    return value.isoformat() if value else None


def _own(kind: Kind, one: Matter) -> list[list[str]]:
    """The kind's own fields that are filled in, as label and text."""
    found = []
    for field in kind.fields:
        value = one.own.get(field.name)
        if value is not None:
            found.append([str(field.label), str(dict(field.options()).get(value, value))])
    return found


def _steps(kind: Kind, steps: Sequence[Move], pictures: Sequence[Evidence]) -> list[dict[str, Any]]:
    """The newest steps; each with the pictures that came with it."""
    made, left = [], list(pictures)
    for place, move in enumerate(steps):
        mine = [one for one in left if place + 1 == len(steps) or one.added_at <= move.recorded_at]
        left = [one for one in left if one not in mine]
        if move.from_phase == "replied":
            continue
        title = _title(kind, move)
        reason = next((one.words for one in kind.reasons(move.action) if one.code == move.reason), None)
        text = "　".join(str(part) for part in (reason, move.note) if part)
        made.append({"title": str(title), "who": move.actor_name, "at": _moment(move.occurred_at), "text": text, "action": move.action,
                     "photos": [photo_of(one) for one in mine[:PICTURES] if one.media_type.startswith("image/")]})
    return made[-STEPS:]


def _title(kind: Kind, move: Move) -> Words:
    """What a step is called; a verification says how it ended."""
    if move.action == "matter.verify":
        return stories.VERIFIED[bool(move.detail.get("passed"))]
    return REPORTED if move.action == "matter.report" else moving.label_of(kind, move.action, move.from_phase, move.to_phase)


def _reasons(kind: Kind, moves: Iterable[str]) -> list[list[str]]:
    """The typed reasons for returning, where that is open."""
    return [[one.code, str(one.words)] for one in kind.reasons(RETURN)] if RETURN in moves else []
