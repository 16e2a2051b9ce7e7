# SPDX-License-Identifier: MulanPSL-2.0
"""Organisations and things by name, pinyin, initials and credit code."""

from linli.core import registry
from linli.core.sight import Actor
from linli.core.words import words
from linli.elements.models import Organisation, Thing
from linli.elements.registers.checks import credit_codes, writing
from linli.elements.registers.declaring import registers
from linli.elements.searching.finders import Finder, Found, Place, Row, asked, cut, declare, in_order
from linli.elements.searching.persons import where
from linli.elements.searching.questions import Question

ASK = {"organisation": "select rank, id from find_organisations(%s, %s, %s, %s, %s)", "thing": "select rank, id from find_things(%s, %s, %s, %s, %s)"}
START: Place = (-1, 0)
KINDS = {"organisation": "organisation_kind", "thing": "thing_kind"}
"""Sections of the registry in which kinds are declared, with the ability that sees them."""


def _asked(table: str, question: Question, after: Place, most: int) -> list[tuple[int, int]]:
    wanted = question.letters or (question.text.replace(" ", "") if question.what is None else "")
    rows: list[tuple[int, int]] = asked(ASK[table], (wanted, bool(question.letters), most + 1, *(after or START))) if wanted else []
    return rows


def hidden_kinds(table: str, actor: Actor) -> list[str]:
    """Kinds that this post may not see."""
    return [one.name for one in registry.everything(KINDS[table]) if not actor.may(getattr(one, "ability", None))]


def find_organisations(actor: Actor, question: Question, after: Place, most: int) -> Found:
    """Organisations that work within the post's range, by name or by credit code."""
    seen = Organisation.objects.filter(area__gte=actor.lo, area__lt=actor.hi).exclude(kind__in=hidden_kinds("organisation", actor))
    code = writing.code(question.text)
    if credit_codes.SHAPE.fullmatch(code):
        found = list(seen.filter(credit_code=code)[:most])
        return Found([_organisation(one) for one in found])
    rows, more = cut(_asked("organisation", question, after, most), most)
    found = in_order(seen.filter(pk__in=[row[1] for row in rows]), [row[1] for row in rows])
    return Found([_organisation(one) for one in found], more)


def register_of(one: Organisation | Thing) -> str:
    """The register in which a record stands: that of its kind, or of its table."""
    found = [known for known in registers() if known.model is type(one) and known.kind_of in ("", one.kind)]
    return max(found, key=lambda known: len(known.kind_of)).name if found else str(one._meta.model_name)


def _organisation(one: Organisation) -> Row:
    return Row(register_of(one), one.pk, one.name, " · ".join((*where(one.area), one.credit_code) if one.credit_code else where(one.area)))


def find_things(actor: Actor, question: Question, after: Place, most: int) -> Found:
    """Facilities and other things within the post's range, by name."""
    seen = Thing.objects.visible_to(actor).exclude(kind__in=hidden_kinds("thing", actor))
    rows, more = cut(_asked("thing", question, after, most), most)
    found = in_order(seen.filter(pk__in=[row[1] for row in rows]), [row[1] for row in rows])
    return Found([Row(register_of(one), one.pk, one.name, " · ".join(part for part in (*where(one.area), one.address) if part)) for one in found], more)


declare(
    Finder("organisations", words("组织", "Organisations"), 50, "record.see", find_organisations, icon="people", hints=(
        words("组织名称、拼音或统一社会信用代码", "Name, pinyin or credit code of an organisation"),)),
    Finder("things", words("设施", "Facilities"), 60, "record.see", find_things, icon="pin"),
)
