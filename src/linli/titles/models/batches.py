# SPDX-License-Identifier: MulanPSL-2.0
"""Batches of naming: those that Linli runs, and those of which only the published figures are known."""

from django.db import models


class Batch(models.Model):
    """批次: one round of naming of a kind of title. It freezes one published standard when its call opens.

    `state`: `history` for a batch of which only published figures are known (then `named_then` and `ever_then` hold them, either may be unknown),
    else `planned`, `open`, `assessing`, `publicity`, `named`.
    """

    may_delete = False

    kind = models.CharField(max_length=40)
    ordinal = models.SmallIntegerField()
    year = models.SmallIntegerField()
    state = models.CharField(max_length=12)
    standard = models.ForeignKey("measures.StandardVersion", on_delete=models.PROTECT, null=True)
    named_then = models.IntegerField(null=True, help_text="as published, for a batch of history")
    ever_then = models.IntegerField(null=True, help_text="ever named up to and with this batch, as published")
    document_no = models.CharField(max_length=60, default="", blank=True)
    named_on = models.DateField(null=True)
    source = models.CharField(max_length=300, default="", blank=True)
    target = models.IntegerField(null=True, help_text="communities that the year is to name")
    is_demonstration = models.BooleanField(default=False, help_text="planned by an account of the demonstration: results may be shown below the least coverage")
    planned_by = models.BigIntegerField(null=True)
    opened_on = models.DateField(null=True)
    apply_until = models.DateField(null=True)
    street_until = models.DateField(null=True)
    district_until = models.DateField(null=True)
    midterm_until = models.DateField(null=True)
    assess_until = models.DateField(null=True)
    publicity_by = models.DateField(null=True)
    naming_by = models.DateField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "ordinal"], name="batch_once"),
                       models.CheckConstraint(condition=models.Q(state__in=["history", "planned", "open", "assessing", "publicity", "named"]),
                                              name="batch_states")]
