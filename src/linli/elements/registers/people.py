# SPDX-License-Identifier: MulanPSL-2.0
"""人: the registers of households and people, and the sheet of actual residents (实有人口台账) in which both come with their dwelling.

Not here, and refused as columns of a file: political status, religion, illness, drug use, special groups (domain/boundaries.md, Persons).
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from linli.core import clock
from linli.core.fields import Field
from linli.core.protection import Protection
from linli.core.words import Words, words
from linli.elements.models import Household, Person
from linli.elements.registers import codes, dwellings, joining
from linli.elements.registers.checks import person_numbers, writing
from linli.elements.registers.declaring import JOINING, Column, Ending, Link, Register, Rule, Sheet, declare, declare_sheet
from linli.elements.registers.dwellings import YEAR

ID_KINDS = (("111", words("居民身份证", "Citizen's identity card")), ("511", words("港澳台居民居住证", "Residence permit of Hong Kong, Macao and Taiwan residents")),
            ("414", words("护照", "Passport")), ("553", words("外国人永久居留身份证", "Foreigner's permanent residence card")), ("990", words("其他证件", "Another document")))
"""GA/T 2000.156 [memory-sure for 111, the others to be checked against the standard]."""
STANDINGS = (("together", words("人户一致", "Registered and living here")), ("living", words("人在户不在", "Living here, registered elsewhere")),
             ("registered", words("户在人不在", "Registered here, living elsewhere")),
             ("other", words("只有房产等联系", "Only owns or lets here")), ("gone", words("已离开", "Gone")))
KINDS = (("family", words("家庭户", "Family household")), ("collective", words("集体户", "Collective household")))
CHINESE = "111"
TOO_MANY_YEARS = words("出生日期早于 1880 年，请核对。", "The date of birth lies before 1880. Please check it.")
NOT_YET = words("出生日期晚于今天，请核对。", "The date of birth lies ahead of today. Please check it.")
BAD_MOBILE = words("手机号应是 11 位、以 1 开头；座机请写区号，如 022-12345678。",
                   "A mobile number has 11 digits and begins with 1; a landline has its area code, such as 022-12345678.")
BAD_NAME = words("姓名里有数字或符号，请核对。", "The name contains digits or signs. Please check it.")


def name_fault(text: str) -> Words | None:
    """What is wrong with a name in its written form; brackets are allowed, as in 小（氵甸）."""
    return BAD_NAME if any(not (sign.isalpha() or sign in " ·（）()-'’.〇") for sign in text) else None


def phone_fault(text: str) -> Words | None:
    """What is wrong with a phone number in its written form: a mobile number, or a landline with area code (10 to 12 digits), or 400 and 800 numbers."""
    mobile = len(text) == 11 and text[0] == "1" and text[1] in "3456789"
    landline = 10 <= len(text) <= 12 and text[0] == "0" and text[1] != "0"
    service = len(text) == 10 and text[:3] in ("400", "800")
    return None if text.isdecimal() and (mobile or landline or service) else BAD_MOBILE


def number_broken(record: Mapping[str, Any]) -> Words | None:
    """A citizen's number must be right; other documents have their own forms, which nobody checks here."""
    number = record.get("id_number") or ""
    return person_numbers.fault(number, today=clock.today()) if number and record.get("id_kind") in (CHINESE, "", None) else None


def birth_broken(record: Mapping[str, Any]) -> Words | None:
    """The date of birth lies between 1880 and today, and is the one in the number."""
    day = record.get("born_on")
    if day is not None and day > clock.today():
        return NOT_YET
    if day is not None and day < person_numbers.OLDEST:
        return TOO_MANY_YEARS
    return person_numbers.disagreement(_number(record), born_on=day, sex="0").get("born_on")


def sex_broken(record: Mapping[str, Any]) -> Words | None:
    """The sex is the one in the number."""
    return person_numbers.disagreement(_number(record), born_on=None, sex=str(record.get("sex") or "0")).get("sex")


def _number(record: Mapping[str, Any]) -> str:
    return str(record.get("id_number") or "") if record.get("id_kind") in (CHINESE, "", None) else ""


def told_by_number(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """Date of birth, sex and kind of document, as a citizen's number that is right tells them."""
    number = _number(record)
    if not number or person_numbers.fault(number, today=clock.today()):
        return {}
    told = person_numbers.told_by(number)
    return {"born_on": told.born_on, "sex": told.sex, "id_kind": CHINESE} if told else {}


def written_number(text: str) -> str:
    """An identity number in its written form, an old one lengthened to 18."""
    return person_numbers.lengthened(writing.code(text))


RELATION = Column("relation", words("与户主关系", "Relation to the head"), "choice", choices=lambda: codes.table("relation"), headings=("关系", "与户主的关系", "家庭关系"))
TIE = Column("tie", words("人房关系", "Tie to the dwelling"), "choice",
             choices=(("living", words("居住", "Lives there")), ("registered", words("户籍", "Registered there")),
                      ("owner", words("产权人", "Owner")), ("tenant", words("承租人", "Tenant"))))
STANDING = Column("standing", words("人户情况", "Registered and living"), "choice", choices=STANDINGS, in_list=True, headings=("人户一致标识", "人户一致", "人户状态", "居民类别"))
SINCE = Field("since", words("从哪天起", "Since"), "day", help=words("居住或落户的日期，不清楚可不填。", "The day of moving in or registering, if known."))
OF_HOUSEHOLD = Field("household", words("住户", "Household"), "integer", low=1)
WRONG_BECAUSE = (("mistake", words("登记错误，查无此人", "Recorded by mistake, no such person")), ("double", words("重复登记", "Recorded twice")))
ENDED_BECAUSE = (("moved", words("整户迁出", "The household moved out")), ("merged", words("并入另一户", "Joined another household")),
                 ("mistake", words("登记错误", "Recorded by mistake")))
AT = Link("dwelling", "dwelling", words("房屋", "Dwelling"), is_column=False)


def household_title(one: Household) -> str:
    """A household is called by where it lives."""
    return f"{dwellings.building_title(one.dwelling.building)} {dwellings.dwelling_title(one.dwelling)}" if one.dwelling is not None else ""


PEOPLE = Register(
    "person", words("居民", "People"), Person, icon="people", order=40, guard="resident", link=AT, order_by=("pinyin",), completes=told_by_number,
    joining=(replace(STANDING, required=True), OF_HOUSEHOLD, RELATION, TIE, SINCE), joins=joining.join_person,
    ending=Ending("left_on", WRONG_BECAUSE, held=joining.heads_others, lets_go=joining.let_go, takes_up=joining.take_up),
    columns=(
        Column("name", words("姓名", "Name"), required=True, limit=60, protection=Protection.NAMED, normal=writing.name, rule=name_fault, in_list=True,
               headings=("名字", "人员姓名", "居民姓名", "户主姓名", "成员姓名")),
        Column("former_name", words("曾用名", "Former name"), limit=60, protection=Protection.NAMED, normal=writing.name, rule=name_fault, counts_in_completeness=False),
        Column("sex", words("性别", "Sex"), "choice", choices=lambda: codes.table("gender"), in_list=True),
        Column("born_on", words("出生日期", "Date of birth"), "day", protection=Protection.NAMED, in_list=True, headings=("出生年月", "出生年月日", "生日")),
        Column("id_kind", words("证件种类", "Kind of document"), "choice", choices=ID_KINDS, headings=("证件类型",)),
        Column("id_number", words("证件号码", "Number of the document"), limit=40, protection=Protection.PERSONAL, kept="index", normal=written_number, is_unique=True,
               headings=("身份证号", "身份证号码", "公民身份号码", "身份证", "证件号")),
        Column("phone", words("联系电话", "Phone"), limit=20, protection=Protection.PERSONAL, kept="index", normal=writing.phone, rule=phone_fault, refresh_days=YEAR,
               headings=("手机号", "手机", "电话", "手机号码", "联系方式")),
        Column("ethnicity", words("民族", "Ethnicity"), "choice", choices=lambda: codes.table("ethnic"), protection=Protection.NAMED),
        Column("marital", words("婚姻状况", "Marital status"), "choice", choices=lambda: codes.table("marital"), protection=Protection.NAMED, refresh_days=3 * YEAR),
        Column("education", words("文化程度", "Education"), "choice", choices=lambda: codes.table("education"), refresh_days=5 * YEAR, headings=("学历", "受教育程度")),
        Column("employment", words("从业状况", "Employment"), "choice", choices=lambda: codes.table("employment_status"), refresh_days=2 * YEAR, headings=("职业", "就业状况")),
        Column("employer", words("工作单位", "Employer"), limit=120, kept="sealed", protection=Protection.PERSONAL, normal=writing.plain, refresh_days=2 * YEAR,
               headings=("服务处所", "单位")),
        Column("registered_address", words("户籍地址", "Registered address"), limit=120, kept="sealed", protection=Protection.PERSONAL, normal=writing.plain,
               headings=("户籍地", "户口所在地", "户籍所在地")),
        Column("came_on", words("来住日期", "Living here since"), "day", headings=("居住开始日期", "来津日期", "入住日期")),
    ),
    rules=(
        Rule("id_number_is_right", ("id_number", "id_kind"), number_broken),
        Rule("birth_is_that_of_the_number", ("born_on", "id_number"), birth_broken),
        Rule("sex_is_that_of_the_number", ("sex", "id_number"), sex_broken),
    ),
)
HOUSEHOLDS = Register(
    "household", words("住户", "Households"), Household, icon="people", order=30, guard="resident", title=household_title,
    link=Link("dwelling", "dwelling", words("房屋", "Dwelling")), ending=Ending("ended_on", ENDED_BECAUSE, "end_reason", joining.has_members),
    columns=(
        Column("kind", words("户类型", "Kind of household"), "choice", choices=KINDS, in_list=True, headings=("户别",)),
        Column("booklet", words("户号", "Number of the household register"), limit=30, protection=Protection.PERSONAL, kept="index", normal=writing.code,
               counts_in_completeness=False, headings=("户口簿编号", "户口本号", "户籍编号", "家庭编号")),
        Column("formed_on", words("立户日期", "Formed on"), "day", counts_in_completeness=False),
    ),
)
declare(HOUSEHOLDS, PEOPLE)
declare_sheet(Sheet(
    "residents", words("实有人口台账", "Residents"), needed=(("building", "number"), ("person", "name")), joining=(*dwellings.SITE, RELATION, TIE, STANDING),
    columns=(
        *((JOINING, one.name) for one in dwellings.SITE),
        *(("building", one.name) for one in (dwellings.QUARTER, dwellings.NUMBER)),
        *(("dwelling", name) for name in ("doorway", "floor", "room")),
        *(("household", name) for name in ("booklet", "kind")),
        *((JOINING, one.name) for one in (RELATION, TIE, STANDING)),
        *(("person", one.name) for one in PEOPLE.columns),
    ),
    help=words("一行一个人；同一户的人写同一个户号，没有户号时住同一间房屋的人算一户。",
               "One line a person; people of one household bear the same household number, without numbers those of one dwelling are one household."),
))
