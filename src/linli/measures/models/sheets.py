# SPDX-License-Identifier: MulanPSL-2.0
"""Tables of a standard's life: drafts that are edited, links between the nodes of two versions, and what-if runs with what they found."""

from django.db import models

from linli.core.sight import AreaModel
from linli.measures.models.standards import StandardVersion


class Draft(models.Model):
    """草案: the content of a standard while it is written; it may hold faults, a published version never does.

    `previous` is the content before the last change, for taking that back. `links` keeps what a person decided about each node, with the
    digest of what he saw; `editors` are the accounts that had a hand in it: none of them publishes it.
    """

    may_delete = False

    code = models.CharField(max_length=40)
    number = models.CharField(max_length=20)
    content = models.JSONField()
    previous = models.JSONField(null=True)
    links = models.JSONField(default=dict)
    state = models.CharField(max_length=12, default="open")
    published = models.OneToOneField(StandardVersion, on_delete=models.PROTECT, null=True, related_name="draft")
    editors = models.JSONField(default=list, help_text="accounts that had a hand in it")
    made_by = models.BigIntegerField(null=True)
    made_at = models.DateTimeField()
    changed_by = models.BigIntegerField(null=True)
    changed_at = models.DateTimeField()
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(state__in=["open", "published", "dropped"]), name="draft_states")]
        indexes = [models.Index(fields=["state", "-id"], name="draft_by_state")]


class NodeLink(models.Model):
    """节点衔接: how a node of a published version hangs together with one of the version before; written once, when it is published.

    `code` is empty for a node that was dropped, `earlier_code` for a new one. Only `same` carries evidence over; `reworded` asks first.
    """

    may_change = False
    may_delete = False

    newer = models.ForeignKey(StandardVersion, on_delete=models.PROTECT, related_name="links_back")
    earlier = models.ForeignKey(StandardVersion, on_delete=models.PROTECT, related_name="links_on")
    code = models.CharField(max_length=20, default="", blank=True)
    earlier_code = models.CharField(max_length=20, default="", blank=True)
    kind = models.CharField(max_length=12)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["newer", "code", "earlier_code"], name="node_link_once"),
                       models.CheckConstraint(condition=models.Q(kind__in=["same", "reworded", "split", "merged", "new", "dropped"]),
                                              name="node_link_kinds")]


class WhatIf(AreaModel):
    """试算: a draft or a version laid over the figures of a period for the communities of a place, beside the version then in force.

    Nothing of it is a result. `content` is what was tried, frozen; it and its rows are deleted after some weeks.
    """

    follows = "history"
    may_delete = True

    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, null=True, related_name="trials")
    standard = models.ForeignKey(StandardVersion, on_delete=models.PROTECT, null=True, related_name="trials")
    beside = models.ForeignKey(StandardVersion, on_delete=models.PROTECT, related_name="+")
    content = models.JSONField()
    links = models.JSONField(default=dict, help_text="by code of the tried sheet, the codes of the other that it follows")
    period = models.CharField(max_length=7)
    state = models.CharField(max_length=12, default="waiting")
    done = models.IntegerField(default=0)
    total = models.IntegerField(default=0)
    outcome = models.JSONField(default=dict)
    trouble = models.JSONField(default=dict)
    post = models.BigIntegerField()
    made_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["area", "-id"], name="what_if_by_area")]
        constraints = [models.CheckConstraint(condition=models.Q(state__in=["waiting", "running", "done", "failed"]), name="what_if_states")]


class WhatIfRow(AreaModel):
    """One community that a what-if changes: its grade and points before and after, and by which indicators."""

    follows = "history"
    may_delete = True

    trial = models.ForeignKey(WhatIf, on_delete=models.CASCADE, related_name="rows")
    area = models.BigIntegerField()
    before = models.CharField(max_length=8)
    after = models.CharField(max_length=8)
    has_new_grade = models.BooleanField()
    detail = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["trial", "area"], name="what_if_row_once")]
