# SPDX-License-Identifier: MulanPSL-2.0
"""Tables of measured quality: figures by place, records that break a rule, samples of fields that were checked at the door."""

from django.db import models
from django.db.models import Q

from linli.core.sight import AreaModel
from linli.elements.models.ground import Post


class QualityFigure(AreaModel):
    """数据质量: one pair of whole numbers: how many of how many fields (or records) of a register are filled, fresh, consistent, right in a place.

    `area` is the number of the place and `level` its level; `direct` counts records of a community that lie in no grid.
    """

    follows = "history"
    may_delete = True

    level = models.CharField(max_length=10, help_text="grid, direct, community, street, district, city")
    register = models.CharField(max_length=40)
    aspect = models.CharField(max_length=12, help_text="completeness, freshness, consistency, accuracy")
    name = models.CharField(max_length=60, help_text="the field or rule; empty: all of them together")
    numerator = models.BigIntegerField()
    denominator = models.BigIntegerField()
    computed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["area", "level", "register", "aspect", "name"], name="quality_figure_once")]


class QualityTrouble(AreaModel):
    """规则不符: a record that breaks a rule, and since when that is known. Says which rule, never a value."""

    follows = "record"
    may_delete = True

    register = models.CharField(max_length=40)
    record = models.BigIntegerField()
    rule = models.CharField(max_length=60)
    found_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["register", "record", "rule"], name="quality_trouble_once")]
        indexes = [models.Index(fields=["area", "register", "rule", "record"], name="quality_trouble_by_area")]


class FieldSample(AreaModel):
    """字段抽查: fields drawn by a seed from one register of a place, to be compared with the truth by a day."""

    follows = "area"

    register = models.CharField(max_length=40)
    seed = models.BigIntegerField(help_text="kept, so that anybody can draw the same again")
    size = models.IntegerField()
    population = models.BigIntegerField(help_text="filled fields it was drawn from")
    drawn_on = models.DateField()
    due_on = models.DateField()
    drawn_by = models.ForeignKey(Post, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["area", "-id"], name="field_sample_by_area")]


class FieldCheck(AreaModel):
    """抽查项: one drawn field of one record and what somebody saw; `area` is that of the record on the day of the draw.

    Without a sample it was not drawn but asked, because another system says otherwise: it counts in no accuracy.
    """

    follows = "record"

    sample = models.ForeignKey(FieldSample, null=True, on_delete=models.PROTECT, related_name="checks")
    register = models.CharField(max_length=40)
    record = models.BigIntegerField()
    name = models.CharField(max_length=60)
    due_on = models.DateField(help_text="that of the sample, which a community does not see when its street drew it")
    verdict = models.CharField(max_length=10, default="", help_text="right, wrong, unseen; empty while nobody looked")
    means = models.CharField(max_length=20, default="")
    checked_on = models.DateField(null=True)
    checked_by = models.ForeignKey(Post, null=True, on_delete=models.PROTECT, related_name="+")
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sample", "register", "record", "name"], name="field_check_once"),
            models.UniqueConstraint(fields=["register", "record", "name"], condition=Q(sample=None, verdict__in=["", "unseen"]), name="field_asked_once"),
        ]
        indexes = [models.Index(fields=["area", "id"], name="field_check_waiting", condition=Q(verdict__in=["", "unseen"]))]
