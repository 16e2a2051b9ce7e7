# SPDX-License-Identifier: MulanPSL-2.0
"""Communities and streets that change hands, from a date."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

LO, HI = "nullif(current_setting('linli.lo', true), '')::bigint", "nullif(current_setting('linli.hi', true), '')::bigint"


class Migration(migrations.Migration):

    dependencies: ClassVar = [
        ("elements", "0011_templates_are_filled"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Reorganisation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("area", models.BigIntegerField()),
                ("kind", models.CharField(help_text="move, merge, split, rename", max_length=12)),
                ("since", models.DateField()),
                ("plan", models.JSONField(help_text="the checked plan: areas, names, buildings")),
                ("basis", models.CharField(help_text="legal basis, number of the document", max_length=200)),
                ("state", models.CharField(default="proposed", max_length=10)),
                ("proposed_by", models.BigIntegerField(null=True)),
                ("proposed_at", models.DateTimeField()),
                ("decided_by", models.BigIntegerField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(default="", help_text="why it was taken back", max_length=200)),
                ("begun_at", models.DateTimeField(null=True)),
                ("done_at", models.DateTimeField(null=True)),
                ("counts", models.JSONField(default=dict, help_text="what changed hands, by table")),
                ("trouble", models.JSONField(default=dict, help_text="a sentence in both languages when the day came and it could not begin")),
                ("version", models.IntegerField(default=1)),
            ],
            options={
                "indexes": [models.Index(fields=["area", "-id"], name="reorganisation_by_area"), models.Index(fields=["state", "since"], name="reorganisation_by_day")],
            },
        ),
        migrations.AlterField(
            model_name="replacement",
            name="metres",
            field=models.BigIntegerField(help_text="square metres that both have in common; 1 where one simply went on as the other"),
        ),
        migrations.AlterField(
            model_name="replacement",
            name="redrawing",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="replacements", to="elements.redrawing"),
        ),
        migrations.AddField(
            model_name="replacement",
            name="reorganisation",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="replacements", to="elements.reorganisation"),
        ),
        migrations.RunSQL(
            sql="""create function follow_area() returns trigger language plpgsql security definer set search_path = public as $$
                begin
                  update elements_identity set place_area = new.area where "index" = new.id_index and person = new.id;
                  return null;
                end $$;
                create trigger person_changes_area after update of area on elements_person
                  for each row when (old.area is distinct from new.area and new.id_index is not null) execute function follow_area()""",
            reverse_sql="drop trigger person_changes_area on elements_person; drop function follow_area()",
        ),
        migrations.RunSQL(
            sql=f"""create function carry_compartments(olds bigint[], news bigint[]) returns bigint
                language sql volatile security definer set search_path = public as $$
                with moved as (update elements_compartment c set place_area = went.new from unnest(olds, news) went (old, new)
                  where c.place_area = went.old and went.old >= {LO} and went.old < {HI} and went.new >= {LO} and went.new < {HI} returning 1)
                select count(*) from moved $$""",
            reverse_sql="drop function carry_compartments(bigint[], bigint[])",
        ),
    ]
