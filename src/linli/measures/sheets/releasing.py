# SPDX-License-Identifier: MulanPSL-2.0
"""Publishing a standard: by another person than those who wrote it, with digest and validity; the version before ends on the new one's first day."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from linli.core import clock
from linli.core.actions import Call, Done, action
from linli.core.editions import bump
from linli.core.faults import Conflict, Invalid, NotAble
from linli.core.words import words
from linli.measures import standards
from linli.measures.models import NodeLink, Standard, StandardVersion
from linli.measures.sheets import checking, drafts, linking
from linli.measures.sheets.drafts import NUMBER, RELEASE, VERSION, finding

OWN = words("自己起草或改过的标准不能自己发布。", "Whoever wrote or changed a draft does not publish it.")
OWN_REMEDY = words("请另一位有权限的同事核对后发布。", "Ask a colleague who may publish to check it.")
FAULTY = words("草案还有 {count} 处要改，不能发布。", "The draft has {count} faults and cannot be published.")
FAULTY_REMEDY = words("请先按列出的句子改好。", "Mend what is listed first.")
UNLINKED = words("还有 {count} 个指标没有确认与上一版的衔接。", "The links of {count} nodes to the version before are not confirmed.")
UNLINKED_REMEDY = words("请打开“衔接”核对并确认。", "Open “Links”, check them and confirm.")
TOO_EARLY = words("生效日期不能早于今天。", "The first day cannot lie before today.")
NOT_AFTER = words("生效日期要晚于第 {version} 版的生效日期（{day}）。", "The first day must come after that of version {version} ({day}).")
NUMBER_TAKEN = words("版本号“{number}”已经发布过。", "The version number “{number}” is published already.")
NOT_LATER = words("已有一版从同一天或更晚的日子起生效，有效期不能重叠。", "A version begins on that day or later; validity does not overlap.")
DAY_REMEDY = words("请在“基本信息”里改好再发布。", "Change it in the general data, then publish.")


@action(RELEASE, words("发布标准草案", "Publish a draft"), ability=RELEASE, subject="standard_draft", finds=finding(RELEASE), fields=(NUMBER, VERSION))
def release(call: Call) -> Done:
    """The draft becomes a version that nobody edits any more; its links are kept with it."""
    held = drafts.opened(call)
    if (call.actor.account or 0) in held.editors:
        raise NotAble(OWN, OWN_REMEDY, "own_draft")
    if found := checking.check(held.content):
        raise Conflict(FAULTY.format(count=len(found)), FAULTY_REMEDY, code="draft_faulty")
    before = drafts.version_before(held.code)
    _refuse_days(held.content, before)
    found_links = linking.links(held.content, before.content, held.links) if before else []
    if open_links := [one for one in found_links if not one.is_decided]:
        raise Conflict(UNLINKED.format(count=len(open_links)), UNLINKED_REMEDY, code="draft_unlinked")
    made = keep(held.content, call)
    if before:
        NodeLink.objects.bulk_create([NodeLink(newer=made, earlier=before, code=one.code, earlier_code=code, kind=one.kind)
                                      for one in found_links for code in one.earlier or ("",)])
    held.state, held.published = "published", made
    held.version += 1
    held.save(update_fields=["state", "published", "version"])
    ended = drafts.done(held)
    return replace(ended, answer={**ended.answer, "standard": made.pk, "digest": made.digest})


def _refuse_days(content: Mapping[str, Any], before: StandardVersion | None) -> None:
    first = date.fromisoformat(content["valid_from"])
    if first < clock.today():
        raise Conflict(TOO_EARLY, DAY_REMEDY, code="draft_day")
    if before and first <= before.valid_from:
        raise Conflict(NOT_AFTER.format(version=before.version, day=before.valid_from.isoformat()), DAY_REMEDY, code="draft_day")
    if before and StandardVersion.objects.filter(standard=before.standard_id, version=content["version"]).exists():
        raise Conflict(NUMBER_TAKEN.format(number=content["version"]), DAY_REMEDY, code="draft_number")


def keep(content: Mapping[str, Any], call: Call) -> StandardVersion:
    """Keep a content as a published version; an open-ended one of the same standard ends where it begins."""
    standard, _ = Standard.objects.get_or_create(
        code=content["code"], defaults={"name_zh": content["zh"], "name_en": content["en"], "source": content["source"]})
    if StandardVersion.objects.filter(standard=standard, valid_from__gte=content["valid_from"]).exclude(state="draft").exists():
        raise Invalid({"standard": NOT_LATER})
    StandardVersion.objects.filter(standard=standard, state="published", valid_to=None).update(state="superseded", valid_to=content["valid_from"])
    made = StandardVersion.objects.create(
        standard=standard, version=content["version"], state="published", content=dict(content), digest=standards.digest(content),
        valid_from=content["valid_from"], published_at=call.recorded_at)
    bump(standards.EDITION)
    return made
