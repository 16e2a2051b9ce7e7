# SPDX-License-Identifier: MulanPSL-2.0
"""Where a matter came from: another system's number and limit, a chat group's words, a secret report's own words, a job settled on the spot."""

from django.db import models

from linli.core.sight import AreaModel
from linli.matters.models.loop import Matter


class Origin(AreaModel):
    """来源单号: the number that another system gave, once a system; `account` is the machine or post that brought it."""

    matter = models.ForeignKey(Matter, on_delete=models.DO_NOTHING, related_name="origins")
    system = models.CharField(max_length=40, help_text="hotline_12345, open311.<jurisdiction>, chat ...")
    number = models.CharField(max_length=80)
    received_at = models.DateTimeField(help_text="when the other system took it in")
    answer_due_at = models.DateTimeField(null=True, help_text="until when the other system wants its answer")
    answered_at = models.DateTimeField(null=True)
    account = models.BigIntegerField(null=True)
    given = models.JSONField(default=dict, help_text="what else came with it; no personal data")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["system", "number"], name="origin_once")]


class Kept(AreaModel):
    """原文: words that came with a matter and that few may read, sealed (class 2): a chat as it was pasted, a secret reporter's own words."""

    may_delete = True

    matter = models.ForeignKey(Matter, on_delete=models.DO_NOTHING, related_name="kept")
    what = models.CharField(max_length=12, help_text="chat, own_words")
    sealed = models.BinaryField()
    kept_by = models.BigIntegerField()
    kept_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["matter", "what"], name="kept_once")]


class SpotCheck(AreaModel):
    """抽查: a job settled on the spot that was drawn to be looked at by somebody else."""

    matter = models.OneToOneField(Matter, on_delete=models.DO_NOTHING, related_name="spot_check", primary_key=True)
    drawn_at = models.DateTimeField()
    due_at = models.DateTimeField()
    is_passed = models.BooleanField(null=True)
    checked_by = models.BigIntegerField(null=True)
    checked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["area", "due_at"], name="spot_check_waiting", condition=models.Q(checked_at=None))]
