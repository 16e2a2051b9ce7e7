# SPDX-License-Identifier: MulanPSL-2.0
"""The generated form: an action's declared fields become a form, what is sent becomes one run of the action, nothing typed is lost."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from linli.core import actions
from linli.core.faults import Fault
from linli.core.fields import Field
from linli.core.sight import looking, of_post
from linli.core.words import Words, words
from linli.doors import files, flash, uploads
from linli.doors.requests import actor_of
from linli.ui.forms import FILES, VOUCHERS, BoundForm, Kept, bound, typed

KEY = "idempotency"
VERSION = "version"
SEND = words("提交", "Submit")
DONE = words("已办理。", "Done.")


@dataclass(frozen=True)
class Form:
    """One action as a form.

    `fields` None shows the action's own, without those that `fixed` gives. `fixed` comes from the server, never from
    the browser, except `version`: that is the one which the person saw. `to` is where to go afterwards, an address or
    a function of the answer. `place` says (area, end of its range) under which new files of the public are kept.
    """

    action: str
    fields: Sequence[Field] | None = None
    fixed: Mapping[str, object] = field(default_factory=dict)
    initial: Mapping[str, object] = field(default_factory=dict)
    submit: Words = SEND
    to: str | Callable[[dict[str, Any]], str] = "."
    done: Words | None = DONE
    address: str = ""
    draft: str = ""
    prefix: str = ""
    tone: str = "primary"
    place: Callable[[Mapping[str, object]], tuple[int, int] | None] | None = None

    def shown_fields(self) -> tuple[Field, ...]:
        """The fields a person fills in."""
        fields = actions.find_action(self.action).fields if self.fields is None else self.fields
        return tuple(one for one in fields if one.name not in self.fixed)


@dataclass(frozen=True)
class Sent:
    """What became of a form: a response when it was done, otherwise the form to show again and with which status."""

    form: BoundForm
    status: int = 200
    response: HttpResponse | None = None
    answer: dict[str, Any] | None = None
    fault: Fault | None = None


def unsent(request: HttpRequest, form: Form) -> BoundForm:
    """The form as it is shown first."""
    return _bound(form, form.initial, new_key(), pictures=_pictures(request, form, form.initial))


def submit(request: HttpRequest, form: Form) -> Sent:
    """Run the action with what was sent by POST; for GET only the form to show.

    A repeat under the same key answers what was answered first. Raises NotVisible; every other fault stays in the form.
    """
    if request.method != "POST":
        return Sent(unsent(request, form))
    fields = form.shown_fields()
    values = typed(fields, request.POST, form.prefix)
    key = request.POST.get(KEY, "")[:128] or new_key()
    try:
        values = _with_files(request, form, values)
        answer = actions.run(form.action, actor_of(request), values | _fixed(request, form), key=key, device=request.device,  # type: ignore[attr-defined]
                             vouched=_vouched(request, form, values))
    except uploads.Refused as refused:
        return _again(request, form, refused.values, key, refused.fault)
    except Fault as fault:
        if fault.status == 404:
            raise
        return _again(request, form, values, new_key() if fault.code == "key_reused" else key, fault)
    address = form.to if isinstance(form.to, str) else form.to(answer)
    done = form.done.format(**_texts(answer)) if form.done else None
    return Sent(_bound(form, values, key), 303, flash.redirect(request, address, done), answer)


def kept(request: HttpRequest, form: Form) -> Sent:
    """Keep the new files of what was sent and show the form again with everything typed: for a page that asks something in between."""
    values = typed(form.shown_fields(), request.POST, form.prefix)
    key = request.POST.get(KEY, "")[:128] or new_key()
    try:
        values = _with_files(request, form, values)
    except uploads.Refused as refused:
        return _again(request, form, refused.values, key, refused.fault)
    return Sent(_bound(form, values, key, pictures=_pictures(request, form, values)))


def _vouched(request: HttpRequest, form: Form, values: Mapping[str, object]) -> frozenset[int]:
    """The waiting files that this request brought itself, and those for which it shows the voucher of an earlier one."""
    found: set[str] = set()
    for one in (shown for shown in form.shown_fields() if shown.kind == "evidence"):
        held, posted = values.get(one.name), request.POST.getlist(form.prefix + one.name)
        found |= {str(number) for number in held if str(number) not in posted} if isinstance(held, list) else set()
        found |= files.vouched(request.POST.getlist(form.prefix + one.name + VOUCHERS))
    return frozenset(int(number) for number in found if number.isdecimal())


def form_page(request: HttpRequest, form: Form, *, template: str = "doors/form.html", context: Mapping[str, object] | None = None) -> HttpResponse:
    """A page that is one form; `context` of doors/form.html is title, lead and shell (ui/public.html or ui/desk.html)."""
    sent = submit(request, form)
    if sent.response is not None:
        return sent.response
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True) if actor.is_signed_in else nullcontext():
        return render(request, template, {"shell": "ui/public.html"} | dict(context or {}) | {"form": sent.form}, status=sent.status)


def _fixed(request: HttpRequest, form: Form) -> dict[str, object]:
    """What the server says itself, with the version that the person saw."""
    fixed = dict(form.fixed)
    seen = request.POST.get(VERSION, "")
    if VERSION in fixed and seen:
        fixed[VERSION] = seen
    return fixed


def _with_files(request: HttpRequest, form: Form, values: dict[str, object]) -> dict[str, object]:
    """New files are kept first, so that they survive a fault in another field."""
    place = form.place(values) if form.place else None
    for one in form.shown_fields():
        if one.kind in FILES:
            values[one.name] = uploads.received(request, one, form.prefix)
        if one.kind == "evidence":
            values = uploads.keep_files(request, one, values, place=place, prefix=form.prefix)
    return values


def _again(request: HttpRequest, form: Form, values: Mapping[str, object], key: str, fault: Fault) -> Sent:
    names = {one.name for one in form.shown_fields()}
    others = tuple(sentence for name, sentence in fault.fields.items() if name not in names)
    shown = replace(_bound(form, values, key, fault.fields, _pictures(request, form, values)), message=fault.message, remedy=fault.remedy, others=others)
    return Sent(shown, fault.status, fault=fault)


def _pictures(request: HttpRequest, form: Form, values: Mapping[str, object]) -> dict[str, Kept]:
    """The pictures of files that were kept before the form came back."""
    found: dict[str, Kept] = {}
    for one in (shown for shown in form.shown_fields() if shown.kind == "evidence"):
        held, name, known = values.get(one.name), form.prefix + one.name, actor_of(request).is_signed_in
        numbers = [str(number) for number in held] if isinstance(held, list | tuple) else []
        posted = request.POST.getlist(name)
        vouched = files.vouched(request.POST.getlist(name + VOUCHERS)) if numbers else set()
        earlier = [number for number in numbers if number in posted and (known or number in vouched)]
        new = [number for number in numbers if number not in posted]
        found |= files.waiting_pictures(request, new, earlier, form.place(values) if form.place else None) if numbers else {}
    return found


def _bound(form: Form, values: Mapping[str, object], key: str, errors: Mapping[str, Words] | None = None,
           pictures: Mapping[str, Kept] | None = None) -> BoundForm:
    fields = tuple(bound(form.shown_fields(), values, errors, form.prefix, pictures))
    fixed = ((VERSION, str(form.fixed[VERSION])),) if VERSION in form.fixed else ()
    return BoundForm(fields, form.submit, form.address, key, fixed, draft=form.draft, tone=form.tone)


def _texts(answer: Mapping[str, Any]) -> dict[str, object]:
    return {name: value for name, value in answer.items() if isinstance(value, str | int)}


def new_key() -> str:
    """A fresh key by which a form is done once."""
    return secrets.token_urlsafe(16)

