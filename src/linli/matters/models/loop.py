# SPDX-License-Identifier: MulanPSL-2.0
"""Tables of the loop: matters, their moves, handlings, verifications, clocks, questions, ratings; category schemes."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast

from linli.core.sight import AreaModel


class Scheme(models.Model):
    """分类体系: a published list of categories with version and validity (several stand side by side)."""

    code = models.CharField(max_length=40)
    version = models.CharField(max_length=20)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120)
    source = models.CharField(max_length=300)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="scheme_once")]


class Category(models.Model):
    """One class of a scheme; `group` is the major class, `part` tells 部件 from 事项 (a code is unique only within it)."""

    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="categories")
    kind = models.CharField(max_length=40, help_text="the kind of matter that a report in this category opens")
    part = models.CharField(max_length=12, default="")
    code = models.CharField(max_length=20)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120, default="")
    group_code = models.CharField(max_length=10, default="")
    group_zh = models.CharField(max_length=60, default="")
    group_en = models.CharField(max_length=80, default="")
    is_hazard = models.BooleanField(default=False)
    is_public = models.BooleanField(default=True)
    is_checked_first = models.BooleanField(default=True, db_default=True, help_text="a resident's report is looked at on site before it is filed")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scheme", "part", "code"], name="category_once")]


def _of_area(divisor: int) -> models.GeneratedField:
    return models.GeneratedField(expression=Cast(F("area") / divisor, models.BigIntegerField()), output_field=models.BigIntegerField(), db_persist=True)


class Matter(AreaModel):
    """事: one thing to be seen through. Its row is a convenience: the moves replay to it.

    Phases: captured filed dispatched handling replied verifying closed archived; exits refused merged self_handled.
    `district`, `street`, `community` are cut from the area by the database so that lists of every scope have an index.
    """

    follows = "matter"

    kind = models.CharField(max_length=40)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, db_index=False)
    phase = models.CharField(max_length=16)
    is_open = models.GeneratedField(
        expression=Q(phase__in=["captured", "filed", "dispatched", "handling", "replied", "verifying"]),  # type: ignore[arg-type]
        output_field=models.BooleanField(), db_persist=True)
    version = models.IntegerField(default=1)
    round = models.SmallIntegerField(default=1)
    is_passed = models.BooleanField(default=False)
    source = models.CharField(max_length=20, help_text="resident, patrol, office, hotline, chat")
    summary = models.CharField(max_length=4000)
    address = models.CharField(max_length=200, default="")
    lon_e6 = models.IntegerField(null=True)
    lat_e6 = models.IntegerField(null=True)
    cell = models.BigIntegerField(null=True)
    own = models.JSONField(default=dict)
    unit = models.BigIntegerField(null=True, help_text="the organisation it is dispatched to")
    handler = models.BigIntegerField(null=True, help_text="the account that handled last")
    reporter = models.BigIntegerField(null=True, help_text="the account that reported; null for the public")
    is_contactable = models.BooleanField(default=False)
    returns = models.SmallIntegerField(default=0)
    failures = models.SmallIntegerField(default=0, help_text="failed verifications")
    verifications = models.SmallIntegerField(default=0)
    is_verified_by_other = models.BooleanField(default=False)
    is_provisional = models.BooleanField(default=False, help_text="the deadline rests on an unpublished calendar")
    rating = models.SmallIntegerField(null=True)
    worker = models.BigIntegerField(null=True, help_text="the account that its unit gave it to; null while nobody in particular")
    parent = models.BigIntegerField(null=True, help_text="the matter that it is a part of")
    parts_open = models.SmallIntegerField(default=0, help_text="parts that have not ended yet")
    merged_into = models.BigIntegerField(null=True, help_text="the matter that it is the same as")
    reopenings = models.SmallIntegerField(default=0)
    is_paused = models.BooleanField(default=False, help_text="its handling clock stands still for a typed reason")
    is_supervised = models.BooleanField(default=False, help_text="the accountable head has taken it up and an answer is due (督办)")
    is_answered = models.BooleanField(db_default=False, help_text="the supervision is answered; the head accepts it or asks again")
    asked = models.CharField(max_length=12, db_default="", help_text="what its unit asks for and nobody has decided: extension, pause, suspension")
    is_secret = models.BooleanField(default=False, help_text="the reporter asked that nobody outside the dispatching office learns who reported")
    occurred_at = models.DateTimeField()
    reported_at = models.DateTimeField()
    filed_at = models.DateTimeField(null=True)
    dispatched_at = models.DateTimeField(null=True)
    first_reply_at = models.DateTimeField(null=True)
    first_reply_due_at = models.DateTimeField(null=True)
    replied_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True, help_text="the limit of the step it stands in")
    close_due_at = models.DateTimeField(null=True, help_text="the limit of the whole")
    closed_at = models.DateTimeField(null=True)
    district = _of_area(1_000_000_000)
    street = _of_area(1_000_000)
    community = _of_area(1_000)

    class Meta:
        indexes = [
            models.Index(fields=["district", "-id"], name="matter_by_district"),
            models.Index(fields=["street", "-id"], name="matter_by_street"),
            models.Index(fields=["community", "-id"], name="matter_by_community"),
            models.Index(fields=["category", "-id"], name="matter_by_category"),
            models.Index(fields=["area", "reported_at"], name="matter_by_area"),
            models.Index(fields=["-reported_at", "-id"], name="matter_by_report"),
            models.Index(fields=["area", "due_at"], name="open_by_area", condition=Q(is_open=True)),
            models.Index(fields=["due_at", "id"], name="open_by_limit", condition=Q(is_open=True)),
            models.Index(fields=["unit", "due_at"], name="open_by_unit", condition=Q(is_open=True)),
            models.Index(fields=["cell"], name="matter_by_cell"),
            models.Index(fields=["parent"], name="matter_by_parent", condition=~Q(parent=None)),
            models.Index(fields=["merged_into"], name="matter_by_merging", condition=~Q(merged_into=None)),
            models.Index(fields=["worker", "due_at"], name="open_by_worker", condition=Q(is_open=True) & ~Q(worker=None)),
            models.Index(fields=["area", "-id"], name="matter_by_pause", condition=Q(is_paused=True)),
            models.Index(fields=["area", "due_at"], name="matter_by_asking", condition=~Q(asked="")),
            models.Index(fields=["area", "due_at"], name="matter_by_supervision", condition=Q(is_supervised=True)),
            models.Index(fields=["cell", "-id"], name="open_by_cell", condition=Q(is_open=True) & ~Q(cell=None)),
            models.Index(fields=["community", "address", "-id"], name="open_by_address", condition=Q(is_open=True) & ~Q(address="")),
        ]


class Move(AreaModel):
    """One step in the history of a matter; appended, never edited."""

    may_change = False
    erasable = ("note",)
    sees_extra = True

    matter = models.ForeignKey(Matter, on_delete=models.DO_NOTHING, related_name="moves", db_index=False)
    step = models.SmallIntegerField()
    action = models.CharField(max_length=40)
    from_phase = models.CharField(max_length=16)
    to_phase = models.CharField(max_length=16)
    round = models.SmallIntegerField()
    actor = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=60, default="")
    role = models.CharField(max_length=40)
    unit = models.BigIntegerField(null=True)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    reason = models.CharField(max_length=40, default="")
    note = models.CharField(max_length=4000, default="")
    is_public = models.BooleanField(default=False)
    detail = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["matter", "step"], name="move_once")]
        indexes = [BrinIndex(fields=["recorded_at"], name="move_by_record")]


class Handling(AreaModel):
    """处置: who handled in which round, for which unit; a verification must differ from every one of them."""

    may_change = False
    sees_extra = True

    matter = models.ForeignKey(Matter, on_delete=models.DO_NOTHING, related_name="handlings", db_index=False)
    round = models.SmallIntegerField()
    person = models.BigIntegerField()
    unit = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["matter", "round", "person", "unit"], name="handling_once")]


class Verification(AreaModel):
    """核查: carries the handling round's person and unit (composite foreign key in the database) and differs from both."""

    may_change = False
    sees_extra = True

    matter = models.ForeignKey(Matter, on_delete=models.DO_NOTHING, related_name="verifications_done", db_index=False)
    round = models.SmallIntegerField()
    handler = models.BigIntegerField()
    handler_unit = models.BigIntegerField()
    verifier = models.BigIntegerField()
    verifier_unit = models.BigIntegerField()
    is_passed = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["area", "at"], name="verified_by_area")]
        constraints = [
            models.UniqueConstraint(fields=["matter", "round"], name="verified_once_a_round"),
            models.CheckConstraint(condition=~Q(verifier=F("handler")), name="verifier_is_not_the_handler"),
            models.CheckConstraint(condition=~Q(verifier_unit=F("handler_unit")), name="verifier_is_of_another_unit"),
        ]


class Interval(AreaModel):
    """One stretch of a clock: running, paused for a typed reason, or stopped; open while it has no end.

    The handling clock keeps all its stretches (its phased limits share them); every other clock only those in which it stood still.
    """

    matter = models.ForeignKey(Matter, on_delete=models.DO_NOTHING, related_name="intervals", db_index=False)
    limit = models.CharField(max_length=40)
    state = models.CharField(max_length=10)
    reason = models.CharField(max_length=40, default="")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True, help_text="when a pause is over by itself")

    class Meta:
        indexes = [models.Index(fields=["matter", "limit", "started_at"], name="interval_by_matter")]
        constraints = [models.UniqueConstraint(fields=["matter", "limit"], condition=Q(ended_at=None), name="one_open_interval_a_limit")]


class Limit(AreaModel):
    """时限: one limit of a matter with what it was computed from; the explanation is a list of sentences in both languages.

    `due_at` is None while the clock stands still with time left. `next_at` is when the watch has to look at it again.
    """

    matter = models.ForeignKey(Matter, on_delete=models.DO_NOTHING, related_name="limits", db_index=False)
    name = models.CharField(max_length=40)
    amount = models.IntegerField()
    unit = models.CharField(max_length=16)
    basis = models.CharField(max_length=200)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    met_at = models.DateTimeField(null=True)
    is_provisional = models.BooleanField(default=False)
    explanation = models.JSONField(default=list)
    extra = models.IntegerField(db_default=0, help_text="seconds of its own time that were granted on top")
    next_at = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(null=True)
    late_at = models.DateTimeField(null=True, help_text="when the watch found it overdue")

    class Meta:
        indexes = [
            models.Index(fields=["next_at"], name="limit_to_watch", condition=Q(met_at=None) & ~Q(next_at=None)),
            models.Index(fields=["due_at"], name="limit_that_runs", condition=Q(met_at=None)),
        ]
        constraints = [models.UniqueConstraint(fields=["matter", "name"], name="limit_once")]


class Contact(AreaModel):
    """How the reporter can be reached: class 2, encrypted; erased with the reporter. Messages are sent only if he wants them."""

    may_delete = True

    matter = models.OneToOneField(Matter, on_delete=models.DO_NOTHING, related_name="contact", primary_key=True)
    sealed = models.BinaryField()
    wants_letters = models.BooleanField(default=False)
    language = models.CharField(max_length=10, default="zh-hans")


class Question(AreaModel):
    """A question to the reporter and the answer, given by query code."""

    matter = models.ForeignKey(Matter, on_delete=models.DO_NOTHING, related_name="questions")
    text = models.CharField(max_length=1000)
    asked_by = models.BigIntegerField()
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, help_text="after this the asker is told that nobody answered")
    answer = models.CharField(max_length=1000, default="")
    answered_by = models.BigIntegerField(null=True, help_text="the matter whose reporter answered, where several reported the same")
    answered_at = models.DateTimeField(null=True)
    photos = models.JSONField(default=list, help_text="numbers of the files that came with the answer")

    class Meta:
        indexes = [models.Index(fields=["asked_by", "due_at"], name="question_waiting", condition=Q(answered_at=None))]


class Rating(AreaModel):
    """评价: 1 is the best of five (policy.md 12.1, no. 4); there is no default. One in each round that was closed."""

    may_change = False
    sees_extra = True
    erasable = ("text",)

    matter = models.ForeignKey(Matter, on_delete=models.DO_NOTHING, related_name="ratings", db_index=False)
    round = models.SmallIntegerField(default=1)
    score = models.SmallIntegerField()
    text = models.CharField(max_length=1000, default="")
    at = models.DateTimeField()
    leading = models.BigIntegerField(null=True, help_text="the matter that was rated, where the reporter's own was merged into it")

    class Meta:
        indexes = [models.Index(fields=["leading"], name="rating_of_leading", condition=~Q(leading=None))]
        constraints = [
            models.CheckConstraint(condition=Q(score__gte=1, score__lte=5), name="five_levels"),
            models.UniqueConstraint(fields=["matter", "round"], name="rated_once_a_round"),
        ]
