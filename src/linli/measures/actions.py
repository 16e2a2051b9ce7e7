# SPDX-License-Identifier: MulanPSL-2.0
"""Actions of 标: a shipped standard is published, with its content hash, once; those of drafts, papers, periods, guards, inspections and surveys are gathered here."""

from django.conf import settings

from linli.core import registry
from linli.core.actions import Call, Done, action
from linli.core.faults import Conflict, Invalid
from linli.core.fields import Field
from linli.core.sight import of_record
from linli.core.words import words
from linli.measures import proofs, standards
from linli.measures.closing import actions as of_periods
from linli.measures.closing import freezing, overriding
from linli.measures.guarding import judging
from linli.measures.inspecting import marking, ordering, reading
from linli.measures.models import StandardVersion
from linli.measures.norms import keeping
from linli.measures.sheets import editing, linking, releasing, trying
from linli.measures.surveying import answering, doubts, rolls, samples
from linli.measures.surveying import closing as of_surveys

GATHERED = (
    answering, doubts, editing, freezing, judging, keeping, linking, marking, of_periods, of_surveys, ordering, overriding, proofs, reading, releasing, rolls, samples,
    trying)
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
    found = StandardVersion.objects.filter(standard__code=content["code"], version=content["version"]).first()
    if found is not None and found.digest != standards.digest(content):
        raise Conflict(EDITED, EDITED_REMEDY, code="published")
    if found is None:
        found = releasing.keep(content, call)
    return Done(settings.CITY_AREA, found.pk, {"standard": content["code"], "version": content["version"], "digest": found.digest})
