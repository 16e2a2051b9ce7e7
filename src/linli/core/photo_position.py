# SPDX-License-Identifier: MulanPSL-2.0
"""Where, when and how turned a photo was taken, read from its own notes (EXIF), which nobody need believe."""

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from math import isfinite
from typing import Any, TypeVar

from PIL import ExifTags, Image

# Our choice: a phone in China that writes no zone means Beijing time.
BEIJING = timezone(timedelta(hours=8))

Transpose = Image.Transpose
Found = TypeVar("Found")

# EXIF 2.32, tag 274: how to turn the stored rows so that the picture stands upright.
TURNS: Mapping[int, Transpose] = {
    2: Transpose.FLIP_LEFT_RIGHT, 3: Transpose.ROTATE_180, 4: Transpose.FLIP_TOP_BOTTOM, 5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270, 7: Transpose.TRANSVERSE, 8: Transpose.ROTATE_90,
}
_SPOILT = (OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, AttributeError, EOFError,
           ZeroDivisionError, OverflowError, struct.error)


@dataclass(frozen=True)
class Shot:
    """What a photo says of itself: where and when it was taken, and how it was held. A claim, not evidence.

    `position` is (longitude, latitude) in millionths of a degree, None when absent or senseless. Its datum is the
    phone's: WGS84 by the standard; some phones sold in China write GCJ-02 without saying so (up to 600 m).
    `taken_at` is aware UTC, None when absent. `turn` sets the picture upright, None when it stands already.
    """

    position: tuple[int, int] | None = None
    taken_at: datetime | None = None
    turn: Transpose | None = None


def shot_of(image: Image.Image) -> Shot:
    """The shot as far as the photo tells; spoilt notes never fail, they count as absent."""
    try:
        notes = image.getexif()
        turn = TURNS.get(notes.get(ExifTags.Base.Orientation, 1))
        gps, exif = notes.get_ifd(ExifTags.IFD.GPSInfo), notes.get_ifd(ExifTags.IFD.Exif)
    except _SPOILT:
        return Shot()
    return Shot(_unless_spoilt(_position, gps), _unless_spoilt(_by_satellite, gps) or _unless_spoilt(_by_camera, exif), turn)


def _unless_spoilt(read: Callable[[Mapping[int, Any]], Found | None], notes: Mapping[int, Any]) -> Found | None:
    try:
        return read(notes)
    except _SPOILT:
        return None


def _position(gps: Mapping[int, Any]) -> tuple[int, int] | None:
    lat = _degrees(gps[ExifTags.GPS.GPSLatitude], gps[ExifTags.GPS.GPSLatitudeRef], "S")
    lon = _degrees(gps[ExifTags.GPS.GPSLongitude], gps[ExifTags.GPS.GPSLongitudeRef], "W")
    if not (isfinite(lat) and isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180) or (lat == 0 and lon == 0):
        return None  # Zero and zero is what a phone writes before it has a fix.
    return round(lon * 1_000_000), round(lat * 1_000_000)


def _degrees(parts: Any, side: Any, negative: str) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    size = degrees + minutes / 60 + seconds / 3_600
    return -size if _text(side).upper() == negative else size


def _by_satellite(gps: Mapping[int, Any]) -> datetime | None:
    """The time of the fix, which is always UTC; None when it is not written."""
    if ExifTags.GPS.GPSDateStamp not in gps or ExifTags.GPS.GPSTimeStamp not in gps:
        return None
    hour, minute, second = (int(float(part)) for part in gps[ExifTags.GPS.GPSTimeStamp])
    day = datetime.strptime(_text(gps[ExifTags.GPS.GPSDateStamp]), "%Y:%m:%d")
    return day.replace(hour=hour, minute=minute, second=second, tzinfo=UTC)


def _by_camera(exif: Mapping[int, Any]) -> datetime | None:
    """The time on the camera's clock, in its own zone or, unsaid, Beijing time; None when it is not written."""
    if ExifTags.Base.DateTimeOriginal not in exif:
        return None
    at = datetime.strptime(_text(exif[ExifTags.Base.DateTimeOriginal]), "%Y:%m:%d %H:%M:%S")
    offset = _text(exif.get(ExifTags.Base.OffsetTimeOriginal, ""))
    zone = datetime.strptime(offset, "%z").tzinfo if offset else BEIJING
    return at.replace(tzinfo=zone).astimezone(UTC)


def _text(value: Any) -> str:
    return (value.decode("ascii") if isinstance(value, bytes) else str(value)).strip(" \0")
