# SPDX-License-Identifier: MulanPSL-2.0
"""The table of what guards found: which records of a community and month, what was explained, what somebody else judged."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('measures', '0009_norms')]

    operations = [
        migrations.CreateModel(
            name='GuardFinding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('guard', models.CharField(max_length=40)),
                ('entries', models.CharField(max_length=40)),
                ('month', models.CharField(max_length=7)),
                ('limit', models.IntegerField(help_text='the number that held in the month')),
                ('records', models.IntegerField()),
                ('numbers', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), help_text='numbers of the records, one for each entry, in order', size=None)),
                ('found_at', models.DateTimeField()),
                ('state', models.CharField(default='open', max_length=10)),
                ('explanation', models.CharField(blank=True, default='', max_length=1000)),
                ('explained_by', models.BigIntegerField(null=True)),
                ('explained_at', models.DateTimeField(null=True)),
                ('judged_by', models.BigIntegerField(null=True)),
                ('judged_at', models.DateTimeField(null=True)),
                ('judged_why', models.CharField(blank=True, default='', max_length=500)),
                ('version', models.IntegerField(default=1)),
            ],
            options={
                'indexes': [models.Index(fields=['area', '-id'], name='guard_finding_by_area')],
                'constraints': [
                    models.UniqueConstraint(fields=('area', 'month', 'guard', 'entries'), name='guard_finding_once'),
                    models.CheckConstraint(condition=models.Q(('state__in', ['open', 'explained', 'accepted', 'stands'])), name='guard_finding_states'),
                    models.CheckConstraint(condition=models.Q(('records', models.Func(models.F('numbers'), function='cardinality', output_field=models.IntegerField()))), name='guard_finding_adds_up'),
                    models.CheckConstraint(condition=models.Q(models.Q(('judged_by', None), ('state__in', ['open', 'explained'])), models.Q(('judged_by__isnull', False), ('state__in', ['accepted', 'stands']), models.Q(('judged_why', ''), _negated=True)), _connector='OR'), name='guard_finding_is_judged'),
                    models.CheckConstraint(condition=models.Q(('state__in', ['open', 'stands']), models.Q(('explained_by__isnull', False), models.Q(('explanation', ''), _negated=True)), _connector='OR'), name='guard_finding_is_explained'),
                    models.CheckConstraint(condition=models.Q(('judged_by', None), ('explained_by', None), models.Q(('judged_by', models.F('explained_by')), _negated=True), _connector='OR'), name='guard_finding_by_two')],
            },
        ),
    ]
