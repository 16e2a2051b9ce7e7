# SPDX-License-Identifier: MulanPSL-2.0
"""Tables of closed periods: what was published stays, later editions hold what differs, and an override needs two people and a file."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from linli.core.sight import AreaModel


class Closing(models.Model):
    """结账: one edition of a closed period. The first closes it; every further one is a restatement and says why.

    Asked for by one, confirmed by another; then the worker freezes community by community (`done` of `whole`).
    """

    may_delete = False

    period = models.CharField(max_length=7)
    number = models.SmallIntegerField(help_text="edition: 1 as published, 2 and up restated")
    state = models.CharField(max_length=12, default="asked")
    reason = models.CharField(max_length=500, default="", blank=True)
    asked_by = models.BigIntegerField()
    asked_at = models.DateTimeField()
    decided_by = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    frozen_at = models.DateTimeField(null=True)
    watermark = models.BigIntegerField(default=0)
    done = models.IntegerField(default=0)
    whole = models.IntegerField(default=0)
    figures_differ = models.IntegerField(default=0)
    records_differ = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["period", "number"], condition=~Q(state="withdrawn"), name="closing_once"),
            models.UniqueConstraint(fields=["period"], condition=Q(state__in=["asked", "confirmed"]), name="closing_one_at_a_time"),
            models.CheckConstraint(condition=Q(state__in=["asked", "confirmed", "frozen", "withdrawn"]), name="closing_states"),
            models.CheckConstraint(condition=Q(state__in=["asked", "withdrawn"]) | Q(decided_by__isnull=False), name="closing_is_decided"),
            models.CheckConstraint(condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")) | Q(state="withdrawn"), name="closing_by_two"),
            models.CheckConstraint(condition=Q(number=1) | ~Q(reason=""), name="restating_says_why"),
        ]


class Frozen(AreaModel):
    """封存的数: all figures of one area and period as an edition published them, in one row; a later edition has a row only where something differs.

    `names` are measure versions (`D3-11.1`); `numerators` and `denominators` the computed counts beside them; `overrides` what two people put in
    their place: name to [override, numerator, denominator].
    """

    may_change = False

    area = models.BigIntegerField()
    closing = models.ForeignKey(Closing, on_delete=models.PROTECT, db_index=False, related_name="rows")
    period = models.CharField(max_length=7)
    level = models.CharField(max_length=12)
    names = ArrayField(models.CharField(max_length=26))
    numerators = ArrayField(models.BigIntegerField())
    denominators = ArrayField(models.BigIntegerField())
    overrides = models.JSONField(default=dict)
    watermark = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["area", "period", "level", "closing"], name="frozen_once")]


class FrozenMembers(AreaModel):
    """The records behind one frozen figure of a community, packed (closing/packing.py); a later edition has a row only where they differ.

    `is_kept` is False where today's registers no longer give the figure: what was counted then can no longer be listed, and the page says so.
    """

    may_change = False

    area = models.BigIntegerField()
    closing = models.ForeignKey(Closing, on_delete=models.PROTECT, db_index=False, related_name="+")
    period = models.CharField(max_length=7)
    name = models.CharField(max_length=26)
    count = models.IntegerField()
    is_kept = models.BooleanField(default=True)
    packed = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["area", "period", "name", "closing"], name="frozen_members_once")]


class Difference(AreaModel):
    """What a restatement changed: figure before and after, and which records joined, left, or changed side.

    `is_listed` is False where the records of one of the two editions are not kept.
    """

    may_change = False

    area = models.BigIntegerField()
    closing = models.ForeignKey(Closing, on_delete=models.PROTECT, db_index=False, related_name="differences")
    period = models.CharField(max_length=7)
    level = models.CharField(max_length=12)
    name = models.CharField(max_length=26)
    numerator_before = models.BigIntegerField()
    denominator_before = models.BigIntegerField()
    numerator_after = models.BigIntegerField()
    denominator_after = models.BigIntegerField()
    joined = ArrayField(models.BigIntegerField(), default=list)
    gone = ArrayField(models.BigIntegerField(), default=list)
    moved = ArrayField(models.BigIntegerField(), default=list)
    is_listed = models.BooleanField(default=True)

    class Meta:
        indexes = [models.Index(fields=["closing", "area", "id"], name="difference_by_closing")]
        constraints = [models.UniqueConstraint(fields=["area", "period", "level", "name", "closing"], name="difference_once")]


class Override(AreaModel):
    """人工核定: a figure that two people put beside the computed one, with a file that shows why; the computed one stays visible.

    Only the figure of a community can be overridden; levels above stay sums of what was computed.
    """

    follows = "history"

    area = models.BigIntegerField()
    measure = models.CharField(max_length=20)
    measure_version = models.SmallIntegerField()
    period = models.CharField(max_length=7)
    numerator = models.BigIntegerField()
    denominator = models.BigIntegerField()
    reason = models.CharField(max_length=500)
    evidence = ArrayField(models.BigIntegerField(), help_text="numbers of the files")
    state = models.CharField(max_length=12, default="proposed")
    version = models.IntegerField(default=1)
    proposed_by = models.BigIntegerField()
    proposed_at = models.DateTimeField()
    decided_by = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_why = models.CharField(max_length=500, default="", blank=True)
    ended_by = models.BigIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=500, default="", blank=True)

    class Meta:
        indexes = [models.Index(fields=["area", "-id"], name="override_by_area")]
        constraints = [
            models.UniqueConstraint(fields=["area", "period", "measure", "measure_version"], condition=Q(state__in=["proposed", "in_force"]), name="override_once"),
            models.CheckConstraint(condition=Q(state__in=["proposed", "in_force", "refused", "withdrawn"]), name="override_states"),
            models.CheckConstraint(condition=~Q(state="in_force") | Q(decided_by__isnull=False), name="override_is_decided"),
            models.CheckConstraint(condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")), name="override_by_two"),
            models.CheckConstraint(condition=Q(evidence__len__gt=0) & ~Q(reason=""), name="override_has_evidence"),
            models.CheckConstraint(condition=Q(numerator__gte=0, denominator__gt=0), name="override_counts"),
        ]
