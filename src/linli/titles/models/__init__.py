# SPDX-License-Identifier: MulanPSL-2.0
"""Tables of 名: batches, the way to a title, titles, and what comes after naming."""

from linli.titles.models.afterwards import RectificationItem, Reinspection, ReinspectionRound, ReinspectionSide, ReinspectionStep, TitleSign
from linli.titles.models.batches import Batch
from linli.titles.models.creation import Application, Assessed, Filing, Review, Share, StrikeOut
from linli.titles.models.publicities import Objection, PatrolDraw, Publicity
from linli.titles.models.titles import Title

__all__ = [
    "Application", "Assessed", "Batch", "Filing", "Objection", "PatrolDraw", "Publicity", "RectificationItem", "Reinspection",
    "ReinspectionRound", "ReinspectionSide", "ReinspectionStep", "Review", "Share", "StrikeOut", "Title", "TitleSign",
]
