# SPDX-License-Identifier: MulanPSL-2.0
"""The verbs: every declared action at one address, and the upload of a file."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from linli.api.callers import OPEN, caller
from linli.doors import verbs

router = Router(auth=OPEN, tags=["actions"])


@router.post("/actions/{action}", include_in_schema=False)
def act(request: HttpRequest, action: str) -> Any:
    """Do a declared action once; a repeat under the same Idempotency-Key gets the first answer."""
    return verbs.act(request, caller(request), action)


@router.post("/evidence", include_in_schema=False)
def upload(request: HttpRequest) -> Any:
    """Keep a photo or a PDF; its number goes into the `evidence` of a report, a handling or a reply."""
    return verbs.upload(request, caller(request))
