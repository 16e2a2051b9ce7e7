# SPDX-License-Identifier: MulanPSL-2.0
"""Requests that another system had before us: imports, what a person decided about its services, what was returned, and photos to fetch."""

from django.db import models

from linli.core.sight import AreaModel
from linli.matters.models.loop import Category, Matter


class ForeignImport(models.Model):
    """外系统导入: one file or one fetch of a source, how far it is and what became of it. Holds no personal data but in `sealed`.

    States: reading ready running done failed withdrawing withdrawn.
    """

    system = models.CharField(max_length=30, help_text="what we call the other system")
    name = models.CharField(max_length=200, help_text="the file, or the span of time that was fetched")
    zone = models.CharField(max_length=40, default="", help_text="the zone of times that come without an offset; empty: they are returned")
    digest = models.BinaryField()
    sealed = models.BinaryField(null=True, help_text="the file as it came; null once it was forgotten")
    state = models.CharField(max_length=12, default="reading")
    is_fetched = models.BooleanField(default=False)
    account = models.BigIntegerField(null=True, help_text="who started it; null for the worker")
    account_name = models.CharField(max_length=60, default="")
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    total = models.IntegerField(default=0)
    looked_at = models.IntegerField(default=0, help_text="requests that this run has been through")
    counts = models.JSONField(default=dict, help_text="new_open, new_history, updated, same, returned")
    services = models.JSONField(default=list, help_text="[service_code, service_name, how many]")
    trouble = models.JSONField(default=dict)


class ForeignMapping(models.Model):
    """对应关系: which of our categories a service of another system is; versions are added, the newest counts. No category: left out on purpose."""

    system = models.CharField(max_length=30)
    code = models.CharField(max_length=80)
    version = models.IntegerField()
    name = models.CharField(max_length=200, default="")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True)
    made_by = models.BigIntegerField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["system", "code", "version"], name="foreign_mapping_once")]


class ForeignReturn(models.Model):
    """退回的行: a request that did not go in, with the sentence that says why; its words are not kept."""

    brought = models.ForeignKey(ForeignImport, on_delete=models.CASCADE, related_name="returns")
    place = models.IntegerField(help_text="its place in the file, from 1")
    number = models.CharField(max_length=80)
    code = models.CharField(max_length=80)
    why = models.CharField(max_length=30)
    sentence = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brought", "place"], name="foreign_return_once")]


class ForeignMatter(AreaModel):
    """What we know of a matter in the system it came from: what it looked like there last, and our version when nobody here had touched it."""

    may_delete = True

    matter = models.OneToOneField(Matter, on_delete=models.DO_NOTHING, related_name="foreign", primary_key=True)
    brought = models.BigIntegerField(db_index=True, help_text="the import that made it")
    digest = models.BinaryField(help_text="of everything that can change there")
    seen = models.JSONField(default=list, help_text="short digests of the notes that stand in the history")
    state = models.CharField(max_length=10, help_text="open or closed, there")
    version = models.IntegerField(help_text="the version that the import left: as long as it stands nobody has done anything")


class OutsidePhoto(AreaModel):
    """外部照片: a link that came with a report from a host on the list, and how far fetching it is: waiting, done, failed."""

    may_delete = True

    matter = models.ForeignKey(Matter, on_delete=models.DO_NOTHING, related_name="outside_photos")
    url = models.CharField(max_length=1000)
    state = models.CharField(max_length=10, default="waiting")
    tries = models.SmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=200, default="", help_text="what went wrong last, in a word")
    evidence = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["matter", "url"], name="outside_photo_once")]
        indexes = [models.Index(fields=["next_at"], name="outside_photo_by_turn", condition=~models.Q(next_at=None))]
