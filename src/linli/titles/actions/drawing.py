# SPDX-License-Identifier: MulanPSL-2.0
"""Actions of the yearly round: fix the seed, draw, show the seed; and the daily look at the figures of the named."""

from collections.abc import Sequence
from datetime import date

from linli.core import clock, draws
from linli.core.actions import Call, Done, action
from linli.core.faults import Conflict, Invalid
from linli.core.fields import Field
from linli.core.keys import keyring
from linli.core.system_actors import declare_system_actor
from linli.core.words import Words, words
from linli.elements import places
from linli.titles import kinds
from linli.titles.after import drawing, signs
from linli.titles.after.cases import DRAWS, last_day
from linli.titles.models import Reinspection, ReinspectionRound, ReinspectionStep

NOTES = "title.note_signs"
FIXED = words("{year} 年度的种子已经定下，不能再换。", "The seed of {year} is fixed and cannot be changed.")
FIXED_REMEDY = words("请直接抽取。", "Go on to the draw.")
NO_SEED = words("{year} 年度还没有定下种子，不能抽取。", "No seed is fixed for {year}; nothing can be drawn.")
NO_SEED_REMEDY = words("请先定下种子：它的摘要要在抽取之前公布。", "Fix the seed first: its digest is shown before the draw.")
DRAWN = words("{year} 年度已经抽取过。", "The round of {year} is drawn already.")
DRAWN_REMEDY = words("请打开年度页面查看名单。", "See the list on the page of the round.")
TOO_FEW = words("本年度至少要抽 {least} 个：到期必查的和三年轮到一遍需要的都要在内。", "At least {least} have to come: those whose time has come, and an even share of the years.")
NOBODY = words("现在没有可以抽取的已命名社区。", "There is no named community to draw from.")
NOT_YET = words("还有 {count} 个没有开始暗访，公布种子会让他们提前知道。", "{count} visits have not begun; showing the seed would warn them.")
NOT_YET_REMEDY = words("请等全部暗访开始以后再公布。", "Wait until all visits have begun.")
NOT_DRAWN = words("{year} 年度还没有抽取。", "The round of {year} is not drawn yet.")

declare_system_actor("title_watch", "notes once a day what the figures say against the titles that are borne", frozenset({NOTES}), sees_all=True)


def _kinds() -> Sequence[tuple[str, Words]]:
    return [(one.name, one.words) for one in kinds.kinds()]


KIND = Field("kind", words("称号", "Title"), "choice", required=True, choices=_kinds)
YEAR = Field("year", words("年度", "Year"), "integer", required=True, low=2013, high=2100)


def _round(call: Call, missing: Words) -> ReinspectionRound:
    found: ReinspectionRound | None = ReinspectionRound.objects.select_for_update().filter(kind=call.given["kind"], year=call.given["year"]).first()
    if found is None:
        raise Conflict(missing.format(year=call.given["year"]), NO_SEED_REMEDY, code="no_seed")
    return found


@action("title.fix_round", words("定下年度抽取的种子", "Fix the seed of a round"), ability=DRAWS, subject="title_round", fields=(KIND, YEAR))
def fix(call: Call) -> Done:
    """Draw a seed and write down its digest: from now on the draw is fixed, and nobody knows it."""
    kind, year = call.given["kind"], call.given["year"]
    if ReinspectionRound.objects.filter(kind=kind, year=year).exists():
        raise Conflict(FIXED.format(year=year), FIXED_REMEDY, code="fixed")
    seed = draws.new_seed()
    made = ReinspectionRound(kind=kind, year=year, digest=draws.digest(seed), fixed_at=call.recorded_at)
    made.sealed = keyring().seal(seed, drawing.context(made))
    made.save()
    said = {"kind": kind, "year": year, "digest": made.digest}
    return Done(places.city().area, made.pk, {"round": made.pk, **said}, said, is_new=True)


@action("title.draw_round", words("抽取年度再巡查名单", "Draw the round of a year"), ability=DRAWS, subject="title_round", fields=(
    KIND, YEAR, Field("size", words("抽多少个（不填则按最少）", "How many (the least when empty)"), "integer", low=1, high=5000)))
def draw(call: Call) -> Done:
    """Weigh every title that is borne, draw by the fixed seed, and open the re-inspections. Frame and weights are kept with the round."""
    round_, day = _round(call, NO_SEED), clock.today()
    if round_.drawn_at is not None:
        raise Conflict(DRAWN.format(year=round_.year), DRAWN_REMEDY, code="drawn")
    kind = kinds.kind_named(round_.kind)
    weighed = drawing.frame(kind, round_.year, day)
    least = drawing.least_size(weighed, kind.limit("coverage_years", day).number)
    size = call.given["size"] or least
    if not weighed:
        raise Conflict(NOBODY, DRAWN_REMEDY, code="nobody")
    if size < least:
        raise Invalid({"size": TOO_FEW.format(least=least)})
    round_.frame, round_.size, round_.drawn_at = [one.as_kept() for one in weighed], min(size, len(weighed)), call.recorded_at
    chosen = drawing.drawn(drawing.seed_of(round_), round_.frame, round_.size)
    round_.save(update_fields=["frame", "size", "drawn_at"])
    _open(call, round_, [one for one in weighed if one.title in set(chosen)], last_day(kind, "reinspection_days", day))
    said = {"kind": round_.kind, "year": round_.year, "frame": len(weighed), "size": round_.size}
    return Done(places.city().area, round_.pk, {"round": round_.pk, **said}, said)


def _open(call: Call, round_: ReinspectionRound, chosen: Sequence[drawing.Weighed], due_on: date) -> None:
    made = Reinspection.objects.bulk_create([Reinspection(
        area=one.area, title_id=one.title, round=round_, kind=round_.kind, year=round_.year, due_on=due_on, weight=one.weight,
        reasons=[*one.reasons, *(["due"] if one.is_due else [])], opened_at=call.recorded_at) for one in chosen])
    ReinspectionStep.objects.bulk_create([ReinspectionStep(area=one.area, case=one, step="drawn", at=call.recorded_at) for one in made])


@action("title.reveal_round", words("公布年度抽取的种子", "Show the seed of a round"), ability=DRAWS, subject="title_round", fields=(KIND, YEAR))
def reveal(call: Call) -> Done:
    """Once every visit has begun the seed is shown, so that anybody can draw again."""
    round_ = _round(call, NOT_DRAWN)
    if round_.drawn_at is None:
        raise Conflict(NOT_DRAWN.format(year=round_.year), NO_SEED_REMEDY, code="not_drawn")
    waiting = Reinspection.objects.filter(round=round_, state="drawn").count()
    if waiting:
        raise Conflict(NOT_YET.format(count=waiting), NOT_YET_REMEDY, code="not_begun")
    if not round_.seed:
        round_.seed, round_.revealed_at = drawing.seed_of(round_).hex(), call.recorded_at
        round_.save(update_fields=["seed", "revealed_at"])
    said = {"year": round_.year, "seed": round_.seed}
    return Done(places.city().area, round_.pk, {"round": round_.pk, **said}, said)


@action(NOTES, words("记录已命名社区的苗头", "Note signs at the named"), ability=NOTES, subject="title_round", fields=(
    KIND, Field("after", words("从哪个称号以后", "After which title"), "integer", required=True, low=0)))
def note(call: Call) -> Done:
    """What the figures of today say against the next titles by number; answers after which number to go on, 0 at the end."""
    last, counted = signs.noted(kinds.kind_named(call.given["kind"]), call.given["after"])
    return Done(places.city().area, call.given["after"], {"after": last, **counted}, counted)
