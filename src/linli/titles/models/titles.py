# SPDX-License-Identifier: MulanPSL-2.0
"""Titles: which community bears which name since when, and until when."""

from django.db import models

from linli.core.sight import AreaModel
from linli.titles.models.batches import Batch


class Title(AreaModel):
    """称号: a community that was named. Revoking ends it and leaves the row: ever named stays counted, named now does not.

    `origin` is `naming` for what Linli named, `history` for what a published list names. A revocation that an appeal lifts moves to `lifted_on` and
    `lifted_by`, so that a title is borne exactly while `revoked_on` is empty. Only a row of history that nothing hangs on may go (a trigger holds that):
    it takes back a list that was read wrongly.
    """

    follows = "area"
    may_delete = True

    area = models.BigIntegerField()
    place = models.BigIntegerField(help_text="number of the community in the table of places")
    kind = models.CharField(max_length=40)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="titles")
    origin = models.CharField(max_length=12)
    named_on = models.DateField(null=True, help_text="unknown for some of history")
    document_no = models.CharField(max_length=60, default="", blank=True)
    plaque_no = models.CharField(max_length=40, default="", blank=True)
    revoked_on = models.DateField(null=True)
    revoked_by = models.CharField(max_length=60, default="", blank=True, help_text="number of the revoking document")
    lifted_on = models.DateField(null=True, help_text="day of a revocation that an appeal has lifted")
    lifted_by = models.CharField(max_length=60, default="", blank=True)
    restored_on = models.DateField(null=True)
    restored_by = models.CharField(max_length=60, default="", blank=True, help_text="number of the document that restored it")
    listed_in = models.BigIntegerField(null=True, help_text="journal line of the confirmed list that names it")
    listed_on = models.DateField(null=True, help_text="day on which a row of history came into the register")

    class Meta:
        indexes = [models.Index(fields=["area", "kind"], name="title_by_area"), models.Index(fields=["batch", "area"], name="title_by_batch")]
        constraints = [models.UniqueConstraint(fields=["kind", "area"], condition=models.Q(revoked_on=None), name="title_once"),
                       models.CheckConstraint(condition=models.Q(origin__in=["naming", "history"]), name="title_origins")]
