# SPDX-License-Identifier: MulanPSL-2.0
"""Tables of surveys: the survey, its roll of households, answers that name no household, what looked wrong, and the attested shares.

No column leads from an answer to the roll: numbers are random, there is no time, content and stratum are sealed until the survey is closed, and
all answers of a survey are written anew in random order with each one that comes in, so that not even the row's transaction tells.
"""

from django.db import models

from linli.core.sight import AreaModel


class Survey(AreaModel):
    """居民调查: one questionnaire in one community, its draw and what it came to. `area` is the community."""

    follows = "history"

    area = models.BigIntegerField()
    questionnaire = models.CharField(max_length=40)
    version = models.SmallIntegerField()
    state = models.CharField(max_length=10, default="open")
    opened_by = models.BigIntegerField(help_text="account")
    opened_at = models.DateTimeField()
    drawn_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the seed, known before the draw")
    sealed = models.BinaryField(help_text="the seed, until it is shown")
    seed = models.CharField(max_length=64, default="", blank=True, help_text="the seed in hex, after closing")
    frame = models.JSONField(default=list, help_text="numbers of the households out of which was drawn")
    frame_digest = models.CharField(max_length=64, default="", blank=True)
    strata = models.JSONField(default=dict, help_text="serial of the grid to the number of its households")
    needed = models.IntegerField(default=0, help_text="valid answers that are needed")
    staff_networks = models.JSONField(default=list, help_text="keyed digests of addresses from which staff worked at this survey; emptied on closing")
    result = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["area", "-id"], name="survey_by_area")]
        constraints = [models.CheckConstraint(condition=models.Q(state__in=["open", "running", "closed", "settled"]), name="survey_states"),
                       models.UniqueConstraint(fields=["area", "questionnaire"], condition=models.Q(state__in=["open", "running", "closed"]), name="survey_once")]


class SurveyLine(AreaModel):
    """名册: one drawn household in the order of the draw; says whether it answered, never what."""

    follows = "history"

    area = models.BigIntegerField()
    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="lines")
    household = models.BigIntegerField()
    position = models.IntegerField()
    stratum = models.SmallIntegerField(help_text="serial of the grid on the day of the draw")
    state = models.CharField(max_length=12, default="reserve")
    means = models.CharField(max_length=6, default="", blank=True)
    contacts = models.SmallIntegerField(default=0)
    code_digest = models.UUIDField(null=True, unique=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["survey", "position"], name="survey_position_once"),
            models.UniqueConstraint(fields=["survey", "household"], name="survey_household_once"),
            models.CheckConstraint(condition=models.Q(state__in=["reserve", "drawn", "answered", "refused", "not_reached", "moved"]), name="survey_line_states"),
            models.CheckConstraint(condition=models.Q(means__in=["", "web", "paper", "phone"]), name="survey_line_means"),
        ]


class SurveyDoubt(AreaModel):
    """疑点: answers that look repeated or solicited; kept or left out by one officer with a reason, confirmed by another."""

    follows = "history"

    area = models.BigIntegerField()
    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="doubts")
    kind = models.CharField(max_length=16)
    count = models.IntegerField()
    decision = models.CharField(max_length=10, default="", blank=True)
    reason = models.CharField(max_length=300, default="", blank=True)
    judged_by = models.BigIntegerField(null=True, help_text="account")
    confirmed_by = models.BigIntegerField(null=True, help_text="account")
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(decision__in=["", "keep", "leave_out"]), name="survey_doubt_decisions"),
                       models.CheckConstraint(condition=models.Q(confirmed_by=None) | ~models.Q(confirmed_by=models.F("judged_by")), name="survey_doubt_by_two")]


class SurveyAnswer(AreaModel):
    """答卷: one answer; its number is random. Sealed until the survey is closed, then with a stratum of five answers at least."""

    follows = "history"
    may_delete = True

    id = models.BigIntegerField(primary_key=True)
    area = models.BigIntegerField()
    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="answers")
    sealed = models.BinaryField(null=True)
    stratum = models.SmallIntegerField(null=True)
    values = models.JSONField(null=True)
    doubt = models.ForeignKey(SurveyDoubt, null=True, on_delete=models.PROTECT, related_name="answers")


class SurveyShare(AreaModel):
    """调查结果: one share of a survey with enough answers, as counted; what figures read. Never changed."""

    may_change = False

    area = models.BigIntegerField()
    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="shares")
    name = models.CharField(max_length=40)
    part = models.BigIntegerField()
    whole = models.BigIntegerField()
    closed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["area", "-id"], name="survey_share_by_area")]
        constraints = [models.UniqueConstraint(fields=["survey", "name"], name="survey_share_once"),
                       models.CheckConstraint(condition=models.Q(part__gte=0, part__lte=models.F("whole"), whole__gt=0), name="survey_share_within")]
