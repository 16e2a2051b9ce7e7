# SPDX-License-Identifier: MulanPSL-2.0
"""辖区调整: planned and done reorganisations, a form for each kind, the page that shows what changes hands, and taking it back."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from linli.core import evidence
from linli.core.faults import NotVisible
from linli.core.fields import Field
from linli.core.sight import Actor, looking, of_post
from linli.core.words import Words, words
from linli.doors import generated
from linli.doors.files import photo_of
from linli.doors.generated import Form, Sent
from linli.doors.guards import able
from linli.doors.requests import actor_of
from linli.elements import directories
from linli.elements.models import Reorganisation
from linli.elements.reorganising import actions, outlooks
from linli.elements.reorganising.asking import KINDS
from linli.elements.reorganising.plans import OPEN, Plan
from linli.matters import regrounding

PAGE = 50
KIND_WORDS: Mapping[str, Words] = dict(KINDS)
STATES: Mapping[str, tuple[Words, str]] = {
    "proposed": (words("待确认", "To be confirmed"), "warn"), "confirmed": (words("已确认，等生效日", "Confirmed, waits for its day"), "accent"),
    "withdrawn": (words("已撤回", "Taken back"), "calm"), "begun": (words("已生效，记录正在转移", "In force, records follow"), "accent"),
    "done": (words("已完成", "Done"), "good"),
}
LABELS: Mapping[str, Mapping[str, tuple[Words, Words | None]]] = {
    "move": {
        "place": (words("接收的街道", "The street that receives them"), words("写名称或 12 位代码，例如“柳桥街道”。", "Its name or its code of 12 digits.")),
        "others": (words("划转的社区", "The communities that move"), words("每行一个，写名称或代码。一条街道的社区全部划走时，这条街道同时撤销并入。",
                                                              "One a line, by name or code. A street whose communities all leave it ends and goes into the other.")),
    },
    "merge": {
        "others": (words("要合并的社区", "The communities that merge"), words("每行一个，写名称或代码；须在同一街道。", "One a line, by name or code; all of one street.")),
        "place": (words("保留哪个社区", "Which one stays"), words("不填就是都撤销、另设一个新社区，这时要写新名称。",
                                                             "Left empty, all of them end and a new one begins; give its name then.")),
        "name": (words("合并后的名称", "Name afterwards"), words("保留原社区的名称时可以不填。", "May be empty when the one that stays keeps its name.")),
    },
    "split": {
        "place": (words("要拆分的社区", "The community to split"), words("写名称或 12 位代码。", "Its name or its code of 12 digits.")),
        "others": (words("分出来的新社区", "The new communities"), words("每行一个，写成“名称：网格、楼栋”，例如“槐新社区：槐安第二网格、槐安里3号楼”。没写到的都留在原社区。",
                                                              "One a line, as “name: grids, buildings”. Whatever is not named stays.")),
    },
    "rename": {
        "place": (words("现在的名称", "Its present name"), words("社区、街道、镇或乡，写名称或 12 位代码。", "A community, street or town; its name or its code of 12 digits.")),
        "name": (words("新名称", "New name"), None), "form": (words("新类型（镇改街道时选）", "New form (when a town becomes a street)"), None),
    },
}
LAST = ("code", "since", "basis", "evidence")
WITHOUT_CODE = {"split"}
LEADS: Mapping[str, Words] = {
    "move": words("社区连同网格、房屋、居民、岗位、在办事项一起划到另一街道。", "Communities go to another street with their grids, homes, residents, posts and open matters."),
    "merge": words("几个社区合成一个。", "Several communities become one."), "split": words("一个社区分出新社区，网格和楼栋各归其主。", "New communities are split off one."),
    "rename": words("只改名称或类型，地界和记录不动；旧名称照样查得到。", "Name or form change, ground and records stay; the old name is still found."),
}
FILED = words("已填报。请核对下面的内容；另一位同事确认后，到生效日自动执行。", "Filed. Look through it below; once a colleague has confirmed it, it happens on its day.")
CONFIRMED = words("已确认，{since} 零点起生效。", "Confirmed; in force from {since}.")
TAKEN_BACK = words("已撤回，什么都没有改变。", "Taken back; nothing has changed.")


def _fields(kind: str) -> list[Field]:
    """The fields of one kind, in the order in which they are asked, with the words of that kind."""
    own = {one.name: one for one in actions.PROPOSING}
    named = [replace(own[name], label=label, help=text, required=(kind != "merge" and name in ("place", "others")) or name == "others")
             for name, (label, text) in LABELS[kind].items()]
    return [*named, *(own[name] for name in LAST if not (name == "code" and kind in WITHOUT_CODE))]


@able(actions.FILES)
def listing(request: HttpRequest) -> HttpResponse:
    """What is planned and what was done, newest first, with a way to each form."""
    actor, before = actor_of(request), request.GET.get("before", "")
    with looking(of_post(actor), read_only=True):
        found = Reorganisation.objects.visible_to(actor)
        if before.isdecimal() and len(before) < 19:
            found = found.filter(pk__lt=int(before))
        held = list(found.order_by("-id")[:PAGE + 1])
        rows = [{"held": one, "kind": KIND_WORDS[one.kind], "state": STATES[one.state], "ground": tuple(outlooks.ground(Plan.of(one)))} for one in held[:PAGE]]
        older = f"?before={held[PAGE - 1].pk}" if len(held) > PAGE else ""
        return render(request, "desk/reorganisations.html", {"rows": rows, "older": older, "kinds": [{"name": name, "words": label} for name, label in KINDS]})


@able(actions.FILES)
def ask(request: HttpRequest, sort: str) -> HttpResponse:
    """The form of one kind."""
    if sort not in LABELS:
        raise NotVisible
    form = Form(actions.FILES, _fields(sort), {"kind": sort}, submit=words("检查并预览", "Check and look"), done=FILED, draft=f"desk.reorganise.{sort}",
                to=lambda answer: reverse("desk:reorganisation", args=[answer["reorganisation"]]))
    sent = generated.submit(request, form)
    if sent.response is not None:
        return sent.response
    return render(request, "desk/reorganise.html", {"form": sent.form, "title": KIND_WORDS[sort], "lead": LEADS[sort]}, status=sent.status)


@able(actions.FILES)
def one(request: HttpRequest, reorganisation: int) -> HttpResponse:
    """One reorganisation: what changes hands, confirming and taking back, and after its day how far the records are."""
    actor = actor_of(request)
    with looking(of_post(actor), read_only=True):
        held = actions.find_reorganisation(actor, {"reorganisation": reorganisation})
    sent = _decided(request, actor, held)
    for each in sent.values():
        if each.response is not None:
            return each.response
    with looking(of_post(actor), read_only=True):
        context = _shown(held) | {name: each.form for name, each in sent.items()}
        return render(request, "desk/reorganisation.html", context, status=max((each.status for each in sent.values()), default=200))


def _decided(request: HttpRequest, actor: Actor, held: Reorganisation) -> dict[str, Sent]:
    """The forms that still apply, by name; the one that was sent is done."""
    fixed, here = {"reorganisation": held.pk, "version": held.version}, reverse("desk:reorganisation", args=[held.pk])
    forms: dict[str, Form] = {}
    if held.state == "proposed" and actor.may(actions.CONFIRMS) and held.proposed_by != actor.account:
        forms["confirming"] = Form(actions.CONFIRMS, (), fixed, submit=words("核对无误，确认", "Checked: confirm"), done=CONFIRMED, to=here, prefix="confirm.")
    if held.state in OPEN:
        forms["withdrawing"] = Form("place.withdraw_reorganisation", None, fixed, submit=words("撤回", "Take back"), done=TAKEN_BACK, to=here, prefix="withdraw.", tone="quiet")
    chosen = "withdrawing" if any(name.startswith("withdraw.") for name in request.POST) else "confirming"
    return {name: generated.submit(request, form) if name == chosen and request.method == "POST" else Sent(generated.unsent(request, form))
            for name, form in forms.items()}


def _shown(held: Reorganisation) -> dict[str, Any]:
    plan = Plan.of(held)
    is_ahead = held.state in OPEN
    names = directories.account_names([held.proposed_by, held.decided_by])
    return {
        "held": held, "kind": KIND_WORDS[held.kind], "state": STATES[held.state], "ground": tuple(outlooks.ground(plan)), "is_ahead": is_ahead,
        "seen": outlooks.outlook(plan) if is_ahead else None, "matters": regrounding.outlook(plan) if is_ahead else None,
        "left": regrounding.outlook(plan).open_count if held.state in ("begun", "done") else 0, "by": names.get(held.proposed_by or 0, ""),
        "decider": names.get(held.decided_by or 0, ""), "files": [photo_of(one) for one in evidence.rows_of("reorganisation", held.pk)],
        "counts": [(words(label["zh"], label["en"]), count) for label, count in held.counts.get("records", [])],
        "trouble": words(held.trouble["zh"], held.trouble["en"]) if held.trouble else None,
    }
