# SPDX-License-Identifier: MulanPSL-2.0
"""Table of the names that are borne: the short way from a part of a name to those who bear it."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func


class KnownName(models.Model):
    """姓名: a name that somebody on record bears or bore, for the search alone. It says of nobody where he is.

    Thirteen million people bear about two million names: parts, pinyin and initials are looked up here, the bearers by whole name and range of areas.
    Triggers on the people write it, take a name away with its last bearer, and a nightly job puts right what ran side by side.
    The application never reads it: `find_people` answers under the sight in force.
    """

    is_hidden = True

    name = models.CharField(max_length=60, db_collation="C")
    spelled = models.CharField(max_length=200, db_collation="C", help_text="pinyin without blanks")
    given = models.CharField(max_length=200, db_collation="C", help_text="the same without its first syllable")
    initials = models.CharField(max_length=60, db_collation="C")

    class Meta:
        indexes = [
            models.Index(fields=["name"], name="known_name"),
            models.Index(fields=["spelled"], name="known_name_spelled"),
            models.Index(fields=["given"], name="known_name_given"),
            models.Index(fields=["initials"], name="known_name_initials"),
            GinIndex(Func(F("name"), function="text_pairs"), name="known_name_pairs"),
        ]
