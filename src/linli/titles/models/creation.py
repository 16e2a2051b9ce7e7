# SPDX-License-Identifier: MulanPSL-2.0
"""Tables of the year of creation: targets by district, applications, who filed them, reviews, strike-outs and what an assessment came to."""

from django.db import models

from linli.core.sight import AreaModel
from linli.titles.creation.states import STATES
from linli.titles.models.batches import Batch


class Share(AreaModel):
    """分解任务: how many communities of a district a batch is to name."""

    follows = "area"

    area = models.BigIntegerField()
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="shares")
    number = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "area"], name="share_once"), models.CheckConstraint(condition=models.Q(number__gte=0), name="share_counts")]


class Application(AreaModel):
    """申报: a community's application in a batch. `content` is what was known of it when it was last submitted; `step` counts the district's four."""

    follows = "area"

    area = models.BigIntegerField()
    place = models.BigIntegerField(help_text="number of the community in the table of places")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="applications")
    state = models.CharField(max_length=12, default="draft")
    step = models.SmallIntegerField(default=0)
    self_check = models.CharField(max_length=4000, default="", blank=True)
    content = models.JSONField(default=dict)
    publicity = models.ForeignKey("titles.Publicity", null=True, on_delete=models.PROTECT, related_name="applications")
    plaque_no = models.CharField(max_length=40, default="", blank=True)
    begun_at = models.DateTimeField()
    moved_at = models.DateTimeField()
    version = models.IntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["batch", "area"], name="application_by_batch"), models.Index(fields=["area", "-id"], name="application_by_area")]
        constraints = [
            models.UniqueConstraint(fields=["batch", "place"], name="application_once"),
            models.UniqueConstraint(fields=["plaque_no"], condition=~models.Q(plaque_no=""), name="plaque_once"),
            models.CheckConstraint(condition=models.Q(state__in=list(STATES)), name="application_states"),
        ]


class Filing(AreaModel):
    """报送: one submission of an application and who sent it; nobody who filed reviews it later (a trigger refuses)."""

    follows = "application"
    may_change = True

    area = models.BigIntegerField()
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="filings")
    account = models.BigIntegerField()
    content = models.JSONField(default=dict)
    filed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "account", "filed_at"], name="filing_once")]


class Review(AreaModel):
    """审核: one decision about an application: at which stage, by whom, with what outcome and why; its files are evidence."""

    follows = "application"

    area = models.BigIntegerField()
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="reviews")
    stage = models.CharField(max_length=20)
    outcome = models.CharField(max_length=20)
    reason = models.CharField(max_length=2000, default="", blank=True)
    account = models.BigIntegerField()
    reviewed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["application", "id"], name="review_by_application")]


class StrikeOut(AreaModel):
    """取消资格: a proposal to take a candidate off, heard by the committee, decided by the district and then by the city."""

    follows = "application"

    area = models.BigIntegerField()
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="strikes")
    ground = models.CharField(max_length=20)
    reason = models.CharField(max_length=2000)
    state = models.CharField(max_length=12, default="hearing")
    proposed_by = models.BigIntegerField()
    proposed_at = models.DateTimeField()
    heard_until = models.DateField()
    statement = models.CharField(max_length=4000, default="", blank=True)
    stated_by = models.BigIntegerField(null=True)
    stated_at = models.DateTimeField(null=True)
    decided_by = models.BigIntegerField(null=True)
    confirmed_by = models.BigIntegerField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application"], condition=models.Q(state__in=["hearing", "decided"]), name="strike_one_at_a_time"),
            models.CheckConstraint(condition=models.Q(state__in=["hearing", "decided", "struck", "dropped"]), name="strike_states"),
            models.CheckConstraint(condition=models.Q(confirmed_by=None) | ~models.Q(confirmed_by=models.F("decided_by")), name="strike_two_people"),
        ]


class Assessed(AreaModel):
    """测评结论: what an assessment came to under the frozen standard, word for word; a later one stands beside it."""

    follows = "application"

    area = models.BigIntegerField()
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="conclusions")
    grade = models.CharField(max_length=12)
    content = models.JSONField()
    account = models.BigIntegerField()
    assessed_at = models.DateTimeField()
