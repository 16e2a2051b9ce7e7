# SPDX-License-Identifier: MulanPSL-2.0
"""Where a matter came from when it was not reported here: the other system, its number, its own limit."""

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
