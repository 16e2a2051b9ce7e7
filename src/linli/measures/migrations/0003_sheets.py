# SPDX-License-Identifier: MulanPSL-2.0
"""Drafts of standards, links between the nodes of two versions, what-if runs; validity of one standard's versions never overlaps."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('measures', '0002_inspections_and_publications')]

    operations = [
        migrations.CreateModel(
            name='Draft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40)),
                ('number', models.CharField(max_length=20)),
                ('content', models.JSONField()),
                ('previous', models.JSONField(null=True)),
                ('links', models.JSONField(default=dict)),
                ('state', models.CharField(default='open', max_length=12)),
                ('editors', models.JSONField(default=list, help_text='accounts that had a hand in it')),
                ('made_by', models.BigIntegerField(null=True)),
                ('made_at', models.DateTimeField()),
                ('changed_by', models.BigIntegerField(null=True)),
                ('changed_at', models.DateTimeField()),
                ('version', models.IntegerField(default=1)),
                ('published', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='draft', to='measures.standardversion')),
            ],
        ),
        migrations.CreateModel(
            name='NodeLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(blank=True, default='', max_length=20)),
                ('earlier_code', models.CharField(blank=True, default='', max_length=20)),
                ('kind', models.CharField(max_length=12)),
                ('earlier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='links_on', to='measures.standardversion')),
                ('newer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='links_back', to='measures.standardversion')),
            ],
        ),
        migrations.CreateModel(
            name='WhatIf',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('content', models.JSONField()),
                ('links', models.JSONField(default=dict, help_text='by code of the tried sheet, the codes of the other that it follows')),
                ('period', models.CharField(max_length=7)),
                ('state', models.CharField(default='waiting', max_length=12)),
                ('done', models.IntegerField(default=0)),
                ('total', models.IntegerField(default=0)),
                ('outcome', models.JSONField(default=dict)),
                ('trouble', models.JSONField(default=dict)),
                ('post', models.BigIntegerField()),
                ('made_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(null=True)),
                ('beside', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='measures.standardversion')),
                ('draft', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='trials', to='measures.draft')),
                ('standard', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='trials', to='measures.standardversion')),
            ],
        ),
        migrations.CreateModel(
            name='WhatIfRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('before', models.CharField(max_length=8)),
                ('after', models.CharField(max_length=8)),
                ('has_new_grade', models.BooleanField()),
                ('detail', models.JSONField()),
                ('trial', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='measures.whatif')),
            ],
        ),
        migrations.AddIndex(
            model_name='draft',
            index=models.Index(fields=['state', '-id'], name='draft_by_state'),
        ),
        migrations.AddConstraint(
            model_name='draft',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['open', 'published', 'dropped'])), name='draft_states'),
        ),
        migrations.AddConstraint(
            model_name='nodelink',
            constraint=models.UniqueConstraint(fields=('newer', 'code', 'earlier_code'), name='node_link_once'),
        ),
        migrations.AddConstraint(
            model_name='nodelink',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['same', 'reworded', 'split', 'merged', 'new', 'dropped'])), name='node_link_kinds'),
        ),
        migrations.AddIndex(
            model_name='whatif',
            index=models.Index(fields=['area', '-id'], name='what_if_by_area'),
        ),
        migrations.AddConstraint(
            model_name='whatif',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'running', 'done', 'failed'])), name='what_if_states'),
        ),
        migrations.AddConstraint(
            model_name='whatifrow',
            constraint=models.UniqueConstraint(fields=('trial', 'area'), name='what_if_row_once'),
        ),
        # kept by hand: what the models cannot say
        migrations.RunSQL(
            sql="""alter table measures_standardversion add constraint standard_versions_do_not_overlap exclude using gist (
  int8range(standard_id * 1000000 + (valid_from - date '1970-01-01'), standard_id * 1000000 + coalesce(valid_to - date '1970-01-01', 999999)) with &&)
  where (state <> 'draft')""",
            reverse_sql="alter table measures_standardversion drop constraint standard_versions_do_not_overlap",
        ),
    ]
