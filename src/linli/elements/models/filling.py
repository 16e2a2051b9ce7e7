# SPDX-License-Identifier: MulanPSL-2.0
"""Tables of forms that others ask for: the kept workbooks with their matchings, what they ask that we do not hold, and every filling."""

from django.db import models

from linli.core.sight import AreaModel
from linli.elements.models.ground import OPEN_AREA


class Template(models.Model):
    """表样: the form of a department, a street or a community. It serves the posts inside its range and is seen by those above; it holds no record of anybody."""

    area = models.BigIntegerField(db_column=OPEN_AREA, help_text="the place of the post that keeps it")
    hi = models.BigIntegerField(help_text="end of the range of that post")
    organisation = models.BigIntegerField(null=True)
    name = models.CharField(max_length=80)
    current = models.BigIntegerField(null=True, help_text="the version that is filled; null until one is matched")
    fillings = models.IntegerField(default=0)
    filled_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, help_text="since when it is no longer filled")
    version = models.IntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["area", "hi"], name="template_by_area")]


class TemplateVersion(models.Model):
    """One issue of a form: the workbook without anything that stood in its rows, where its header lies, and what each column takes. Never changed once it is filled."""

    template = models.ForeignKey(Template, on_delete=models.PROTECT, related_name="versions")
    number = models.IntegerField()
    file_name = models.CharField(max_length=200)
    digest = models.BinaryField(help_text="of the file as it came")
    workbook = models.BinaryField()
    layout = models.JSONField(help_text="sheet, header, body, columns with their headings")
    source = models.CharField(max_length=40, help_text="what one row is: a register, or place")
    narrow = models.JSONField(default=dict, help_text="which records: tie, from_age, to_age, sex; level of places")
    columns = models.JSONField(default=list, help_text="in the order of the layout: takes (empty: left blank) and fixed")
    removed = models.JSONField(default=list, help_text="cells whose formula was not kept")
    account = models.BigIntegerField(null=True)
    made_at = models.DateTimeField()
    matched_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["template", "number"], name="template_version_once")]


class TemplateLack(models.Model):
    """What the present version of a form asks that we do not hold; `key` is the heading without its remarks."""

    template = models.ForeignKey(Template, on_delete=models.CASCADE, related_name="lacks")
    heading = models.CharField(max_length=160)
    key = models.CharField(max_length=80)
    is_barred = models.BooleanField(default=False, help_text="of the kind that the registers never hold")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["template", "heading"], name="template_lack_once")]
        indexes = [models.Index(fields=["key"], name="template_lack_by_key")]


class Filling(AreaModel):
    """填表: one filling of a form for a place as of a day: who asked, for what, how far it is. `area` is the place."""

    follows = "area"

    template = models.ForeignKey(Template, on_delete=models.PROTECT, related_name="fillings_made")
    version = models.ForeignKey(TemplateVersion, on_delete=models.PROTECT)
    day = models.DateField()
    purpose = models.CharField(max_length=20, default="", help_text="empty: sealed values stay masked")
    account = models.BigIntegerField(null=True)
    post = models.BigIntegerField(null=True)
    language = models.CharField(max_length=10)
    state = models.CharField(max_length=10, default="waiting", help_text="waiting, running, done, failed, gone")
    trouble = models.JSONField(default=dict)
    done = models.IntegerField(default=0)
    total = models.IntegerField(default=0)
    rows = models.IntegerField(default=0)
    counts = models.JSONField(default=dict, help_text="empty cells by column, rows without a first day, values put back to the day")
    size = models.IntegerField(default=0)
    sha256 = models.CharField(max_length=64, default="")
    sealed = models.BinaryField(null=True, help_text="the filled workbook, while it can be fetched")
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["area", "-id"], name="filling_by_area"),
            models.Index(fields=["template", "-id"], name="filling_by_template"),
            models.Index(fields=["expires_at"], name="filling_by_expiry", condition=models.Q(state="done")),
        ]


class FilledPerson(AreaModel):
    """Whose sealed values went out with a filling: so that each person reads which unit had them and for what. `area` is the person's own."""

    follows = "history"

    filling = models.ForeignKey(Filling, on_delete=models.PROTECT, db_index=False)
    person = models.BigIntegerField()
    columns = models.JSONField(default=list, help_text="names of the sealed columns that were written out plain")
    purpose = models.CharField(max_length=20)
    post = models.BigIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["person", "-id"], name="filled_by_person")]
        constraints = [models.UniqueConstraint(fields=["filling", "person"], name="filled_person_once")]
