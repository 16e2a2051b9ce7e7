# SPDX-License-Identifier: MulanPSL-2.0
"""The year's target and its split by district, and the call that opens a batch and freezes one published standard."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Max

from linli.core import clock
from linli.core.actions import Call, Done, action
from linli.core.faults import Conflict, Invalid
from linli.core.fields import Field
from linli.core.words import Words, words
from linli.elements import places
from linli.elements.places import KnownPlace
from linli.measures.models import StandardVersion
from linli.titles.creation.moving import PLANS, TITLE_BATCH, VERSION, find_batch, kind_of, locked_batch, refuse_other_level
from linli.titles.creation.states import CITY
from linli.titles.kinds import kind_named, kinds
from linli.titles.models import Batch, Share, Title

LEAST_TARGET = 100
"""New communities a year at least (SEED §1.1, for 2017-2020; for other years it is shown, not enforced)."""
PREFIX = "d"
"""A district's number in the split is the field of this letter and its area."""
RUNNING = ("planned", "open", "assessing", "publicity")
ANOTHER = words("{year} 年已经有一个还没有命名的批次。", "{year} already has a batch that is not named.")
ANOTHER_REMEDY = words("请先把它办完，或在它上面修改目标。", "Finish it first, or change its target.")
NOT_THE_SUM = words("各区合计 {sum}，和全市目标 {target} 不一致，差 {gap}。", "The districts add up to {sum}, the target is {target}: {gap} apart.")
NOT_IN_ORDER = words("“{later}”不能早于“{earlier}”。", "“{later}” cannot lie before “{earlier}”.")
PAST = words("截止日期不能早于今天。", "A closing day cannot lie before today.")
NO_SUCH_STANDARD = words("没有这一版已经发布的标准。", "There is no such published version of the standard.")
DAYS: tuple[tuple[str, Words], ...] = (
    ("apply_until", words("社区申报截止", "Applications until")), ("street_until", words("街道审核截止", "Streets' review until")),
    ("district_until", words("区级审核截止", "Districts' review until")), ("midterm_until", words("中期暗访截止", "Mid-term visits until")),
    ("assess_until", words("年终测评截止", "Assessment until")), ("publicity_by", words("公示不晚于", "Publicity begins by")),
    ("naming_by", words("命名不晚于", "Naming by")))
"""The days of a call in their order (policy.md 2.2: publicity before 20 December, naming before 31 December)."""


def proposed(target: int, open_by_district: Mapping[int, int]) -> dict[int, int]:
    """The target split by the number of communities not yet named, exactly: whole parts first, what is left by the largest remainder (ties by area)."""
    whole = sum(open_by_district.values())
    if not whole:
        return dict.fromkeys(open_by_district, 0)
    found = {area: target * count // whole for area, count in open_by_district.items()}
    order = sorted(open_by_district, key=lambda area: (-(target * open_by_district[area] % whole), area))
    for area in order[:target - sum(found.values())]:
        found[area] += 1
    return found


def open_by_district(kind: str) -> dict[int, int]:
    """By district of the city, how many communities stand today that do not bear the title; two queries at most."""
    titled = set(Title.objects.filter(kind=kind, revoked_on=None).values_list("area", flat=True))
    city = places.city()
    return {one.area: sum(1 for each in places.places_within(one.lo, one.hi, level="community") if each.is_community and each.area not in titled)
            for one in districts(city)}


def districts(city: KnownPlace) -> tuple[KnownPlace, ...]:
    """The districts of the city in order of name."""
    return tuple(one for one in places.children(city.area) if one.level == "district")


def _kind_choices() -> list[tuple[str, Words]]:
    return [(one.name, one.words) for one in kinds()]


@action("title.plan_batch", words("定年度目标", "Set the year's target"), ability=PLANS, subject="title_batch", fields=(
    Field("kind", words("称号", "Title"), "choice", required=True, choices=_kind_choices),
    Field("year", words("年度", "Year"), "integer", required=True, low=2000, high=2099),
    Field("target", words("全年目标（个）", "Target of the year"), "integer", required=True, low=1, high=100_000,
          help=words("2017—2020 年的要求是每年不少于 100 个。", "For 2017-2020 at least 100 a year were asked for."))))
def plan_batch(call: Call) -> Done:
    """Plan a batch: its ordinal continues history, its target is split by the share of communities not yet named."""
    refuse_other_level(call.actor, settings.CITY_AREA, CITY)
    kind, year = kind_named(call.given["kind"]), call.given["year"]
    if Batch.objects.filter(kind=kind.name, year=year, state__in=RUNNING).exists():
        raise Conflict(ANOTHER.format(year=year), ANOTHER_REMEDY, code="another_batch")
    ordinal = (Batch.objects.filter(kind=kind.name).aggregate(last=Max("ordinal"))["last"] or 0) + 1
    made = Batch.objects.create(kind=kind.name, ordinal=ordinal, year=year, state="planned", target=call.given["target"],
                                is_demonstration=call.actor.is_demonstration, planned_by=call.actor.account)
    split = proposed(call.given["target"], open_by_district(kind.name))
    Share.objects.bulk_create([Share(area=area, batch=made, number=number) for area, number in split.items()])
    return Done(settings.CITY_AREA, made.pk, {"title_batch": made.pk, "ordinal": ordinal, "target": made.target}, {"split": split}, is_new=True)


def share_fields(_record: Any = None, _given: Mapping[str, Any] | None = None) -> Sequence[Field]:
    """One number a district, in order of name."""
    return [TITLE_BATCH, VERSION, Field("target", words("全年目标（个）", "Target of the year"), "integer", required=True, low=1, high=100_000),
            *(Field(f"{PREFIX}{one.area}", words(one.name, one.name), "integer", required=True, low=0, high=100_000) for one in districts(places.city()))]


@action("title.split_target", words("分解年度目标", "Split the target"), ability=PLANS, subject="title_batch", finds=find_batch,
        fields=(TITLE_BATCH, VERSION, Field("target", words("全年目标（个）", "Target of the year"), "integer", required=True, low=1)), fields_of=share_fields)
def split_target(call: Call) -> Done:
    """Set target and split by hand; they must add up exactly. Possible until the districts have chosen."""
    refuse_other_level(call.actor, settings.CITY_AREA, CITY)
    batch = locked_batch(call.record, "planned", "open")
    split = {int(name[1:]): number for name, number in call.given.items() if name.startswith(PREFIX) and name[1:].isdecimal()}
    target, total = call.given["target"], sum(split.values())
    if total != target:
        raise Invalid({"target": NOT_THE_SUM.format(sum=total, target=target, gap=abs(total - target))})
    held = {one.area: one for one in Share.objects.filter(batch=batch)}
    for area, number in split.items():
        one = held.get(area) or Share(area=area, batch=batch)
        one.number = number
        one.save()
    batch.target, batch.version = target, batch.version + 1
    batch.save(update_fields=["target", "version"])
    return Done(settings.CITY_AREA, batch.pk, {"title_batch": batch.pk, "target": target}, {"split": split})


def standard_choices() -> list[tuple[str, Words]]:
    """Every published version of a standard, newest first."""
    found = StandardVersion.objects.filter(state="published").select_related("standard").order_by("-valid_from", "-id")
    return [(str(one.pk), words(f"{one.standard.name_zh} 第 {one.version} 版", f"{one.standard.name_en}, version {one.version}")) for one in found]


@action("title.open_call", words("发布创建通知，开始申报", "Open the call"), ability=PLANS, subject="title_batch", finds=find_batch, fields=(
    TITLE_BATCH, VERSION,
    Field("standard", words("采用的标准（发布后本批不再更换）", "Standard (frozen for this batch)"), "choice", required=True, choices=standard_choices, is_live=True),
    *(Field(name, label, "day", required=True) for name, label in DAYS)))
def open_call(call: Call) -> Done:
    """Open the batch: dates in their order, and one published version of the standard that no later one replaces."""
    refuse_other_level(call.actor, settings.CITY_AREA, CITY)
    batch = locked_batch(call.record, "planned")
    _refuse_days(call.given)
    standard = StandardVersion.objects.select_related("standard").get(pk=int(call.given["standard"]))
    if standard.standard.code != kind_of(batch).standard:
        raise Invalid({"standard": NO_SUCH_STANDARD})
    for name, _ in DAYS:
        setattr(batch, name, call.given[name])
    batch.standard, batch.state, batch.opened_on, batch.version = standard, "open", clock.local(call.recorded_at).date(), batch.version + 1
    batch.save()
    return Done(settings.CITY_AREA, batch.pk, {"title_batch": batch.pk, "standard": standard.digest})


def _refuse_days(given: Mapping[str, Any]) -> None:
    earlier: tuple[Words, date] | None = None
    for name, label in DAYS:
        day: date = given[name]
        if day < clock.today():
            raise Invalid({name: PAST})
        if earlier is not None and day < earlier[1]:
            raise Invalid({name: NOT_IN_ORDER.format(later=label, earlier=earlier[0])})
        earlier = (label, day)
