# SPDX-License-Identifier: MulanPSL-2.0
"""Photos come out clean, upright and small; hostile and broken files are refused with a limit and a remedy."""

import struct
import zipfile
import zlib
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms, PngImagePlugin
from PIL.TiffImagePlugin import IFDRational

from linli.core.faults import Fault
from linli.core.images import JPEG, LIMITS, PDF, Limits, accept, thumbnail

GPS, EXIF, ORIENTATION = 0x8825, 0x8769, 0x0112
TIANJIN = {1: "N", 2: (39.0, 7.0, 3.612), 3: "E", 4: (117.0, 11.0, 38.76)}
A_PDF = b"%PDF-1.7\n1 0 obj <</Type /Catalog>> endobj\ntrailer <<>>\n%%EOF\n"


def photo(size=(64, 48), kind="JPEG", mode="RGB", colour=(200, 30, 30), **options):
    out = BytesIO()
    Image.new(mode, size, colour).save(out, kind, **options)
    return out.getvalue()


def notes(gps=None, orientation=None, camera=None):
    exif = Image.Exif()
    exif[0x010F] = "MAKER-OF-PHONE"
    if orientation:
        exif[ORIENTATION] = orientation
    if gps:
        exif[GPS] = gps
    if camera:
        exif[EXIF] = camera
    return exif


def half_and_half(**options):
    """Red on top, blue below, as stored."""
    image = Image.new("RGB", (80, 40), (255, 0, 0))
    image.paste((0, 0, 255), (0, 20, 80, 40))
    out = BytesIO()
    image.save(out, "JPEG", quality=95, **options)
    return out.getvalue()


def opened(content):
    image = Image.open(BytesIO(content))
    image.load()
    return image


def refusal(received, limits=LIMITS):
    with pytest.raises(Fault) as caught:
        accept(received, limits=limits)
    return caught.value


def png_chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_that_claims(width, height, rows=b"\0"):
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IDAT", zlib.compress(rows))
            + png_chunk(b"IEND", b""))


def a_zip():
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("run.html", "<b>hello</b>")
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_comes_out_as_jpeg_with_its_hashes(kind):
    received = photo(kind=kind)

    upload = accept(received)

    assert (upload.media_type, opened(upload.content).format) == (JPEG, "JPEG")
    assert (upload.width, upload.height) == opened(upload.content).size == (64, 48)
    assert upload.digest == sha256(upload.content).digest()
    assert upload.received_digest == sha256(received).digest()


def test_a_large_photo_is_made_smaller_and_keeps_its_shape():
    upload = accept(photo((5_200, 2_600)))

    assert opened(upload.content).size == (2_560, 1_280)


def test_a_small_photo_is_not_made_larger():
    assert opened(accept(photo((10, 7))).content).size == (10, 7)


def test_a_line_one_pixel_high_survives():
    assert opened(accept(photo((9_000, 1), kind="PNG")).content).size == (2_560, 1)


@pytest.mark.parametrize(("orientation", "size", "red_at", "blue_at"), [
    (1, (80, 40), (40, 5), (40, 35)), (2, (80, 40), (40, 5), (40, 35)),
    (3, (80, 40), (40, 35), (40, 5)), (4, (80, 40), (40, 35), (40, 5)),
    (5, (40, 80), (5, 40), (35, 40)), (6, (40, 80), (35, 40), (5, 40)),
    (7, (40, 80), (35, 40), (5, 40)), (8, (40, 80), (5, 40), (35, 40)),
])
def test_a_photo_stands_upright_whichever_way_the_phone_was_held(orientation, size, red_at, blue_at):
    image = opened(accept(half_and_half(exif=notes(orientation=orientation))).content)

    red, blue = image.getpixel(red_at), image.getpixel(blue_at)

    assert image.size == size
    assert red[0] - red[2] > 150
    assert blue[2] - blue[0] > 150


def test_position_and_time_are_handed_back_and_nothing_of_them_stays_in_the_copy():
    gps = {**TIANJIN, 7: (2.0, 3.0, 4.0), 29: "2026:11:23"}
    received = photo(exif=notes(gps=gps, camera={0x9003: "2026:11:23 10:03:04"}), comment=b"OWNER-NAME",
                     icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    assert b"MAKER-OF-PHONE" in received
    assert b"OWNER-NAME" in received

    upload = accept(received)

    assert upload.position == (117_194_100, 39_117_670)
    assert upload.taken_at == datetime(2026, 11, 23, 2, 3, 4, tzinfo=UTC)
    assert all(word not in upload.content for word in (b"MAKER-OF-PHONE", b"OWNER-NAME", b"Exif", b"ICC_PROFILE"))
    assert dict(opened(upload.content).getexif()) == {}
    assert not {"exif", "icc_profile", "comment", "xmp"} & set(opened(upload.content).info)


def test_the_text_of_a_png_does_not_reach_the_copy():
    text = PngImagePlugin.PngInfo()
    text.add_text("Author", "OWNER-NAME")

    assert b"OWNER-NAME" not in accept(photo(kind="PNG", pnginfo=text)).content


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_the_position_in_a_png_or_webp_is_read_and_dropped(kind):
    upload = accept(photo(kind=kind, exif=notes(gps=TIANJIN)))

    assert upload.position == (117_194_100, 39_117_670)
    assert upload.taken_at is None
    assert b"MAKER-OF-PHONE" not in upload.content


@pytest.mark.parametrize(("camera", "taken_at"), [
    ({0x9003: "2026:11:23 10:00:00"}, datetime(2026, 11, 23, 2, tzinfo=UTC)),
    ({0x9003: "2026:11:23 10:00:00", 0x9011: "+09:00"}, datetime(2026, 11, 23, 1, tzinfo=UTC)),
    ({0x9003: "yesterday"}, None), ({}, None),
])
def test_the_time_of_the_camera_is_beijing_time_unless_it_names_a_zone(camera, taken_at):
    assert accept(photo(exif=notes(camera=camera))).taken_at == taken_at


def test_south_and_west_are_negative():
    upload = accept(photo(exif=notes(gps={**TIANJIN, 1: "S", 3: "W"})))

    assert upload.position == (-117_194_100, -39_117_670)


@pytest.mark.parametrize("gps", [
    None, {1: "N"}, {**TIANJIN, 2: (391.0, 0.0, 0.0)}, {1: "N", 2: (0.0, 0.0, 0.0), 3: "E", 4: (0.0, 0.0, 0.0)},
    {**TIANJIN, 2: (39.0, 7.0)}, {**TIANJIN, 4: (117.0,)}, {**TIANJIN, 4: (IFDRational(1, 0), 0.0, 0.0)},
])
def test_a_missing_or_senseless_position_is_none_and_the_photo_is_kept(gps):
    upload = accept(photo(exif=notes(gps=gps)))

    assert upload.position is None
    assert opened(upload.content).size == (64, 48)


def test_spoilt_notes_do_not_stop_a_photo():
    good = photo(exif=notes(gps=TIANJIN))
    spoilt = good.replace(b"MM\x00*", b"MM\x00\xff").replace(b"II*\x00", b"II\xff\x00")

    assert spoilt != good
    assert accept(spoilt).position is None


def test_transparent_parts_become_white():
    upload = accept(photo(kind="PNG", mode="RGBA", colour=(0, 0, 0, 0)))

    assert min(opened(upload.content).getpixel((5, 5))) > 250


@pytest.mark.parametrize(("mode", "colour"), [("L", 90), ("1", 1), ("P", 3), ("LA", (90, 255)), ("I;16", 23_000)])
def test_every_kind_of_png_becomes_a_colour_jpeg(mode, colour):
    assert opened(accept(photo(kind="PNG", mode=mode, colour=colour)).content).mode == "RGB"


def test_a_grey_of_sixteen_bits_keeps_its_brightness():
    image = opened(accept(photo(kind="PNG", mode="I;16", colour=0x8000)).content)

    assert abs(image.getpixel((5, 5))[0] - 128) <= 2


def test_a_print_coloured_jpeg_is_taken():
    assert opened(accept(photo(mode="CMYK", colour=(0, 200, 200, 10))).content).mode == "RGB"


def test_video_that_a_phone_appends_is_dropped():
    received = photo() + b"\0\0\0\x18ftypmp42" + b"MOVIE-OF-A-SECOND" * 50

    assert b"MOVIE" not in accept(received).content


@pytest.mark.parametrize("received", [
    photo() + a_zip(), photo() + b"<html><script>alert(1)</script>", photo(comment=b"<?php system('id'); ?>"),
    photo(comment=b"<SCRIPT>alert(1)</SCRIPT>"), photo(comment=b"%PDF-1.4 1 0 obj"), A_PDF + a_zip(),
    b"%PDF-1.4 <script>alert(1)</script> %%EOF",
], ids=["zip", "page", "php", "script", "pdf", "pdf and zip", "pdf and page"])
def test_a_file_with_two_faces_is_refused(received):
    fault = refusal(received)

    assert fault.code == "file_two_faced"
    assert "手机" in fault.remedy.zh


@pytest.mark.parametrize("received", [
    b"GIF89a" + b"\0" * 50, b"BM" + b"\0" * 60, b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"MZ\x90\0",
    b"RIFF\x10\0\0\0WAVEfmt ", b"\xff", b"\0" * 100, "照片".encode(),
], ids=["gif", "bmp", "svg", "program", "sound", "one byte", "zeros", "text"])
def test_a_file_of_another_kind_is_refused_and_the_kinds_taken_are_named(received):
    fault = refusal(received)

    assert fault.code == "file_type_unknown"
    assert "JPEG、PNG、WebP" in fault.message.zh


@pytest.mark.parametrize("received", [
    b"\xff\xd8\xff" + b"\0" * 100, b"\x89PNG\r\n\x1a\n" + photo(), b"RIFF\x20\0\0\0WEBP" + photo(),
    b"\xff\xd8\xff" + photo(kind="PNG"), png_that_claims(100, 100), png_that_claims(0, 5),
    photo((400, 300))[:-200], photo((400, 300), kind="PNG")[:-40], photo((400, 300), kind="WEBP")[:60],
], ids=["jpeg head only", "jpeg as png", "jpeg as webp", "png as jpeg", "too few rows", "no width",
        "cut jpeg", "cut png", "cut webp"])
def test_forged_and_truncated_pictures_are_refused(received):
    fault = refusal(received)

    assert fault.code == "image_unreadable"
    assert "重新" in fault.remedy.zh


@pytest.mark.parametrize("received", [png_that_claims(60_000, 60_000), png_that_claims(2_000_000_000, 2)])
def test_a_picture_that_would_fill_the_memory_is_refused_before_it_is_decoded(received):
    assert len(received) < 200
    assert refusal(received).code in ("image_too_large", "image_unreadable")


def test_the_limit_of_pixels_is_said():
    fault = refusal(png_that_claims(5_000, 5_000))

    assert fault.code == "image_too_large"
    assert fault.message.zh == "照片尺寸太大：5000×5000 像素，最多 2400 万像素。"


def test_a_compressed_text_that_would_fill_the_memory_is_refused():
    bomb = png_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"\0" * 80_000_000))
    received = photo(kind="PNG")
    position = received.index(b"IDAT") - 4

    assert refusal(received[:position] + bomb + received[position:]).code == "image_unreadable"


def test_a_picture_with_very_many_scans_is_refused():
    received = photo((64, 64), progressive=True)
    scan = received[received.rindex(b"\xff\xda"):-2]

    assert refusal(received[:-2] + scan * 80 + b"\xff\xd9").code == "image_unreadable"
    assert accept(received).media_type == JPEG


def test_a_file_over_the_limit_is_refused_and_the_limit_is_said():
    fault = refusal(b"\xff\xd8\xff" + b"\0" * LIMITS.upload_bytes)

    assert fault.code == "file_too_large"
    assert fault.message.zh == "文件太大：12.1 MB，最多 12 MB。"


def test_a_city_may_set_a_lower_limit():
    received = photo()

    assert refusal(received, Limits(upload_bytes=len(received) - 1)).code == "file_too_large"
    assert accept(received, limits=Limits(upload_bytes=len(received))).width == 64


def test_an_empty_file_is_refused():
    assert refusal(b"").code == "file_empty"


def test_a_pdf_is_kept_as_it_came():
    upload = accept(A_PDF)

    assert (upload.media_type, upload.content, upload.width) == (PDF, A_PDF, 0)
    assert upload.digest == upload.received_digest == sha256(A_PDF).digest()
    assert thumbnail(upload) is None


def test_a_cut_pdf_is_refused():
    assert refusal(A_PDF[:30]).code == "paper_unreadable"


@pytest.mark.parametrize("word", [b"/JavaScript", b"/Launch", b"/EmbeddedFile"])
def test_a_pdf_with_a_program_is_refused(word):
    assert refusal(A_PDF.replace(b"/Catalog", b"/Catalog /OpenAction << " + word + b" >>")).code == "paper_active"


def test_a_program_is_found_under_an_escaped_name_and_inside_packed_objects():
    packed = zlib.compress(b"1 0 << /S /JavaScript /JS (app.alert(1)) >>")
    stream = b"9 0 obj << /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode >>\nstream\n" + packed + b"\nendstream endobj\n"

    assert refusal(A_PDF.replace(b"/Catalog", b"/Catalog /OpenAction << /S /J#61vaScript >>")).code == "paper_active"
    assert refusal(A_PDF.replace(b"%%EOF", stream + b"%%EOF")).code == "paper_active"


def test_a_pdf_whose_packed_objects_blow_up_is_refused():
    bomb = b"<< /Type /ObjStm /Filter /FlateDecode >>\nstream\n" + zlib.compress(bytes(33 * 1_048_576)) + b"\nendstream\n"

    assert refusal(A_PDF.replace(b"%%EOF", bomb + b"%%EOF")).code == "file_two_faced"


def test_a_pdf_with_harmless_packed_objects_is_taken():
    packed = b"<< /Type /ObjStm /DecodeParms << /Columns 4 >> /Filter /FlateDecode >>\nstream\n" + zlib.compress(b"1 0 << /Type /Page >>") + b"\nendstream\n"
    broken = b"<< /Type /ObjStm >>\nstream\nnot packed at all\nendstream\n"

    assert accept(A_PDF.replace(b"%%EOF", packed + broken + b"%%EOF"), "a.pdf", LIMITS).media_type == PDF


def test_every_refusal_has_both_sentences_in_both_languages():
    files = [b"", b"x", A_PDF[:30], photo() + a_zip(), png_that_claims(9_000, 9_000), b"\xff\xd8\xff"]

    faults = [refusal(received) for received in files]

    assert len({fault.code for fault in faults}) == len(files)
    assert all(fault.message.zh.endswith("。") and fault.remedy.en.endswith(".") for fault in faults)


def test_a_thumbnail_is_small_and_clean():
    upload = accept(photo((2_000, 1_000), exif=notes(gps=TIANJIN)))

    small = opened(thumbnail(upload))

    assert (small.format, small.size) == ("JPEG", (480, 240))
    assert dict(small.getexif()) == {}


GOOD_FILES = [photo((40, 30), kind, exif=notes(gps=TIANJIN, orientation=6)) for kind in ("JPEG", "PNG", "WEBP")]
changes = st.lists(st.tuples(st.integers(0, 100_000), st.integers(0, 255)), min_size=1, max_size=6)


@given(st.sampled_from(GOOD_FILES), changes, st.integers(0, 400))
def test_whatever_bytes_are_changed_or_cut_the_answer_is_a_clean_photo_or_a_fault(good, changed, cut):
    received = bytearray(good[:len(good) - cut] if cut < len(good) - 20 else good)
    for position, value in changed:
        received[position % len(received)] = value

    try:
        outcome = opened(accept(bytes(received)).content).format
    except Fault as fault:
        outcome = fault.code

    assert outcome in {"JPEG", "image_unreadable", "file_type_unknown", "image_too_large"}


def test_a_senseless_colour_profile_does_not_stop_a_photo():
    assert accept(photo(icc_profile=b"not a profile" * 20)).width == 64


def test_a_refusal_names_the_file_without_its_control_characters():
    with pytest.raises(Fault) as caught:
        accept(b"", name="大门\u202e\n.jpg")

    assert (caught.value.code, caught.value.status) == ("file_empty", 422)
    assert caught.value.message.zh == "“大门.jpg”：没有收到文件内容。"
