# SPDX-License-Identifier: MulanPSL-2.0
"""Tokens by which machines act under one's own post: made here, shown once, revoked here."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from linli.core.faults import NotVisible
from linli.core.words import words
from linli.desk.administration import shown_token
from linli.doors import generated
from linli.doors.generated import Form
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.elements import directories


@able("token.make_own")
def own(request: HttpRequest) -> HttpResponse:
    """The tokens of the post one acts under; a new one is shown once."""
    actor, back = actor_of(request), reverse("desk:tokens")
    which = request.POST.get("token", "")
    if which:
        if not which.isdecimal() or len(which) > 18:
            raise NotVisible
        revoked = generated.submit(request, Form("token.revoke", (), {"token": int(which)}, to=back, done=words("令牌已收回。", "The token is revoked.")))
        if revoked.response is not None:
            return revoked.response
    sent = generated.submit(request, Form("token.make_own", submit=words("制作令牌", "Make a token"), to=back)) if not which else None
    if sent is not None and sent.answer is not None:
        return render(request, "desk/once.html", {"secret": sent.answer.get("secret", ""), "is_token": True, "back": back})
    form = sent.form if sent else generated.unsent(request, Form("token.make_own", submit=words("制作令牌", "Make a token")))
    tokens = [shown_token(one) for one in directories.own_tokens(actor)]
    return render(request, "desk/tokens.html", {"form": form, "tokens": tokens}, status=sent.status if sent else 200)
