# SPDX-License-Identifier: MulanPSL-2.0
"""Tables of figures: values with their receipts, the clock of each community, runs."""

from django.db import models

from linli.core.sight import AreaModel


class Value(AreaModel):
    """指标值: numerator and denominator of one measure for one area and period (`2026` or `2026-11`): a receipt.

    `level` is the place's level, or `direct` for what was recorded at a street or above itself and not in a community.
    Sums of a level above are sums of these counts, never means of shares. `watermark` is the newest journal line that
    was visible when it was computed; `computed_at` is when the figure last changed. `override` is what two people put in the place of the
    computed figure of a community; numerator and denominator stay the computed ones.
    """

    follows = "history"

    area = models.BigIntegerField()
    measure = models.CharField(max_length=20)
    version = models.SmallIntegerField()
    period = models.CharField(max_length=7)
    level = models.CharField(max_length=12)
    numerator = models.BigIntegerField()
    denominator = models.BigIntegerField()
    state = models.CharField(max_length=16)
    watermark = models.BigIntegerField()
    computed_at = models.DateTimeField()
    override = models.ForeignKey("measures.Override", on_delete=models.PROTECT, null=True, db_index=False, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["area", "period", "measure", "version", "level"], name="value_once")]


class Leaf(AreaModel):
    """A community's clock: when it was last counted, and when time alone will next change one of its figures."""

    follows = "history"

    area = models.BigIntegerField(unique=True)
    looked_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["next_at"], name="leaf_by_next")]


class Run(models.Model):
    """重算: one rebuild of a period over all communities, and what it found to differ from the kept values."""

    may_delete = False

    period = models.CharField(max_length=7)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    measures = models.JSONField(help_text="the measure versions that were computed")
    watermark = models.BigIntegerField()
    leaves = models.IntegerField()
    is_first = models.BooleanField(default=False, help_text="nothing was kept before, so nothing could differ")
    differences = models.IntegerField(default=0)
    first_difference = models.CharField(max_length=300, default="")
    corrected_at = models.DateTimeField(null=True, help_text="when the differences were put right; None while there were none")

    class Meta:
        indexes = [models.Index(fields=["period", "-id"], name="run_by_period")]
