# SPDX-License-Identifier: MulanPSL-2.0
"""The caller's own day, with an ETag: what a phone keeps to work without a network."""

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.http import quote_etag
from ninja import Router

from linli.api.callers import WITH_TOKEN, able
from linli.doors import pulses
from linli.doors.days import my_day

router = Router(tags=["days"])


@router.get("/my-day", auth=WITH_TOKEN, response=dict[str, Any], summary="我的一天 My day")
def show_day(request: HttpRequest) -> Any:
    """The caller's grids with their outlines, due rounds, matters to verify or handle with their photos, questions, categories in force, in one document.

    `visits` is in the order of need and deadline. `If-None-Match` with the ETag of an earlier answer gets 304 while nothing has changed.
    """
    document, stamp = my_day(able(request, "matter.see"), with_pass=True)
    if pulses.is_same(request, stamp):
        return pulses.not_modified(stamp)
    response = JsonResponse(document, json_dumps_params={"ensure_ascii": False})
    response.headers["ETag"] = quote_etag(stamp)
    return response
