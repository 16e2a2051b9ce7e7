# SPDX-License-Identifier: MulanPSL-2.0
"""What joins matters and what keeps them apart: mergings and splits that can be undone, pairs that look alike."""

from django.db import models
from django.db.models import F, Q

from linli.core.sight import AreaModel
from linli.matters.models.loop import Matter


class Joining(AreaModel):
    """并案与拆分记录: a matter went into another (merge), or into parts (split); holds how it stood before, so that it can be undone.

    `into` is the matter that it was merged into directly; `Matter.merged_into` is the one at the end of the chain.
    """

    matter = models.ForeignKey(Matter, on_delete=models.DO_NOTHING, related_name="joinings", db_index=False)
    sort = models.CharField(max_length=10, help_text="merge or split")
    into = models.BigIntegerField(null=True)
    is_by_reporter = models.BooleanField(default=False, help_text="the reporter said himself that it is the same, when reporting")
    stood = models.JSONField(default=dict, help_text="phase, due dates and running clocks before")
    reason = models.CharField(max_length=40, default="")
    by = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    undone_by = models.BigIntegerField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["into"], name="joined_into", condition=Q(undone_at=None) & ~Q(into=None))]
        constraints = [
            models.UniqueConstraint(fields=["matter", "sort"], condition=Q(undone_at=None), name="joined_once"),
            models.CheckConstraint(condition=Q(sort="merge", into__isnull=False) | Q(sort="split", into__isnull=True), name="merged_into_something"),
            models.CheckConstraint(condition=~Q(into=F("matter")), name="never_into_itself"),
        ]


class Likeness(AreaModel):
    """疑似同一件: two matters that look alike, and why; `denied_at` remembers that somebody looked and said that they are not the same.

    One row a pair, the smaller number first; `area` is that of the later one.
    """

    follows = "matter two"

    one = models.BigIntegerField()
    two = models.BigIntegerField()
    points = models.SmallIntegerField(help_text="0 to 100; see matters/alike.py")
    metres = models.IntegerField(null=True, help_text="between the two positions; null where one has none")
    seconds = models.BigIntegerField(help_text="between the two reports")
    words = models.JSONField(default=list, help_text="words that both use")
    found_at = models.DateTimeField()
    denied_by = models.BigIntegerField(null=True)
    denied_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["two"], name="alike_by_later")]
        constraints = [
            models.UniqueConstraint(fields=["one", "two"], name="alike_once"),
            models.CheckConstraint(condition=Q(one__lt=F("two")), name="alike_in_order"),
        ]
