# SPDX-License-Identifier: MulanPSL-2.0
"""The sealed values of this room, for a change of keys: seeds of draws until they are shown, and what somebody objects."""

from linli.core.resealing import SealedColumn, declare
from linli.titles.models import Objection, PatrolDraw, ReinspectionRound

declare(
    SealedColumn(PatrolDraw, "sealed", lambda row: f"patrol:{row[1]}:{row[2]}", ("batch_id", "month")),
    SealedColumn(ReinspectionRound, "sealed", lambda row: f"title_round:{row[1]}:{row[2]}", ("kind", "year")),
    SealedColumn(Objection, "sealed_text", lambda row: f"objection:{row[0]}"),
    SealedColumn(Objection, "sealed_contact", lambda row: f"objection_contact:{row[0]}"),
)
