# SPDX-License-Identifier: MulanPSL-2.0
"""The tables of places, organisations, accounts and posts; boundaries never overlap in time."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("core", "0001_the_ground_is_laid"),
    ]

    operations = [
        migrations.CreateModel(
            name='Account',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('username', models.CharField(max_length=60, unique=True)),
                ('name', models.CharField(max_length=60)),
                ('password', models.CharField(max_length=200)),
                ('must_change', models.BooleanField(default=False)),
                ('is_active', models.BooleanField(default=True)),
                ('is_demonstration', models.BooleanField(default=False)),
                ('failures', models.SmallIntegerField(default=0)),
                ('locked_until', models.DateTimeField(null=True)),
                ('language', models.CharField(default='', max_length=10)),
                ('created_at', models.DateTimeField()),
                ('version', models.IntegerField(default=1)),
            ],
        ),
        migrations.CreateModel(
            name='Organisation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField(db_column='place_area', help_text='the place it works for; the lowest one that contains its work')),
                ('kind', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=120)),
                ('pinyin', models.CharField(default='', max_length=240)),
                ('is_demonstration', models.BooleanField(default=False)),
                ('valid_from', models.DateField(null=True)),
                ('valid_to', models.DateField(null=True)),
                ('successor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='predecessors', to='elements.organisation')),
            ],
        ),
        migrations.CreateModel(
            name='Duty',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(max_length=20)),
                ('area', models.BigIntegerField(db_column='place_area')),
                ('certainty', models.CharField(default='seen', help_text='seen, memory_sure, memory_unsure: how well the row is known', max_length=20)),
                ('valid_from', models.DateField(null=True)),
                ('valid_to', models.DateField(null=True)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='duties', to='elements.organisation')),
            ],
        ),
        migrations.CreateModel(
            name='Place',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField(db_column='place_area', unique=True)),
                ('lo', models.BigIntegerField()),
                ('hi', models.BigIntegerField()),
                ('level', models.CharField(max_length=12)),
                ('name', models.CharField(max_length=80)),
                ('short_name', models.CharField(max_length=80)),
                ('pinyin', models.CharField(default='', max_length=200)),
                ('kind', models.CharField(default='', max_length=20)),
                ('is_virtual', models.BooleanField(default=False)),
                ('is_demonstration', models.BooleanField(default=False)),
                ('valid_from', models.DateField(null=True)),
                ('valid_to', models.DateField(null=True)),
                ('lon_e6', models.IntegerField(null=True)),
                ('lat_e6', models.IntegerField(null=True)),
                ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='elements.place')),
                ('successor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='predecessors', to='elements.place')),
            ],
        ),
        migrations.CreateModel(
            name='Boundary',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_day', models.IntegerField(help_text='days since 1970-01-01')),
                ('to_day', models.IntegerField(help_text='days since 1970-01-01, exclusive')),
                ('shape', models.JSONField(help_text='GeoJSON Polygon or MultiPolygon, WGS84')),
                ('given_datum', models.CharField(default='WGS84', max_length=10)),
                ('is_schematic', models.BooleanField(default=False)),
                ('source', models.CharField(default='', max_length=200)),
                ('place', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='boundaries', to='elements.place')),
            ],
        ),
        migrations.CreateModel(
            name='PlaceCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('system', models.CharField(max_length=20)),
                ('code', models.CharField(max_length=20)),
                ('valid_from', models.DateField(null=True)),
                ('valid_to', models.DateField(null=True)),
                ('place', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='codes', to='elements.place')),
            ],
        ),
        migrations.CreateModel(
            name='PlaceName',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('valid_from', models.DateField(null=True)),
                ('valid_to', models.DateField(null=True)),
                ('place', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='names', to='elements.place')),
            ],
        ),
        migrations.CreateModel(
            name='Post',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(max_length=40)),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(null=True)),
                ('version', models.IntegerField(default=1)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='posts', to='elements.account')),
                ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='posts', to='elements.organisation')),
                ('place', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='posts', to='elements.place')),
            ],
        ),
        migrations.CreateModel(
            name='GridAssignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(null=True)),
                ('place', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='elements.place')),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='elements.post')),
            ],
        ),
        migrations.CreateModel(
            name='Session',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.BinaryField(unique=True)),
                ('made_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('agent', models.CharField(default='', max_length=200)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='elements.account')),
                ('post', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, to='elements.post')),
            ],
        ),
        migrations.CreateModel(
            name='Token',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.BinaryField(unique=True)),
                ('label', models.CharField(max_length=80)),
                ('made_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField(null=True)),
                ('revoked_at', models.DateTimeField(null=True)),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='elements.post')),
            ],
        ),
        migrations.AddIndex(
            model_name='organisation',
            index=models.Index(fields=['area', 'kind'], name='organisation_by_area'),
        ),
        migrations.AddIndex(
            model_name='duty',
            index=models.Index(fields=['role', 'area'], name='duty_by_role'),
        ),
        migrations.AddIndex(
            model_name='place',
            index=models.Index(fields=['parent', 'level', 'pinyin'], name='place_by_parent'),
        ),
        migrations.AddIndex(
            model_name='place',
            index=models.Index(fields=['level', 'area'], name='place_by_level'),
        ),
        migrations.AddIndex(
            model_name='place',
            index=models.Index(fields=['name'], name='place_by_name'),
        ),
        migrations.AddConstraint(
            model_name='boundary',
            constraint=models.CheckConstraint(condition=models.Q(('from_day__gte', 0), ('to_day__gt', models.F('from_day')), ('to_day__lt', 1000000)), name='boundary_days_in_order'),
        ),
        migrations.AddIndex(
            model_name='placecode',
            index=models.Index(fields=['system', 'code'], name='place_by_code'),
        ),
        migrations.AddConstraint(
            model_name='placecode',
            constraint=models.UniqueConstraint(fields=('system', 'code', 'place', 'valid_from'), name='place_code_once', nulls_distinct=False),
        ),
        migrations.AddIndex(
            model_name='post',
            index=models.Index(fields=['organisation', 'role'], name='post_by_organisation'),
        ),
        migrations.AddIndex(
            model_name='gridassignment',
            index=models.Index(fields=['area', 'valid_from'], name='assignment_by_area'),
        ),
        # kept by hand: what the models cannot say
        migrations.RunSQL(
            sql="""alter table elements_boundary add constraint boundary_never_overlaps exclude using gist
                (int8range(place_id * 1000000 + from_day, place_id * 1000000 + to_day) with &&)""",
            reverse_sql="alter table elements_boundary drop constraint boundary_never_overlaps",
        ),
        migrations.RunSQL(
            sql="""create trigger place_changes_edition after insert or update or delete on elements_place
                  for each statement execute function bump_edition('places');
                create trigger code_changes_edition after insert or update or delete on elements_placecode
                  for each statement execute function bump_edition('places');
                create trigger name_changes_edition after insert or update or delete on elements_placename
                  for each statement execute function bump_edition('places');
                create trigger boundary_changes_edition after insert or update or delete on elements_boundary
                  for each statement execute function bump_edition('boundaries')""",
            reverse_sql="""drop trigger place_changes_edition on elements_place; drop trigger code_changes_edition on elements_placecode;
                drop trigger name_changes_edition on elements_placename; drop trigger boundary_changes_edition on elements_boundary""",
        ),
    ]
