# SPDX-License-Identifier: MulanPSL-2.0
"""What stands between a matter and the world outside: the words that a reviewer made public."""

from django.db import models

from linli.core.sight import AreaModel
from linli.matters.models.loop import Matter


class PublicWords(AreaModel):
    """公开文本: what anybody may read of a report, written by a reviewer; without a row nothing of the reporter's own words is public."""

    matter = models.OneToOneField(Matter, on_delete=models.DO_NOTHING, related_name="public_words", primary_key=True)
    is_public = models.BooleanField(help_text="false: looked at and kept back")
    text = models.CharField(max_length=4000, default="")
    address = models.CharField(max_length=200, default="")
    photos = models.JSONField(default=list, help_text="numbers of the files that anybody may see")
    reviewer = models.BigIntegerField()
    at = models.DateTimeField()
