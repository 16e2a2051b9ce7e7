# SPDX-License-Identifier: MulanPSL-2.0
"""Matters know their parts, what they were merged into, who works on them, and where they came from."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('matters', '0001_matters_stand'),
    ]

    operations = [
        migrations.CreateModel(
            name='Origin',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('system', models.CharField(help_text='hotline_12345, open311.<jurisdiction>, chat ...', max_length=40)),
                ('number', models.CharField(max_length=80)),
                ('received_at', models.DateTimeField(help_text='when the other system took it in')),
                ('answer_due_at', models.DateTimeField(help_text='until when the other system wants its answer', null=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('account', models.BigIntegerField(null=True)),
                ('given', models.JSONField(default=dict, help_text='what else came with it; no personal data')),
            ],
        ),
        migrations.AddField(
            model_name='matter',
            name='is_paused',
            field=models.BooleanField(default=False, help_text='its handling clock stands still for a typed reason'),
        ),
        migrations.AddField(
            model_name='matter',
            name='is_secret',
            field=models.BooleanField(default=False, help_text='the reporter asked that nobody outside the dispatching office learns who reported'),
        ),
        migrations.AddField(
            model_name='matter',
            name='is_supervised',
            field=models.BooleanField(default=False, help_text='the accountable head has taken it up and an answer is due (督办)'),
        ),
        migrations.AddField(
            model_name='matter',
            name='merged_into',
            field=models.BigIntegerField(help_text='the matter that it is the same as', null=True),
        ),
        migrations.AddField(
            model_name='matter',
            name='parent',
            field=models.BigIntegerField(help_text='the matter that it is a part of', null=True),
        ),
        migrations.AddField(
            model_name='matter',
            name='parts_open',
            field=models.SmallIntegerField(default=0, help_text='parts that have not ended yet'),
        ),
        migrations.AddField(
            model_name='matter',
            name='reopenings',
            field=models.SmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='matter',
            name='worker',
            field=models.BigIntegerField(help_text='the account that its unit gave it to; null while nobody in particular', null=True),
        ),
        migrations.AddIndex(
            model_name='matter',
            index=models.Index(condition=models.Q(('parent', None), _negated=True), fields=['parent'], name='matter_by_parent'),
        ),
        migrations.AddIndex(
            model_name='matter',
            index=models.Index(condition=models.Q(('merged_into', None), _negated=True), fields=['merged_into'], name='matter_by_merging'),
        ),
        migrations.AddIndex(
            model_name='matter',
            index=models.Index(condition=models.Q(('is_open', True), models.Q(('worker', None), _negated=True)), fields=['worker', 'due_at'], name='open_by_worker'),
        ),
        migrations.AddField(
            model_name='origin',
            name='matter',
            field=models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, related_name='origins', to='matters.matter'),
        ),
        migrations.AddConstraint(
            model_name='origin',
            constraint=models.UniqueConstraint(fields=('system', 'number'), name='origin_once'),
        ),
    ]
