# SPDX-License-Identifier: MulanPSL-2.0
"""One record of any register: its values, who belongs to it, its history; and the forms that add, correct, end and take back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from linli.core import registry
from linli.core.faults import Fault, NotAble, NotVisible
from linli.core.fields import Field
from linli.core.sight import Actor, looking, of_post
from linli.core.words import Words, words
from linli.desk.panels import panel_of
from linli.desk.registers import HOMES, SEES, address_of, register_for
from linli.doors import flash, generated
from linli.doors.generated import Form
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.doors.standing import role_words
from linli.elements import directories, looks, places
from linli.elements.intakes import origins
from linli.elements.registers import recording, records
from linli.elements.registers.declaring import Column, Register, register_named

FORMS: Mapping[str, tuple[Words, str, str]] = {
    "change": (words("更正", "Correct"), "edit", "primary"), "end": (words("终止", "End"), "cross", "danger"), "restore": (words("恢复", "Take back"), "back", "primary")}
"""What a form does: its words, its sign, the tone of its button."""
MEANING: Mapping[str, Words] = {
    "change": words("改哪项填哪项；每次更正都记入历史。", "Change what is wrong; every correction stays in the history."),
    "end": words("终止后不再出现在列表里，历史保留；可以恢复。", "It leaves the lists and keeps its history; the end can be taken back."),
    "restore": words("恢复后重新出现在列表里。", "It comes back into the lists."),
}
SAVED = words("已保存。", "Saved.")
HELD = words("已登记 {text}；不改就留空。", "Held: {text}. Leave it empty to keep it.")
FIRST = words("请先打开{what}，再从那里登记。", "Open the record it belongs to ({what}) and add it from there.")


@able(*SEES)
def record(request: HttpRequest, register: str, record: int) -> HttpResponse:
    """One record with its history. NotVisible outside the post's range."""
    actor = actor_of(request)
    found = register_for(actor, register)
    with looking(of_post(actor), read_only=True):
        one = records.find(found, actor, record)
        if found.name in HOMES:
            return redirect(address_of(found, one.pk))
        panel = panel_of(found, one, actor)
        return render(request, "desk/record.html", shown(found, one, actor) | ({"title": panel["title"]} if panel and "title" in panel else {}) | {"panel": panel})


def shown(register: Register, one: Any, actor: Actor) -> dict[str, Any]:
    """What the page of a record shows beside its panel."""
    has_ended = records.has_ended(register, one)
    values = records.shown_values(register, one, actor)
    return {
        "register": register, "record": one, "title": records.full_title_of(register, one), "values": [value for value in values if value.text],
        "missing": [value.column.label for value in values if not value.text], "has_ended": has_ended,
        "ended_on": getattr(one, register.closing.column) if register.closing else None, "path": [step for step in places.path_of(one.area) if step.level != "city"],
        "entries": _entries(register, one, actor), "offers": _offers(register, one, actor, has_ended=has_ended),
        "back": reverse("desk:register", args=[register.name]), "may_reveal": looks.may_reveal(actor),
    }


def _offers(register: Register, one: Any, actor: Actor, *, has_ended: bool) -> list[dict[str, Any]]:
    """The forms that this post may open now."""
    wanted = ("restore",) if has_ended else ("change", *(("end",) if register.closing else ()))
    if not actor.may(register.keeps):
        return []
    own = [{"words": FORMS[what][0], "icon": FORMS[what][1], "href": reverse("desk:record_form", args=[register.name, one.pk, what])} for what in wanted]
    return own + [offer for build in _builders for offer in build(register, one, actor)]


Offers = Callable[[Register, Any, Actor], Sequence[dict[str, Any]]]
_builders: list[Offers] = []


def also_offers(build: Offers) -> Offers:
    """Let other pages be reached from a record: the decorated function answers links (words, icon, href) for a register, a record and a post that keeps it."""
    _builders.append(build)
    return build


def _entries(register: Register, one: Any, actor: Actor) -> list[dict[str, Any]]:
    events = origins.history_of(register, one, actor)
    names = directories.account_names(event.account for event in events)
    entries = []
    for event in events:
        action = registry.get("action", event.action)
        who = " · ".join(part for part in (names.get(event.account or 0, ""), str(role_words(event.role)) if event.role else "") if part)
        nothing = str(words("（无）", "(none)"))
        lines = [f"{one.label}：{one.was or nothing} → {one.now or nothing}" for one in event.differences]
        entries.append({"at": event.at, "title": action.words if action else event.action, "who": who, "text": "\n".join([*lines, *([event.note] if event.note else [])]),
                        "tone": "warn" if event.is_erased or event.action.endswith(".end") else "calm"})
    return entries


@able(*SEES)
def add(request: HttpRequest, register: str) -> HttpResponse:
    """The form of a new record; what it belongs to stands in the address."""
    actor = actor_of(request)
    found = _kept(actor, register)
    if found.link is not None and not request.GET.get(found.link.name):
        above = register_named(found.link.register)
        return flash.redirect(request, reverse("desk:register", args=[above.name]), FIRST.format(what=above.words), level="note")
    with looking(of_post(actor), read_only=True):
        fixed, about = _belonging(found, actor, request)
        above_href = address_of(register_named(found.link.register), int(str(fixed[found.link.name]))) if found.link else reverse("desk:register", args=[found.name])
    action = recording.action_of(found, "add")
    form = Form(action=action.name, fields=_fields_to_add(found, actor), fixed=fixed, initial=_first_values(actor), submit=words("登记", "Record"), done=SAVED,
                draft=f"{found.name}.add", to=lambda answer: address_of(found, int(answer[found.subject])))
    return generated.form_page(request, form, template="desk/form.html", context={"title": action.words, "back": above_href, "meaning": about})


def _kept(actor: Actor, name: str) -> Register:
    found = register_for(actor, name)
    if not actor.may(found.keeps):
        raise NotAble
    return found


def _belonging(register: Register, actor: Actor, request: HttpRequest) -> tuple[dict[str, object], Words | None]:
    """What the address fixes of a new record, found under sight, and the sentence that says so."""
    if register.link is None:
        return {}, register.help
    above = register_named(register.link.register)
    parent = records.find(above, actor, request.GET.get(register.link.name, ""))
    fixed: dict[str, object] = {register.link.name: parent.pk}
    if (household := request.GET.get("household", "")) and any(one.name == "household" for one in register.joining):
        fixed["household"] = records.find(register_named("household"), actor, household).pk
    return fixed, words("{label}：{title}", "{label}: {title}").format(label=register.link.words, title=records.full_title_of(above, parent))


def _fields_to_add(register: Register, actor: Actor) -> list[Field]:
    """The fields of a new record; a place is chosen from those of the post, a household only by where one comes from."""
    fields = [one for one in recording.fields_to_add(register) if one.name != "household"]
    return [replace(one, choices=_places(actor)) if one.kind == "area" else one for one in fields]


def _places(actor: Actor) -> list[tuple[str, Words]]:
    found = [one for one in places.places_within(actor.lo, actor.hi) if one.level in ("community", "grid")]
    return [(str(one.area), words(one.name, one.name)) for one in sorted(found, key=lambda one: one.level != "grid")]


def _first_values(actor: Actor) -> dict[str, object]:
    found = _places(actor)
    return {"area": found[0][0]} if len(found) == 1 else {}


@able(*SEES)
def form(request: HttpRequest, register: str, record: int, what: str) -> HttpResponse:
    """One of the forms of a record; a stale correction shows both versions and keeps what was typed."""
    actor = actor_of(request)
    if what not in FORMS:
        raise NotVisible
    found = register_for(actor, register)
    with looking(of_post(actor), read_only=True):
        one = records.find(found, actor, record)
        title, values = records.full_title_of(found, one), records.values_of(found, one)
    if not actor.may(found.keeps):
        raise NotAble
    label, _, tone = FORMS[what]
    fields = _fields_to_change(found, values, actor) if what == "change" else None
    made = Form(action=recording.action_of(found, what).name, fields=fields, fixed={found.subject: one.pk, "version": one.version}, submit=label, done=SAVED, tone=tone,
                initial={name: value for name, value in values.items() if not found.column(name).protection.is_encrypted} if what == "change" else {},
                to=address_of(found, one.pk))
    sent = generated.submit(request, made)
    if sent.response is not None:
        return sent.response
    with looking(of_post(actor), read_only=True):
        return render(request, "desk/record_form.html", {
            "form": sent.form, "title": title, "register": found, "label": label, "back": address_of(found, one.pk), "meaning": MEANING[what],
            "late": _late(found, one, sent.form, sent.fault, actor)}, status=sent.status)


def _fields_to_change(register: Register, values: Mapping[str, Any], actor: Actor) -> list[Field]:
    """The fields of a correction: what is held of class 2 and up is named masked and never filled in; only what is held can be removed."""
    is_open = records.may_open(actor)
    fields: list[Field] = []
    for one in recording.fields_to_change(register):
        if isinstance(one, Column) and one.protection.is_encrypted and (text := records.shown(one, values[one.name], is_open=is_open)):
            fields.append(replace(one, help=HELD.format(text=text)))
        elif one.name == "emptied":
            held = [(name, label) for name, label in one.options() if values[name]]
            fields += [replace(one, choices=held)] if held else []
        else:
            fields.append(one)
    return fields


def _late(register: Register, one: Any, bound: Any, fault: Fault | None, actor: Actor) -> list[dict[str, Any]]:
    """What differs between what is there now and what was typed, when somebody else was first; empty otherwise."""
    if fault is None or fault.code != "stale":
        return []
    now = {value.column.name: value for value in records.shown_values(register, records.find(register, actor, one.pk), actor)}
    differing = []
    for field in bound.fields:
        held = now.get(field.field.name)
        if held is None or held.column.protection.is_encrypted:
            continue
        typed = next((str(option.label) for option in field.options if option.is_chosen), "") if field.options else field.value
        if typed != held.text:
            differing.append({"label": held.column.label, "now": held.text, "yours": typed})
    return differing
