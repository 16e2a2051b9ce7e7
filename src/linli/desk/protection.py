# SPDX-License-Identifier: MulanPSL-2.0
"""Protection of base data at the desk: one person's sealed values, consents and code; requests to hand people over; keys and periods of keeping."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse

from linli.core import resealing, retention
from linli.core.actions import find_action
from linli.core.faults import NotVisible
from linli.core.keys import keyring
from linli.core.sight import Actor, looking, of_post
from linli.core.words import words
from linli.desk.records import also_offers
from linli.doors import flash, generated
from linli.doors.generated import Form
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.doors.standing import role_words
from linli.elements import claims, consents, looks, own_codes, places
from linli.elements.models import Claim, Person
from linli.elements.registers.declaring import Register, register_named
from linli.ui.navigation import Entry, declare

SIDES = (claims.ASKS, claims.ANSWERS, claims.DECIDES)
PEOPLE = "person"
WHATS = {"reveal": "register.reveal", "code": "person.give_code", "revoke": "person.revoke_code", "give": "consent.give", "withdraw": "consent.withdraw"}
PROTECTED = words("个人信息保护", "Protection of personal data")
CODE_BACK = words("查询码已收回。", "The code is taken back.")
CONSENTED, WITHDRAWN = words("已登记同意。", "The consent is recorded."), words("已登记撤回。", "The withdrawal is recorded.")
TOLD = {
    "free": words("其他社区没有登记此人，可以直接登记。", "No other community keeps this person; you may record him."),
    "here": words("此人已在您的范围内登记，请在居民台账里查找。", "This person is recorded within your area already; look him up in the register."),
    "waiting": words("在其他社区登记，已申请调转。", "Registered elsewhere, transfer requested."),
}
ANSWERED = words("已答复。", "Answered.")
DECIDED = words("已裁定。", "Decided.")

declare(Entry("transfers", words("调转", "Transfers"), "desk:transfers", "arrow", 33, SIDES, also="/desk/transfers/"))
declare(Entry("protection", words("信息保护", "Protection"), "desk:protection", "star", 76, (retention.SEES, resealing.ABILITY)))


@able("person.reveal", "consent.record", "person.give_code")
def person(request: HttpRequest, person: int) -> HttpResponse:
    """What is sealed of a person, his consents, his code and who looked. NotVisible outside the sight."""
    return _person_page(request, person)


@able("person.reveal", "consent.record", "person.give_code")
def person_do(request: HttpRequest, person: int, what: str) -> HttpResponse:
    """One of the forms of that page. NotVisible for a form that there is not; what was opened is shown once, in the answer itself."""
    actor, purpose = actor_of(request), request.GET.get("purpose", "")
    with looking(of_post(actor), read_only=True):
        consents.find_person(actor, {"person": person})
    form = _forms(person, purpose).get(what)
    if form is None or not actor.may(_ability(form)):
        raise NotVisible
    sent = generated.submit(request, form)
    if sent.answer is not None and what == "reveal":
        return _unkept(_person_page(request, person, opened=sent.answer))
    if sent.answer is not None and what == "code":
        context = {"code": sent.answer.get("code", ""), "until": sent.answer.get("until", ""), "back": reverse("desk:person_protection", args=[person]),
                   "address": f"{settings.SITE}/own/enter"}
        return _unkept(render(request, "desk/own_code.html", context))
    return sent.response or _person_page(request, person, forms={what: sent.form}, status=sent.status)


def _ability(form: Form) -> str:
    return find_action(form.action).ability or ""


def _unkept(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    return response


@also_offers
def offers(register: Register, one: Any, actor: Actor) -> list[dict[str, Any]]:
    """From a person's record to what is protected of him: looks, codes, consents."""
    if register.name != PEOPLE or not actor.may(find_action(WHATS["reveal"]).ability):
        return []
    return [{"words": PROTECTED, "icon": "eye", "href": reverse("desk:person_protection", args=[one.pk])}]


def _forms(person: int, purpose: str = "") -> dict[str, Form]:
    back = reverse("desk:person_protection", args=[person])

    def address(what: str) -> str:
        return reverse("desk:person_protect", args=[person, what])

    fixed: dict[str, object] = {"person": person}
    text = consents.text_of(purpose) if purpose else None
    agreed = fixed | ({"purpose": purpose, "text_version": text.version} if text else {})
    columns = [(one.name, one.label) for one in register_named(PEOPLE).columns if one.protection.is_encrypted]
    opening = tuple(replace(one, choices=columns) if one.name == "column" else one for one in find_action(WHATS["reveal"]).fields if one.name not in ("register", "record"))
    query = f"?purpose={purpose}" if purpose else ""
    return {
        "reveal": Form(WHATS["reveal"], opening, {"register": PEOPLE, "record": person}, submit=words("查看", "Show"), address=address("reveal"), done=None, prefix="reveal-"),
        "code": Form(WHATS["code"], None, fixed, submit=words("发放查询码", "Hand out a code"), address=address("code"), done=None, prefix="code-"),
        "revoke": Form(WHATS["revoke"], (), fixed, submit=words("收回查询码", "Take the code back"), to=back, done=CODE_BACK, address=address("revoke"), tone=""),
        "give": Form(WHATS["give"], None, agreed, submit=words("登记同意", "Record the consent"), to=back, done=CONSENTED, address=address("give") + query, prefix="give-"),
        "withdraw": Form(WHATS["withdraw"], (), {one: agreed[one] for one in ("person", "purpose") if one in agreed}, submit=words("登记撤回", "Record the withdrawal"),
                         to=back, done=WITHDRAWN, address=address("withdraw") + query, tone=""),
    }


def _person_page(request: HttpRequest, number: int, *, opened: Mapping[str, Any] | None = None, forms: Mapping[str, Any] | None = None,
                 status: int = 200) -> HttpResponse:
    actor, register = actor_of(request), register_named(PEOPLE)
    with looking(of_post(actor), read_only=True):
        found = consents.find_person(actor, {"person": number})
        label = next((one.label for one in register.columns if opened and one.name == opened["column"]), None)
        context = {
            "person": found, "place": places.find_place(found.area), "sealed": _sealed(found), "opened": opened, "opened_label": label,
            "looks": looks.looks_at(register, found.pk, 20, area=found.area), "standings": _standings(request, actor, number), "forms": {
                what: (forms or {}).get(what) or generated.unsent(request, form) for what, form in _forms(number).items()
                if what not in ("withdraw", "give") and actor.may(_ability(form))},
        }
        return _unkept(render(request, "desk/person_protection.html", context, status=status))


def _sealed(found: Person) -> list[dict[str, Any]]:
    """The sealed columns with their masked values; class 3 shows that something is there, and nothing of it."""
    register = register_named(PEOPLE)
    return [{"label": one.label, "value": looks.shown(one, looks.opened(register, one, found)), "number": one.protection.class_number}
            for one in register.columns if one.protection.is_encrypted]


def _standings(request: HttpRequest, actor: Actor, number: int) -> list[dict[str, Any]]:
    found = []
    for one in consents.standings(number):
        stands = one.given is not None and not one.is_older
        form = _forms(number, one.text.purpose)["withdraw" if stands else "give"]
        found.append({"one": one, "form": generated.unsent(request, form) if actor.may(consents.RECORDS) else None})
    return found


@able(*SIDES)
def transfers(request: HttpRequest) -> HttpResponse:
    """Requests to hand people over: what this post asked, what it has to answer, what it has to decide."""
    return _transfers(request)


def _ask_form(actor: Actor) -> Form:
    """The action's own fields, with the places of this post to choose from; a post with one place is not asked."""
    own = [one for one in places.places_within(actor.lo, actor.hi) if one.level in ("community", "grid")]
    fields = tuple(replace(one, kind="choice", choices=[(str(place.area), words(place.name, place.name)) for place in own]) if one.name == "area" else one
                   for one in find_action(claims.ASKS).fields if one.name != "area" or len(own) != 1)
    fixed: dict[str, object] = {"area": own[0].area} if len(own) == 1 else {}
    return Form(claims.ASKS, fields, fixed, submit=words("查询并申请", "Ask"), to=reverse("desk:transfers"), done=None, address=reverse("desk:transfer_ask"))


@able(claims.ASKS)
def transfer_ask(request: HttpRequest) -> HttpResponse:
    """Ask for a person; the answer is one of three sentences."""
    sent = generated.submit(request, _ask_form(actor_of(request)))
    if sent.answer is not None:
        return flash.redirect(request, reverse("desk:transfers"), TOLD[sent.answer["state"]], level="done" if sent.answer["state"] == "waiting" else "note")
    return _transfers(request, asked=sent.form, status=sent.status)


@able(*SIDES)
def transfer(request: HttpRequest, claim: int) -> HttpResponse:
    """Answer or decide one request. NotVisible outside the sight."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        found = claims.asked_claim(actor, claim)
        form = _answer_form(actor, found)
    if form is None or request.method != "POST":
        return flash.SeeOther(reverse("desk:transfers"))
    sent = generated.submit(request, form)
    return sent.response or _transfers(request, answered={claim: sent.form}, status=sent.status)


def _answer_form(actor: Actor, one: Claim) -> Form | None:
    """The form with which this post may answer or decide now; None when it is not its turn."""
    back, address = reverse("desk:transfers"), reverse("desk:transfer", args=[one.pk])
    if claims.may_decide(actor, one):
        return Form(claims.DECIDES, None, {"claim": one.pk}, submit=words("裁定", "Decide"), to=back, done=DECIDED, address=address, prefix=f"claim-{one.pk}-")
    if actor.may(claims.ANSWERS) and one.state == "waiting":
        return Form(claims.ANSWERS, None, {"claim": one.pk}, submit=words("答复", "Answer"), to=back, done=ANSWERED, address=address, prefix=f"claim-{one.pk}-")
    return None


def _transfers(request: HttpRequest, *, asked: Any = None, answered: Mapping[int, Any] | None = None, status: int = 200) -> HttpResponse:
    actor, before = actor_of(request), request.GET.get("before", "")
    last = int(before) if before.isdecimal() and len(before) < claims.LONGEST else None
    with looking(of_post(actor), read_only=True):
        own = claims.claims_page(actor, "asking", before=last)
        to_us = claims.claims_page(actor, "asked", before=last)
        rows = [_row(request, actor, one, (answered or {}).get(one.pk)) for one in to_us]
        oldest = min((one.pk for one in (*own, *to_us)), default=0)
        has_more = len(own) == claims.PAGE or len(to_us) == claims.PAGE
        context = {"form": (asked or generated.unsent(request, _ask_form(actor))) if actor.may(claims.ASKS) else None, "own": [_row(request, actor, one) for one in own],
                   "asked": rows, "older": f"?before={oldest}" if has_more else "", "newer": reverse("desk:transfers") if last else ""}
        return render(request, "desk/transfers.html", context, status=status)


def _row(request: HttpRequest, actor: Actor, one: Claim, form: Any = None) -> dict[str, Any]:
    there = places.community_of(one.other_area) if one.other_area else None
    mine = _answer_form(actor, one) if one.side == "asked" else None
    return {
        "claim": one, "state": claims.state_words(one), "reason": dict(claims.REASONS).get(one.reason, one.reason), "there": there.name if there else "",
        "here": (places.community_of(one.area) or places.find_place(one.area)), "form": form or (generated.unsent(request, mine) if mine else None),
        "name": one.name if looks.sees_personal(actor) else "", "who": role_words(actor.role), "is_open": one.state in ("waiting", "refused"),
        "person": reverse("desk:person_protection", args=[one.person]) if one.person and actor.may(own_codes.GIVES) and actor.lo <= one.area < actor.hi else ""}


@able(retention.SEES, resealing.ABILITY)
def protection(request: HttpRequest) -> HttpResponse:
    """How far a change of keys is, and the dry run of what would go."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        ring = keyring()
        context = {
            "rotations": resealing.rotations() if actor.may(resealing.ABILITY) else None, "version": ring.current, "versions": sorted(ring.keys), "suite": ring.suite,
            "sees_rows": actor.hi > actor.lo, **(_periods(actor) if actor.may(retention.SEES) else {})}
        return render(request, "desk/protection.html", context)


def _periods(actor: Actor) -> dict[str, Any]:
    """The dry run; the sentence about a wrong setting instead of it."""
    try:
        return {"outlook": [_outlook(one) for one in retention.outlook(actor)]}
    except ValueError as error:
        return {"outlook": [], "trouble": str(error)}


def _outlook(one: retention.Outlook) -> dict[str, Any]:
    found = sorted(one.found, key=lambda row: -row.count)
    shown = [{"place": places.find_place(row.area), "count": row.count, "oldest": row.oldest} for row in found[:20]]
    return {"rule": one.rule, "count": one.count, "years": one.rule.kept_days / 365, "places": shown, "more": max(0, len(found) - len(shown))}


ADDRESSES = [
    path("person/<int:person>/protection/", person, name="person_protection"),
    path("person/<int:person>/protection/<str:what>", person_do, name="person_protect"),
    path("transfers/", transfers, name="transfers"),
    path("transfers/ask", transfer_ask, name="transfer_ask"),
    path("transfers/<int:claim>", transfer, name="transfer"),
    path("protection/", protection, name="protection"),
]
