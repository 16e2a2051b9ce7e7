# SPDX-License-Identifier: MulanPSL-2.0
"""The gate for photos and papers: an upload comes in as bytes, leaves as a clean JPEG or a recognised PDF, or is refused.

Every picture is decoded and encoded again, so whatever was written beside the pixels (position, device, owner, an
appended video or archive) does not reach the kept copy. Where and when it was taken is handed back separately,
for staff only. A PDF is kept as it came, so it is never a public copy.
"""

import re
import struct
import warnings
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from math import ceil

from PIL import Image, ImageCms

from linli.core.faults import Invalid
from linli.core.photo_position import shot_of
from linli.core.words import Words, words

MEBIBYTE = 1_048_576
JPEG, PDF = "image/jpeg", "application/pdf"
JPEG_QUALITY = 85  # Our choice: about 0.6 MB at 2560 px, no visible blocks on a photo of a street.
# Our choice: a file with more scans is made to burn processor time (cameras write 1, progressive encoders about 10).
MOST_SCANS = 64
LARGEST_COLOUR_PROFILE = 65_536  # Our choice: cameras write 0.5-4 kB.
LONGEST_NAME = 60
HEAD, TAIL = 4_096, 65_557  # Tail: the farthest place of a ZIP's end record (22 bytes and a comment of 65,535).


@dataclass(frozen=True)
class Limits:
    """What is let in and what comes out; defaults are our choice, a city sets its own.

    Unit: bytes of the upload, pixels (width x height), pixels along the long edge. `pixels_jpeg` may be larger
    because a JPEG is decoded at reduced size; a PNG or WebP stands in memory whole (4 bytes a pixel).
    """

    upload_bytes: int = 12 * MEBIBYTE
    pixels_jpeg: int = 64_000_000
    pixels_other: int = 24_000_000
    edge: int = 2_560
    thumbnail_edge: int = 480


LIMITS = Limits()


@dataclass(frozen=True)
class Upload:
    """What is kept of an upload.

    `digest` is the SHA-256 of `content`, `received_digest` that of the bytes that came in (the same photo sent twice
    shows by it), 32 bytes each. Width and height are 0 for a PDF. `position` is (longitude, latitude) in millionths
    of a degree and `taken_at` aware UTC, both as the photo itself claims and None when it does not: for staff,
    never with a public copy.
    """

    media_type: str
    content: bytes
    digest: bytes
    received_digest: bytes
    width: int = 0
    height: int = 0
    position: tuple[int, int] | None = None
    taken_at: datetime | None = None


def accept(received: bytes, name: str = "", limits: Limits = LIMITS) -> Upload:
    """The clean copy of a photo (JPEG, PNG, WebP → JPEG) or the PDF as it is; `name` only names the file in a refusal.

    Invalid (422) `file_empty`, `file_too_large`, `file_type_unknown`, `file_two_faced`, `image_too_large`,
    `image_unreadable`, `paper_unreadable` or `paper_active`, with the limit and the remedy in its sentences.
    """
    try:
        return _accepted(received, limits)
    except Invalid as fault:
        shown = "".join(letter for letter in name if letter.isprintable())[:LONGEST_NAME]
        if not shown:
            raise
        raise Invalid(message=words("“{name}”：", "“{name}”: ").format(name=shown) + fault.message,
                      remedy=fault.remedy, code=fault.code) from fault


def _accepted(received: bytes, limits: Limits) -> Upload:
    if not received:
        raise _refusal("file_empty", words("没有收到文件内容。", "The file is empty."), CHOOSE_AGAIN)
    if len(received) > limits.upload_bytes:
        raise _too_many_bytes(len(received), limits)
    media_type = recognised(received)
    if media_type == PDF:
        return _paper(received)
    if media_type not in _FORMATS:
        raise _refusal("file_type_unknown",
                       words("不能接收这种文件：只收 JPEG、PNG、WebP 照片和 PDF。",
                             "This kind of file is not taken: only JPEG, PNG and WebP photos, and PDF."),
                       words("请用手机直接拍照，或另存为 JPEG 后再传。",
                             "Take the photo with your phone, or save it as JPEG and send it again."))
    _refuse_second_face(received)
    try:
        return _picture(received, media_type, limits)
    except _UNREADABLE as error:
        raise _refusal("image_unreadable",
                       words("照片打不开：文件不完整或已损坏。",
                             "The photo cannot be opened: the file is cut off or damaged."),
                       CHOOSE_AGAIN) from error


def recognised(received: bytes) -> str | None:
    """The media type by the first bytes, whatever name or type the sender gave; None when it is none of the four."""
    for media_type, is_so in _MAGIC.items():
        if is_so(received):
            return media_type
    return None


def thumbnail(upload: Upload, limits: Limits = LIMITS) -> bytes | None:
    """A small JPEG (480 px along the long edge by default) of an accepted photo; None for a PDF."""
    if upload.media_type != JPEG:
        return None
    with Image.open(BytesIO(upload.content), formats=["JPEG"]) as image:
        return _encoded(_fitted(image, limits.thumbnail_edge))


def _picture(received: bytes, media_type: str, limits: Limits) -> Upload:
    if media_type == JPEG and received.count(b"\xff\xda") > MOST_SCANS:
        raise OSError(f"more than {MOST_SCANS} scans")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Our own limit stands below; spoilt metadata is dropped in any case.
        with Image.open(BytesIO(received), formats=[_FORMATS[media_type]]) as image:
            most = limits.pixels_jpeg if media_type == JPEG else limits.pixels_other
            if image.width * image.height > most:
                raise _too_many_pixels(image.width, image.height, most)
            shot = shot_of(image)
            clean = _on_white(_in_standard_colours(_fitted(image, limits.edge)))
    if shot.turn is not None:
        clean = clean.transpose(shot.turn)
    content = _encoded(clean)
    return Upload(JPEG, content, sha256(content).digest(), sha256(received).digest(), clean.width, clean.height,
                  shot.position, shot.taken_at)


def _fitted(image: Image.Image, edge: int) -> Image.Image:
    """The decoded image, no longer than `edge`; a JPEG is decoded at the nearest smaller scale to save memory."""
    scale = min(1.0, edge / max(image.size))
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    image.draft(None, (ceil(image.width * scale), ceil(image.height * scale)))
    image.load()
    if image.mode.startswith("I;16"):
        image = Image.merge("L", [image.convert("I").point(lambda value: value / 256).convert("L")])
    if image.mode in ("P", "PA", "1", "LA", "La", "RGBa") or "transparency" in image.info:
        image = image.convert("RGBA")
    return image if image.size == size else image.resize(size, Image.Resampling.LANCZOS)


def _in_standard_colours(image: Image.Image) -> Image.Image:
    """The image in sRGB, so that colours stay right once the profile is dropped; unchanged without a usable profile."""
    profile = image.info.get("icc_profile")
    if not profile or len(profile) > LARGEST_COLOUR_PROFILE or image.mode not in ("RGB", "RGBA", "CMYK"):
        return image
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        mode = "RGB" if image.mode == "CMYK" else image.mode
        return ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=mode) or image
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image


def _on_white(image: Image.Image) -> Image.Image:
    """A new RGB image that carries the pixels and nothing else."""
    clean = Image.new("RGB", image.size, "white")
    clean.paste(image.convert("RGB") if image.mode != "RGBA" else image, mask=image if image.mode == "RGBA" else None)
    return clean


def _encoded(image: Image.Image) -> bytes:
    out = BytesIO()
    _on_white(image).save(out, "JPEG", quality=JPEG_QUALITY, optimize=True)
    return out.getvalue()


def _paper(received: bytes) -> Upload:
    if b"%%EOF" not in received[-1_024:]:
        raise _refusal("paper_unreadable",
                       words("PDF 打不开：文件不完整或已损坏。",
                             "The PDF cannot be opened: the file is cut off or damaged."),
                       words("请重新导出 PDF 再传，或改传照片。",
                             "Export the PDF again and send it, or send photos."))
    if b"PK\x05\x06" in received[-TAIL:] or b"<script" in received[:HEAD].lower():
        raise _two_faced()
    if any(word in names for names in _names(received) for word in (b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/RichMedia")):
        raise _refusal("paper_active",
                       words("不能接收这个 PDF：里面带有程序或附件。",
                             "This PDF is not taken: it carries a program or an attachment."),
                       words("请用“打印为 PDF”另存一份再传。", "Save a copy with “Print to PDF” and send that."))
    digest = sha256(received).digest()
    return Upload(PDF, received, digest, digest)


def _names(received: bytes) -> Iterator[bytes]:
    """The PDF and its packed objects, with names as they are meant (`/J#61vaScript` is `/JavaScript`).

    Invalid when PACKED bytes or more come out of the packed objects: no paper has so many, a bomb has.
    """
    yield _plain(received)
    left = PACKED
    for found in _STREAM.finditer(received):
        if b"/ObjStm" not in received[max(0, found.start() - DICTIONARY):found.start()]:
            continue
        end = received.find(b"endstream", found.end())
        try:
            opened = zlib.decompressobj().decompress(received[found.end():max(end, found.end())], left)
        except zlib.error:
            continue
        left -= len(opened)
        if left <= 0:
            raise _two_faced()
        yield _plain(opened)


def _plain(content: bytes) -> bytes:
    return _ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), content)


def _refuse_second_face(received: bytes) -> None:
    """Invalid when a picture is at once a PDF, an archive or a web page; other bytes behind it are dropped in silence,
    because phones append a second of video there."""
    ends = (received[:HEAD] + received[-HEAD:]).lower()
    if b"%PDF-" in received[:1_024] or b"PK\x05\x06" in received[-TAIL:] \
            or any(tag in ends for tag in (b"<script", b"<html", b"<?php", b"<!doctype")):
        raise _two_faced()


def _refusal(code: str, message: Words, remedy: Words) -> Invalid:
    return Invalid(message=message, remedy=remedy, code=code)


def _two_faced() -> Invalid:
    return _refusal("file_two_faced",
                    words("不能接收这个文件：照片里夹带了别的内容（网页、压缩包或文档）。",
                          "This file is not taken: something else hides in it (a web page, an archive or a document)."),
                    words("请用手机直接拍照后再传。", "Take the photo with your phone and send that."))


def _too_many_bytes(size: int, limits: Limits) -> Invalid:
    message = words("文件太大：{size} MB，最多 {limit} MB。",
                    "The file is too large: {size} MB, the limit is {limit} MB.")
    return _refusal("file_too_large", message.format(size=_tenths(size), limit=_tenths(limits.upload_bytes)),
                    words("请在相机里选小一些的尺寸，或先压缩再传。", "Choose a smaller size in the camera, or compress it first."))


def _tenths(size: int) -> str:
    tenths = -(-size * 10 // MEBIBYTE)
    return f"{tenths // 10}.{tenths % 10}" if tenths % 10 else str(tenths // 10)


def _too_many_pixels(width: int, height: int, most: int) -> Invalid:
    message = words("照片尺寸太大：{width}×{height} 像素，最多 {limit} 万像素。",
                    "The picture is too large: {width}×{height} pixels; the limit is {millions} million pixels.")
    message = message.format(width=width, height=height, limit=most // 10_000, millions=most // 1_000_000)
    return _refusal("image_too_large", message,
                    words("请在相机里选小一些的尺寸再拍一张。", "Choose a smaller size in the camera and take it again."))


CHOOSE_AGAIN = words("请重新选择或重新拍一张再传。", "Choose the file again, or take the photo again.")
PACKED = 32 * MEBIBYTE
DICTIONARY = 400
"""So far before a stream of a PDF its own dictionary is looked for."""
_STREAM = re.compile(rb"stream\r?\n")
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_FORMATS = {JPEG: "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
_MAGIC: dict[str, Callable[[bytes], bool]] = {
    JPEG: lambda received: received.startswith(b"\xff\xd8\xff"),
    "image/png": lambda received: received.startswith(b"\x89PNG\r\n\x1a\n"),
    "image/webp": lambda received: received.startswith(b"RIFF") and received[8:12] == b"WEBP",
    PDF: lambda received: received.startswith(b"%PDF-"),
}
_UNREADABLE = (OSError, SyntaxError, ValueError, EOFError, IndexError, OverflowError, struct.error,
               Image.DecompressionBombError)
