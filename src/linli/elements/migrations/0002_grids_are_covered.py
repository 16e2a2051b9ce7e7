# SPDX-License-Identifier: MulanPSL-2.0
"""Who holds a grid: teams, absences with their stand-ins, and no two holders at a time."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("elements", "0001_places_and_posts"),
    ]

    operations = [
        migrations.CreateModel(
            name='Absence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(help_text='exclusive')),
                ('reason', models.CharField(max_length=20)),
            ],
        ),
        migrations.AddField(
            model_name='gridassignment',
            name='is_team',
            field=models.BooleanField(default=False, help_text='declared as one of several who hold the grid together'),
        ),
        migrations.AlterField(
            model_name='gridassignment',
            name='valid_to',
            field=models.DateField(help_text='exclusive', null=True),
        ),
        migrations.AddConstraint(
            model_name='gridassignment',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='assignment_days_in_order'),
        ),
        migrations.AddField(
            model_name='absence',
            name='assignment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='absences', to='elements.gridassignment'),
        ),
        migrations.AddField(
            model_name='absence',
            name='stand_in',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='elements.post'),
        ),
        migrations.AddIndex(
            model_name='absence',
            index=models.Index(fields=['area', 'valid_from'], name='absence_by_area'),
        ),
        migrations.AddConstraint(
            model_name='absence',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to__gte', models.F('valid_from'))), name='absence_days_in_order'),
        ),
        # kept by hand: what the models cannot say
        migrations.RunSQL(
            sql="""alter table elements_gridassignment add constraint one_holder_a_grid exclude using gist
                (int8range(place_id * 1000000 + (valid_from - date '1970-01-01'),
                           place_id * 1000000 + coalesce(valid_to - date '1970-01-01', 999999)) with &&) where (not is_team);
                alter table elements_absence add constraint absent_once_at_a_time exclude using gist
                (int8range(assignment_id * 1000000 + (valid_from - date '1970-01-01'),
                           assignment_id * 1000000 + (valid_to - date '1970-01-01')) with &&)""",
            reverse_sql="""alter table elements_gridassignment drop constraint one_holder_a_grid;
                alter table elements_absence drop constraint absent_once_at_a_time""",
        ),
    ]
