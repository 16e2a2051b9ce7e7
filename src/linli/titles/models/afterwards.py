# SPDX-License-Identifier: MulanPSL-2.0
"""Tables of what comes after naming: signs, yearly rounds, re-inspections with their steps and sides, items of a rectification."""

from django.db import models

from linli.core.sight import AreaModel
from linli.titles.models.titles import Title

STATES = ("drawn", "inspecting", "rectifying", "recheck", "proposed", "revoked", "appealed", "kept", "restored", "final")
RUNNING = ("drawn", "inspecting", "rectifying", "recheck", "proposed", "revoked", "appealed")
SIDES = ("lead", "community", "assess", "recheck", "decide", "judge")
STEPS = {
    "lead": ("begun", "circulated", "kept", "extension_granted", "extension_refused", "recheck_begun", "item_judged", "revocation_proposed"),
    "community": ("remedied", "extension_asked", "heard", "appealed"),
    "decide": ("revoked", "dismissed"),
    "judge": ("restored", "upheld"),
}
"""Side to the steps that it may take; a step without a side is the draw, which binds nobody."""


class ReinspectionRound(models.Model):
    """再巡查年度: the yearly draw among the named. The seed's digest is fixed first; weights and frame are kept with the draw; the seed is shown last."""

    may_delete = False

    kind = models.CharField(max_length=40)
    year = models.SmallIntegerField()
    digest = models.CharField(max_length=64, help_text="SHA-256 of the seed, shown from the day it was fixed")
    sealed = models.BinaryField(help_text="the seed, which only the server knows until it is shown")
    seed = models.CharField(max_length=64, default="", blank=True)
    frame = models.JSONField(default=list, help_text="each title with its weight, the reasons of the weight, and whether it had to come")
    size = models.IntegerField(default=0)
    fixed_at = models.DateTimeField()
    drawn_at = models.DateTimeField(null=True)
    revealed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "year"], name="reinspection_round_once")]


class Reinspection(AreaModel):
    """再巡查: one named community looked at anew, from the draw to its end: kept, or circulated, rectified, re-checked, kept or revoked, appealed."""

    follows = "title"

    area = models.BigIntegerField()
    title = models.ForeignKey(Title, on_delete=models.PROTECT, related_name="reinspections")
    round = models.ForeignKey(ReinspectionRound, on_delete=models.PROTECT, null=True, related_name="reinspections")
    kind = models.CharField(max_length=40)
    year = models.SmallIntegerField()
    state = models.CharField(max_length=12, default="drawn")
    due_on = models.DateField(null=True, help_text="last day of the step it stands in; null once nothing is open")
    weight = models.IntegerField(default=1)
    reasons = models.JSONField(default=list)
    extension = models.CharField(max_length=8, default="", blank=True, help_text="asked, granted, refused; one a case")
    circular_no = models.CharField(max_length=60, default="", blank=True)
    circulated_on = models.DateField(null=True)
    heard_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["area", "state"], name="reinspection_by_area"), models.Index(fields=["due_on", "area"], name="reinspection_by_due")]
        constraints = [
            models.UniqueConstraint(fields=["title"], condition=models.Q(state__in=RUNNING[:5] + RUNNING[6:]), name="reinspection_one_running"),
            models.CheckConstraint(condition=models.Q(state__in=STATES), name="reinspection_states"),
            models.CheckConstraint(condition=models.Q(extension__in=["", "asked", "granted", "refused"]), name="reinspection_extension")]


class ReinspectionSide(AreaModel):
    """In one re-inspection one account stands on one side only: who rectifies never re-checks, who proposes never decides, who judges took no part."""

    follows = "case"

    area = models.BigIntegerField()
    case = models.ForeignKey(Reinspection, on_delete=models.PROTECT, related_name="sides")
    account = models.BigIntegerField()
    side = models.CharField(max_length=12)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "account"], name="reinspection_one_side"),
                       models.UniqueConstraint(fields=["case", "account", "side"], name="reinspection_side_named"),
                       models.CheckConstraint(condition=models.Q(side__in=SIDES), name="reinspection_sides")]


class ReinspectionStep(AreaModel):
    """One step of a re-inspection: who took it on which side, when, what was said, by which document. Never changed; the history of a title is read from it."""

    may_change = False

    area = models.BigIntegerField()
    case = models.ForeignKey(Reinspection, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(max_length=24)
    side = models.CharField(max_length=12, null=True)
    account = models.BigIntegerField(null=True)
    text = models.CharField(max_length=2000, default="", blank=True)
    document_no = models.CharField(max_length=60, default="", blank=True)
    day = models.DateField(null=True, help_text="day of the document, or the new last day")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["case", "id"], name="reinspection_steps")]
        constraints = [models.CheckConstraint(
            condition=models.Q(step="drawn", side=None) | models.Q(*(models.Q(side=side, step__in=steps) for side, steps in STEPS.items()), _connector="OR"),
            name="reinspection_step_sides"),
            models.CheckConstraint(condition=models.Q(step="drawn") | models.Q(side__isnull=False, account__isnull=False), name="reinspection_step_by_somebody")]


class RectificationItem(AreaModel):
    """整改事项: one thing that a circular asks to be put right, what the community did about it, and what the re-check found."""

    follows = "case"

    area = models.BigIntegerField()
    case = models.ForeignKey(Reinspection, on_delete=models.PROTECT, related_name="items")
    code = models.CharField(max_length=20, default="", blank=True, help_text="the indicator or condition; empty for none")
    text = models.CharField(max_length=500)
    remedy = models.CharField(max_length=1000, default="", blank=True)
    remedied_at = models.DateTimeField(null=True)
    is_cured = models.BooleanField(null=True)

    class Meta:
        indexes = [models.Index(fields=["case", "id"], name="rectification_items")]


class TitleSign(AreaModel):
    """苗头: what the daily figures say against a title, from when until when. Seen inside the offices only."""

    follows = "title"
    may_delete = True

    area = models.BigIntegerField()
    title = models.ForeignKey(Title, on_delete=models.CASCADE, related_name="signs")
    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=12)
    said = models.JSONField(default=list, help_text="sentences in both languages")
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["area", "name"], name="title_sign_by_area")]
        constraints = [models.UniqueConstraint(fields=["title", "name"], condition=models.Q(until=None), name="title_sign_once"),
                       models.CheckConstraint(condition=models.Q(name__in=["condition", "below", "overdue"]), name="title_sign_names")]
