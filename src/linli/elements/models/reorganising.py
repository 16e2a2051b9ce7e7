# SPDX-License-Identifier: MulanPSL-2.0
"""Table of reorganisations: communities that change hands from a day on."""

from django.db import models

from linli.core.sight import AreaModel


class Reorganisation(AreaModel):
    """辖区调整: communities that move to another street, merge, are split, or a place that gets another name or form; `area` is the place above all of them.

    States: proposed, confirmed, withdrawn, begun (the map is new, records follow), done.
    """

    follows = "history"

    kind = models.CharField(max_length=12, help_text="move, merge, split, rename")
    since = models.DateField()
    plan = models.JSONField(help_text="the checked plan: areas, names, buildings")
    basis = models.CharField(max_length=200, help_text="legal basis, number of the document")
    state = models.CharField(max_length=10, default="proposed")
    proposed_by = models.BigIntegerField(null=True)
    proposed_at = models.DateTimeField()
    decided_by = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, default="", help_text="why it was taken back")
    begun_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict, help_text="what changed hands, by table")
    trouble = models.JSONField(default=dict, help_text="a sentence in both languages when the day came and it could not begin")
    version = models.IntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["area", "-id"], name="reorganisation_by_area"), models.Index(fields=["state", "since"], name="reorganisation_by_day")]
