# SPDX-License-Identifier: MulanPSL-2.0
"""开放数据: what was published, as files for machines at addresses that stay; in order of area, never of value."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from itertools import chain
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from linli.core.faults import NotVisible
from linli.core.words import Words, words
from linli.doors import demonstrations
from linli.measures import opened as results_opened
from linli.measures.opened import OpenResult
from linli.titles import kinds
from linli.titles import opened as titles_opened
from linli.titles.opened import OpenCandidate, OpenTitle

COLUMNS: Mapping[str, tuple[Words, str]] = {
    "area": (words("地方编号（15 位，一经确定不再改变）", "Number of the place (15 digits, never changes)"), "integer"),
    "code": (words("区划代码（12 位）", "Division code (12 digits)"), "string"),
    "name": (words("社区名称", "Name of the community"), "string"),
    "title": (words("称号", "Title"), "string"),
    "batch": (words("批次序号", "Number of the batch"), "integer"),
    "year": (words("年度", "Year"), "integer"),
    "named_on": (words("命名日期，不详为空", "Day of naming, empty where unknown"), "date"),
    "document_no": (words("命名文号", "Number of the naming document"), "string"),
    "revoked_on": (words("撤销日期", "Day of revocation"), "date"),
    "revoked_by": (words("撤销文号", "Number of the revoking document"), "string"),
    "publication": (words("公示内容的摘要，可在核对页面查验", "Digest of what was published, to be checked on the page of publications"), "string"),
    "period": (words("统计期", "Period"), "string"),
    "edition": (words("版次：1 为首次公布，2 起为更正", "Edition: 1 as published, from 2 on restated"), "integer"),
    "standard": (words("所依据的标准及版本", "Standard and version"), "string"),
    "dimension": (words("维度代码", "Code of the dimension"), "string"),
    "dimension_zh": (words("维度名称", "Name of the dimension (Chinese)"), "string"),
    "dimension_en": (words("维度名称（英文）", "Name of the dimension"), "string"),
    "reached": (words("得分，两位小数；不公开或不能评价时为空", "Points reached, two decimals; empty where hidden or not evaluable"), "decimal"),
    "possible": (words("现有记录下可得分", "Points that are possible with the records there are"), "decimal"),
    "coverage": (words("可评价指标占本维度分值的百分比", "Per cent of the dimension's points that rest on evaluable indicators"), "decimal"),
    "is_hidden": (words("1 表示因数字小于 5、涉及个人而不公开", "1 where hidden because a count about people is under 5"), "integer"),
}
TITLE = ("area", "code", "name", "title", "batch", "year", "named_on", "document_no")
FILES: Mapping[str, tuple[Words, tuple[str, ...]]] = {
    "named": (words("已命名", "Named"), TITLE),
    "publicity": (words("公示中", "In publicity"), ("area", "code", "name", "title", "batch", "year", "publication")),
    "revoked": (words("已撤销", "Revoked"), (*TITLE, "revoked_on", "revoked_by")),
}
RESULTS = (words("各社区分维度测评结果", "Results of each community by dimension"),
           ("area", "code", "name", "period", "edition", "standard", "dimension", "dimension_zh", "dimension_en", "reached", "possible", "coverage", "is_hidden"))
Row = dict[str, Any]


def _kind(name: str) -> str:
    return next((one.words.zh for one in kinds.kinds() if one.name == name), name)


def _title(one: OpenTitle) -> Row:
    return {"area": one.area, "code": one.code, "name": one.name, "title": _kind(one.kind), "batch": one.batch, "year": one.year, "named_on": _day(one.named_on),
            "document_no": one.document_no, "revoked_on": _day(one.revoked_on), "revoked_by": one.revoked_by}


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _candidate(one: OpenCandidate) -> Row:
    return {"area": one.area, "code": one.code, "name": one.name, "title": _kind(one.kind), "batch": one.batch, "year": one.year, "publication": one.digest}


def _result(period: str, one: OpenResult) -> Row:
    return {"area": one.place.area, "code": one.place.code, "name": one.place.name, "period": period, "edition": one.edition, "standard": one.standard,
            "dimension": one.dimension, "dimension_zh": one.words.zh, "dimension_en": one.words.en, "reached": one.reached, "possible": one.possible,
            "coverage": one.coverage, "is_hidden": int(one.is_hidden)}


ROWS: Mapping[str, Callable[[], Iterable[Row]]] = {
    "named": lambda: map(_title, titles_opened.titles(is_revoked=False)),
    "publicity": lambda: map(_candidate, titles_opened.in_publicity()),
    "revoked": lambda: map(_title, titles_opened.titles(is_revoked=True)),
}


@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """What there is, in which forms, what the columns mean, under which licence."""
    found = [{"words": label, "columns": ", ".join(columns), "csv": _address(name, "csv"), "json": _address(name, "json")} for name, (label, columns) in FILES.items()]
    found += [{"words": words(f"{RESULTS[0].zh}（{year}）", f"{RESULTS[0].en} ({year})"), "columns": ", ".join(RESULTS[1]), "csv": _results_address(year, "csv"),
               "json": _results_address(year, "json")} for year in results_opened.closed_years()]
    return render(request, "website/open.html", {
        "files": found, "columns": [{"name": name, "words": label, "type": kind} for name, (label, kind) in COLUMNS.items()], "licence": licence()})


def _address(name: str, form: str) -> str:
    return reverse("website:open_file", args=[name, form])


def _results_address(period: str, form: str) -> str:
    return reverse("website:open_results", args=[period, form])


def licence() -> Words:
    """Under which terms the files may be used: as the city says, else as proposed."""
    return words(settings.OPEN_LICENCE, settings.OPEN_LICENCE)


@require_GET
def dictionary(request: HttpRequest) -> HttpResponse:
    """The data dictionary, for machines."""
    content = {"columns": {name: {"zh": label.zh, "en": label.en, "type": kind} for name, (label, kind) in COLUMNS.items()},
               "files": {name: list(columns) for name, (_, columns) in FILES.items()} | {"results": list(RESULTS[1])}, "licence": settings.OPEN_LICENCE,
               "order": "area", "hidden_below": 5}
    return HttpResponse(json.dumps(content, ensure_ascii=False, indent=1), content_type="application/json; charset=utf-8")


@require_GET
def file(request: HttpRequest, name: str, form: str) -> HttpResponseBase:
    """One of the files of titles. NotVisible for a name or form that there is not."""
    if name not in FILES or form not in WRITERS:
        raise NotVisible
    return _answer(name, form, FILES[name][1], ROWS[name]())


@require_GET
def results(request: HttpRequest, period: str, form: str) -> HttpResponseBase:
    """The results of a closed year by dimension. NotVisible for a year that is not closed."""
    if form not in WRITERS or period not in results_opened.closed_years():
        raise NotVisible
    return _answer(f"results-{period}", form, RESULTS[1], (_result(period, one) for one in results_opened.results_by_dimension(period)))


def _answer(name: str, form: str, columns: tuple[str, ...], rows: Iterable[Row]) -> HttpResponseBase:
    write, kind = WRITERS[form]
    response = StreamingHttpResponse(write(columns, rows), content_type=kind)
    response.headers["Content-Disposition"] = f"attachment; filename=linli-{name}.{form}"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _note() -> str:
    band = demonstrations.about()
    return f"演示数据 Demonstration data. {band.zh} {band.en}" if band else ""


def _as_csv(columns: tuple[str, ...], rows: Iterable[Row]) -> Iterator[bytes]:
    """With a mark of UTF-8 for spreadsheets; a text that a spreadsheet would compute is made harmless."""
    yield b"\xef\xbb\xbf"
    notes = [{columns[0]: f"# {text}"} for text in (_note(),) if text]
    yield _line(columns)
    for row in chain(notes, rows):
        yield _line([_harmless(row.get(name, "")) for name in columns])


def _line(cells: Iterable[Any]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue().encode()


def _harmless(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t") else value


def _as_json(columns: tuple[str, ...], rows: Iterable[Row]) -> Iterator[bytes]:
    head = {"licence": settings.OPEN_LICENCE, "note": _note(), "columns": list(columns)}
    yield json.dumps(head, ensure_ascii=False).encode()[:-1] + b', "rows": ['
    for place, row in enumerate(rows):
        kept = {name: row.get(name, "") for name in columns}
        yield (b",\n" if place else b"\n") + json.dumps(kept, ensure_ascii=False).encode()
    yield b"\n]}\n"


WRITERS: Mapping[str, tuple[Callable[[tuple[str, ...], Iterable[Row]], Iterator[bytes]], str]] = {
    "csv": (_as_csv, "text/csv; charset=utf-8"), "json": (_as_json, "application/json; charset=utf-8")}
