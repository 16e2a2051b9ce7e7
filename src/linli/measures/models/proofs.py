# SPDX-License-Identifier: MulanPSL-2.0
"""The table of proofs on paper: what was done before the platform or beside it, scanned in and put to an indicator."""

from django.db import models

from linli.core.sight import AreaModel


class Proof(AreaModel):
    """佐证材料: a scanned paper for one indicator and year. It moves no figure; a paper put in by mistake is taken out with a reason and stays readable."""

    follows = "area"

    area = models.BigIntegerField()
    code = models.CharField(max_length=20, help_text="code of the indicator")
    year = models.SmallIntegerField()
    title = models.CharField(max_length=120)
    day = models.DateField(help_text="of the paper")
    note = models.CharField(max_length=300, default="", blank=True)
    added_by = models.BigIntegerField(null=True)
    added_at = models.DateTimeField()
    taken_out_at = models.DateTimeField(null=True)
    taken_out_by = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=200, default="", blank=True, help_text="why it was taken out")

    class Meta:
        indexes = [models.Index(fields=["area", "year", "code"], name="proof_by_area")]
