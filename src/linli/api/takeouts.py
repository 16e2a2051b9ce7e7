# SPDX-License-Identifier: MulanPSL-2.0
"""Exports as machines follow them: asked for by `export.make`, looked at until done, then fetched."""

from datetime import datetime
from typing import Annotated, Any

from annotated_types import Ge, Lt
from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from linli.api.callers import WITH_TOKEN, able
from linli.core.faults import NotVisible
from linli.core.models import Export
from linli.core.sight import looking, of_post
from linli.doors.exports import own_exports, rows_so_far
from linli.doors.takeouts import file_of

router = Router(tags=["exports"])
MAKE = "export.make"
Number = Annotated[int, Ge(1), Lt(2**63)]


class ExportOut(Schema):
    """One export: waiting, running, done, failed or gone."""

    export: int
    listing: str
    form: str
    state: str
    rows: int
    size: int
    sha256: str
    is_cut: bool
    asked_at: datetime
    finished_at: datetime | None
    expires_at: datetime | None
    manifest: dict[str, Any]


@router.get("/exports", auth=WITH_TOKEN, response=list[ExportOut], summary="导出 Exports")
def list_exports(request: HttpRequest) -> Any:
    """The latest fifty exports of this account, newest first."""
    actor = able(request, MAKE)
    with looking(of_post(actor), read_only=True):
        return [_out(one) for one in own_exports(actor)]


@router.get("/exports/{number}", auth=WITH_TOKEN, response=ExportOut, summary="一份导出 One export")
def show_export(request: HttpRequest, number: Number) -> Any:
    """How far it is. 404 for anybody but the account that asked."""
    actor = able(request, MAKE)
    with looking(of_post(actor), read_only=True):
        found = Export.objects.visible_to(actor).filter(pk=number, account=actor.account).first()
        if found is None:
            raise NotVisible
        return _out(found)


@router.get("/exports/{number}/file", auth=WITH_TOKEN, summary="导出的文件 The file", include_in_schema=True)
def fetch_export(request: HttpRequest, number: Number) -> HttpResponse:
    """The file itself (zip or xlsx); `Range: bytes=N-` goes on where the line broke off. 404 until it is done."""
    return file_of(request, able(request, MAKE), number)


def _out(one: Export) -> ExportOut:
    return ExportOut(
        export=one.pk, listing=one.listing, form=one.form, state=one.state, rows=rows_so_far(one), size=one.size, sha256=one.sha256, is_cut=one.is_cut,
        asked_at=one.asked_at, finished_at=one.finished_at, expires_at=one.expires_at, manifest=one.manifest)
