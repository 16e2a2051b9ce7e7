# SPDX-License-Identifier: MulanPSL-2.0
"""Tables of inspections on site: what is looked at, by whom, what each assessor found without knowing of the other."""

from django.db import models

from linli.core.sight import AreaModel
from linli.measures.models.standards import StandardVersion


class Inspection(AreaModel):
    """现场检查: the inspected items of one published standard in one community on a day.

    `occasion` and `reference` name what it was opened for (a patrol of a candidate, a year's assessment, a re-inspection) and the row of
    that room; a routine inspection has the reference 0. Two assessors at least, blind to each other; a third where they differ.
    """

    follows = "history"

    area = models.BigIntegerField()
    occasion = models.CharField(max_length=24)
    reference = models.BigIntegerField(default=0)
    standard = models.ForeignKey(StandardVersion, on_delete=models.PROTECT)
    codes = models.JSONField(help_text="codes of the indicators that are looked at")
    day = models.DateField()
    is_announced = models.BooleanField(default=False)
    state = models.CharField(max_length=12, default="open")
    opened_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    due_on = models.DateField(null=True, help_text="the day by which the assessors hand in")
    disputed = models.JSONField(default=list, help_text="codes in which the assessors differ, for the third one")
    void_reason = models.CharField(max_length=500, default="", blank=True)

    class Meta:
        indexes = [models.Index(fields=["area", "-id"], name="inspection_by_area"),
                   models.Index(fields=["occasion", "reference"], name="inspection_by_occasion"),
                   models.Index(fields=["due_on", "area"], condition=models.Q(state__in=["open", "third"]), name="inspection_open_by_due")]
        constraints = [models.CheckConstraint(condition=models.Q(state__in=["open", "third", "settled", "void"]), name="inspection_states")]


class Assessment(AreaModel):
    """测评: the share of one assessor in an inspection; what he entered is hidden from everybody else until all is settled.

    He declares first whether he is connected with the community. `conflict` is none, or what connects him; one who is connected, or whom
    an officer takes off, has `withdrawn_at` and is replaced. What a withdrawn one entered decides nothing.
    """

    follows = "history"

    area = models.BigIntegerField()
    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="assessments")
    account = models.BigIntegerField()
    is_third = models.BooleanField(default=False)
    declared_at = models.DateTimeField(null=True)
    conflict = models.CharField(max_length=12, default="", blank=True)
    conflict_text = models.CharField(max_length=500, default="", blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    handed_in_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["account", "-id"], name="assessment_by_account")]
        constraints = [models.UniqueConstraint(fields=["inspection", "account"], name="assessment_once")]


class Mark(AreaModel):
    """One item as one assessor found it: `part` of `whole` (47 of 50 lamps lit; 86 of 100 points).

    `is_absent` says that there is nothing of the kind in the community; it then stands as the sheet says (one of one).
    """

    follows = "history"

    area = models.BigIntegerField()
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="marks")
    code = models.CharField(max_length=20)
    part = models.BigIntegerField()
    whole = models.BigIntegerField()
    is_absent = models.BooleanField(default=False)
    note = models.CharField(max_length=500, default="", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["assessment", "code"], name="mark_once"),
                       models.CheckConstraint(condition=models.Q(part__gte=0, part__lte=models.F("whole"), whole__gt=0), name="mark_within")]


class Finding(AreaModel):
    """发现的问题: what an assessor saw to be wrong, with its photos; `condition` names the necessary condition that it breaks, empty for none.

    `dropped_at` is set when he takes it back before he hands in.
    """

    follows = "history"

    area = models.BigIntegerField()
    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="findings")
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="findings")
    code = models.CharField(max_length=20)
    condition = models.CharField(max_length=12, default="", blank=True)
    text = models.CharField(max_length=500)
    evidence = models.JSONField(default=list, help_text="numbers of the photos")
    found_at = models.DateTimeField()
    dropped_at = models.DateTimeField(null=True)


class InspectedItem(AreaModel):
    """One settled item of an inspection, or a necessary condition (one of one, none where a finding breaks it): what figures count.

    Written once, when the inspection is settled.
    """

    follows = "history"
    may_change = False

    area = models.BigIntegerField()
    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="items")
    code = models.CharField(max_length=20)
    part = models.BigIntegerField()
    whole = models.BigIntegerField()
    settled_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["area", "-id"], name="inspected_item_by_area")]
        constraints = [models.UniqueConstraint(fields=["inspection", "code"], name="inspected_item_once"),
                       models.CheckConstraint(condition=models.Q(part__gte=0, part__lte=models.F("whole"), whole__gt=0), name="inspected_item_within")]
