# SPDX-License-Identifier: MulanPSL-2.0
"""Schematic pictures for the demonstration: drawn shapes with the mark 演示, so that nobody takes them for photographs."""

import io
import random
from functools import lru_cache

from PIL import Image, ImageDraw

SIZE = (480, 360)
COUNT = 24
SKIES = ((222, 234, 244), (236, 230, 218), (214, 222, 214), (232, 222, 232))
THINGS = ((156, 120, 90), (98, 126, 150), (120, 140, 96), (170, 96, 84), (110, 110, 118))
MARK = ("演示", "DEMO")


@lru_cache(maxsize=COUNT)
def picture(number: int) -> bytes:
    """The JPEG with this number (0 to COUNT - 1); the same number always draws the same shapes."""
    chance = random.Random(number)  # noqa: S311
    image = Image.new("RGB", SIZE, chance.choice(SKIES))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 240, 480, 360), fill=(176, 176, 172))
    for left in range(20, 460, 110):
        top = chance.randint(40, 120)
        draw.rectangle((left, top, left + 84, 240), fill=chance.choice(THINGS))
        for window in range(top + 14, 220, 34):
            draw.rectangle((left + 14, window, left + 32, window + 18), fill=(240, 244, 246))
            draw.rectangle((left + 52, window, left + 70, window + 18), fill=(240, 244, 246))
    for _ in range(chance.randint(3, 8)):
        x, y, r = chance.randint(30, 440), chance.randint(260, 330), chance.randint(8, 26)
        draw.ellipse((x - r, y - r // 2, x + r, y + r // 2), fill=chance.choice(THINGS))
    _sign(draw)
    kept = io.BytesIO()
    image.save(kept, "JPEG", quality=80)
    return kept.getvalue()


def _sign(draw: ImageDraw.ImageDraw) -> None:
    """The mark: Latin letters by the built-in font, the two characters as strokes, so that no font file is needed."""
    draw.rectangle((300, 14, 466, 74), fill=(255, 255, 255), outline=(180, 30, 30), width=3)
    draw.text((392, 30), MARK[1], fill=(180, 30, 30), font_size=24)
    for left, strokes in ((308, STROKES[0]), (348, STROKES[1])):
        for one in strokes:
            draw.line([(left + x, 26 + y) for x, y in one], fill=(180, 30, 30), width=2)


STROKES = (
    (((2, 4), (5, 8)), ((1, 14), (5, 17)), ((1, 32), (7, 22)), ((22, 1), (22, 4)), ((11, 9), (11, 5), (34, 5), (34, 9)), ((13, 11), (32, 11)),
     ((14, 15), (14, 27)), ((14, 15), (31, 15), (31, 27)), ((14, 21), (31, 21)), ((14, 27), (31, 27)), ((22, 11), (22, 27)), ((17, 29), (12, 34)),
     ((27, 29), (33, 34))),
    (((8, 4), (28, 4)), ((3, 13), (33, 13)), ((18, 13), (18, 34)), ((10, 19), (4, 29)), ((26, 19), (32, 29))),
)
"""演 and 示 as lines on a field of 36 by 36."""
