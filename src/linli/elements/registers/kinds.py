# SPDX-License-Identifier: MulanPSL-2.0
"""Kinds of organisation and of thing: each is one declaration in practice; register, offices, expected equipment and reach on foot come from it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, Value
from django.db.models.functions import Greatest

from linli.core import registry
from linli.core.protection import Protection
from linli.core.words import Words, words
from linli.elements import organisations
from linli.elements.models import Organisation, Seat, Thing
from linli.elements.models.guarding import KINDS as ORGANISATIONS
from linli.elements.registers.checks import credit_codes, writing
from linli.elements.registers.declaring import JOINING, POSITION, Column, Ending, Register, Rule, Sheet, declare, declare_sheet
from linli.elements.registers.dwellings import DIVISION, GRID

THINGS = "thing_kind"
STAGES = (("fostered", words("培育中", "Being fostered")), ("filed", words("街道备案", "Filed with the street")),
          ("registered", words("民政登记", "Registered with civil affairs")), ("ended", words("已终止", "Ended")))
"""How far a social organisation is; kinds name which of these they use."""

LEGAL_FORMS = (
    ("none", words("未进行法人登记", "Not a legal person")), ("enterprise", words("企业法人", "Enterprise")), ("sole_trader", words("个体工商户", "Sole trader")),
    ("institution", words("事业单位法人", "Public institution")), ("authority", words("机关法人", "Authority")), ("association", words("社会团体法人", "Association")),
    ("service", words("社会服务机构（民办非企业单位）", "Social service institution")), ("foundation", words("基金会", "Foundation")),
    ("self_rule", words("基层群众性自治组织法人", "Self-rule organisation")), ("other", words("其他", "Other")),
)
"""What an organisation is in law: the groups of the Civil Code, part 1, chapters 3 and 4 [memory-sure], and what registers nowhere."""


@dataclass(frozen=True)
class Office:
    """An office of an organisation or of a facility's crew. `least` people hold it at a time (None: nobody need), at most `most`.

    `is_of_doorway`: it is held for one building or doorway (楼门栋长).
    """

    name: str
    words: Words
    least: int | None = None
    most: int | None = None
    source: str = ""
    is_proposed: bool = False
    is_of_doorway: bool = False


@dataclass(frozen=True)
class OrganisationKind:
    """One kind of organisation. `ability` names who may see its records at all (None: everybody who keeps registers).

    `term_years` None has no terms. `code_heads` are the beginnings that its unified credit code may have; empty: any.
    `columns` are its own fields and lie in jsonb; open or internal only.
    """

    name: str
    words: Words
    offices: tuple[Office, ...] = ()
    term_years: int | None = None
    term_source: Words | None = None
    chosen_by: tuple[tuple[str, Words], ...] = ()
    stages: tuple[str, ...] = ()
    code_heads: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()
    ability: str | None = None
    order: int = 50
    help: Words | None = None

    def office(self, name: str) -> Office | None:
        """The office of a name; None when the kind has none such."""
        return next((one for one in self.offices if one.name == name), None)

    def faults(self) -> list[str]:
        """Sentences about what is wrong with the declaration; empty when nothing is."""
        found = _column_faults(f"Kind of organisation {self.name!r}", self.columns) + _office_faults(self.name, self.offices)
        common = {one.name for one in ORGANISATION.columns}
        found += [f"Kind of organisation {self.name!r}: column {one.name!r} is named like a column that every organisation has." for one in self.columns if one.name in common]
        found += [f"Kind of organisation {self.name!r} names the stage {one!r}; use {[name for name, _ in STAGES]}." for one in self.stages if one not in dict(STAGES)]
        if self.term_years is not None and self.term_source is None:
            found.append(f"Kind of organisation {self.name!r} has terms of {self.term_years} years. Say by which rule in `term_source`.")
        return found


@dataclass(frozen=True)
class Equipment:
    """What should stand in a facility: proposed when somebody opens its list, and counted as lacking below `wanted`."""

    name: str
    unit: str
    wanted: int | None = None
    lasts_days: int | None = None
    source: str = ""
    is_proposed: bool = True


@dataclass(frozen=True)
class Reach:
    """How far somebody should have to walk to a facility: `option` names which choice of the kind's `divided_by` field (empty: all of the kind)."""

    metres: int
    source: Words
    option: str = ""


@dataclass(frozen=True)
class Figure:
    """A number that follows from a facility's fields; None while they do not say enough."""

    name: str
    words: Words
    unit: Words
    of: Callable[[Mapping[str, Any]], int | None]
    source: Words


@dataclass(frozen=True)
class ThingKind:
    """One kind of thing 物. Its own fields lie in jsonb; those declared `filter=True` are facets too.

    `warnings` are rules that a record may break: it is kept, and the page says so. `divided_by` names a choice field whose
    choices are different services; with `is_set` a community should have one of each.
    """

    name: str
    words: Words
    chapter: Words
    columns: tuple[Column, ...] = ()
    rules: tuple[Rule, ...] = ()
    warnings: tuple[Rule, ...] = ()
    figures: tuple[Figure, ...] = ()
    crew: tuple[Office, ...] = ()
    equipment: tuple[Equipment, ...] = ()
    has_parts: bool = False
    reaches: tuple[Reach, ...] = ()
    divided_by: str = ""
    is_set: bool = False
    icon: str = "flag"
    order: int = 60
    help: Words | None = None

    @property
    def options(self) -> tuple[tuple[str, Words], ...]:
        """The services into which the kind is divided; empty when it is one."""
        return tuple(next((one.options() for one in self.columns if one.name == self.divided_by), ()))

    def office(self, name: str) -> Office | None:
        """The office of the crew of a name; None when there is none such."""
        return next((one for one in self.crew if one.name == name), None)

    def services(self) -> tuple[tuple[str, Words, Reach], ...]:
        """The services with a reach on foot: key (the kind, or kind.option), words and reach."""
        named = dict(self.options)
        return tuple((f"{self.name}.{one.option}" if one.option else self.name, named.get(one.option, self.words), one) for one in self.reaches)

    def faults(self) -> list[str]:
        """Sentences about what is wrong with the declaration; empty when nothing is."""
        about = f"Kind of thing {self.name!r}"
        found = _column_faults(about, self.columns) + _office_faults(self.name, self.crew)
        known = {one.name for one in (*COMMON, *self.columns)}
        found += [f"{about}: warning {rule.name!r} names the column {name!r}, which is not there." for rule in self.warnings for name in rule.columns if name not in known]
        found += [f"{about}: column {one.name!r} is named like a column that every thing has." for one in self.columns if one.name in {had.name for had in COMMON}]
        if self.divided_by and not self.options:
            found.append(f"{about} is divided by {self.divided_by!r}, which is no choice field of its own.")
        found += [f"{about} has a reach for {one.option!r}, which is no choice of {self.divided_by!r}." for one in self.reaches
                  if one.option and one.option not in dict(self.options)]
        if self.equipment and not self.has_parts:
            found.append(f"{about} names equipment but has no list of parts. Set has_parts=True.")
        return found


def _column_faults(about: str, columns: tuple[Column, ...]) -> list[str]:
    found = [f"{about}: column {one.name!r} is kept in {one.kept!r}. A kind's own fields are kept in 'fields'." for one in columns if one.kept != "fields"]
    return found + [f"{about}: column {one.name!r} has class {one.protection.class_number}; own fields are open or internal." for one in columns
                    if one.protection.rank > Protection.INTERNAL.rank]


def _office_faults(name: str, offices: tuple[Office, ...]) -> list[str]:
    return [f"{name!r}: office {one.name!r} needs a source for its number, or the mark proposed." for one in offices
            if (one.least is not None or one.most is not None) and not (one.source or one.is_proposed)]


COMMON = (
    Column("name", words("名称", "Name"), required=True, limit=120, normal=writing.plain, in_list=True, headings=("设施名称", "场所名称")),
    Column("address", words("地址", "Address"), limit=120, normal=writing.plain, in_list=True, headings=("地点", "位置", "详细地址")),
    Column("position", words("位置", "Position"), POSITION, counts_in_completeness=False, help=words("有位置才能算步行可达。", "Reach on foot needs it.")),
    Column("valid_from", words("启用日期", "In use since"), "day", counts_in_completeness=False, headings=("启用时间", "建成日期")),
)
"""What every thing has."""


CLOSED_BECAUSE = (
    ("closed", words("停用、撤销", "Closed")), ("moved", words("迁往别处", "Moved elsewhere")),
    ("merged", words("合并", "Merged")), ("mistake", words("登记错误", "Recorded by mistake")),
)


def lets_go(record: Organisation | Thing, day: date) -> dict[str, Any]:
    """End the seats of an organisation or crew that ends; answers which ended, and until when they were to last."""
    open_ = Seat.objects.filter(Q(until=None) | Q(until__gt=day), **{_home(record): record})
    ended = {str(number): until.isoformat() if until else None for number, until in open_.values_list("pk", "until")}
    Seat.objects.filter(pk__in=ended).update(until=Greatest("since", Value(day)))
    return {"seats": ended}


def takes_up(record: Organisation | Thing, let_go: Mapping[str, Any]) -> None:
    """Give back the seats that ended with it, each until the day until which it was to last."""
    held: Mapping[str, str | None] = let_go.get("seats") or {}
    for until in set(held.values()):
        Seat.objects.filter(pk__in=[number for number, day in held.items() if day == until], **{_home(record): record}).update(until=until)


def _home(record: Organisation | Thing) -> str:
    return "thing" if isinstance(record, Thing) else "organisation"


ENDING = Ending("valid_to", CLOSED_BECAUSE, lets_go=lets_go, takes_up=takes_up)


SITE = (DIVISION, GRID)


def _sheet(name: str, label: Words, register: str, columns: tuple[Column, ...], about: Words | None) -> Sheet:
    """The sheet in which records of a register come, each line with its community; positions are placed on the map, not typed into a table."""
    needed = [one.name for one in columns if one.required]
    own = tuple((register, one.name) for one in columns if one.kind != POSITION)
    return Sheet(name, label, (*((JOINING, one.name) for one in SITE), *own), tuple((register, one) for one in needed), joining=SITE, help=about)


def declare_thing(kind: ThingKind) -> ThingKind:
    """Declare a kind of thing with its register and its sheet; ValueError with all faults when the declaration is wrong."""
    if faults := kind.faults():
        raise ValueError("\n".join(faults))
    columns = (*COMMON, *kind.columns)
    declare(Register(kind.name, kind.words, Thing, columns, kind.rules, kind_of=kind.name, icon=kind.icon, order=kind.order, help=kind.help, guard="thing",
                     order_by=("pinyin",), ending=ENDING))
    declare_sheet(_sheet(kind.name, kind.words, kind.name, columns, kind.help))
    registry.add(THINGS, kind.name, kind)
    return kind


def declare_organisation(kind: OrganisationKind) -> OrganisationKind:
    """Declare a kind of organisation; one with own fields gets a register of its own beside that of all organisations."""
    if faults := kind.faults():
        raise ValueError("\n".join(faults))
    registry.add(ORGANISATIONS, kind.name, kind)
    if kind.columns:
        columns = tuple(one for one in ORGANISATION.columns if one is not KIND and (kind.stages or one is not STAGE)) + kind.columns
        rules = (Rule("code_fits_kind", ("credit_code",), lambda record: code_broken(kind, str(record.get("credit_code") or ""))),
                 Rule("stage_fits_kind", ("stage",), lambda record: stage_broken(kind, str(record.get("stage") or ""))))
        declare(Register(kind.name, kind.words, Organisation, columns, rules if kind.stages else rules[:1], kind_of=kind.name, icon="people", order=51, help=kind.help,
                         guard="organisation", order_by=("pinyin",), ending=ENDING, known_by="credit_code"))
        declare_sheet(_sheet(kind.name, kind.words, kind.name, columns, kind.help))
    return kind


def thing_kinds() -> list[ThingKind]:
    """All kinds of thing in the order of their declarations."""
    return sorted(registry.everything(THINGS), key=lambda one: (one.order, one.name))


def thing_kind(name: str) -> ThingKind | None:
    """The kind of thing of a name; None when nobody declares it (any more)."""
    found: ThingKind | None = registry.get(THINGS, name)
    return found


def organisation_kinds() -> list[OrganisationKind]:
    """All declared kinds of organisation in their order."""
    return sorted(registry.everything(ORGANISATIONS), key=lambda one: (one.order, one.name))


def organisation_kind(name: str) -> OrganisationKind | None:
    """The kind of organisation of a name; None when nobody declares it."""
    found: OrganisationKind | None = registry.get(ORGANISATIONS, name)
    return found


def kind_choices() -> list[tuple[str, Words]]:
    """Names and words of all kinds of organisation, declared ones first, for a form; those that only some posts may see come last of these."""
    declared = {one.name: one.words for one in sorted(organisation_kinds(), key=lambda one: one.ability is not None)}
    return [*declared.items(), *((name, label) for name, label in organisations.KINDS.items() if name not in declared)]


def kind_words(name: str) -> Words:
    """What a kind of organisation is called; its bare name where nobody says."""
    return dict(kind_choices()).get(name) or words(name, name)


OTHER_HEAD = words("“{kind}”的统一社会信用代码应以 {heads} 开头，请核对种类和代码。", "The unified credit code of a {kind} begins with {heads}. Check kind and code.")
MOBILE_DIGITS = 11
PRIVATE_PHONE = words("这里只登记单位电话；个人手机号不登记在组织上，请改填固定电话或服务热线，没有就空着。",
                      "The phone of the unit only: a mobile phone is somebody's own. Give a landline or service number, or leave it empty.")
BAD_PHONE = words("单位电话应是带区号的固定电话（如 022-12345678）、400、800 或 5 位服务号。",
                  "An office phone is a landline with area code (such as 022-12345678), a 400 or 800 number, or a service number of 5 digits.")
NO_STAGE = words("“{kind}”不分阶段，请不要填写发展阶段。", "A {kind} has no stages; leave the stage empty.")
OTHER_STAGE = words("“{kind}”没有这个阶段。", "A {kind} has no such stage.")


def code_broken(kind: OrganisationKind | None, code: str) -> Words | None:
    """What is wrong with a right code for this kind: another registering body or category than the kind's. Source of heads: GB 32100 [memory-sure]."""
    if not code or kind is None or not kind.code_heads or code.startswith(kind.code_heads):
        return None
    return OTHER_HEAD.format(kind=kind.words, heads="、".join(kind.code_heads))


def stage_broken(kind: OrganisationKind | None, stage: str) -> Words | None:
    """What is wrong with a stage for this kind."""
    if not stage or kind is None or stage in kind.stages:
        return None
    return (OTHER_STAGE if kind.stages else NO_STAGE).format(kind=kind.words)


def phone_broken(text: str) -> Words | None:
    """What is wrong with the phone of a unit: a landline with area code, a 400 or 800 number, a short service number; never somebody's own mobile phone."""
    if len(text) == MOBILE_DIGITS and text.startswith("1"):
        return PRIVATE_PHONE
    landline = 10 <= len(text) <= 12 and text[0] == "0" and text[1] != "0"
    service = (len(text) == 10 and text[:3] in ("400", "800")) or (len(text) == 5 and text[0] in "19")
    return None if text.isdecimal() and (landline or service) else BAD_PHONE


def _kind_of(record: Mapping[str, Any]) -> OrganisationKind | None:
    return organisation_kind(str(record.get("kind") or ""))


NAME = Column("name", words("名称", "Name"), required=True, limit=120, normal=writing.plain, in_list=True, headings=("组织名称", "单位名称", "机构名称"))
KIND = Column("kind", words("种类", "Kind"), "choice", required=True, choices=kind_choices, in_list=True, filter=True, headings=("组织类别", "单位类型", "组织种类"))
CODE = Column("credit_code", words("统一社会信用代码", "Unified credit code"), limit=30, normal=writing.code, rule=credit_codes.fault, in_list=True,
              counts_in_completeness=False, headings=("信用代码", "统一代码", "机构代码"))
STAGE = Column("stage", words("发展阶段", "Stage"), "choice", choices=STAGES, counts_in_completeness=False, headings=("阶段", "登记备案情况"))
SINCE = Column("valid_from", words("成立日期", "Founded on"), "day", counts_in_completeness=False, headings=("成立时间", "登记日期"))

LEGAL_FORM = Column("legal_form", words("法人类型", "Legal form"), "choice", choices=LEGAL_FORMS, kept="fields", counts_in_completeness=False,
                    headings=("机构类型", "法人性质", "组织形式"))
ADDRESS = Column("address", words("地址", "Address"), limit=120, normal=writing.plain, kept="fields", counts_in_completeness=False,
                 headings=("住所", "注册地址", "办公地址", "详细地址", "单位地址", "活动地点"))
PHONE = Column("phone", words("单位电话", "Office phone"), limit=20, normal=writing.phone, rule=phone_broken, kept="fields", counts_in_completeness=False,
               headings=("联系电话", "办公电话", "固定电话", "电话"),
               help=words("单位的固定电话或服务热线；个人手机号不登记在这里。", "A landline or service number of the unit, not a mobile phone."))

ORGANISATION = Register(
    "organisation", words("组织", "Organisations"), Organisation, (NAME, KIND, CODE, LEGAL_FORM, STAGE, SINCE, ADDRESS, PHONE), icon="people", order=50,
    guard="organisation", order_by=("pinyin",), ending=ENDING, known_by="credit_code",
    rules=(
        Rule("code_fits_kind", ("credit_code", "kind"), lambda record: code_broken(_kind_of(record), str(record.get("credit_code") or ""))),
        Rule("stage_fits_kind", ("stage", "kind"), lambda record: stage_broken(_kind_of(record), str(record.get("stage") or ""))),
    ),
)
declare(ORGANISATION)
declare_sheet(_sheet("organisations", words("组织台账", "Organisations"), "organisation", ORGANISATION.columns, words(
    "一行一个组织；党组织只在页面上登记。", "One line an organisation; Party organisations are entered by their page only.")))
