# SPDX-License-Identifier: MulanPSL-2.0
"""The action of the doors: one file comes in, from a form or from a machine, and waits to be attached by another action."""

from collections.abc import Mapping
from typing import Any

from linli.core import evidence
from linli.core.actions import Call, Done, action
from linli.core.faults import Invalid, NotVisible
from linli.core.fields import Field
from linli.core.sight import Actor, Sight, of_place, of_post
from linli.core.words import words
from linli.doors import exports
from linli.elements import places

__all__ = ["exports"]

NO_PLACE = words("请先选择社区或网格，再上传。", "Choose a community or a grid first, then upload.")
TOO_WIDE = words("请选到社区或网格；“{name}”范围太大。", "Choose a community or a grid; “{name}” is too wide.")


def place_named(actor: Actor, given: Mapping[str, Any]) -> Sight:
    """For staff the sight of their post, for anybody else that of the community which the upload names."""
    if actor.is_signed_in:
        return of_post(actor)
    text = str(given.get("area") or "").strip()
    place = places.find_place(int(text)) if text.isdecimal() and len(text) <= 15 else None
    if place is None:
        raise Invalid({"area": NO_PLACE})
    community = places.community_of(place.area)
    if community is None:
        raise Invalid({"area": TOO_WIDE.format(name=place.name)})
    return of_place(community.lo, community.hi)


@action(
    "evidence.add", words("上传照片或文件", "Upload a photo or a file"), ability=None, subject="evidence", sight="place_named_in_input", opens=place_named,
    completes=lambda answer: answer | {"voucher": evidence.voucher_of(answer["id"], answer.get("area", 0))},
    fields=(
        Field("area", words("社区或网格", "Community or grid"), "area", low=0, high=999_999_999_999_999,
              help=words("居民必填；工作人员不填时记在本岗位的范围。", "Residents must name it; for staff it is the place of the post when left out.")),
        Field("file", words("照片或 PDF", "Photo or PDF"), "file", required=True),
    ),
)
def add_evidence(call: Call) -> Done:
    """Keep one checked and re-encoded file, to be attached by another action. Answers its number and a voucher (good for two hours).

    An account attaches its own files by number. Without one, the voucher goes along in `vouchers`: nobody attaches what somebody else uploaded.
    """
    actor, upload = call.actor, call.given["file"]
    area = actor.lo if call.given["area"] is None else call.given["area"]
    if actor.is_signed_in and not actor.lo <= area < actor.hi:
        raise NotVisible
    made = evidence.keep(upload.content, upload.name, area=area, actor=actor, claim=call.device)
    return Done(area, made.pk, {**evidence.facts(made), "area": area}, {"media_type": made.media_type, "size": made.size}, is_new=True)
