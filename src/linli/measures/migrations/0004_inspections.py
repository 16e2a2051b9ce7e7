# SPDX-License-Identifier: MulanPSL-2.0
"""What an inspection needs beside its marks: its day, what is disputed, declared connections, and the settled items that figures count."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('measures', '0003_sheets')]

    operations = [
        migrations.CreateModel(
            name='InspectedItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('code', models.CharField(max_length=20)),
                ('part', models.BigIntegerField()),
                ('whole', models.BigIntegerField()),
                ('settled_at', models.DateTimeField()),
            ],
        ),
        migrations.AddField(model_name='assessment', name='conflict', field=models.CharField(blank=True, default='', max_length=12)),
        migrations.AddField(model_name='assessment', name='conflict_text', field=models.CharField(blank=True, default='', max_length=500)),
        migrations.AddField(model_name='assessment', name='declared_at', field=models.DateTimeField(null=True)),
        migrations.AddField(model_name='assessment', name='withdrawn_at', field=models.DateTimeField(null=True)),
        migrations.AddField(model_name='finding', name='dropped_at', field=models.DateTimeField(null=True)),
        migrations.AddField(
            model_name='inspection', name='disputed',
            field=models.JSONField(default=list, help_text='codes in which the assessors differ, for the third one')),
        migrations.AddField(model_name='inspection', name='due_on', field=models.DateField(help_text='the day by which the assessors hand in', null=True)),
        migrations.AddField(model_name='inspection', name='void_reason', field=models.CharField(blank=True, default='', max_length=500)),
        migrations.AddField(model_name='mark', name='is_absent', field=models.BooleanField(default=False)),
        migrations.AddIndex(
            model_name='inspection',
            index=models.Index(condition=models.Q(('state__in', ['open', 'third'])), fields=['due_on', 'area'], name='inspection_open_by_due')),
        migrations.AddField(
            model_name='inspecteditem', name='inspection',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='measures.inspection')),
        migrations.AddIndex(model_name='inspecteditem', index=models.Index(fields=['area', '-id'], name='inspected_item_by_area')),
        migrations.AddConstraint(model_name='inspecteditem', constraint=models.UniqueConstraint(fields=('inspection', 'code'), name='inspected_item_once')),
        migrations.AddConstraint(
            model_name='inspecteditem',
            constraint=models.CheckConstraint(condition=models.Q(('part__gte', 0), ('part__lte', models.F('whole')), ('whole__gt', 0)), name='inspected_item_within')),
    ]
