# SPDX-License-Identifier: MulanPSL-2.0
"""Norms kept by actions: added, changed, ended (never deleted), each change an edition of its own; shipped ones are put in once."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.conf import settings

from linli.core import registry
from linli.core.actions import Call, Done, action, run
from linli.core.editions import bump
from linli.core.faults import Invalid, NotAble, NotVisible
from linli.core.fields import Field
from linli.core.sight import Actor, of_record
from linli.core.system_actors import declare_system_actor, system_actor
from linli.core.words import words
from linli.measures.models import Norm, NormEdition
from linli.measures.norms.library import CODE, EDITION, KINDS, MARKS, SECTION, Shipped, parsed, shipped

SEE, KEEP, SHIP = "norm.see", "norm.keep", "norm.ship"
MOST_CLAUSES = 200
BAD_CODE = words("编号只能用字母、数字和 : . _ -，例如 law:JWH。", "A code has letters, digits and : . _ - only, such as law:JWH.")
TAKEN = words("编号“{code}”已经有了。", "The code “{code}” is taken.")
BAD_ADDRESS = words("网址要以 https:// 或 http:// 开头，不含空格。", "An address begins with https:// or http:// and has no spaces.")
BAD_CLAUSES = words("条款每行写成：条号 | 中文主题 | 英文主题，条号不重复，最多 {most} 行。",
                    "A clause a line: number | subject in Chinese | subject in English, each number once, at most {most}.")
NO_SUCCESSOR = words("规范库里没有编号“{code}”，请先登记。", "The library has no “{code}”. Add it first.")
LOOP = words("一个规范不能（经由后续规范）替代它自己。", "A norm cannot follow itself, by way of others either.")
DAYS = words("失效日期要晚于生效日期。", "It ends after the day on which it begins.")
UNKNOWN = words("没有这个规范。", "There is no such norm.")

NORM = Field("norm", words("规范", "Norm"), "integer", required=True, low=1)
VERSION = Field("version", words("版本", "Version"), "integer", low=1)
SUCCESSOR = Field("successor", words("由哪个规范替代", "Followed by"), limit=60, help=words("填对方的编号；没有就空着。", "The code of what follows it; empty where nothing does."))
ENDS = Field("valid_to", words("失效日期", "No longer valid from"), "day")
FIELDS = (
    Field("kind", words("种类", "Kind"), "choice", required=True, choices=tuple(KINDS.items())),
    Field("mark", words("核实情况", "How it is known"), "choice", required=True, choices=tuple(MARKS.items())),
    Field("zh", words("中文名称", "Title in Chinese"), required=True, limit=200), Field("en", words("英文名称", "Title in English"), required=True, limit=300),
    Field("issuer", words("发布机关", "Issued by"), limit=200), Field("document", words("文号", "Number of the document"), limit=100),
    Field("valid_from", words("生效日期", "Valid from"), "day"), ENDS,
    Field("address", words("官方网址", "Official address"), limit=300), Field("note", words("说明", "Note"), "long_text", limit=600),
    Field("clauses", words("条款", "Clauses"), "long_text", limit=20_000,
          help=words("每行一条：条号 | 中文主题 | 英文主题", "One a line: number | subject in Chinese | subject in English")), SUCCESSOR)


def norm_of(number: object) -> Norm:
    """The norm of a number as it came in; NotVisible when there is none."""
    text = str(number or "")
    found = Norm.objects.filter(pk=int(text)).first() if text.isascii() and text.isdecimal() and len(text) < 19 else None
    if found is None:
        raise NotVisible
    return found


def _found(actor: Actor, given: Mapping[str, Any]) -> Norm:
    if not actor.may(KEEP):
        raise NotAble if actor.hi > actor.lo else NotVisible
    norm_of(given.get("norm"))
    return Norm.objects.select_for_update().get(pk=int(given["norm"]))


@action("norm.add", words("登记规范", "Add a norm"), ability=KEEP, subject="norm",
        fields=(Field("code", words("编号", "Code"), required=True, limit=60, help=words("例如 law:JWH；登记后不再改。", "Such as law:JWH; it never changes.")), *FIELDS))
def add(call: Call) -> Done:
    """A new norm under a code of its own."""
    code = call.given["code"]
    if not CODE.fullmatch(code):
        raise Invalid({"code": BAD_CODE})
    if Norm.objects.filter(code=code).exists():
        raise Invalid({"code": TAKEN.format(code=code)})
    return _kept(call, Norm(code=code, version=0), call.given, is_new=True)


@action("norm.change", words("修改规范", "Change a norm"), ability=KEEP, subject="norm", finds=_found, fields=(NORM, VERSION, *FIELDS))
def change(call: Call) -> Done:
    """Everything but the code; the edition before stays readable."""
    return _kept(call, call.record, call.given)


@action("norm.end", words("规范失效", "End a norm"), ability=KEEP, subject="norm", finds=_found,
        fields=(NORM, VERSION, Field("valid_to", ENDS.label, "day", required=True), SUCCESSOR))
def end(call: Call) -> Done:
    """It holds until that day and may name what follows it. What refers to it goes on doing so."""
    held: Norm = call.record
    _ends(held, call.given)
    return _written(call, held)


@action("norm.ship", words("装入随附的规范", "Put in a shipped norm"), ability=SHIP, subject="norm", sight="this_record",
        opens=lambda actor, given: of_record(settings.CITY_AREA), fields=(Field("norm", NORM.label, required=True, limit=60),))
def put_in(call: Call) -> Done:
    """A shipped norm that the library does not hold; one that it holds stays as the city keeps it."""
    one: Shipped | None = registry.get(SECTION, call.given["norm"])
    if one is None:
        raise Invalid({"norm": UNKNOWN})
    held = Norm.objects.filter(code=one.code).first()
    return Done(settings.CITY_AREA, held.pk, {"norm": held.pk}) if held else _kept(call, Norm(code=one.code, version=0), one.values, is_new=True)


def _kept(call: Call, held: Norm, given: Mapping[str, Any], *, is_new: bool = False) -> Done:
    clauses = parsed(given.get("clauses") or "")
    if clauses is None or len(clauses) > MOST_CLAUSES:
        raise Invalid({"clauses": BAD_CLAUSES.format(most=MOST_CLAUSES)})
    address = given.get("address") or ""
    if address and (not address.startswith(("https://", "http://")) or len(address.split()) != 1):
        raise Invalid({"address": BAD_ADDRESS})
    held.kind, held.mark, held.title_zh, held.title_en = given["kind"], given["mark"], given["zh"], given["en"]
    held.issuer, held.document, held.note = (given.get(name) or "" for name in ("issuer", "document", "note"))
    held.address, held.clauses, held.valid_from = address, clauses, given.get("valid_from")
    _ends(held, given)
    return _written(call, held, is_new=is_new)


def _ends(held: Norm, given: Mapping[str, Any]) -> None:
    first, last = held.valid_from, given.get("valid_to")
    if isinstance(first, date) and isinstance(last, date) and last <= first:
        raise Invalid({"valid_to": DAYS})
    held.valid_to, held.successor = last, _successor(held, given.get("successor") or "")


def _successor(held: Norm, code: str) -> Norm | None:
    if not code:
        return None
    found = Norm.objects.filter(code=code).first()
    if found is None:
        raise Invalid({"successor": NO_SUCCESSOR.format(code=code)})
    follows = dict(Norm.objects.exclude(successor=None).values_list("pk", "successor_id"))
    step: int | None = found.pk
    while step is not None and step != held.pk:
        step = follows.pop(step, None)
    if code == held.code or (step is not None and step == held.pk):
        raise Invalid({"successor": LOOP})
    return found


def _written(call: Call, held: Norm, *, is_new: bool = False) -> Done:
    held.version += 1
    held.save()
    content = {"kind": held.kind, "mark": held.mark, "zh": held.title_zh, "en": held.title_en, "issuer": held.issuer, "document": held.document, "address": held.address,
               "note": held.note, "clauses": held.clauses, "valid_from": _iso(held.valid_from), "valid_to": _iso(held.valid_to),
               "successor": held.successor.code if held.successor else ""}
    NormEdition.objects.create(norm=held, number=held.version, content=content, made_by=call.actor.account, made_at=call.recorded_at)
    bump(EDITION)
    return Done(settings.CITY_AREA, held.pk, {"norm": held.pk, "version": held.version}, {"code": held.code}, is_new=is_new)


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


declare_system_actor("norms", "puts the shipped norms into the library", frozenset({SHIP}), sees_all=True)


def seed() -> str:
    """Put in every shipped norm that the library does not hold; one sentence on what was done."""
    held = set(Norm.objects.values_list("code", flat=True))
    missing = [one.code for one in shipped() if one.code not in held]
    for code in missing:
        run(SHIP, system_actor("norms"), {"norm": code})
    return f"Norms: put in {len(missing)}." if missing else "Norms: nothing to do."


registry.add("seed", "measures.norms", seed)
