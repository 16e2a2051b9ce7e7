# SPDX-License-Identifier: MulanPSL-2.0
"""Tables of the norms library: what a standard rests on, and every edition of each entry."""

from django.db import models


class Norm(models.Model):
    """规范: a law, a standard, a city's rule or a report that standards refer to by its code. Never deleted: it ends, and may name what follows it.

    `clauses` lists the articles that something refers to, each with its number and its subject in both languages; no text of a law is kept.
    """

    may_delete = False

    code = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=12)
    mark = models.CharField(max_length=12, help_text="whether somebody has read it")
    title_zh = models.CharField(max_length=200)
    title_en = models.CharField(max_length=300)
    issuer = models.CharField(max_length=200, default="", blank=True)
    document = models.CharField(max_length=100, default="", blank=True, help_text="number of the document")
    address = models.CharField(max_length=300, default="", blank=True)
    note = models.CharField(max_length=600, default="", blank=True)
    clauses = models.JSONField(default=list)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True, help_text="first day on which it no longer holds")
    successor = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="predecessors")
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=["law", "regulation", "standard", "city_rule", "report", "own"]), name="norm_kinds"),
            models.CheckConstraint(condition=models.Q(mark__in=["seen", "remembered", "proposed"]), name="norm_marks"),
            models.CheckConstraint(condition=models.Q(valid_to__gt=models.F("valid_from")) | models.Q(valid_to=None) | models.Q(valid_from=None), name="norm_days"),
        ]
        indexes = [models.Index(fields=["kind", "code"], name="norm_by_kind")]


class NormEdition(models.Model):
    """An entry as it stood after one change, with who made it: written once."""

    may_change = False
    may_delete = False

    norm = models.ForeignKey(Norm, on_delete=models.PROTECT, related_name="editions")
    number = models.IntegerField()
    content = models.JSONField()
    made_by = models.BigIntegerField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["norm", "number"], name="norm_edition_once")]
