# SPDX-License-Identifier: MulanPSL-2.0
"""Tables of reconciliation: other systems and what they are the authority for, one file of theirs beside ours, what differs and what was decided."""

from django.db import models
from django.db.models import Q

from linli.core.sight import AreaModel
from linli.elements.models.intakes import Intake


class Source(AreaModel):
    """来源系统: another system that gives exports of a place: who answers for it, and for which fields it is held to be right."""

    follows = "area"

    sheet = models.CharField(max_length=40)
    name = models.CharField(max_length=60)
    keeper = models.CharField(max_length=120, help_text="who answers for its content: a unit")
    authority = models.JSONField(default=list, help_text="columns for which it is proposed to be right; nothing follows without a press")
    covers = models.CharField(max_length=12, default="part", help_text="whom its files claim to hold: living, registered, all, part")
    within = models.CharField(max_length=12, default="area", help_text="area: the whole place; buildings: only those that the file names")
    made_at = models.DateTimeField()
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["area", "sheet", "name"], name="source_once")]


class Reconciliation(AreaModel):
    """核对: one file of another system beside our registers.

    States: comparing, compared, applying, undoing, failed, dropped. What `undoing` came to stands in the state of its intake.
    """

    follows = "source"

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="reconciliations", db_index=False)
    intake = models.ForeignKey(Intake, on_delete=models.PROTECT, related_name="reconciliations")
    covers = models.CharField(max_length=12)
    within = models.CharField(max_length=12)
    state = models.CharField(max_length=10, default="comparing")
    counts = models.JSONField(default=dict, help_text="rows, agree, differ, theirs, ours, unclear, and stretches done so far")
    trouble = models.JSONField(default=dict, help_text="a sentence in both languages when it failed")
    account = models.BigIntegerField(null=True)
    post = models.BigIntegerField(null=True)
    made_at = models.DateTimeField()
    compared_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["area", "-id"], name="reconciliation_by_area"), models.Index(fields=["source", "-id"], name="reconciliation_by_source")]
        constraints = [models.UniqueConstraint(fields=["intake"], condition=~Q(state="dropped"), name="reconciliation_of_intake_once")]


class ReconciledItem(AreaModel):
    """核对项: one field of one record that differs, one record only they have, one that only we have, or one line that could not be compared.

    Theirs lies sealed and goes with the file; ours is read where it stands, only a keyed digest says whether it has changed since.
    """

    follows = "reconciliation"
    may_delete = True

    reconciliation = models.ForeignKey(Reconciliation, on_delete=models.PROTECT, related_name="items", db_index=False)
    side = models.CharField(max_length=8, help_text="differs, theirs, ours, unclear")
    register = models.CharField(max_length=40)
    record = models.BigIntegerField(null=True)
    line = models.IntegerField(null=True)
    name = models.CharField(max_length=60, default="", help_text="column of the sheet; ties, address; the code of the reason for an unclear line")
    is_gap = models.BooleanField(default=False, help_text="we have nothing there")
    stood = models.BinaryField(null=True, help_text="keyed digest of ours when it was compared")
    likeness = models.BinaryField(null=True, help_text="keyed digest of theirs, so that what was decided before is known again")
    sealed = models.BinaryField(null=True, help_text="theirs as it is shown and compared; null once the file is destroyed")
    proposed = models.CharField(max_length=8, default="", help_text="theirs: the source is the authority; or what was decided about the same before")
    decision = models.CharField(max_length=8, default="", help_text="ours, theirs, ask, take, aside, keep, ended; empty while nobody decided")
    reason = models.CharField(max_length=200, default="")
    decided_by = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=8, default="", help_text="done, stale (ours changed since), refused, undone; empty before")
    why = models.CharField(max_length=40, default="", help_text="code of the rule that refused it")
    version = models.IntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["reconciliation", "side", "name", "id"], name="item_by_side"),
            models.Index(fields=["reconciliation", "side", "line", "record"], name="item_by_row"),
            models.Index(fields=["register", "record"], name="item_by_record"),
        ]


class ReconciledFigure(AreaModel):
    """吻合: for one field of one comparison, of how many records both had a value, how many agreed, and how often ours was empty."""

    follows = "reconciliation"
    may_delete = True

    reconciliation = models.ForeignKey(Reconciliation, on_delete=models.PROTECT, related_name="figures", db_index=False)
    name = models.CharField(max_length=60)
    same = models.BigIntegerField()
    differs = models.BigIntegerField()
    gaps = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reconciliation", "name"], name="figure_of_reconciliation_once")]
