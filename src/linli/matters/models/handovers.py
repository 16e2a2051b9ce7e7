# SPDX-License-Identifier: MulanPSL-2.0
"""Tables of handing over: from one post to another, what went along, and enough to take it back while nothing has moved."""

from django.db import models

from linli.core.sight import AreaModel


class Handover(AreaModel):
    """移交: all open work of a post given to another from a day on."""

    follows = "history"

    from_post = models.BigIntegerField()
    to_post = models.BigIntegerField()
    day = models.DateField(help_text="from which day the grids are the other's")
    made_by = models.BigIntegerField()
    made_at = models.DateTimeField()
    left = models.JSONField(default=list, help_text="what could not be handed over, with the reason")
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["area", "-id"], name="handover_by_area"), models.Index(fields=["to_post"], name="handover_by_receiver")]


class HandoverItem(AreaModel):
    """One thing that went along: an assignment, a stand-in, a matter given to a worker, a question that waits for its answer."""

    may_change = False

    handover = models.ForeignKey(Handover, on_delete=models.DO_NOTHING, related_name="items")
    kind = models.CharField(max_length=12, help_text="grid, stand_in, matter, question")
    record = models.BigIntegerField(help_text="the record that was handed over")
    made = models.BigIntegerField(null=True, help_text="the record that stands instead (a new assignment)")
    before = models.JSONField(default=dict, help_text="what it was, to be put back")
    after = models.JSONField(default=dict, help_text="what it became, to see whether it has moved since")

    class Meta:
        indexes = [models.Index(fields=["kind", "record"], name="handed_by_record")]
