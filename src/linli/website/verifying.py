# SPDX-License-Identifier: MulanPSL-2.0
"""核对公示: anybody may have a published file checked, look a digest up, and download what was published."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from linli.core.faults import NotVisible
from linli.core.words import Words, words
from linli.doors import limits
from linli.measures import checking
from linli.measures.models import Publication
from linli.measures.proving.reading import envelope
from linli.measures.proving.verdicts import verdict

PAGE = 20
MOST_BYTES = 12 * 1024 * 1024
"""The largest file that a stranger may send (our choice: a district's publication has room)."""
TOO_LARGE = words("文件超过 {limit} MB。请在自己的电脑上核对：./linli verify --publication 文件",
                  "The file is larger than {limit} MB. Check it on your own machine: ./linli verify --publication FILE")
NO_FILE = words("请先选择要核对的文件，或粘贴 64 位摘要。", "Choose the file to check, or paste a digest of 64 characters.")
UNKNOWN = words("这里没有发布过这个摘要的内容。请核对有没有抄漏、抄错。", "Nothing with this digest was published here. Check it for missing or wrong characters.")
OCCASIONS = {"publicity": words("公示", "Publicity"), "naming": words("命名", "Naming"), "results": words("测评结果", "Results")}
LONGEST = 200


@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """The page: a form, the answer to what was sent or asked, and what was published, newest first."""
    asked = request.GET.get("digest", "").strip()[:LONGEST]
    answer: dict[str, Any] | None = None
    if request.method == "POST":
        limits.count_upload(request)
        answer = _of_file(request)
    elif asked:
        answer = _of_digest(asked)
    before = request.GET.get("before", "")
    found = checking.every()
    if before.isdecimal() and len(before) < 19:
        found = found.filter(pk__lt=int(before))
    rows = _listed(found)
    return render(request, "website/verify.html", {
        "answer": answer, "asked": asked, "rows": rows[:PAGE], "older": f"?before={rows[PAGE - 1]['id']}" if len(rows) > PAGE else ""},
        status=422 if answer and answer["is_refused"] else 200)


def _listed(found: Any) -> list[dict[str, Any]]:
    """One page of publications without their contents, which may be large."""
    wanted = found.values("id", "occasion", "digest", "made_at", "content__period", "content__standard__version", "content__standard__content__zh",
                          "content__standard__content__en")[:PAGE + 1]
    return [{"id": one["id"], "digest": one["digest"], "made_at": one["made_at"], "period": one["content__period"], "occasion": occasion_words(one["occasion"]),
             "standard": words(one["content__standard__content__zh"] or "—", one["content__standard__content__en"] or "—"),
             "href": reverse("website:publication", args=[one["digest"]])} for one in wanted]


def occasion_words(occasion: str) -> Words:
    """What a publication was made for, in words; its own name when nobody said."""
    return OCCASIONS.get(occasion) or words(occasion or "公布", occasion or "Published")


def _of_file(request: HttpRequest) -> dict[str, Any]:
    file = request.FILES.get("file")
    if file is None or file.size is None:
        return _refused(NO_FILE)
    if file.size > MOST_BYTES:
        return _refused(TOO_LARGE.format(limit=MOST_BYTES // 1024**2))
    raw = file.read()
    own, beside = verdict(raw), checking.compare(raw)
    faults = [words(one.zh, one.en) for one in own.faults] + list(beside.faults if beside else ())
    return {"is_right": not faults and beside is not None, "faults": faults, "digest": own.digest, "communities": own.communities, "seal": own.seal,
            "made_at": beside.made_at if beside and beside.publication else None, "notes": beside.notes if beside else (), "is_refused": False, "is_file": True}


def _refused(sentence: Words) -> dict[str, Any]:
    return {"is_right": False, "faults": [sentence], "digest": "", "notes": (), "is_refused": True, "is_file": False}


def _of_digest(text: str) -> dict[str, Any]:
    """What was published under a digest, recomputed anew."""
    found = checking.published(text)
    if found is None:
        return _refused(UNKNOWN) | {"is_refused": False}
    own = verdict(_file(found), text)
    return {"is_right": own.is_right, "faults": [words(one.zh, one.en) for one in own.faults], "digest": found.digest, "communities": own.communities,
            "seal": own.seal, "made_at": found.made_at, "notes": (), "is_refused": False, "is_file": False, "href": reverse("website:publication", args=[found.digest])}


def _file(found: Publication) -> bytes:
    return json.dumps(envelope(found.content), ensure_ascii=False, indent=1, sort_keys=True).encode()


@require_GET
def publication(request: HttpRequest, digest: str) -> HttpResponse:
    """The file of a publication. NotVisible for a digest under which nothing was published."""
    found = checking.published(digest)
    if found is None:
        raise NotVisible
    response = HttpResponse(_file(found), content_type="application/json; charset=utf-8")
    response.headers["Content-Disposition"] = f"attachment; filename=linli-publication-{found.digest[:12]}.json"
    response.headers["Cache-Control"] = "public, max-age=86400, immutable"
    return response
