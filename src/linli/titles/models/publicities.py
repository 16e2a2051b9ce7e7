# SPDX-License-Identifier: MulanPSL-2.0
"""Tables of draws, publicity and objections."""

from django.db import models

from linli.core.sight import AreaModel
from linli.titles.models.batches import Batch
from linli.titles.models.creation import Application


class PatrolDraw(models.Model):
    """暗访抽签: the seed of one month, sealed and fixed before it, shown after it; `frame` and `drawn` are applications in the order of the draw."""

    may_delete = False

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="draws")
    month = models.CharField(max_length=7)
    digest = models.CharField(max_length=64)
    sealed = models.BinaryField()
    seed = models.CharField(max_length=64, default="", blank=True)
    frame = models.JSONField(default=list)
    drawn = models.JSONField(default=list)
    fixed_at = models.DateTimeField()
    drawn_at = models.DateTimeField(null=True)
    revealed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "month"], name="patrol_draw_once")]


class Publicity(models.Model):
    """公示: a list shown to everybody from one moment to another. Written once, never changed by anybody, so that nobody can shorten it."""

    may_change = False
    may_delete = False

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="publicities")
    publication = models.ForeignKey("measures.Publication", on_delete=models.PROTECT, related_name="+")
    areas = models.JSONField(help_text="communities on the list")
    first_day = models.DateField()
    last_day = models.DateField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    days = models.SmallIntegerField(help_text="calendar days that it lasts at least")
    working_days = models.SmallIntegerField(help_text="working days that lie in it at least")
    is_provisional = models.BooleanField(default=False, help_text="the holidays of its time are not all published")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at"), days__gte=1), name="publicity_lasts"),
        ]


class Objection(AreaModel):
    """公示异议: what somebody holds against a community on the list; name and contact are sealed (class 2). Answered with a reason."""

    follows = "application"

    area = models.BigIntegerField()
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="objections")
    publicity = models.ForeignKey(Publicity, on_delete=models.PROTECT, related_name="objections")
    sealed_text = models.BinaryField(help_text="what is objected, sealed: it may name people")
    sealed_contact = models.BinaryField(null=True)
    account = models.BigIntegerField(null=True)
    made_at = models.DateTimeField()
    due_on = models.DateField()
    outcome = models.CharField(max_length=10, default="", blank=True)
    answer = models.CharField(max_length=2000, default="", blank=True)
    answered_by = models.BigIntegerField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["publicity", "area"], name="objection_by_publicity")]
        constraints = [
            models.CheckConstraint(condition=models.Q(outcome__in=["", "upheld", "dismissed"]), name="objection_outcomes"),
            models.CheckConstraint(condition=models.Q(outcome="") | ~models.Q(answer=""), name="objection_answered_with_a_reason"),
        ]
