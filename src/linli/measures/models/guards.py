# SPDX-License-Identifier: MulanPSL-2.0
"""Table of what guards found: how many records of a community and month, which, what was explained, and what another person judged."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from linli.core.sight import AreaModel


class GuardFinding(AreaModel):
    """数据提示: records of one community and month that a guard shows beside the figure; never a person.

    open → explained by the committee → accepted as legitimate (counts no longer) or stands, judged above the community by somebody else.
    When other records are found it is open again; what was judged stays in the journal.
    """

    follows = "history"

    area = models.BigIntegerField()
    guard = models.CharField(max_length=40)
    entries = models.CharField(max_length=40)
    month = models.CharField(max_length=7)
    limit = models.IntegerField(help_text="the number that held in the month")
    records = models.IntegerField()
    numbers = ArrayField(models.BigIntegerField(), help_text="numbers of the records, one for each entry, in order")
    found_at = models.DateTimeField()
    state = models.CharField(max_length=10, default="open")
    explanation = models.CharField(max_length=1000, default="", blank=True)
    explained_by = models.BigIntegerField(null=True)
    explained_at = models.DateTimeField(null=True)
    judged_by = models.BigIntegerField(null=True)
    judged_at = models.DateTimeField(null=True)
    judged_why = models.CharField(max_length=500, default="", blank=True)
    version = models.IntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["area", "-id"], name="guard_finding_by_area")]
        constraints = [
            models.UniqueConstraint(fields=["area", "month", "guard", "entries"], name="guard_finding_once"),
            models.CheckConstraint(condition=Q(state__in=["open", "explained", "accepted", "stands"]), name="guard_finding_states"),
            models.CheckConstraint(condition=Q(records=models.Func(F("numbers"), function="cardinality", output_field=models.IntegerField())),
                                   name="guard_finding_adds_up"),
            models.CheckConstraint(condition=Q(state__in=["open", "explained"], judged_by=None)
                                   | Q(state__in=["accepted", "stands"], judged_by__isnull=False) & ~Q(judged_why=""), name="guard_finding_is_judged"),
            models.CheckConstraint(condition=Q(state__in=["open", "stands"]) | Q(explained_by__isnull=False) & ~Q(explanation=""), name="guard_finding_is_explained"),
            models.CheckConstraint(condition=Q(judged_by=None) | Q(explained_by=None) | ~Q(judged_by=F("explained_by")), name="guard_finding_by_two"),
        ]
