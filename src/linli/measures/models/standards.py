# SPDX-License-Identifier: MulanPSL-2.0
"""Tables of standards: an issuer's indicator system and its versions, which carry the content."""

from django.db import models


class Standard(models.Model):
    """标准: an indicator system of one issuer; its versions carry the content."""

    may_delete = False

    code = models.CharField(max_length=40, unique=True)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=200)
    source = models.CharField(max_length=300)


class StandardVersion(models.Model):
    """标准版本: draft, published or superseded. Once published its content is never edited (a trigger refuses)."""

    may_delete = False

    standard = models.ForeignKey(Standard, on_delete=models.PROTECT, related_name="versions")
    version = models.CharField(max_length=20)
    state = models.CharField(max_length=12)
    content = models.JSONField()
    digest = models.CharField(max_length=64, help_text="SHA-256 of the canonical JSON of the content")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["standard", "version"], name="standard_version_once"),
            models.CheckConstraint(condition=models.Q(state__in=["draft", "published", "superseded"]), name="standard_version_states"),
        ]
