# SPDX-License-Identifier: MulanPSL-2.0
"""Wording on the desk: what letters say on each occasion, edited with a preview, published as the next version."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from linli.core import wordings
from linli.core.actions import find_action
from linli.core.faults import NotVisible
from linli.core.wordings import CHANNELS, EMAIL, SMS, Occasion, Text
from linli.core.words import Words, words
from linli.doors import generated
from linli.doors.generated import Form
from linli.doors.guards import able
from linli.ui.forms import BoundForm, typed

DONE = words("已发布第 {version} 版，今后的信件按新文字发出。", "Version {version} is published; letters from now on carry it.")
TITLES = ("title_zh", "title_en")
LANGUAGES = (("zh", "zh-hans", words("中文", "Chinese")), ("en", "en", words("英文", "English")))


@able("wording.publish")
def overview(request: HttpRequest) -> HttpResponse:
    """Every occasion with the present text of both channels."""
    return render(request, "desk/wordings.html", {"occasions": [
        {"words": one.words, "channels": [_channel(one, channel) for channel in CHANNELS]} for one in wordings.occasions()]})


def _channel(occasion: Occasion, channel: str) -> dict[str, Any]:
    version = wordings.present(occasion, channel)
    body = wordings.filled(version.text.body.zh, occasion.sample("zh-hans"), channel)
    return {"label": CHANNELS[channel], "version": version.number, "text": version.text.body, "parts": wordings.parts_of(body) if channel == SMS else 0,
            "href": reverse("desk:wording", args=[occasion.name, channel])}


@able("wording.publish")
def edit(request: HttpRequest, occasion: str, channel: str) -> HttpResponse:
    """One text: GET shows the present one, a preview shows what was typed with made-up values, sending publishes it."""
    found = wordings.occasion_named(occasion)
    if found is None or channel not in CHANNELS:
        raise NotVisible
    form, present = _form(found, channel), wordings.present(found, channel)
    if request.method == "POST" and "preview" in request.POST:
        shown, status, text = _again(form, request), 200, _typed(form, request)
    else:
        sent = generated.submit(request, form)
        if sent.response is not None:
            return sent.response
        shown, status = sent.form, sent.status
        text = _typed(form, request) if request.method == "POST" else present.text
    return render(request, "desk/wording.html", {
        "form": shown, "occasion": found.words, "channel": CHANNELS[channel], "is_sms": channel == SMS, "version": present.number,
        "preview": _preview(found, channel, text) if text else [], "placeholders": [(f"{{{name}}}", label) for name, (label, _) in found.placeholders.items()],
        "versions": wordings.versions(found, channel), "most": wordings.MOST_PARTS, "one_part": wordings.ONE_PART, "further": wordings.FURTHER_PART,
    }, status=status)


def _form(occasion: Occasion, channel: str) -> Form:
    text = wordings.present(occasion, channel).text
    initial = {"text_zh": text.body.zh, "text_en": text.body.en}
    if text.title:
        initial |= {"title_zh": text.title.zh, "title_en": text.title.en}
    action = find_action("wording.publish")
    fields = tuple(one for one in action.fields if one.name not in ("occasion", "channel") and (channel == EMAIL or one.name not in TITLES))
    return Form(action.name, fields, {"occasion": occasion.name, "channel": channel}, initial, submit=action.words, done=DONE,
                to=reverse("desk:wording", args=[occasion.name, channel]), draft=f"desk.wording.{occasion.name}.{channel}")


def _again(form: Form, request: HttpRequest) -> BoundForm:
    """The form with what was typed, nothing sent."""
    values = typed(form.shown_fields(), request.POST)
    return generated.unsent(request, Form(form.action, form.fields, form.fixed, values, form.submit, form.to, form.done, draft=form.draft))


def _typed(form: Form, request: HttpRequest) -> Text | None:
    """What was typed as a text; None while a language is missing."""
    values = {name: str(value) for name, value in typed(form.shown_fields(), request.POST).items()}
    if not values.get("text_zh") or not values.get("text_en"):
        return None
    titles = [values.get(name, "") for name in TITLES]
    return Text(Words(titles[0], titles[1]) if all(titles) else None, Words(values["text_zh"], values["text_en"]))


def _preview(occasion: Occasion, channel: str, text: Text) -> list[dict[str, Any]]:
    """The text with made-up values in both languages, its length counted, and what is wrong with it."""
    wrong = wordings.faults(occasion, channel, text)
    made = []
    for mark, language, label in LANGUAGES:
        sample = occasion.sample(language)
        body = wordings.filled(text.body.in_language(language), sample, channel)
        made.append({
            "label": label, "language": language, "title": wordings.filled(text.title.in_language(language), sample, channel) if text.title else "", "body": body,
            "length": wordings.length_of(body), "parts": wordings.parts_of(body), "faults": [wrong[name] for name in (f"title_{mark}", f"text_{mark}") if name in wrong]})
    return made
