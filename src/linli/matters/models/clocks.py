# SPDX-License-Identifier: MulanPSL-2.0
"""What is asked for and answered around the clocks of a matter: pauses and extensions, and the supervision by the head."""

from django.db import models
from django.db.models import F, Q

from linli.core.sight import AreaModel
from linli.matters.models.loop import Matter


class Request(AreaModel):
    """申请: a handling unit asks for more time or for a pause; somebody else decides. One waits at a time.

    `what` is extension, pause (short, decided by the dispatcher) or suspension (挂账, decided by the accountable head).
    `outcome` is empty while it waits, then granted, declined, withdrawn or lapsed (the matter moved on without it).
    """

    matter = models.ForeignKey(Matter, on_delete=models.DO_NOTHING, related_name="requests", db_index=False)
    what = models.CharField(max_length=12)
    limit = models.CharField(max_length=40, default="handling")
    reason = models.CharField(max_length=40, default="")
    text = models.CharField(max_length=1000)
    amount = models.SmallIntegerField(null=True, help_text="units of the limit; for extensions")
    look_again_on = models.DateField(null=True, help_text="the day on which a pause is over by itself")
    asked_by = models.BigIntegerField()
    asked_unit = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField()
    decided_by = models.BigIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, default="")
    note = models.CharField(max_length=1000, default="")

    class Meta:
        indexes = [models.Index(fields=["matter", "asked_at"], name="request_by_matter")]
        constraints = [
            models.UniqueConstraint(fields=["matter"], condition=Q(ended_at=None), name="one_request_waits"),
            models.CheckConstraint(condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")), name="decided_by_another"),
        ]


class Supervision(AreaModel):
    """督办: the accountable head asks for a written answer; asked again it is a further row. Open until the head accepts."""

    matter = models.ForeignKey(Matter, on_delete=models.DO_NOTHING, related_name="supervisions", db_index=False)
    head = models.BigIntegerField(help_text="the account of the accountable head")
    is_automatic = models.BooleanField(default=False)
    text = models.CharField(max_length=1000, help_text="what the head wants to know")
    asked_at = models.DateTimeField()
    answer = models.CharField(max_length=2000, default="")
    answered_by = models.BigIntegerField(null=True)
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    is_accepted = models.BooleanField(null=True)
    note = models.CharField(max_length=1000, default="")

    class Meta:
        indexes = [models.Index(fields=["matter", "asked_at"], name="supervision_by_matter")]
        constraints = [
            models.UniqueConstraint(fields=["matter"], condition=Q(ended_at=None), name="one_supervision_is_open"),
            models.CheckConstraint(condition=Q(answered_by=None) | ~Q(answered_by=F("head")), name="answered_by_another"),
        ]
