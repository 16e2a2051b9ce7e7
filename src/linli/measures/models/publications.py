# SPDX-License-Identifier: MulanPSL-2.0
"""The table of publications: what was made public as figures, word for word, with the digest that anybody can check."""

from django.db import models

from linli.core.sight import AreaModel


class Publication(models.Model):
    """公示内容: scores, formulas and watermark of some communities as they were published; never edited (a trigger refuses).

    `occasion` and `reference` name what was published (a publicity, a naming, a year's results) and the row of that room.
    """

    may_delete = False

    occasion = models.CharField(max_length=24)
    reference = models.BigIntegerField()
    content = models.JSONField()
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the canonical JSON of the content")
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["occasion", "reference", "-id"], name="publication_by_occasion")]


class Opening(AreaModel):
    """What a publication does not show of one figure: the counts behind its commitment, opened to whoever may see the place."""

    may_change = False

    area = models.BigIntegerField()
    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="openings")
    code = models.CharField(max_length=20)
    numerator = models.BigIntegerField()
    denominator = models.BigIntegerField()
    salt = models.CharField(max_length=64)
    reached = models.CharField(max_length=40, default="", help_text="points as an exact fraction; empty for an indicator without points")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["publication", "area", "code"], name="opening_once")]
