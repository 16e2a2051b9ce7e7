# SPDX-License-Identifier: MulanPSL-2.0
"""Addresses of Open311: discovery, the endpoint of production, and beside it one for trying out that opens nothing."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import include, path, re_path, register_converter

from linli.api.open311 import offers, photos, postings, reports, updates
from linli.api.open311.answers import nothing_here, spoken

app_name = "open311"


class Format:
    """The end of an address: xml or json."""

    regex = "xml|json"

    def to_python(self, value: str) -> str:
        """As it is."""
        return value

    def to_url(self, value: str) -> str:
        """As it is."""
        return value


register_converter(Format, "fmt")


@spoken("GET", "POST")
def requests(request: HttpRequest, fmt: str, *, is_test: bool = False) -> HttpResponse:
    """GET lists, POST opens."""
    return postings.posted(request, fmt, is_test=is_test) if request.method == "POST" else reports.listed(request, fmt)


def _endpoint(*, is_test: bool) -> list[Any]:
    more = {"is_test": is_test}
    return [
        path("discovery.<fmt:fmt>", offers.discovery, name="discovery"),
        path("services.<fmt:fmt>", offers.services, name="services"),
        path("services/<str:code>.<fmt:fmt>", offers.definition, name="definition"),
        path("requests.<fmt:fmt>", requests, more, name="requests"),
        path("requests/<str:number>.<fmt:fmt>", reports.one_request, name="request"),
        path("tokens/<str:token>.<fmt:fmt>", reports.token, name="token"),
        path("servicerequestupdates.<fmt:fmt>", updates.updates, more, name="updates"),
    ]


urlpatterns = [
    path("discovery.<fmt:fmt>", offers.discovery, name="discovery"),
    path("photos/<str:number>/<int:file>.jpg", photos.photo, name="photo"),
    path("test/v2/", include((_endpoint(is_test=True) + [path("", nothing_here, name="root")], "test"), namespace="test")),
    path("v2/", include(_endpoint(is_test=False))),
    path("v2/", nothing_here, name="root"),
    re_path(r"^.*\.(?P<fmt>xml|json)$", nothing_here, name="nothing"),
    re_path(r"^.*$", nothing_here, name="nothing_at_all"),
]
