# SPDX-License-Identifier: MulanPSL-2.0
"""Tables of the category aid: synonyms, what was learnt, how it was measured; and the cross-walks between schemes."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from linli.core.sight import AreaModel
from linli.matters.models.loop import Category, Matter, Scheme


class Synonyms(models.Model):
    """近义词表: one published version of what people call things; one line a category. The newest is in force."""

    may_change = False

    number = models.IntegerField(unique=True)
    text = models.TextField(help_text="scheme@version:part:code, then words with spaces between")
    why = models.CharField(max_length=500)
    published_at = models.DateTimeField()
    published_by = models.BigIntegerField(null=True)
    publisher = models.CharField(max_length=60, default="")


class Lesson(models.Model):
    """学得的一版: what the aid knew at one moment, learnt anew from the words that still stood then. Its words are kept while it is in use."""

    learnt_at = models.DateTimeField()
    upto = models.DateTimeField(help_text="it knows matters that were filed before this moment")
    synonyms = models.IntegerField(default=0, help_text="number of the list of synonyms")
    matters = models.IntegerField(default=0, help_text="confirmed matters that it was learnt from")
    terms = models.IntegerField(default=0)
    digest = models.CharField(max_length=64, default="", help_text="SHA-256 of all terms and weights in order")
    is_in_use = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["is_in_use"], condition=Q(is_in_use=True), name="one_lesson_in_use")]


class LessonCategory(models.Model):
    """What a lesson holds of one category: the weight it starts with, and what each word costs it that it does not know. Thousandths of a nat."""

    lesson = models.ForeignKey(Lesson, on_delete=models.CASCADE, related_name="categories", db_index=False)
    category = models.BigIntegerField()
    matters = models.IntegerField(default=0)
    start = models.IntegerField()
    base = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lesson", "category"], name="lesson_category_once")]


class LessonTerm(models.Model):
    """One pair of characters with the categories that it speaks for; it stood in several matters of several communities, or in the published words."""

    lesson = models.ForeignKey(Lesson, on_delete=models.CASCADE, related_name="words", db_index=False)
    term = models.CharField(max_length=2)
    categories = ArrayField(models.BigIntegerField())
    weights = ArrayField(models.IntegerField(), help_text="what it adds to the order, for each category")
    lifts = ArrayField(models.IntegerField(), help_text="how much likelier it is there than anywhere: what a reason and silence rest on")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["lesson", "term"], name="lesson_term_once")]


class AidTrial(AreaModel):
    """试测: what the aid would have said of a matter that was confirmed after it had learnt. Holds no words."""

    matter = models.OneToOneField(Matter, on_delete=models.DO_NOTHING, related_name="aid_trial", primary_key=True)
    lesson = models.BigIntegerField()
    confirmed = models.BigIntegerField(help_text="the category that a person filed it under")
    proposed = ArrayField(models.BigIntegerField(), help_text="the proposed categories, best first; empty when it kept silent")
    place = models.SmallIntegerField(help_text="the place of the confirmed one among the proposed; 0 when it was not among them")
    commonest = models.BigIntegerField(null=True, help_text="what somebody would say who always names the commonest")
    filed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["confirmed", "-filed_at"], name="aid_trial_by_category")]


class AidMonth(models.Model):
    """试测汇总: counts of a month by confirmed category and first proposal; for everybody who may see the accuracy."""

    month = models.DateField()
    confirmed = models.BigIntegerField()
    first = models.BigIntegerField(default=0, help_text="the first proposal; 0 when it kept silent")
    matters = models.IntegerField()
    top1 = models.IntegerField()
    top3 = models.IntegerField()
    floor1 = models.IntegerField(help_text="hits of always naming the commonest")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["month", "confirmed", "first"], name="aid_month_once")]


class CrossWalk(models.Model):
    """对照表: one version of how the categories of a scheme correspond to those of another; draft, published or superseded."""

    source = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="crosswalks_from")
    target = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="crosswalks_to")
    number = models.IntegerField()
    state = models.CharField(max_length=12, default="draft")
    why = models.CharField(max_length=500)
    made_by = models.BigIntegerField(null=True)
    made_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "target", "number"], name="crosswalk_once")]


class CrossWalkLink(models.Model):
    """One line of a cross-walk: same, reworded, merged, split (several lines), or dropped (no target)."""

    crosswalk = models.ForeignKey(CrossWalk, on_delete=models.CASCADE, related_name="links")
    source = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+", db_index=False)
    target = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+", null=True, db_index=False)
    relation = models.CharField(max_length=10)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["crosswalk", "source", "target"], name="crosswalk_link_once", nulls_distinct=False)]
