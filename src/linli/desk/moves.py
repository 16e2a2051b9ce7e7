# SPDX-License-Identifier: MulanPSL-2.0
"""The forms by which a matter is moved on: each generated from its action, with the choices that fit this matter."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from linli.core.actions import find_action
from linli.core.fields import Field
from linli.core.sight import Actor
from linli.core.words import Words, words
from linli.doors import generated
from linli.doors.generated import Form
from linli.matters import duties, numbers, secrecy, stories, units
from linli.matters.dialogue import BAD
from linli.matters.kinds import Kind, kind_of
from linli.matters.models import Matter
from linli.matters.moving import label_of
from linli.matters.phases import OPEN, OWNERS
from linli.ui.forms import BoundForm

ASK, REVEAL = "matter.ask", "matter.reveal"
DANGER = {"matter.refuse", "matter.return"}
PASSED = (("true", words("合格", "It is right")), ("false", words("不合格，退回处置", "It is not right: back to handling")))
DONE: dict[str, Words] = {
    "matter.file": words("已受理，待派遣。", "Accepted; it is to be dispatched."),
    "matter.refuse": words("已按原因不予受理，上报人能看到去处。", "Not accepted; the reporter reads where to go instead."),
    "matter.dispatch": words("已派遣。", "Dispatched."), "matter.receive": words("已接收，开始处置计时。", "Received; the handling clock runs."),
    "matter.return": words("已退回，待重新派遣。", "Returned; it is to be dispatched again."),
    "matter.handle": words("已记录处置。", "The handling is recorded."),
    "matter.reply": words("已答复上报人，转入核查。", "The reporter is answered; verification follows."),
    "matter.verify": words("已记录核查结果。", "The verification is recorded."),
    "matter.close": words("已结案，测评结果随即更新。", "Closed; the results follow at once."), "matter.archive": words("已归档。", "Archived."),
    ASK: words("问题已送给上报人。", "The question is with the reporter."),
}
HELP: dict[str, Words] = {
    "matter.dispatch": words("只列出辖区包含这里、有人接收的单位。", "Only units whose area contains the place and where somebody can receive it."),
    "matter.verify": words("请到现场看过再填。不合格要写明哪里不合格。", "Look on site first. If it is not right, say what is wrong."),
    "matter.reply": words("这段话上报人会看到。", "The reporter reads this."),
    REVEAL: words("每次查看都会记入流水，并写明理由。", "Each look is journalled with its reason."),
}


MORE: dict[str, Callable[[Actor, Matter], bool]] = {
    ASK: lambda actor, matter: (matter.phase in OPEN or (matter.phase == "closed" and matter.rating in BAD)) and matter.is_contactable,
    REVEAL: lambda actor, matter: matter.is_contactable and secrecy.may_reveal(actor, matter),
}
"""Actions on a matter that are no moves of the table, and when each is offered to somebody who has its ability."""


Finish = Callable[[Form, Actor, Matter], Form]
FINISHED: dict[str, Finish] = {}
"""What completes the form of an action for this actor and this matter."""


def offer(name: str, *, done: Words | None = None, icon: str = "arrow", is_danger: bool = False, when: Callable[[Actor, Matter], bool] | None = None,
          fitted: Mapping[str, Callable[[Field, Kind, Matter], Field]] | None = None, finish: Finish | None = None) -> None:
    """Offer a further action on the page of a matter; a topic's own module calls this once when it is imported.

    `when` is needed for what is no move of the table (matters/phases.py); `fitted` turns single fields into what fits the matter;
    `finish` gets the whole form with the actor, for what is filled in beforehand.
    """
    MOVABLE.add(name)
    if finish is not None:
        FINISHED[name] = finish
    ICONS[name] = icon
    if done is not None:
        DONE[name] = done
    if is_danger:
        DANGER.add(name)
    if when is not None:
        MORE[name] = when
    FITTED.update({(name, field): fit for field, fit in (fitted or {}).items()})


def possible(actor: Actor, matter: Matter) -> list[str]:
    """Names of the actions that this actor could do now: moves first, then those that are offered beside them."""
    found = [rule.action for rule in stories.possible_moves(actor, matter) if rule.action in MOVABLE]
    return found + [name for name, is_offered in MORE.items() if actor.may(find_action(name).ability) and is_offered(actor, matter)]


def form_of(name: str, matter: Matter, actor: Actor | None = None) -> Form:
    """The form of an action on this matter, with the choices that fit it, and what the actor finds filled in."""
    action, kind, number = find_action(name), kind_of(matter.kind), numbers.number_of(matter.pk)
    fixed: dict[str, object] = {"number": number}
    if any(one.name == "version" for one in action.fields):
        fixed["version"] = matter.version
    fields = tuple(_fitted(one, name, kind, matter) for one in action.fields if one.name not in fixed)
    label = label_of(kind, name) if kind.rules(name) else action.words
    form = Form(
        name, fields, fixed, submit=label, to=reverse("desk:matter", args=[number]), done=DONE.get(name, generated.DONE),
        address=reverse("desk:move", args=[number, name]), prefix=f"{name.partition('.')[2]}-", draft=f"desk.{number}.{name}",
        tone="danger" if name in DANGER else "primary")
    return FINISHED[name](form, actor, matter) if actor is not None and name in FINISHED else form


def _fitted(one: Field, name: str, kind: Kind, matter: Matter) -> Field:
    fit = FITTED.get((name, one.name))
    return fit(one, kind, matter) if fit else one


def reasons_of(name: str) -> Callable[[Field, Kind, Matter], Field]:
    """The typed reasons of an action in this kind, as a choice."""
    return lambda one, kind, matter: replace(one, choices=[(reason.code, reason.words) for reason in kind.reasons(name)])


def _once(matter: Matter, name: str, read: Callable[[], Any]) -> Any:
    """What `read` gives, asked once for the row in hand: several forms of its page offer the same."""
    held = vars(matter)
    if name not in held:
        held[name] = read()
    return held[name]


def unit_choices(matter: Matter) -> list[tuple[str, Words]]:
    """The units that could take the matter."""
    found: list[tuple[str, Words]] = _once(
        matter, "unit_choices", lambda: [(str(unit.pk), words(unit.name, unit.name)) for unit in units.handling_units(matter.area)])
    return found


def _unit(one: Field, kind: Kind, matter: Matter) -> Field:
    return replace(one, kind="choice", choices=unit_choices(matter), help=HELP["matter.dispatch"])


def duties_of(*whose: str) -> Callable[[Field, Kind, Matter], Field]:
    """The entries of the list of duties in force there, as a choice; those only whose duty is one of these."""
    return lambda one, kind, matter: replace(one, kind="choice", choices=[
        (duty.code, duty.words) for duty in _once(matter, "listed_duties", lambda: duties.list_for(matter.area)).entries if duty.whose in whose])


def _passed(one: Field, kind: Kind, matter: Matter) -> Field:
    return replace(one, kind="choice", choices=PASSED, help=HELP["matter.verify"])


def _photos(one: Field, kind: Kind, matter: Matter) -> Field:
    needed = words("需要至少 {count} 张处置后的照片。", "At least {count} photo(s) after handling are needed.").format(count=kind.photos) if kind.photos else None
    return replace(one, help=needed)


FITTED: dict[tuple[str, str], Callable[[Field, Kind, Matter], Field]] = {
    ("matter.decide", "unit"): _unit, ("matter.refuse", "reason"): reasons_of("matter.refuse"), ("matter.return", "reason"): reasons_of("matter.return"),
    ("matter.dispatch", "unit"): _unit, ("matter.verify", "passed"): _passed, ("matter.handle", "evidence"): _photos, ("matter.reply", "evidence"): _photos,
    ("matter.reply", "note"): lambda one, kind, matter: replace(one, help=HELP["matter.reply"]),
    ("matter.refuse", "duty"): duties_of("other"), ("matter.return", "duty"): duties_of("other", "street", "community"),
    (REVEAL, "reason"): lambda one, kind, matter: replace(one, help=HELP[REVEAL]),
}


def panels(request: HttpRequest, actor: Actor, matter: Matter, opened: str = "", form: BoundForm | None = None) -> list[dict[str, object]]:
    """Each possible action with its form; the opened one carries what was typed."""
    main = next((name for phase, name in OWNERS.items() if phase == matter.phase), "")
    names = possible(actor, matter)
    first = main if main in names else next((name for name in names if name not in DANGER), "")
    return [
        {"name": name, "label": (shown := form if name == opened and form else generated.unsent(request, form_of(name, matter, actor))).submit, "form": shown,
         "is_open": name == opened, "is_first": name == first, "is_danger": name in DANGER, "icon": ICONS.get(name, "arrow")}
        for name in names]


MOVABLE = {
    "matter.file", "matter.refuse", "matter.dispatch", "matter.receive", "matter.return", "matter.handle", "matter.reply", "matter.verify", "matter.close",
    "matter.archive", ASK, REVEAL}
"""What the page of a matter can send."""
ICONS = {"matter.refuse": "cross", "matter.return": "back", "matter.verify": "eye", "matter.close": "check", "matter.reply": "arrow", "matter.handle": "camera",
         ASK: "flag", REVEAL: "phone", "matter.archive": "door", "matter.file": "check"}
