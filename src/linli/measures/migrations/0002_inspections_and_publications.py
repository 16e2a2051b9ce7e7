# SPDX-License-Identifier: MulanPSL-2.0
"""The tables of inspections on site and of publications; a publication is never edited."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('measures', '0001_measures_stand'),
    ]

    operations = [
        migrations.CreateModel(
            name='Assessment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('account', models.BigIntegerField()),
                ('is_third', models.BooleanField(default=False)),
                ('handed_in_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Inspection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('occasion', models.CharField(max_length=24)),
                ('reference', models.BigIntegerField(default=0)),
                ('codes', models.JSONField(help_text='codes of the indicators that are looked at')),
                ('day', models.DateField()),
                ('is_announced', models.BooleanField(default=False)),
                ('state', models.CharField(default='open', max_length=12)),
                ('opened_at', models.DateTimeField()),
                ('settled_at', models.DateTimeField(null=True)),
                ('standard', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='measures.standardversion')),
            ],
        ),
        migrations.CreateModel(
            name='Finding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('code', models.CharField(max_length=20)),
                ('condition', models.CharField(blank=True, default='', max_length=12)),
                ('text', models.CharField(max_length=500)),
                ('evidence', models.JSONField(default=list, help_text='numbers of the photos')),
                ('found_at', models.DateTimeField()),
                ('assessment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='findings', to='measures.assessment')),
                ('inspection', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='findings', to='measures.inspection')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='assessment',
            name='inspection',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assessments', to='measures.inspection'),
        ),
        migrations.CreateModel(
            name='Mark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('code', models.CharField(max_length=20)),
                ('part', models.BigIntegerField()),
                ('whole', models.BigIntegerField()),
                ('note', models.CharField(blank=True, default='', max_length=500)),
                ('assessment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='marks', to='measures.assessment')),
            ],
        ),
        migrations.CreateModel(
            name='Publication',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('occasion', models.CharField(max_length=24)),
                ('reference', models.BigIntegerField()),
                ('content', models.JSONField()),
                ('digest', models.CharField(help_text='SHA-256 of the canonical JSON of the content', max_length=64, unique=True)),
                ('made_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['occasion', 'reference', '-id'], name='publication_by_occasion')],
            },
        ),
        migrations.AddIndex(
            model_name='inspection',
            index=models.Index(fields=['area', '-id'], name='inspection_by_area'),
        ),
        migrations.AddIndex(
            model_name='inspection',
            index=models.Index(fields=['occasion', 'reference'], name='inspection_by_occasion'),
        ),
        migrations.AddConstraint(
            model_name='inspection',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['open', 'third', 'settled', 'void'])), name='inspection_states'),
        ),
        migrations.AddIndex(
            model_name='assessment',
            index=models.Index(fields=['account', '-id'], name='assessment_by_account'),
        ),
        migrations.AddConstraint(
            model_name='assessment',
            constraint=models.UniqueConstraint(fields=('inspection', 'account'), name='assessment_once'),
        ),
        migrations.AddConstraint(
            model_name='mark',
            constraint=models.UniqueConstraint(fields=('assessment', 'code'), name='mark_once'),
        ),
        migrations.AddConstraint(
            model_name='mark',
            constraint=models.CheckConstraint(condition=models.Q(('part__gte', 0), ('part__lte', models.F('whole')), ('whole__gt', 0)), name='mark_within'),
        ),
        # kept by hand: what the models cannot say
        migrations.RunSQL(
            sql="""create or replace function refuse_edited_publication() returns trigger language plpgsql as $$
begin
  raise exception 'Publication % is public and is never edited; make a new one.', old.id;
end $$;
create trigger publication_is_never_edited before update or delete on measures_publication
  for each row execute function refuse_edited_publication()""",
            reverse_sql="""drop trigger publication_is_never_edited on measures_publication;
drop function refuse_edited_publication()""",
        ),
    ]
