# SPDX-License-Identifier: MulanPSL-2.0
"""Tables of the hotline (12345): tables that came in with their rows, the orders that became matters, and the answers sent back."""

from django.db import models
from django.db.models import Q

from linli.core.sight import AreaModel
from linli.matters.models.loop import Matter


class HotlineMapping(AreaModel):
    """列对应: which column of a source's table means what, as it was chosen last; one a place and a source."""

    follows = "history"

    source = models.CharField(max_length=40)
    columns = models.JSONField(default=dict, help_text="our field to the heading in their table")
    answers = models.JSONField(default=list, help_text="pairs of our field and the heading in the table that goes back")
    changed_by = models.BigIntegerField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["area", "source"], name="one_mapping_a_source")]


class HotlineBatch(AreaModel):
    """导入批次: one table as it came in. States: mapping, checking, checked, importing, done, failed."""

    follows = "history"

    source = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the file, hexadecimal")
    state = models.CharField(max_length=10, default="mapping")
    account = models.BigIntegerField()
    post = models.BigIntegerField()
    headings = models.JSONField(default=list)
    columns = models.JSONField(default=dict)
    category = models.BigIntegerField(null=True, help_text="for orders whose category cannot be told")
    community = models.BigIntegerField(null=True, help_text="for orders whose community cannot be told")
    rows = models.IntegerField(default=0)
    seen = models.IntegerField(default=0, help_text="rows that the present step has passed")
    added = models.IntegerField(default=0)
    same = models.IntegerField(default=0)
    changed = models.IntegerField(default=0)
    bad = models.IntegerField(default=0)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=200, default="")

    class Meta:
        indexes = [models.Index(fields=["area", "-id"], name="hotline_batch_by_area")]


class HotlineRow(AreaModel):
    """One row of such a table, sealed (it holds name and phone): new, good, bad, same, changed, added. Emptied when its order is in."""

    may_delete = True

    batch = models.ForeignKey(HotlineBatch, on_delete=models.DO_NOTHING, related_name="lines", db_index=False)
    line = models.IntegerField()
    state = models.CharField(max_length=8, default="new")
    sealed = models.BinaryField()
    faults = models.JSONField(default=list, help_text="sentences in both languages; no personal data")
    matter = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "line"], name="hotline_line_once")]


class HotlineAnswer(AreaModel):
    """回复批次: orders answered back in one table; the table can be made again from it."""

    follows = "history"

    source = models.CharField(max_length=40)
    columns = models.JSONField(default=list)
    first = models.DateField()
    last = models.DateField()
    orders = models.IntegerField()
    made_by = models.BigIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["area", "-id"], name="hotline_answer_by_area")]


class HotlineOrder(AreaModel):
    """热线工单: what the hotline asks of us in one matter: its number, its clock, until when it may go back, and whether it is answered."""

    matter = models.OneToOneField(Matter, on_delete=models.DO_NOTHING, related_name="hotline_order", primary_key=True)
    source = models.CharField(max_length=40)
    number = models.CharField(max_length=80)
    asks = models.CharField(max_length=80, default="", help_text="type of the request in their words")
    category_text = models.CharField(max_length=200, default="")
    received_at = models.DateTimeField()
    answer_due_at = models.DateTimeField(null=True)
    return_due_at = models.DateTimeField(null=True)
    digest = models.CharField(max_length=64, help_text="keyed digest of the order's content, to see a change")
    changes = models.JSONField(default=list, help_text="what a later table said otherwise; no personal data")
    returned_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answer = models.ForeignKey(HotlineAnswer, on_delete=models.DO_NOTHING, null=True, related_name="answered")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "number"], condition=Q(returned_at=None), name="order_once")]
        indexes = [models.Index(fields=["area", "answer_due_at"], name="orders_to_answer", condition=Q(answered_at=None, returned_at=None))]
