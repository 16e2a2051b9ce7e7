# SPDX-License-Identifier: MulanPSL-2.0
"""What reporters were sent, as a card beside the story of a matter, and the button that sends a letter again."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from linli.core import letters
from linli.core.actions import find_action
from linli.core.faults import NotVisible
from linli.core.models import Letter
from linli.core.sight import Actor, looking, of_post
from linli.core.words import words
from linli.desk import asides
from linli.doors import generated
from linli.doors.generated import Form
from linli.doors.guards import able
from linli.doors.letters import letter_rows
from linli.doors.requests import actor_of
from linli.matters import numbers
from linli.matters.models import Matter
from linli.matters.stories import Story

AGAIN = words("已重新排队发送。", "It is queued again.")


def _is_shown(actor: Actor, matter: Matter) -> bool:
    return matter.is_contactable and (not matter.is_secret or actor.may("matter.call_back"))


@asides.beside(60, "desk/asides/letters.html", reads=lambda actor, matter: letters.rows_of("matter", matter.pk) if _is_shown(actor, matter) else None)
def sent(request: HttpRequest, actor: Actor, story: Story) -> Mapping[str, Any] | None:
    """The letters of a matter with how far each got; no card where nobody can be written to, or who reported is secret."""
    if not _is_shown(actor, story.matter):
        return None
    rows = letter_rows(story.beside[Letter])
    for one in rows:
        if one["may_resend"] and actor.may("letter.resend"):
            one["form"] = generated.unsent(request, _form(one["pk"], numbers.number_of(story.matter.pk)))
    return {"letters": rows}


def _form(letter: int, number: str) -> Form:
    return Form("letter.resend", (), {"letter": letter}, submit=find_action("letter.resend").words, to=reverse("desk:matter", args=[number]), done=AGAIN,
                address=reverse("desk:letter_again", args=[letter]), prefix=f"letter-{letter}-", tone="")


@able("letter.resend")
@require_POST
def again(request: HttpRequest, number: int) -> HttpResponse:
    """Send a letter that was given up once more. NotVisible outside the post's range."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        found = Letter.objects.visible_to(actor).filter(pk=number, subject_kind="matter").first() if number < 2**63 else None
    if found is None:
        raise NotVisible
    sent = generated.submit(request, _form(found.pk, numbers.number_of(found.subject)))
    back = reverse("desk:matter", args=[numbers.number_of(found.subject)])
    return sent.response or render(request, "desk/form.html", {"form": sent.form, "title": find_action("letter.resend").words, "back": back}, status=sent.status)
