# SPDX-License-Identifier: MulanPSL-2.0
"""All addresses: the doors, then each face."""

from django.urls import include, path

urlpatterns = [
    path("", include("linli.doors.urls")),
    path("desk/", include("linli.desk.urls")),
    path("pocket/", include("linli.pocket.urls")),
    path("api/", include("linli.api.urls")),
    path("open311/", include("linli.api.open311.urls")),
    path("", include("linli.website.urls")),
]

handler400 = "linli.doors.faults.bad_request"
handler403 = "linli.doors.faults.forbidden"
handler404 = "linli.doors.faults.not_found"
handler500 = "linli.doors.faults.server_error"
