# SPDX-License-Identifier: MulanPSL-2.0
"""Another system's export beside ours: what differs and who is right."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies: ClassVar = [
        ("elements", "0016_records_have_one_way"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name='ReconciledFigure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('name', models.CharField(max_length=60)),
                ('same', models.BigIntegerField()),
                ('differs', models.BigIntegerField()),
                ('gaps', models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='ReconciledItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('side', models.CharField(help_text='differs, theirs, ours, unclear', max_length=8)),
                ('register', models.CharField(max_length=40)),
                ('record', models.BigIntegerField(null=True)),
                ('line', models.IntegerField(null=True)),
                ('name', models.CharField(default='', help_text='column of the sheet; ties, address; the code of the reason for an unclear line', max_length=60)),
                ('is_gap', models.BooleanField(default=False, help_text='we have nothing there')),
                ('stood', models.BinaryField(help_text='keyed digest of ours when it was compared', null=True)),
                ('likeness', models.BinaryField(help_text='keyed digest of theirs, so that what was decided before is known again', null=True)),
                ('sealed', models.BinaryField(help_text='theirs as it is shown and compared; null once the file is destroyed', null=True)),
                ('proposed', models.CharField(default='', help_text='theirs: the source is the authority; or what was decided about the same before', max_length=8)),
                ('decision', models.CharField(default='', help_text='ours, theirs, ask, take, aside, keep, ended; empty while nobody decided', max_length=8)),
                ('reason', models.CharField(default='', max_length=200)),
                ('decided_by', models.BigIntegerField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('outcome', models.CharField(default='', help_text='done, stale (ours changed since), refused, undone; empty before', max_length=8)),
                ('why', models.CharField(default='', help_text='code of the rule that refused it', max_length=40)),
                ('version', models.IntegerField(default=1)),
            ],
        ),
        migrations.CreateModel(
            name='Reconciliation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('covers', models.CharField(max_length=12)),
                ('within', models.CharField(max_length=12)),
                ('state', models.CharField(default='comparing', max_length=10)),
                ('counts', models.JSONField(default=dict, help_text='rows, agree, differ, theirs, ours, unclear, and stretches done so far')),
                ('trouble', models.JSONField(default=dict, help_text='a sentence in both languages when it failed')),
                ('account', models.BigIntegerField(null=True)),
                ('post', models.BigIntegerField(null=True)),
                ('made_at', models.DateTimeField()),
                ('compared_at', models.DateTimeField(null=True)),
                ('applied_at', models.DateTimeField(null=True)),
                ('version', models.IntegerField(default=1)),
            ],
        ),
        migrations.CreateModel(
            name='Source',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('sheet', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=60)),
                ('keeper', models.CharField(help_text='who answers for its content: a unit', max_length=120)),
                ('authority', models.JSONField(default=list, help_text='columns for which it is proposed to be right; nothing follows without a press')),
                ('covers', models.CharField(default='part', help_text='whom its files claim to hold: living, registered, all, part', max_length=12)),
                ('within', models.CharField(default='area', help_text='area: the whole place; buildings: only those that the file names', max_length=12)),
                ('made_at', models.DateTimeField()),
                ('version', models.IntegerField(default=1)),
            ],
        ),
        migrations.RunSQL(
            "alter table elements_fieldcheck alter column sample_id drop not null", "alter table elements_fieldcheck alter column sample_id set not null",
            state_operations=[migrations.AlterField("fieldcheck", "sample", models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="checks", to="elements.fieldsample"))]),
        migrations.AddConstraint(
            model_name='fieldcheck',
            constraint=models.UniqueConstraint(condition=models.Q(('sample', None), ('verdict__in', ['', 'unseen'])), fields=('register', 'record', 'name'), name='field_asked_once'),
        ),
        migrations.AddField(
            model_name='reconciliation',
            name='intake',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reconciliations', to='elements.intake'),
        ),
        migrations.AddField(
            model_name='reconcileditem',
            name='reconciliation',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='items', to='elements.reconciliation'),
        ),
        migrations.AddField(
            model_name='reconciledfigure',
            name='reconciliation',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='figures', to='elements.reconciliation'),
        ),
        migrations.AddConstraint(
            model_name='source',
            constraint=models.UniqueConstraint(fields=('area', 'sheet', 'name'), name='source_once'),
        ),
        migrations.AddField(
            model_name='reconciliation',
            name='source',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='reconciliations', to='elements.source'),
        ),
        migrations.AddIndex(
            model_name='reconcileditem',
            index=models.Index(fields=['reconciliation', 'side', 'name', 'id'], name='item_by_side'),
        ),
        migrations.AddIndex(
            model_name='reconcileditem',
            index=models.Index(fields=['reconciliation', 'side', 'line', 'record'], name='item_by_row'),
        ),
        migrations.AddIndex(
            model_name='reconcileditem',
            index=models.Index(fields=['register', 'record'], name='item_by_record'),
        ),
        migrations.AddConstraint(
            model_name='reconciledfigure',
            constraint=models.UniqueConstraint(fields=('reconciliation', 'name'), name='figure_of_reconciliation_once'),
        ),
        migrations.AddIndex(
            model_name='reconciliation',
            index=models.Index(fields=['area', '-id'], name='reconciliation_by_area'),
        ),
        migrations.AddIndex(
            model_name='reconciliation',
            index=models.Index(fields=['source', '-id'], name='reconciliation_by_source'),
        ),
        migrations.AddConstraint(
            model_name='reconciliation',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'dropped'), _negated=True), fields=('intake',), name='reconciliation_of_intake_once'),
        ),
    ]
