# SPDX-License-Identifier: MulanPSL-2.0
"""Tables of 标: standards with their versions, values with their receipts, the clock of each community, runs."""

from django.db import models

from linli.core.sight import AreaModel


class Standard(models.Model):
    """标准: an indicator system of one issuer; its versions carry the content."""

    may_delete = False

    code = models.CharField(max_length=40, unique=True)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=200)
    source = models.CharField(max_length=300)


class StandardVersion(models.Model):
    """标准版本: draft, published or superseded. Once published its content is never edited (a trigger refuses)."""

    may_delete = False

    standard = models.ForeignKey(Standard, on_delete=models.PROTECT, related_name="versions")
    version = models.CharField(max_length=20)
    state = models.CharField(max_length=12)
    content = models.JSONField()
    digest = models.CharField(max_length=64, help_text="SHA-256 of the canonical JSON of the content")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["standard", "version"], name="standard_version_once"),
            models.CheckConstraint(condition=models.Q(state__in=["draft", "published", "superseded"]), name="standard_version_states"),
        ]


class Value(AreaModel):
    """指标值: numerator and denominator of one measure for one area and period (`2026` or `2026-11`): a receipt.

    `level` is the place's level, or `direct` for what was recorded at a street or above itself and not in a community.
    Sums of a level above are sums of these counts, never means of shares. `watermark` is the newest journal line that
    was visible when it was computed; `computed_at` is when the figure last changed.
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

    class Meta:
        indexes = [models.Index(fields=["period", "-id"], name="run_by_period")]
