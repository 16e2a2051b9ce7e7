# SPDX-License-Identifier: MulanPSL-2.0
"""The sealed values of this room, for a change of keys; points of tracks pass by themselves after 90 days."""

from linli.core.resealing import SealedColumn, declare
from linli.matters.foreign import files
from linli.matters.models import Contact, Draw, ForeignImport, HotlineRow, Kept, TrackPart

declare(
    SealedColumn(Contact, "sealed", lambda row: f"contact:{row[0]}"),
    SealedColumn(Kept, "sealed", lambda row: f"kept:{row[0]}:{row[1]}", ("matter_id", "what")),
    SealedColumn(Draw, "sealed", lambda row: f"draw:{row[0]}"),
    SealedColumn(HotlineRow, "sealed", lambda row: f"hotline:{row[0]}:{row[1]}", ("batch_id", "line")),
    SealedColumn(ForeignImport, "sealed", lambda row: files.context(row[0]), batch=1),
    SealedColumn(TrackPart, "sealed", passing=True),
)
