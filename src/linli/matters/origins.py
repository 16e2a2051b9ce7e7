# SPDX-License-Identifier: MulanPSL-2.0
"""Reports that another system brings: what it adds to a report, who may, and the row that remembers its number."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings

from linli.core import outgoing, rows
from linli.core.actions import Call
from linli.core.faults import NotAble
from linli.core.fields import Field
from linli.core.words import words
from linli.matters import numbers
from linli.matters.models import Matter, Origin, OutsidePhoto
from linli.matters.phases import FOR_OTHERS

ONLY_EXCHANGE = words("只有交换接口岗位可以代其他系统上报。", "Only the post of an exchange may report for another system.")
ONLY_EXCHANGE_REMEDY = words("请用交换接口岗位的令牌，或者去掉来源信息后上报。", "Use the token of such a post, or report without naming another system.")

FIELDS: tuple[Field, ...] = (
    Field("origin_system", words("来源系统", "Other system"), "text", limit=40),
    Field("origin_number", words("来源单号", "Number in the other system"), "text", limit=80),
    Field("origin_at", words("来源系统收到的时间", "When the other system took it in"), "moment"),
    Field("link", words("附带的链接", "Link that came with it"), "text", limit=1000),
)
NAMES = frozenset(one.name for one in FIELDS)


def system_of(jurisdiction: str) -> str:
    """The name under which numbers of a jurisdiction's Open311 system are kept."""
    return f"open311.{jurisdiction}"[:40]


def fields_in(given: Mapping[str, Any]) -> tuple[Field, ...]:
    """The further fields, when a report gives any of them."""
    return FIELDS if NAMES & set(given) else ()


def refuse_strangers(call: Call) -> None:
    """NotAble when somebody else than an exchange names another system."""
    if any(call.given.get(name) for name in NAMES) and not call.actor.may(FOR_OTHERS):
        raise NotAble(ONLY_EXCHANGE, ONLY_EXCHANGE_REMEDY, code="not_an_exchange")


def detail_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """What the first step of the history says of the other system; empty for a report made here."""
    return {name: given[name] for name in ("origin_system", "origin_number", "link") if given.get(name)}


def keep(call: Call, matter: Matter) -> None:
    """Remember the other system's number; a link that came with it stays in the history and is opened by nobody here."""
    given = call.given
    if given.get("origin_system"):
        rows.put(Origin(
            area=matter.area, matter_id=matter.id, system=given["origin_system"], account=call.actor.account,
            number=given.get("origin_number") or numbers.number_of(matter.id), received_at=given.get("origin_at") or call.recorded_at))
    if given.get("link") and outgoing.is_listed(given["link"], settings.PHOTO_HOSTS):
        rows.put(OutsidePhoto(area=matter.area, matter_id=matter.id, url=given["link"], next_at=call.recorded_at))


def matter_with(system: str, number: str) -> int | None:
    """The matter that came with a number of another system, inside the sight in force; None when it never came."""
    found: int | None = Origin.objects.filter(system=system, number=number).values_list("matter", flat=True).first()
    return found
