# SPDX-License-Identifier: MulanPSL-2.0
"""Tables of duties: versions of the list of what street and community are responsible for, and each refusal that cites an entry."""

from django.db import models

from linli.core.sight import AreaModel
from linli.matters.models.loop import Matter


class DutyList(models.Model):
    """职责清单: one version of a place's list, in force from a day until the next; never edited. What is whose duty is public."""

    may_change = False
    may_delete = False

    place = models.BigIntegerField(help_text="area of the district or street that keeps it")
    version = models.IntegerField()
    name = models.CharField(max_length=120)
    source = models.CharField(max_length=300)
    valid_from = models.DateField()
    entries = models.JSONField(default=list, help_text="code, words, basis, whose, responsible")
    made_by = models.BigIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["place", "version"], name="duty_list_once")]


class Citation(AreaModel):
    """One refusal or return by reference to an entry of the list, as it was worded then."""

    may_change = False

    matter = models.ForeignKey(Matter, on_delete=models.DO_NOTHING, related_name="citations")
    action = models.CharField(max_length=40)
    list_name = models.CharField(max_length=120)
    code = models.CharField(max_length=40)
    text = models.CharField(max_length=300)
    responsible = models.CharField(max_length=120)
    unit = models.BigIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["area", "at"], name="citation_by_area")]
