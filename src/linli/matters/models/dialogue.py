# SPDX-License-Identifier: MulanPSL-2.0
"""Call-backs to reporters with their tries, and the monthly draws by which the sample is taken."""

from django.db import models
from django.db.models import Q

from linli.core.sight import AreaModel
from linli.matters.models.loop import Matter


class CallBack(AreaModel):
    """回访: somebody who did not handle the matter asks the reporter whether it is really settled; one in each round and for each cause."""

    matter = models.ForeignKey(Matter, on_delete=models.DO_NOTHING, related_name="call_backs")
    round = models.SmallIntegerField(default=1)
    cause = models.CharField(max_length=12, help_text="bad_rating, sample")
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    is_provisional = models.BooleanField(default=False)
    tries = models.SmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, default="", help_text="satisfied, dissatisfied, reopened, unreachable, over")
    ended_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["matter", "round", "cause"], name="called_back_once_a_round")]
        indexes = [
            models.Index(fields=["area", "due_at"], name="call_back_waiting", condition=Q(ended_at=None)),
            models.Index(fields=["area", "opened_at"], name="call_back_by_area"),
        ]


class CallBackTry(AreaModel):
    """One try to reach the reporter and what came of it; appended, never edited. What was said stands in the history of the matter."""

    may_change = False
    sees_extra = True

    call_back = models.ForeignKey(CallBack, on_delete=models.DO_NOTHING, related_name="tried")
    at = models.DateTimeField()
    account = models.BigIntegerField()
    unit = models.BigIntegerField(null=True)
    result = models.CharField(max_length=12, help_text="satisfied, dissatisfied, reopen, not_reached")


class Draw(models.Model):
    """抽样: the seed of one month's sample; its digest is shown before the month begins, the seed itself when it is over."""

    month = models.CharField(max_length=7, primary_key=True)
    percent = models.SmallIntegerField()
    digest = models.CharField(max_length=64, help_text="SHA-256 of the seed, hexadecimal")
    sealed = models.BinaryField()
    committed_at = models.DateTimeField()
    seed = models.CharField(max_length=64, default="", help_text="hexadecimal; empty until it is revealed")
    revealed_at = models.DateTimeField(null=True)
