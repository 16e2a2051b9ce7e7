# SPDX-License-Identifier: MulanPSL-2.0
"""Drafts: how one is found, begun, kept after a change, and how rows of its content are put in and taken out."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from datetime import date, timedelta
from typing import Any

from django.conf import settings

from linli.core import clock
from linli.core.actions import Call, Done
from linli.core.faults import Conflict, Invalid, NotAble, NotVisible
from linli.core.fields import Field
from linli.core.sight import Actor
from linli.core.words import words
from linli.measures.models import Draft, StandardVersion
from linli.measures.sheets import checking, files
from linli.measures.sheets.checking import INDICATOR, LISTS

SEE, DRAFT, RELEASE, TRY = "standard.see", "standard.draft", "standard.release", "standard.try"
CLOSED = words("这份草案已经发布或放弃，不能再改。", "This draft is published or dropped and can no longer be changed.")
CLOSED_REMEDY = words("要改动请复制成新的草案。", "Copy the published version into a new draft to change it.")
GONE = words("草案里没有编号为“{code}”的一行，可能刚被删去。", "The draft has no row “{code}”; it may just have been removed.")
TAKEN = words("编号“{code}”已经有了，请换一个。", "The code “{code}” is taken. Choose another.")
NUMBER = Field("draft", words("草案", "Draft"), "integer", required=True, low=1)
VERSION = Field("version", words("版本", "Version"), "integer", low=1)
MOST_ROWS = 400
TOO_MANY = words("一份标准最多 {most} 行。", "A standard has {most} rows at most.")


def finding(*abilities: str) -> Callable[[Actor, Mapping[str, Any]], Draft]:
    """Finds the draft for an action: 403 before looking for a post that sees something but is not able, 404 otherwise."""

    def find(actor: Actor, given: Mapping[str, Any]) -> Draft:
        if not any(actor.may(one) for one in abilities):
            raise NotAble if actor.hi > actor.lo else NotVisible
        return draft_of(given.get("draft"))

    return find


def draft_of(number: object) -> Draft:
    """The draft of a number as it came in; NotVisible when there is none."""
    text = str(number or "")
    found = Draft.objects.filter(pk=int(text)).first() if text.isascii() and text.isdecimal() and len(text) < 19 else None
    if found is None:
        raise NotVisible
    return found


def version_of(number: object) -> StandardVersion:
    """The published version of a number as it came in; NotVisible when there is none."""
    text = str(number or "")
    found = None
    if text.isascii() and text.isdecimal() and len(text) < 19:
        found = StandardVersion.objects.exclude(state="draft").select_related("standard").filter(pk=int(text)).first()
    if found is None:
        raise NotVisible
    return found


def version_before(code: str) -> StandardVersion | None:
    """The newest published version of a standard: what a draft of it follows. None for a new standard."""
    return StandardVersion.objects.exclude(state="draft").filter(standard__code=code).order_by("-valid_from", "-id").first()


def versions(most: int) -> list[StandardVersion]:
    """Published versions without their content, the newest first."""
    return list(StandardVersion.objects.exclude(state="draft").select_related("standard").defer("content").order_by("-valid_from", "-id")[:most])


def held_drafts(most: int) -> list[Draft]:
    """Drafts without their content, the newest first."""
    return list(Draft.objects.defer("content", "previous").order_by("-id")[:most])


def held_open(most: int = 50) -> list[Draft]:
    """Open drafts with their content, the newest first."""
    return list(Draft.objects.filter(state="open").defer("previous").order_by("-id")[:most])


def before_of(found: StandardVersion) -> StandardVersion | None:
    """The version that a published one followed; None for a first one."""
    held = StandardVersion.objects.exclude(state="draft").filter(standard=found.standard_id, valid_from__lt=found.valid_from)
    return held.order_by("-valid_from").first()


def opened(call: Call) -> Draft:
    """The draft of the call, locked for the change. Conflict when it is no longer open."""
    held: Draft = Draft.objects.select_for_update().get(pk=call.record.pk)
    if held.state != "open":
        raise Conflict(CLOSED, CLOSED_REMEDY, code="draft_closed")
    return held


def keep(call: Call, held: Draft, content: Mapping[str, Any], **payload: Any) -> Done:
    """Keep a new content and whoever made it; answers the draft and its version."""
    if sum(len(content[name]) for name in LISTS if isinstance(content.get(name), list)) > MOST_ROWS:
        raise Invalid({"file": TOO_MANY.format(most=MOST_ROWS)})
    held.previous, held.content = held.content, dict(content)
    held.code, held.number = name_of(content, "code", checking.LONGEST_CODE), name_of(content, "version", checking.LONGEST_VERSION)
    touched(call, held)
    held.save()
    return done(held, **payload)


def touched(call: Call, held: Draft) -> None:
    """Note who changed it, and that it is another version now."""
    held.editors = sorted({*held.editors, call.actor.account or 0})
    held.changed_by, held.changed_at, held.version = call.actor.account, call.recorded_at, held.version + 1


def done(held: Draft, *, is_new: bool = False, **payload: Any) -> Done:
    """The end of every action on a draft."""
    return Done(settings.CITY_AREA, held.pk, {"draft": held.pk, "version": held.version}, payload, is_new=is_new)


def name_of(content: Mapping[str, Any], field: str, most: int) -> str:
    """A name of the content as its column keeps it; empty when it is no text."""
    value = content.get(field)
    return value[:most] if isinstance(value, str) else ""


def read_file(given: Mapping[str, Any]) -> dict[str, Any] | None:
    """The content that was uploaded or pasted; None when neither came. Invalid names the field with what cannot be read."""
    field = "file" if given.get("file") is not None else "text"
    if given.get(field) is None:
        return None
    try:
        return files.read(files.text_of(given["file"].content) if field == "file" else given["text"])
    except files.Unreadable as trouble:
        raise Invalid({field: trouble.sentence}) from None


def first_day(code: str) -> date:
    """The first day on which a new version of a standard may begin: tomorrow, and after the first day of the one before."""
    before = version_before(code)
    tomorrow = clock.today() + timedelta(days=1)
    return max(tomorrow, before.valid_from + timedelta(days=1)) if before else tomorrow


def row_of(content: Mapping[str, Any], section: str, code: str) -> dict[str, Any]:
    """A copy of one row of a section; Invalid when it is not there."""
    for one in _list(content, section):
        if one.get("code") == code:
            return deepcopy(one)
    raise Invalid({"row": GONE.format(code=code)})


def _list(content: Mapping[str, Any], section: str) -> list[dict[str, Any]]:
    held = content.get(section)
    return [one for one in held if isinstance(one, dict)] if isinstance(held, list) else []


REFERS = {checking.DIMENSION: "dimension", checking.NECESSARY: "necessary", checking.SYSTEM: "system"}
"""By section, the key by which an indicator names one of its rows."""


def with_row(content: Mapping[str, Any], section: str, code: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """The content with a row replaced (or added, for an empty code); what names it by an old code follows. Invalid for a code that is taken."""
    changed = deepcopy(dict(content))
    held = _list(changed, section)
    if row["code"] != code and any(one.get("code") == row["code"] for one in held):
        raise Invalid({"code": TAKEN.format(code=row["code"])})
    changed[section] = [dict(row) if one.get("code") == code else one for one in held] if code else [*held, dict(row)]
    key = REFERS.get(section)
    if code and key and code != row["code"]:
        for one in _list(changed, INDICATOR):
            if one.get(key) == code:
                one[key] = row["code"]
    return changed


def without_row(content: Mapping[str, Any], section: str, code: str) -> dict[str, Any]:
    """The content without a row; Invalid when it is not there. What named it keeps the name: that is listed as a fault."""
    row_of(content, section, code)
    changed = deepcopy(dict(content))
    changed[section] = [one for one in _list(changed, section) if one.get("code") != code]
    return changed


def refuse_faults(content: Mapping[str, Any], section: str, code: str, fields: Mapping[str, str]) -> None:
    """Invalid with the sentence beside each field when the row just edited is wrong. `fields` gives for a key of the file the field of the form."""
    wrong = {fields.get(one.field, one.field): one.sentence for one in checking.row_faults(content) if one.section == section and one.code == code}
    if wrong:
        raise Invalid(wrong)
