# SPDX-License-Identifier: MulanPSL-2.0
"""What the rules in force propose for matters that wait: kept with each matter, obeyed or overridden with a reason; a failing rule rings."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from linli.core import alarms, clock, rows
from linli.core.actions import Call, run
from linli.core.faults import Conflict, Fault, Invalid
from linli.core.models import Alarm
from linli.core.system_actors import system_actor
from linli.core.words import Words, words
from linli.elements import places
from linli.matters import categories, numbers
from linli.matters.alarms import HEAD_WANTED, ROUTE_FAILED
from linli.matters.guards import is_for_the_head
from linli.matters.heads import head_of
from linli.matters.models import Category, Matter, Move, Proposal
from linli.matters.routing import books, saying, selectors, store, targets
from linli.matters.routing.books import Rule
from linli.matters.routing.store import Issue
from linli.matters.routing.times import slot_of

BY_RULE = words("{scope}派遣规则第 {number} 版：{what}，{where}，{when}，由{unit}负责。",
                "Routing rules of {scope}, version {number}: {what}, {where}, {when}: {unit} is responsible.")
FAILED = words("派遣规则派不出去：{fault}。请人工派遣，并请修改规则。", "The routing rules cannot dispatch it: {fault}. Dispatch it by hand and have the rules mended.")
ORDINARY = words("{fault}。", "{fault}.")
RINGS = words("{street}：{number}（{what}）派不出去：{fault}。请在“派遣规则”里修改规则，或人工派遣；全部失灵的事项列在那里。",
              "{street}: {number} ({what}) cannot be dispatched: {fault}. Mend the rules under “Routing”, or dispatch by hand; all such matters are listed there.")
NOBODY_DECIDES = words("{number} 已被退回 {times} 次，应由属地负责人指定单位，但这里没有任命负责人。请管理员安排“属地负责人”岗位。",
                       "{number} was returned {times} times and the accountable head has to name the unit, but there is none here. Have the post of head filled.")
OVERRIDE = words("规则建议派给{unit}。要派给别的单位，请写明理由。", "The rules propose {unit}. To dispatch elsewhere, say why.")
SAME_STREET = 1_000_000
CHUNK = 500


@dataclass(frozen=True)
class Owner:
    """What the books say of one matter: the deciding rules with the version they stand in. No rule: a hole."""

    rules: tuple[Rule, ...]
    issue: Issue | None

    @property
    def fault(self) -> str:
        """hole or overlap, empty when one rule decides."""
        return "" if len(self.rules) == 1 else "overlap" if self.rules else "hole"


def owner_of(issues: Mapping[int, Issue], category: Category, path: Sequence[int], moment: datetime) -> Owner | None:
    """Who owns a matter; None where no level has published rules, so that everything is dispatched by hand as before."""
    if not any(area in issues for area in path):
        return None
    found = books.owners({scope: one.book for scope, one in issues.items() if scope in path}, books.keys_of(category), path, slot_of(moment))
    return Owner(found, next((one for one in issues.values() if found and one.id == found[0].route), None))


def propose(wanted: Collection[int], *, dispatches: bool) -> int:
    """Bring the proposals of waiting matters up to date, dispatch by itself what a rule says so, ring for what failed; answers how many.

    A fixed number of queries whatever the number of matters; only what is dispatched by itself costs one action each.
    """
    issues = store.issues_at(clock.now())
    waiting = _with_categories(Matter.objects.filter(id__in=wanted, phase="filed"))
    paths = {one.pk: store.up(one.area) for one in waiting}
    owners = {one.pk: owner_of(issues, one.category, paths[one.pk], one.filed_at or clock.now()) for one in waiting}
    waiting = [one for one in waiting if owners.get(one.pk) is not None or is_for_the_head(one)]
    if not waiting:
        return 0
    directory = targets.read(areas={area for one in waiting for area in paths[one.pk]}, targets=[
        rule.target for owner in owners.values() if owner for rule in owner.rules])
    back = _returned({one.pk for one in waiting if one.returns})
    made = [_proposal(one, owners.get(one.pk), directory, paths[one.pk], back.get(one.pk, frozenset())) for one in waiting]
    Proposal.objects.bulk_create(made, update_conflicts=True, unique_fields=["matter"], batch_size=CHUNK, update_fields=[
        "route", "rule", "unit", "fault", "is_failing", "sentence", "at"])
    _ring(waiting, made)
    if dispatches:
        _dispatch([one for one, row in zip(waiting, made, strict=True) if row.unit and not row.fault and _is_automatic(owners[one.pk])], made)
    return len(made)


def _with_categories(found: Iterable[Matter]) -> list[Matter]:
    """Matters with their category as memory holds it: no query each."""
    made = []
    for one in found:
        category = categories.loaded(one.category_id)
        if category is not None:
            one.category = category
            made.append(one)
    return made


def _is_automatic(owner: Owner | None) -> bool:
    return owner is not None and len(owner.rules) == 1 and owner.rules[0].is_automatic


def _returned(matters: Collection[int]) -> dict[int, frozenset[int]]:
    """The units that returned each of these matters."""
    found: dict[int, frozenset[int]] = {}
    if matters:
        for matter, unit in Move.objects.filter(matter__in=matters, action="matter.return").values_list("matter", "unit"):
            found[matter] = found.get(matter, frozenset()) | {unit or 0}
    return found


def _proposal(matter: Matter, owner: Owner | None, directory: targets.Directory, path: Sequence[int], back: frozenset[int]) -> Proposal:
    rule = owner.rules[0] if owner and len(owner.rules) == 1 else None
    sent = directory.find(rule.target, path) if rule else targets.Sent()
    fault = owner.fault or sent.fault if owner else ""
    if is_for_the_head(matter):
        fault = "head"
    elif sent.unit and sent.unit.id in back:
        fault = "returned"
    unit = sent.unit if sent.unit and not fault else None
    sentence = _because(rule, owner, unit) if unit else (FAILED if fault in targets.FAILING else ORDINARY).format(fault=targets.FAULTS[fault])
    return Proposal(matter_id=matter.pk, area=matter.area, route=rule.route if rule else None, rule=rule.id if rule else None,
                    unit=unit.id if unit else None, fault=fault, is_failing=fault in targets.FAILING, sentence=sentence.as_dict(), at=clock.now())


def _because(rule: Rule | None, owner: Owner | None, unit: targets.Unit) -> Words:
    assert rule is not None
    known = selectors.known(clock.today())
    number = owner.issue.number if owner and owner.issue else 0
    scope = owner.issue.scope if owner and owner.issue else rule.area
    return BY_RULE.format(scope=saying.place_name(scope), number=number, what=selectors.words_of(rule.what, known), where=saying.place_name(rule.area),
                          when=rule.when.words, unit=unit.name)


def street_of(area: int) -> int:
    """The street in which an area lies: its alarm rings there, once for all its matters."""
    return area // SAME_STREET * SAME_STREET


def _ring(waiting: Sequence[Matter], made: Sequence[Proposal]) -> None:
    streets: dict[int, bool] = {}
    for matter, row in zip(waiting, made, strict=True):
        street = street_of(matter.area)
        streets[street] = streets.get(street, False) or row.is_failing
        if row.is_failing:
            alarms.ring(ROUTE_FAILED.name, area=street, subject_kind="place", subject=street, sentence=RINGS.format(
                street=saying.place_name(street), number=numbers.number_of(matter.pk), what=categories.words_of(matter.category),
                fault=targets.FAULTS[row.fault]))
        elif row.fault == "head" and head_of(matter.area) is None:
            alarms.ring(HEAD_WANTED.name, area=matter.area, subject_kind="matter", subject=matter.pk, sentence=NOBODY_DECIDES.format(
                number=numbers.number_of(matter.pk), times=matter.returns))
    for street, is_failing in streets.items():
        if not is_failing:
            still_of_street(street)


ENDS = """update core_alarm set ended_at = %s where name = %s and subject_kind = 'place' and subject = %s and ended_at is null
and not exists (select 1 from matters_proposal where is_failing and area >= %s and area < %s)"""


def still_of_street(street: int) -> None:
    """End the alarm of a street when no waiting matter of it fails any more."""
    rows.also(ENDS, [clock.now(), ROUTE_FAILED.name, street, street, street + SAME_STREET])


def _dispatch(able: Sequence[Matter], made: Sequence[Proposal]) -> None:
    """Through the ordinary action, so that every guard holds; who was faster than the worker wins."""
    by_matter, worker = {row.matter_id: row for row in made}, system_actor("worker")
    for matter in able:
        row = by_matter[matter.pk]
        try:
            run("matter.dispatch", worker, {"number": numbers.number_of(matter.pk), "version": matter.version, "unit": row.unit})
        except Conflict:
            continue
        except Fault:
            Proposal.objects.filter(matter=matter.pk).update(unit=None, fault="nobody", is_failing=True, sentence=FAILED.format(
                fault=targets.FAULTS["nobody"]).as_dict())
            row.fault, row.is_failing = "nobody", True
            _ring([matter], [row])


def proposal_of(matter: Matter) -> Proposal | None:
    """The proposal kept with a visible matter, asked once a page; None when there is none."""
    if "proposal_kept" not in matter.__dict__:
        matter.__dict__["proposal_kept"] = Proposal.objects.filter(matter=matter.pk).first()
    found: Proposal | None = matter.__dict__["proposal_kept"]
    return found


def sentence_of(row: Proposal) -> Words:
    """Why, in both languages."""
    return words(row.sentence.get("zh") or "—", row.sentence.get("en") or "—")


def cited(call: Call, unit: int) -> dict[str, Any]:
    """What the history keeps of the rules when a matter is dispatched: rule, version and why, or the reason of who overrode them.

    Invalid when the rules propose another unit and no reason is given.
    """
    row = proposal_of(call.record)
    if row is None:
        return {}
    if row.is_failing or row.fault:
        settle(call.record)
    if row.unit is None:
        return {"rule_fault": row.fault} if row.fault else {}
    kept = {"rule": row.rule, "route": row.route}
    if row.unit == unit:
        return {**kept, "why": row.sentence}
    if not call.given.get("override"):
        name = targets.read(targets=[f"unit:{row.unit}"]).units[row.unit].name
        raise Invalid({"override": OVERRIDE.format(unit=name)})
    return {**kept, "proposed": row.unit, "override": call.given["override"]}


SETTLE = "update matters_proposal set is_failing = false where matter_id = %s and is_failing"


def settle(matter: Matter) -> None:
    """The matter does not wait any more: its part in the alarm of its street is over."""
    rows.also(SETTLE, [matter.pk])
    still_of_street(street_of(matter.area))
    alarms.still(HEAD_WANTED.name, subject_kind="matter", subject=matter.pk)


def file_by_rule(wanted: Collection[int]) -> int:
    """File the reports whose rule says so; answers how many. A category that is checked first is never filed for a resident."""
    issues, worker, done = store.issues_at(clock.now()), system_actor("worker"), 0
    if not issues:
        return 0
    for one in _with_categories(Matter.objects.filter(id__in=wanted, phase="captured")):
        owner = owner_of(issues, one.category, store.up(one.area), one.reported_at)
        if owner is None or len(owner.rules) != 1 or not may_file(owner.rules[0], one.source, one.category):
            continue
        try:
            run("matter.file", worker, {"number": numbers.number_of(one.pk), "version": one.version})
            done += 1
        except Conflict:
            continue
    return done


def may_file(rule: Rule, source: str, category: Category) -> bool:
    """True if a rule lets reports of a source be filed by themselves (policy.md 5.4)."""
    if source == "patrol":
        return rule.files in (books.PATROL, books.EVERYBODY)
    return source == "resident" and rule.files == books.EVERYBODY and not category.is_checked_first


def concerns_rules(source: str, category: Category) -> bool:
    """True for a report that some rule could file by itself: only these leave work behind."""
    return source == "patrol" or (source == "resident" and not category.is_checked_first)


def waiting_in(lo: int, hi: int, after: int = 0) -> list[int]:
    """The next matters of a range that wait for dispatch."""
    found = Matter.objects.within(lo, hi).filter(is_open=True, phase="filed", id__gt=after)
    return list(found.order_by("id").values_list("id", flat=True)[:CHUNK])


def renew(lo: int, hi: int) -> int:
    """Propose anew for all that wait in a range; nothing of it is dispatched by itself: somebody may be at it."""
    done, after = 0, 0
    while found := waiting_in(lo, hi, after):
        propose(found, dispatches=False)
        done, after = done + len(found), found[-1]
    return done


def tidy() -> int:
    """Try failing matters again (a unit may have got people, a head a post) and end what is over; answers how many were tried."""
    failing = list(Proposal.objects.filter(is_failing=True).order_by("matter").values_list("matter", "area"))
    gone = set(Matter.objects.filter(id__in=[matter for matter, _ in failing]).exclude(phase="filed").values_list("id", flat=True))
    Proposal.objects.filter(matter__in=gone).update(is_failing=False)
    for street in {street_of(area) for matter, area in failing if matter in gone}:
        still_of_street(street)
    left = [matter for matter, _ in failing if matter not in gone]
    for place in range(0, len(left), CHUNK):
        propose(left[place:place + CHUNK], dispatches=True)
    return len(left) + _tidy_heads()


def _tidy_heads() -> int:
    """End the alarm about a missing head where one was appointed, or where the matter waits no more."""
    ringing = list(Alarm.objects.within(0, places.city().hi).filter(name=HEAD_WANTED.name, ended_at=None).values_list("subject", "area"))
    waiting = set(Matter.objects.filter(id__in=[matter for matter, _ in ringing], phase="filed").values_list("id", flat=True))
    heads = {area: head_of(area) is not None for area in {area for matter, area in ringing if matter in waiting}}
    over = [matter for matter, area in ringing if matter not in waiting or heads[area]]
    for matter in over:
        alarms.still(HEAD_WANTED.name, subject_kind="matter", subject=matter)
    return len(over)
