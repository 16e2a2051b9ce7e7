# SPDX-License-Identifier: MulanPSL-2.0
"""The tables of batches and titles."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('measures', '0002_inspections_and_publications'),
    ]

    operations = [
        migrations.CreateModel(
            name='Batch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40)),
                ('ordinal', models.SmallIntegerField()),
                ('year', models.SmallIntegerField()),
                ('state', models.CharField(max_length=12)),
                ('named_then', models.IntegerField(help_text='as published, for a batch of history', null=True)),
                ('ever_then', models.IntegerField(help_text='ever named up to and with this batch, as published', null=True)),
                ('document_no', models.CharField(blank=True, default='', max_length=60)),
                ('named_on', models.DateField(null=True)),
                ('source', models.CharField(blank=True, default='', max_length=300)),
                ('standard', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='measures.standardversion')),
            ],
        ),
        migrations.CreateModel(
            name='Title',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('place', models.BigIntegerField(help_text='number of the community in the table of places')),
                ('kind', models.CharField(max_length=40)),
                ('origin', models.CharField(max_length=12)),
                ('named_on', models.DateField(help_text='unknown for some of history', null=True)),
                ('document_no', models.CharField(blank=True, default='', max_length=60)),
                ('plaque_no', models.CharField(blank=True, default='', max_length=40)),
                ('revoked_on', models.DateField(null=True)),
                ('revoked_by', models.CharField(blank=True, default='', help_text='number of the revoking document', max_length=60)),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='titles', to='titles.batch')),
            ],
        ),
        migrations.AddConstraint(
            model_name='batch',
            constraint=models.UniqueConstraint(fields=('kind', 'ordinal'), name='batch_once'),
        ),
        migrations.AddConstraint(
            model_name='batch',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['history', 'planned', 'open', 'assessing', 'publicity', 'named'])), name='batch_states'),
        ),
        migrations.AddIndex(
            model_name='title',
            index=models.Index(fields=['area', 'kind'], name='title_by_area'),
        ),
        migrations.AddIndex(
            model_name='title',
            index=models.Index(fields=['batch', 'area'], name='title_by_batch'),
        ),
        migrations.AddConstraint(
            model_name='title',
            constraint=models.UniqueConstraint(condition=models.Q(('revoked_on', None)), fields=('kind', 'area'), name='title_once'),
        ),
        migrations.AddConstraint(
            model_name='title',
            constraint=models.CheckConstraint(condition=models.Q(('origin__in', ['naming', 'history'])), name='title_origins'),
        ),
    ]
