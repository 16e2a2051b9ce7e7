# SPDX-License-Identifier: MulanPSL-2.0
"""The norms library: entries by code with their clauses, and each edition of an entry."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('measures', '0008_papers')]

    operations = [
        migrations.CreateModel(
            name='Norm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=60, unique=True)),
                ('kind', models.CharField(max_length=12)),
                ('mark', models.CharField(help_text='whether somebody has read it', max_length=12)),
                ('title_zh', models.CharField(max_length=200)),
                ('title_en', models.CharField(max_length=300)),
                ('issuer', models.CharField(blank=True, default='', max_length=200)),
                ('document', models.CharField(blank=True, default='', help_text='number of the document', max_length=100)),
                ('address', models.CharField(blank=True, default='', max_length=300)),
                ('note', models.CharField(blank=True, default='', max_length=600)),
                ('clauses', models.JSONField(default=list)),
                ('valid_from', models.DateField(null=True)),
                ('valid_to', models.DateField(help_text='first day on which it no longer holds', null=True)),
                ('version', models.IntegerField(default=1)),
                ('successor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='predecessors', to='measures.norm')),
            ],
        ),
        migrations.CreateModel(
            name='NormEdition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.IntegerField()),
                ('content', models.JSONField()),
                ('made_by', models.BigIntegerField(null=True)),
                ('made_at', models.DateTimeField()),
                ('norm', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='editions', to='measures.norm')),
            ],
        ),
        migrations.AddIndex(
            model_name='norm',
            index=models.Index(fields=['kind', 'code'], name='norm_by_kind'),
        ),
        migrations.AddConstraint(
            model_name='norm',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['law', 'regulation', 'standard', 'city_rule', 'report', 'own'])), name='norm_kinds'),
        ),
        migrations.AddConstraint(
            model_name='norm',
            constraint=models.CheckConstraint(condition=models.Q(('mark__in', ['seen', 'remembered', 'proposed'])), name='norm_marks'),
        ),
        migrations.AddConstraint(
            model_name='norm',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to__gt', models.F('valid_from')), ('valid_to', None), ('valid_from', None), _connector='OR'), name='norm_days'),
        ),
        migrations.AddConstraint(
            model_name='normedition',
            constraint=models.UniqueConstraint(fields=('norm', 'number'), name='norm_edition_once'),
        ),
    ]
