# SPDX-License-Identifier: MulanPSL-2.0
"""Standards on the desk: versions and drafts, one sheet readable and printable, editing part by part, links, comparison, what-if."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse

from linli.core.actions import find_action
from linli.core.faults import NotVisible
from linli.core.fields import Field
from linli.core.sight import looking, of_post
from linli.core.words import Words, words
from linli.desk import trying
from linli.doors import generated
from linli.doors.generated import Form
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.elements import directories
from linli.measures.models import Draft, StandardVersion
from linli.measures.norms import keeping
from linli.measures.sheets import checking, comparing, drafts, files, linking, showing
from linli.measures.sheets.drafts import DRAFT, RELEASE, SEE, TRY
from linli.ui.forms import BoundForm

SHOWN = 50
SECTIONS = {"dimension": "standard.set_dimension", "indicator": "standard.set_indicator", "necessary": "standard.set_condition", "system": "standard.set_system"}
CHANGES = {"general": "standard.set_general", "bar": "standard.set_bar", "load": "standard.load_draft", "undo": "standard.undo_draft", "drop": "standard.drop_draft",
           "links": "standard.link", "release": RELEASE, "remove": "standard.remove_row", **SECTIONS}
MEANINGS: Mapping[str, Words] = {
    "load": words("文件内容会替换整份草案；不对可以撤销上一步。", "The file replaces the whole draft; the last step can be taken back."),
    "undo": words("回到上一步之前的内容。", "Back to the content before the last step."),
    "drop": words("放弃后不能再改，但仍可查看。", "A dropped draft can no longer be changed, but stays readable."),
    "release": words("发布后内容不能再改；上一版到新版生效那天为止。起草和改过的人不能发布。",
                     "A published version is never edited; the one before ends on its first day. Whoever wrote or changed it does not publish it."),
    "links": words(
        "每行一个指标：编号、关系、以前的编号。same 相同，reworded 改了说法，split 拆分，merged 合并，new 新增，- dropped 取消。只有相同的沿用佐证材料，改了说法的要先确认。",
        "A node a line: code, kind, earlier codes. Only “same” carries evidence over; “reworded” asks for a confirmation."),
    "remove": words("删去这一行；不对可以撤销上一步。", "The row is removed; the last step can be taken back."),
}
STATES = {"open": (words("草案", "Draft"), "accent"), "published": (words("已发布", "Published"), "good"), "superseded": (words("已被替代", "Superseded"), "calm"),
          "dropped": (words("已放弃", "Dropped"), "calm")}


@able(SEE)
def overview(request: HttpRequest) -> HttpResponse:
    """All versions, newest first, and the drafts."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        versions, held = drafts.versions(SHOWN), drafts.held_drafts(SHOWN)
        names = directories.account_names([who for one in held for who in (one.made_by, one.changed_by)])
        return render(request, "desk/standards.html", {
            "versions": [{"version": one, "state": STATES[one.state]} for one in versions], "may_draft": actor.may(DRAFT), "may_try": actor.may(TRY),
            "may_norms": actor.may(keeping.SEE),
            "drafts": [{"draft": one, "state": STATES[one.state], "made_by": names.get(one.made_by or 0, ""), "changed_by": names.get(one.changed_by or 0, "")}
                       for one in held]})


@able(SEE)
def version(request: HttpRequest, standard: int) -> HttpResponse:
    """One published version, whole."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        found = drafts.version_of(standard)
        before = drafts.before_of(found)
        return render(request, "desk/standard.html", {
            "version": found, "state": STATES[found.state], "sheet": showing.whole(found.content), "before": before, "may_draft": actor.may(DRAFT),
            "may_try": actor.may(TRY), "may_norms": actor.may(keeping.SEE)})


@able(SEE)
def version_file(request: HttpRequest, standard: int) -> HttpResponse:
    """A version as TOML."""
    found = drafts.version_of(standard)
    return as_file(found.content, f"{found.standard.code}-{found.version}")


@able(SEE)
def draft_file(request: HttpRequest, draft: int) -> HttpResponse:
    """A draft as TOML, faults and all."""
    found = drafts.draft_of(draft)
    return as_file(found.content, f"draft-{found.pk}")


def as_file(content: Mapping[str, Any], name: str) -> HttpResponse:
    """A content as a TOML file to keep."""
    plain = "".join(char if char.isascii() and (char.isalnum() or char in "-_.") else "_" for char in name)
    return HttpResponse(files.write(content), content_type="application/toml; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="{plain}.toml"'})


@able(SEE)
def compared(request: HttpRequest, standard: int) -> HttpResponse:
    """A version beside the one before it."""
    found = drafts.version_of(standard)
    before = drafts.before_of(found)
    if before is None:
        raise NotVisible
    links = linking.kept(found.pk) or linking.links(found.content, before.content, {})
    return _comparison(request, found.content, before, links, reverse("desk:standard", args=[found.pk]))


@able(SEE)
def draft_compared(request: HttpRequest, draft: int) -> HttpResponse:
    """A draft beside the version before it."""
    found = drafts.draft_of(draft)
    before = drafts.version_before(found.code)
    if before is None:
        raise NotVisible
    return _comparison(request, found.content, before, linking.links(found.content, before.content, found.links), reverse("desk:standard_draft", args=[found.pk]))


def _comparison(request: HttpRequest, content: Mapping[str, Any], before: StandardVersion, links: list[linking.Link], back: str) -> HttpResponse:
    lines = comparing.lines(links, content, before.content)
    shown = [{"line": one, "kind": linking.KINDS[one.link.kind], "carries": linking.CARRIES[one.link.kind]} for one in lines]
    changed = [one for one in shown if one["line"].differences or one["line"].link.kind != linking.SAME]  # type: ignore[attr-defined]
    return render(request, "desk/standard_compared.html", {
        "number": str(content.get("version")), "before": before, "heads": comparing.heads(content, before.content), "changed": changed,
        "unchanged": len(shown) - len(changed), "back": back})


@able(DRAFT)
def begin(request: HttpRequest) -> HttpResponse:
    """Begin a draft: from a version (`?standard=`), from a file, or from nothing."""
    action, wanted = find_action(DRAFT), request.GET.get("standard", "")
    fixed = {"standard": drafts.version_of(wanted).pk} if wanted else {}
    names = ("number",) if wanted else ("file", "text", "code", "number", "zh", "en")
    form = Form(DRAFT, [one for one in action.fields if one.name in names], fixed, submit=words("建草案", "Make the draft"), to=_draft_page,
                address=f"?standard={fixed['standard']}" if wanted else "", done=words("草案已建好。", "The draft is there."))
    meaning = None if wanted else words("上传或粘贴一份标准文件；从空白起草时填标准编号、版本号和名称。",
                                        "Bring or paste a standard file; to begin from nothing fill in code, version number and names.")
    sent = generated.submit(request, form)
    return sent.response or _form(request, sent.form, action.words, reverse("desk:standards"), meaning, sent.status)


def _draft_page(answer: Mapping[str, Any]) -> str:
    return reverse("desk:standard_draft", args=[answer["draft"]])


def _form(request: HttpRequest, form: BoundForm, title: Words, back: str, meaning: Words | None, status: int, now: list[tuple[object, object]] | None = None) -> HttpResponse:
    with looking(of_post(actor_of(request)), read_only=True):
        return render(request, "desk/standard_form.html", {"form": form, "title": title, "back": back, "meaning": meaning, "now": now or []}, status=status)


@able(SEE)
def draft(request: HttpRequest, draft: int) -> HttpResponse:
    """One draft with what is wrong with it, and what can be done."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        found = drafts.draft_of(draft)
        before = drafts.version_before(found.code)
        faults = checking.check(found.content)
        unlinked = sum(not one.is_decided for one in linking.links(found.content, before.content, found.links)) if before else 0
        is_open = found.state == "open"
        is_own = (actor.account or 0) in found.editors
        names = directories.account_names([found.made_by, found.changed_by])
        return render(request, "desk/standard_draft.html", {
            "draft": found, "state": STATES[found.state], "sheet": showing.whole(found.content, faults), "faults": faults, "before": before, "unlinked": unlinked,
            "may_edit": is_open and actor.may(DRAFT), "may_release": is_open and actor.may(RELEASE), "is_own": is_own, "may_norms": actor.may(keeping.SEE),
            "may_try": is_open and actor.may(TRY),
            "made_by": names.get(found.made_by or 0, ""), "changed_by": names.get(found.changed_by or 0, "")})


@able(DRAFT, RELEASE)
def change(request: HttpRequest, draft: int, what: str) -> HttpResponse:
    """One change to a draft as a page of its own; a stale one shows what stands there now beside what was typed."""
    actor, found = actor_of(request), drafts.draft_of(draft)
    if what not in CHANGES or not actor.may(find_action(CHANGES[what]).ability):
        raise NotVisible
    action, row, section = find_action(CHANGES[what]), request.GET.get("row", "")[:20], request.GET.get("section", "")
    fixed: dict[str, object] = {"draft": found.pk, "version": found.version}
    if what in SECTIONS:
        fixed["row"] = row
    if what == "remove":
        fixed |= {"row": row, "section": section}
    initial = _initial(found, what, row)
    fields = [_fitted(one, found, what) for one in action.fields if one.name not in fixed]
    form = Form(CHANGES[what], fields, fixed, initial, submit=action.words, to=_draft_page, address=f"?{request.GET.urlencode()}" if request.GET else "",
                tone="danger" if what in ("drop", "remove") else "primary")
    sent = generated.submit(request, form)
    if sent.response:
        return sent.response
    now: list[tuple[object, object]] = [(one.label, initial[one.name]) for one in fields if initial.get(one.name)] if sent.status == 409 else []
    title = words(f"{action.words.zh} {row}", f"{action.words.en} {row}") if row else action.words
    return _form(request, sent.form, title, reverse("desk:standard_draft", args=[found.pk]), MEANINGS.get(what), sent.status, now)


def _initial(found: Draft, what: str, row: str) -> dict[str, object]:
    """What stands there now, as the form shows it."""
    if what == "general":
        return {**showing.typed_general(found.content)}
    if what == "bar":
        return showing.typed_bar(found.content)
    if what == "links":
        before = drafts.version_before(found.code)
        return {"links": linking.written(linking.links(found.content, before.content, found.links))} if before else {}
    return showing.typed_row(drafts.row_of(found.content, what, row)) if what in SECTIONS and row else {}


def _fitted(one: Field, found: Draft, what: str) -> Field:
    """The field with what there is to choose from in this draft."""
    choices = showing.choices(found.content, one.name) if what == "indicator" else None
    return replace(one, kind="choice", choices=choices) if choices else one


ADDRESSES = [
    path("standards/", overview, name="standards"),
    path("standards/draft", begin, name="standard_begin"),
    path("standards/drafts/<int:draft>/", draft, name="standard_draft"),
    path("standards/drafts/<int:draft>/file.toml", draft_file, name="standard_draft_file"),
    path("standards/drafts/<int:draft>/compared", draft_compared, name="standard_draft_compared"),
    path("standards/drafts/<int:draft>/<str:what>", change, name="standard_change"),
    *trying.ADDRESSES,
    path("standards/<int:standard>/", version, name="standard"),
    path("standards/<int:standard>/file.toml", version_file, name="standard_file"),
    path("standards/<int:standard>/compared", compared, name="standard_compared"),
]
