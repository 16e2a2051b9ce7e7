# SPDX-License-Identifier: MulanPSL-2.0
"""The outbox of letters and short messages, with their delivery."""

import uuid

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("core", "0002_alarms_ring"),
    ]

    operations = [
        migrations.CreateModel(
            name='Letter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('client', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('subject_kind', models.CharField(max_length=40)),
                ('subject', models.BigIntegerField()),
                ('occasion', models.CharField(max_length=60)),
                ('cause', models.BigIntegerField(help_text="what it answers to: a line of the journal, 0 for the record's own beginning")),
                ('channel', models.CharField(max_length=10)),
                ('language', models.CharField(max_length=10)),
                ('wording', models.IntegerField(help_text='the version of the wording; 0 when none was published yet')),
                ('masked', models.CharField(max_length=120)),
                ('parts', models.SmallIntegerField(default=1, help_text='short messages that the text takes')),
                ('sealed', models.BinaryField(help_text='address, title and text; null once they are erased', null=True)),
                ('state', models.CharField(default='waiting', max_length=10)),
                ('tries', models.SmallIntegerField(default=0)),
                ('written_at', models.DateTimeField()),
                ('next_at', models.DateTimeField(help_text='when it is tried next; null when nothing more is tried', null=True)),
                ('sent_at', models.DateTimeField(null=True)),
                ('delivered_at', models.DateTimeField(null=True)),
                ('provider', models.CharField(default='', max_length=20)),
                ('provider_number', models.CharField(default='', max_length=80)),
                ('trouble', models.CharField(default='', help_text='what went wrong last; never an address or a text', max_length=200)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('next_at', None), _negated=True), fields=['next_at', 'id'], name='letter_by_turn'), models.Index(condition=models.Q(('provider_number', ''), _negated=True), fields=['provider_number'], name='letter_by_provider_number')],
                'constraints': [models.UniqueConstraint(fields=('subject_kind', 'subject', 'occasion', 'channel', 'cause'), name='letter_once')],
            },
        ),
        migrations.CreateModel(
            name='Wording',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('occasion', models.CharField(max_length=60)),
                ('channel', models.CharField(max_length=10)),
                ('version', models.IntegerField()),
                ('title_zh', models.CharField(default='', max_length=120)),
                ('title_en', models.CharField(default='', max_length=200)),
                ('text_zh', models.CharField(max_length=2000)),
                ('text_en', models.CharField(max_length=3000)),
                ('published_at', models.DateTimeField()),
                ('published_by', models.BigIntegerField(help_text='the account; null for the texts that are shipped', null=True)),
                ('publisher', models.CharField(default='', max_length=60)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('occasion', 'channel', 'version'), name='wording_once')],
            },
        ),
    ]
