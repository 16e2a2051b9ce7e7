# SPDX-License-Identifier: MulanPSL-2.0
"""The document at its address."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from linli.api import documents
from linli.api.gate import api


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """The OpenAPI 3.1 document of this installation."""
    return HttpResponse(documents.text_of(api), content_type="application/json")
