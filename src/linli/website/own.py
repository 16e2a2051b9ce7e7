# SPDX-License-Identifier: MulanPSL-2.0
"""The resident's own page: what is held about him, who looked and why; to correct, object, consent, withdraw and take along. No account, no household."""

import base64
import csv
import io
from dataclasses import replace

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from linli.core.faults import Fault, NotVisible
from linli.core.fields import Field
from linli.core.keys import keyring
from linli.core.protection import SealError
from linli.core.tries import count_try
from linli.core.words import Words, words
from linli.doors import cookies, flash, generated
from linli.doors.addresses import address_digest
from linli.doors.context import LARGE
from linli.doors.exports import FORMULA
from linli.doors.generated import Form
from linli.elements import own_codes, own_pages
from linli.elements.keeping import proposals
from linli.elements.own_pages import OwnPage
from linli.ui.forms import BoundForm, bound

COOKIE, SALT, CONTEXT = "linli_own", "linli.own", "own page cookie"
OPEN_SECONDS = 1_800
"""How long the page stays open on a device after the code was entered (our choice: long enough to read and write, short for a shared device)."""
TRIES, PROOFS, WINDOW_SECONDS = 30, 10, 600
"""Codes, and second proofs, that may be tried from one address in ten minutes (our choice)."""
CODE = Field("code", words("本人查询码", "Your code"), required=True, limit=40, help=words(
    "社区工作人员当面交给您的 16 位字母和数字，例如 7KQ2-M9XR-4T8W-0ABC。", "The 16 letters and digits that a worker handed to you, such as 7KQ2-M9XR-4T8W-0ABC."))
WRONG = words("没有找到这个查询码，请核对每一位；查询码也可能已经过期或换过。", "This code was not found. Check every character; it may also have ended or been replaced.")
WRONG_REMEDY = words("请带证件到社区重新领取。", "Ask for a new one at the community, with your document.")
OPENED = words("打开", "Open")
SENT = words("已提交，社区核实后会更新。", "Sent. The community checks it, then it is put right.")
HEARD = words("已提交。社区会答复您。", "Sent. The community will answer you.")
GIVEN, TAKEN_BACK = words("已同意，可以随时撤回。", "Noted. You can withdraw at any time."), words("已撤回。", "Withdrawn.")
LEFT = words("已退出，这台设备上不再能打开。", "Closed. It can no longer be opened on this device.")


def enter(request: HttpRequest) -> HttpResponse:
    """Where the code is entered; it goes into no address and no history."""
    fault = None
    if request.method == "POST":
        count_try("own_page", address_digest(request), TRIES, WINDOW_SECONDS)
        code = request.POST.get("code", "")[:60]
        if own_codes.person_by_code(code) is not None:
            response = flash.redirect(request, reverse("website:own"))
            sealed = base64.urlsafe_b64encode(keyring().seal(code, CONTEXT)).decode()
            cookies.put(response, COOKIE, signing.dumps(sealed, salt=SALT), OPEN_SECONDS)
            return response
        fault = Fault("wrong_code", WRONG, WRONG_REMEDY)
    errors = {"code": fault.message} if fault else {}
    form = BoundForm(tuple(bound([CODE], {}, errors)), OPENED, message=fault.message if fault else None, remedy=fault.remedy if fault else None)
    return _unkept(render(_read_large(request), "website/own_enter.html", {"form": form}, status=422 if fault else 200))


def _code(request: HttpRequest) -> str:
    """The code that opened the page on this device. NotVisible when there is none or its time is over."""
    try:
        sealed = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=OPEN_SECONDS)
        return keyring().unseal_text(base64.urlsafe_b64decode(sealed), CONTEXT)
    except (signing.BadSignature, SealError, ValueError):
        raise NotVisible from None


def _unkept(response: HttpResponse) -> HttpResponse:
    """No copy stays in a browser that several people use."""
    response.headers["Cache-Control"] = "no-store"
    return response


@require_GET
def own(request: HttpRequest) -> HttpResponse:
    """The page; without a code it leads to where one is entered."""
    try:
        code = _code(request)
        return _page(request, code)
    except NotVisible:
        return flash.SeeOther(reverse("website:own_enter"))


def _page(request: HttpRequest, code: str, sent: tuple[str, BoundForm] | None = None, status: int = 200) -> HttpResponse:
    found = own_pages.page_of(code)
    forms = {"objection": generated.unsent(request, _objection(code)), "export": generated.unsent(request, _export(code))} | dict([sent] if sent else [])
    agreed = [{"one": one, "form": generated.unsent(request, _consent(code, found, one.text.purpose))} for one in found.consents]
    return _unkept(render(_read_large(request), "website/own.html", {"own": found, "consents": agreed, "asked": sent[0] if sent else "", **forms}, status=status))


def correct(request: HttpRequest, name: str = "") -> HttpResponse:
    """The form for one item, or for all of them with a note; what was typed is kept when it is refused. NotVisible for an item that there is not."""
    code = _code(request)
    column = next((one for one in proposals.COLUMNS if one.name == name), None)
    if name and column is None:
        raise NotVisible
    typed = tuple(replace(one, required=bool(name), help=column.help if column else None) for one in proposals.TYPED if name in ("", one.name))
    form = Form("proposal.make", typed, {"code": code}, to=reverse("website:own"), done=SENT, submit=words("提交，请社区核实", "Send it to be checked"))
    return _unkept(generated.form_page(_read_large(request), form, template="website/own_correct.html", context={"column": column}))


def moved(_request: HttpRequest, code: str = "") -> HttpResponse:
    """Where corrections had a door and a code of their own: there is one door now, and the code goes into no address."""
    return flash.SeeOther(reverse("website:own_enter"))


def _read_large(request: HttpRequest) -> HttpRequest:
    """Large type on these pages unless the reader chose another."""
    setattr(request, LARGE, True)
    return request


@require_POST
def objection(request: HttpRequest) -> HttpResponse:
    """An objection in the person's own words."""
    code = _code(request)
    sent = generated.submit(request, _objection(code))
    return sent.response or _page(request, code, ("objection", sent.form), sent.status)


@require_POST
def agree(request: HttpRequest, purpose: str) -> HttpResponse:
    """Consent to a purpose, or take it back when it stands. NotVisible for a purpose that there is not."""
    code = _code(request)
    found = own_pages.page_of(code)
    if purpose not in {one.text.purpose for one in found.consents}:
        raise NotVisible
    sent = generated.submit(request, _consent(code, found, purpose))
    if sent.response is None and sent.fault is not None:
        return flash.redirect(request, reverse("website:own"), _said(sent.fault), level="wrong")
    return sent.response or _page(request, code)


def _said(fault: Fault) -> Words:
    """The sentence of a fault, with that of its first field where there is one."""
    return next(iter(fault.fields.values()), fault.message)


@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """Everything that is held, as a file, after the second proof."""
    code = _code(request)
    count_try("own_export", address_digest(request), PROOFS, WINDOW_SECONDS)
    sent = generated.submit(request, _export(code))
    if sent.answer is None:
        return _page(request, code, ("export", sent.form), sent.status)
    response = HttpResponse(_as_csv(code), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = "attachment; filename=linli.csv"
    return _unkept(response)


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Close the page on this device."""
    response = flash.redirect(request, reverse("website:own_enter"), LEFT)
    cookies.drop(response, COOKIE)
    return response


def _as_csv(code: str) -> str:
    """Three columns that any spreadsheet opens: what sort, which item, what stands there."""
    found, out = own_pages.export_of(code), io.StringIO()
    writer = csv.writer(out)
    rows = [("类别", "项目", "内容"), ("说明", "登记社区", found["community"]), ("说明", "导出时间", found["made_at"])]
    rows += [("登记内容", label, value) for label, value in found["held"].items()]
    rows += [("查看记录", f"{one['at']} {one['unit']}", f"{one['purpose']}：{one['item']}") for one in found["looks"]]
    rows += [("同意", f"{one['purpose']}（第 {one['version']} 版）", one["given_on"]) for one in found["consents"]]
    writer.writerows([["'" + cell if cell.startswith(FORMULA) else cell for cell in row] for row in rows])
    return "\ufeff" + out.getvalue()


def _objection(code: str) -> Form:
    return Form("own.object", None, {"code": code}, submit=words("提交异议", "Send"), to=reverse("website:own"), done=HEARD, address=reverse("website:own_object"),
                prefix="objection-")


def _export(code: str) -> Form:
    return Form("own.export", None, {"code": code}, submit=words("导出", "Take along"), address=reverse("website:own_take"), done=None, tone="", prefix="export-")


def _consent(code: str, found: OwnPage, purpose: str) -> Form:
    """The one button of a purpose: consent while none stands to the present text, withdraw otherwise."""
    one = next(one for one in found.consents if one.text.purpose == purpose)
    address, back = reverse("website:own_agree", args=[purpose]), reverse("website:own")
    if one.given is not None and not one.is_older:
        return Form("own.withdraw", (), {"code": code, "purpose": purpose}, submit=words("撤回", "Withdraw"), to=back, done=TAKEN_BACK, address=address, tone="")
    given = {"code": code, "purpose": purpose, "text_version": one.text.version}
    return Form("own.consent", (), given, submit=words("同意", "Consent"), to=back, done=GIVEN, address=address, tone="")
