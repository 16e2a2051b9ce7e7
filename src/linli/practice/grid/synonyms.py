# SPDX-License-Identifier: MulanPSL-2.0
"""What residents call the everyday problems of the grid: the first list of synonyms, for the city to edit and publish."""

from pathlib import Path

from linli.core.words import words
from linli.matters.aid import synonyms
from linli.matters.aid.synonyms import Shipped

FILE = Path(__file__).with_suffix(".txt")


def text() -> str:
    """The list as shipped. Source: written by this project from everyday speech, no corpus behind it; proposed, to be edited by the city."""
    return FILE.read_text(encoding="utf-8")


synonyms.declare(Shipped("gbt47678_5", words("自带近义词（拟）：本项目按日常说法编写，由本市修订", "Shipped synonyms (proposed): written by this project, for the city to edit"), text))
