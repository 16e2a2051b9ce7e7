# SPDX-License-Identifier: MulanPSL-2.0
"""Actions of 标: a standard is published, with its content hash, once; those of papers, periods, inspections and surveys are gathered here."""

from django.conf import settings

from linli.core import registry
from linli.core.actions import Call, Done, action
from linli.core.editions import bump
from linli.core.faults import Conflict, Invalid
from linli.core.fields import Field
from linli.core.sight import of_record
from linli.core.words import words
from linli.measures import proofs, standards
from linli.measures.closing import actions as of_periods
from linli.measures.closing import freezing, overriding
from linli.measures.inspecting import marking, ordering, reading
from linli.measures.models import Standard, StandardVersion
from linli.measures.surveying import answering, doubts, rolls, samples
from linli.measures.surveying import closing as of_surveys

GATHERED = (answering, doubts, freezing, marking, of_periods, of_surveys, ordering, overriding, proofs, reading, rolls, samples)
"""Modules of this room that declare actions, gathered here so that discovery finds them."""

UNKNOWN = words("没有这个标准文件。", "There is no such standard file.")
EDITED = words("这一版标准已经发布，内容不能再改。", "This version of the standard is published; its content can no longer change.")
EDITED_REMEDY = words("请把修改写成新的一版（新的版本号）再发布。", "Write the change as a new version with a new number, and publish that.")


@action("standard.publish", words("发布标准", "Publish a standard"), ability="standard.publish", subject="standard", sight="this_record",
        opens=lambda actor, given: of_record(settings.CITY_AREA),
        fields=(Field("standard", words("标准文件", "Standard file"), "text", required=True),))
def publish(call: Call) -> Done:
    """Keep a shipped standard as a published version; an older version that was open-ended ends where this one begins."""
    file: standards.StandardFile | None = registry.get(standards.SECTION, call.given["standard"])
    if file is None:
        raise Invalid({"standard": UNKNOWN})
    content = file.content()
    digest = standards.digest(content)
    standard, _ = Standard.objects.get_or_create(
        code=content["code"], defaults={"name_zh": content["zh"], "name_en": content["en"], "source": content["source"]})
    found = StandardVersion.objects.filter(standard=standard, version=content["version"]).first()
    if found is not None and found.digest != digest:
        raise Conflict(EDITED, EDITED_REMEDY, code="published")
    if found is None:
        StandardVersion.objects.filter(standard=standard, state="published", valid_to=None).update(
            state="superseded", valid_to=content["valid_from"])
        found = StandardVersion.objects.create(
            standard=standard, version=content["version"], state="published", content=content, digest=digest,
            valid_from=content["valid_from"], published_at=call.recorded_at)
        bump(standards.EDITION)
    return Done(settings.CITY_AREA, found.pk, {"standard": content["code"], "version": content["version"], "digest": digest})
