# SPDX-License-Identifier: MulanPSL-2.0
"""What keeping up needs besides its tables: changes of who lives where, and the way from a person's number to his area."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies: ClassVar = [
        ("elements", "0005_intakes_run"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name='LifeEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('kind', models.CharField(max_length=20)),
                ('day', models.DateField()),
                ('changes', models.JSONField(help_text='changed: table, row, column to before and after; made: table, row')),
                ('recorded_at', models.DateTimeField()),
                ('recorded_by', models.BigIntegerField(null=True)),
                ('undone_at', models.DateTimeField(null=True)),
                ('version', models.IntegerField(default=1)),
                ('dwelling', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='life_events', to='elements.dwelling')),
                ('household', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='life_events', to='elements.household')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='life_events', to='elements.person')),
            ],
            options={
                'indexes': [models.Index(fields=['area', '-id'], name='life_event_by_area'), models.Index(fields=['area', 'day'], name='life_event_by_day')],
            },
        ),
        # kept by hand: what the models cannot say
        migrations.RunSQL(
            sql="""create function person_area(person bigint) returns bigint language sql stable security definer set search_path = public as $$
                select area from elements_person where id = person $$""",
            reverse_sql="drop function person_area(bigint)",
        ),
    ]
