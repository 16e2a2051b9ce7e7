# SPDX-License-Identifier: MulanPSL-2.0
"""A department's own templates: uploaded once, matched, filled by a press."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies: ClassVar = [
        ("elements", "0010_quality_is_measured"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Template",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("area", models.BigIntegerField(db_column="place_area", help_text="the place of the post that keeps it")),
                ("hi", models.BigIntegerField(help_text="end of the range of that post")),
                ("organisation", models.BigIntegerField(null=True)),
                ("name", models.CharField(max_length=80)),
                ("current", models.BigIntegerField(help_text="the version that is filled; null until one is matched", null=True)),
                ("fillings", models.IntegerField(default=0)),
                ("filled_at", models.DateTimeField(null=True)),
                ("made_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(help_text="since when it is no longer filled", null=True)),
                ("version", models.IntegerField(default=1)),
            ],
            options={
                "indexes": [models.Index(fields=["area", "hi"], name="template_by_area")],
            },
        ),
        migrations.CreateModel(
            name="TemplateVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.IntegerField()),
                ("file_name", models.CharField(max_length=200)),
                ("digest", models.BinaryField(help_text="of the file as it came")),
                ("workbook", models.BinaryField()),
                ("layout", models.JSONField(help_text="sheet, header, body, columns with their headings")),
                ("source", models.CharField(help_text="what one row is: a register, or place", max_length=40)),
                ("narrow", models.JSONField(default=dict, help_text="which records: tie, from_age, to_age, sex; level of places")),
                ("columns", models.JSONField(default=list, help_text="in the order of the layout: takes (empty: left blank) and fixed")),
                ("removed", models.JSONField(default=list, help_text="cells whose formula was not kept")),
                ("account", models.BigIntegerField(null=True)),
                ("made_at", models.DateTimeField()),
                ("matched_at", models.DateTimeField(null=True)),
                ("template", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="elements.template")),
            ],
        ),
        migrations.CreateModel(
            name="Filling",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("area", models.BigIntegerField()),
                ("day", models.DateField()),
                ("purpose", models.CharField(default="", help_text="empty: sealed values stay masked", max_length=20)),
                ("account", models.BigIntegerField(null=True)),
                ("post", models.BigIntegerField(null=True)),
                ("language", models.CharField(max_length=10)),
                ("state", models.CharField(default="waiting", help_text="waiting, running, done, failed, gone", max_length=10)),
                ("trouble", models.JSONField(default=dict)),
                ("done", models.IntegerField(default=0)),
                ("total", models.IntegerField(default=0)),
                ("rows", models.IntegerField(default=0)),
                ("counts", models.JSONField(default=dict, help_text="empty cells by column, rows without a first day, values put back to the day")),
                ("size", models.IntegerField(default=0)),
                ("sha256", models.CharField(default="", max_length=64)),
                ("sealed", models.BinaryField(help_text="the filled workbook, while it can be fetched", null=True)),
                ("asked_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField(null=True)),
                ("template", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="fillings_made", to="elements.template")),
                ("version", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="elements.templateversion")),
            ],
        ),
        migrations.CreateModel(
            name="FilledPerson",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("area", models.BigIntegerField()),
                ("person", models.BigIntegerField()),
                ("columns", models.JSONField(default=list, help_text="names of the sealed columns that were written out plain")),
                ("purpose", models.CharField(max_length=20)),
                ("post", models.BigIntegerField(null=True)),
                ("at", models.DateTimeField()),
                ("filling", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to="elements.filling")),
            ],
            options={
                "indexes": [models.Index(fields=["person", "-id"], name="filled_by_person")],
                "constraints": [models.UniqueConstraint(fields=("filling", "person"), name="filled_person_once")],
            },
        ),
        migrations.CreateModel(
            name="TemplateLack",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("heading", models.CharField(max_length=160)),
                ("key", models.CharField(max_length=80)),
                ("is_barred", models.BooleanField(default=False, help_text="of the kind that the registers never hold")),
                ("template", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="lacks", to="elements.template")),
            ],
            options={
                "indexes": [models.Index(fields=["key"], name="template_lack_by_key")],
                "constraints": [models.UniqueConstraint(fields=("template", "heading"), name="template_lack_once")],
            },
        ),
        migrations.AddConstraint(
            model_name="templateversion",
            constraint=models.UniqueConstraint(fields=("template", "number"), name="template_version_once"),
        ),
        migrations.AddIndex(
            model_name="filling",
            index=models.Index(fields=["area", "-id"], name="filling_by_area"),
        ),
        migrations.AddIndex(
            model_name="filling",
            index=models.Index(fields=["template", "-id"], name="filling_by_template"),
        ),
        migrations.AddIndex(
            model_name="filling",
            index=models.Index(condition=models.Q(("state", "done")), fields=["expires_at"], name="filling_by_expiry"),
        ),
    ]
