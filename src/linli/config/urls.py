# SPDX-License-Identifier: MulanPSL-2.0
"""All addresses: the doors, then each face that is there."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

FACES = (("desk/", "linli.desk.urls"), ("api/", "linli.api.urls"), ("", "linli.website.urls"))

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("linli.doors.urls")),
    *(path(prefix, include(module)) for prefix, module in FACES if find_spec(module)),
]

handler400 = "linli.doors.faults.bad_request"
handler403 = "linli.doors.faults.forbidden"
handler404 = "linli.doors.faults.not_found"
handler500 = "linli.doors.faults.server_error"
