# SPDX-License-Identifier: MulanPSL-2.0
"""From a rule's target to the one unit that receives at a place: a unit, a duty role, or the nearest unit of a kind; or why there is none."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from linli.core import clock
from linli.core.words import Words, words
from linli.elements import organisations
from linli.elements.models import Duty, Organisation, Post
from linli.elements.posts import all_roles
from linli.matters.routing.books import ABOVE
from linli.matters.units import RECEIVES

UNIT, DUTY, NEAREST = "unit", "duty", "nearest"
FAULTS: dict[str, Words] = {
    "hole": words("没有规则管这类事（漏洞）", "no rule owns this (a hole)"),
    "overlap": words("有两条同样具体的规则（重叠）", "two rules of equal specificity own this (an overlap)"),
    "gone": words("规则指定的单位已经撤销", "the unit that the rule names has been abolished"),
    "elsewhere": words("规则指定的单位不管这个地方", "the unit that the rule names does not work for this place"),
    "nobody": words("规则指定的单位没有接收人员", "the unit that the rule names has nobody to receive"),
    "unfilled": words("这个地方没有承担该职责的单位", "no unit fills this duty at the place"),
    "several": words("有几个单位都符合，无法只选一个", "several units fit and none can be singled out"),
    "returned": words("规则指向的单位已经退回，请改派", "the unit that the rule names has returned it; dispatch it elsewhere"),
    "head": words("退回次数已满，由属地负责人指定单位", "returned too often: the accountable head names the unit"),
}
FAILING = frozenset({"hole", "overlap", "gone", "elsewhere", "nobody", "unfilled", "several"})
"""Faults of the rules themselves: they ring. A return and a head's decision are ordinary work."""


@dataclass(frozen=True)
class Unit:
    """What routing knows of an organisation."""

    id: int
    area: int
    kind: str
    name: str
    is_standing: bool
    receives: bool


@dataclass(frozen=True)
class Sent:
    """Where a target leads at a place: a unit, or a fault out of FAULTS."""

    unit: Unit | None = None
    fault: str = ""


class Directory:
    """The units and duties around some places, read once and then asked for each place."""

    def __init__(self, units: Collection[Unit], duties: Mapping[tuple[str, int], Sequence[int]]) -> None:
        self.units = {one.id: one for one in units}
        self._duties = duties
        self._kinds: dict[tuple[str, int], list[Unit]] = {}
        for one in units:
            if one.is_standing and one.receives:
                self._kinds.setdefault((one.kind, one.area), []).append(one)

    def find(self, target: str, path: Sequence[int]) -> Sent:
        """The one unit that a target means at a place, whose path runs from it up to the city."""
        kind, _, rest = target.partition(":")
        return {UNIT: self._named, DUTY: self._on_duty, NEAREST: self._nearest}[kind](rest, path)

    def _named(self, rest: str, path: Sequence[int]) -> Sent:
        unit = self.units.get(int(rest))
        if unit is None or not unit.is_standing:
            return Sent(fault="gone")
        if unit.area not in path:
            return Sent(unit, "elsewhere")
        return Sent(unit) if unit.receives else Sent(unit, "nobody")

    def _on_duty(self, rest: str, path: Sequence[int]) -> Sent:
        for area in path:
            held = [self.units[one] for one in self._duties.get((rest, area), ()) if one in self.units]
            if held:
                standing = [one for one in held if one.is_standing and one.area in path]
                able = [one for one in standing if one.receives]
                return Sent(able[0]) if len(able) == 1 else Sent(fault="several" if able else "nobody" if standing else "gone")
        return Sent(fault="unfilled")

    def _nearest(self, rest: str, path: Sequence[int]) -> Sent:
        for area in path:
            held = self._kinds.get((rest, area), [])
            if held:
                return Sent(held[0]) if len(held) == 1 else Sent(fault="several")
        return Sent(fault="unfilled")


def read(*, areas: Collection[int] = (), within: tuple[int, int] | None = None, targets: Collection[str] = ()) -> Directory:
    """The directory of single places and of all inside a range, with the units that targets name wherever they are; two queries."""
    today = clock.today()
    since, until = Q(valid_from=None) | Q(valid_from__lte=today), Q(valid_to=None) | Q(valid_to__gt=today)
    where = Q(area__in=areas) | (Q(area__gte=within[0], area__lt=within[1]) if within else Q())
    duties: dict[tuple[str, int], list[int]] = {}
    for role, area, unit in Duty.objects.filter(since, until, where).order_by("id").values_list("role", "area", "organisation"):
        duties.setdefault((role, area), []).append(unit)
    named = {int(one.partition(":")[2]) for one in targets if one.startswith(f"{UNIT}:")} | {one for held in duties.values() for one in held}
    roles = [role.name for role in all_roles() if RECEIVES in role.abilities]
    receiving = Post.objects.filter(until, organisation=OuterRef("pk"), role__in=roles, valid_from__lte=today)
    rows = Organisation.objects.filter(where | Q(pk__in=named)).annotate(receives=Exists(receiving)).order_by("pinyin", "id")
    units = [Unit(one.pk, one.area, one.kind, one.name, one.valid_to is None or one.valid_to > today, one.receives) for one in rows]
    return Directory(units, duties)


def is_target(text: str) -> bool:
    """True for a target that is written as one; whether it leads anywhere is the finder's business."""
    kind, colon, rest = text.partition(":")
    return text == ABOVE or (kind == UNIT and rest.isdecimal() and len(rest) < 18) or (kind in (DUTY, NEAREST) and bool(colon) and 0 < len(rest) <= 40)


ROLES: Mapping[str, Words] = {
    "MZ": words("民政", "Civil affairs"), "ZZ": words("组织", "Organisation"), "ZZB": words("平安建设", "Public order"), "GA": words("公安", "Police"),
    "SF": words("司法行政", "Justice"), "CZ": words("财政", "Finance"), "FG": words("住房和规划", "Housing and planning"),
    "SR": words("市容园林", "Appearance and greening"), "ZF": words("综合执法", "Enforcement"),
}
"""Words of the department roles in elements/seeds/departments.csv; others are shown by their code."""
MORE_KINDS: Mapping[str, Words] = {
    "sanitation": words("环卫单位", "Sanitation unit"), "utility": words("公用设施维修队", "Utility repair team"),
    "property_firm": words("物业服务企业", "Property firm"), "enforcement_team": words("综合执法队", "Enforcement team"),
    "grid_centre": words("网格化服务管理中心", "Grid centre"),
}


def kind_words(kind: str) -> Words:
    """What a kind of organisation is called; its bare name where nobody says."""
    return organisations.KINDS.get(kind) or MORE_KINDS.get(kind) or words(kind, kind)


def target_words(target: str, names: Mapping[int, str]) -> Words:
    """A target as people read it; `names` are names of units by number."""
    kind, _, rest = target.partition(":")
    if target == ABOVE:
        return words("按上一级的规则", "As the level above says")
    if kind == UNIT:
        name = names.get(int(rest), f"#{rest}")
        return words(name, name)
    if kind == DUTY:
        return words("承担“{role}”职责的单位", "The unit that fills the duty “{role}”").format(role=ROLES.get(rest) or words(rest, rest))
    return words("最近的{kind}", "The nearest: {kind}").format(kind=kind_words(rest))
