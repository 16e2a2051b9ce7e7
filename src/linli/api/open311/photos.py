# SPDX-License-Identifier: MulanPSL-2.0
"""A photo that a reviewer made public, at an address that lasts."""

from django.http import FileResponse, HttpRequest, HttpResponse

from linli.api.open311.answers import Refusal, spoken
from linli.api.open311.reports import UNKNOWN_REQUEST
from linli.core import evidence
from linli.core.sight import looking, of_place
from linli.doors.files import SHOWN
from linli.elements import places
from linli.matters import numbers, published


@spoken("GET")
def photo(request: HttpRequest, fmt: str, number: str, file: int) -> HttpResponse:
    """The picture. Refusal 404 for one that was not made public, or not any more."""
    city, matter = places.city(), numbers.matter_of(number) or 0
    with looking(of_place(city.lo, city.hi), read_only=True):
        found = published.photo(city.lo, city.hi, matter, file)
    path = evidence.path_of(bytes(found.digest)) if found else None
    if found is None or path is None or not path.exists() or found.media_type not in SHOWN:
        raise Refusal(404, UNKNOWN_REQUEST.format(number=number[:40]))
    response = FileResponse(path.open("rb"), content_type=found.media_type, filename=f"{number}-{file}.jpg")
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "public, max-age=600"
    return response  # type: ignore[return-value]
