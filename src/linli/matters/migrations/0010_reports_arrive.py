# SPDX-License-Identifier: MulanPSL-2.0
"""Lists of duties, orders from the hotline, and what was settled on the spot."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("matters", "0009_categories_are_learnt"),
    ]

    operations = [
        migrations.AlterField(
            model_name='matter',
            name='source',
            field=models.CharField(help_text='resident, patrol, office, hotline, chat', max_length=20),
        ),
        migrations.CreateModel(
            name='DutyList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.BigIntegerField(help_text='area of the district or street that keeps it')),
                ('version', models.IntegerField()),
                ('name', models.CharField(max_length=120)),
                ('source', models.CharField(max_length=300)),
                ('valid_from', models.DateField()),
                ('entries', models.JSONField(default=list, help_text='code, words, basis, whose, responsible')),
                ('made_by', models.BigIntegerField()),
                ('made_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('place', 'version'), name='duty_list_once')],
            },
        ),
        migrations.CreateModel(
            name='HotlineAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('source', models.CharField(max_length=40)),
                ('columns', models.JSONField(default=list)),
                ('first', models.DateField()),
                ('last', models.DateField()),
                ('orders', models.IntegerField()),
                ('made_by', models.BigIntegerField()),
                ('made_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['area', '-id'], name='hotline_answer_by_area')],
            },
        ),
        migrations.CreateModel(
            name='HotlineBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('source', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=200)),
                ('digest', models.CharField(help_text='SHA-256 of the file, hexadecimal', max_length=64)),
                ('state', models.CharField(default='mapping', max_length=10)),
                ('account', models.BigIntegerField()),
                ('post', models.BigIntegerField()),
                ('headings', models.JSONField(default=list)),
                ('columns', models.JSONField(default=dict)),
                ('category', models.BigIntegerField(help_text='for orders whose category cannot be told', null=True)),
                ('community', models.BigIntegerField(help_text='for orders whose community cannot be told', null=True)),
                ('rows', models.IntegerField(default=0)),
                ('seen', models.IntegerField(default=0, help_text='rows that the present step has passed')),
                ('added', models.IntegerField(default=0)),
                ('same', models.IntegerField(default=0)),
                ('changed', models.IntegerField(default=0)),
                ('bad', models.IntegerField(default=0)),
                ('made_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('trouble', models.CharField(default='', max_length=200)),
            ],
            options={
                'indexes': [models.Index(fields=['area', '-id'], name='hotline_batch_by_area')],
            },
        ),
        migrations.CreateModel(
            name='HotlineMapping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('source', models.CharField(max_length=40)),
                ('columns', models.JSONField(default=dict, help_text='our field to the heading in their table')),
                ('answers', models.JSONField(default=list, help_text='pairs of our field and the heading in the table that goes back')),
                ('changed_by', models.BigIntegerField()),
                ('changed_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('area', 'source'), name='one_mapping_a_source')],
            },
        ),
        migrations.CreateModel(
            name='SpotCheck',
            fields=[
                ('area', models.BigIntegerField()),
                ('matter', models.OneToOneField(on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='spot_check', serialize=False, to='matters.matter')),
                ('drawn_at', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('is_passed', models.BooleanField(null=True)),
                ('checked_by', models.BigIntegerField(null=True)),
                ('checked_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('checked_at', None)), fields=['area', 'due_at'], name='spot_check_waiting')],
            },
        ),
        migrations.CreateModel(
            name='Citation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('action', models.CharField(max_length=40)),
                ('list_name', models.CharField(max_length=120)),
                ('code', models.CharField(max_length=40)),
                ('text', models.CharField(max_length=300)),
                ('responsible', models.CharField(max_length=120)),
                ('unit', models.BigIntegerField(null=True)),
                ('at', models.DateTimeField()),
                ('matter', models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, related_name='citations', to='matters.matter')),
            ],
            options={
                'indexes': [models.Index(fields=['area', 'at'], name='citation_by_area')],
            },
        ),
        migrations.CreateModel(
            name='HotlineOrder',
            fields=[
                ('area', models.BigIntegerField()),
                ('matter', models.OneToOneField(on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='hotline_order', serialize=False, to='matters.matter')),
                ('source', models.CharField(max_length=40)),
                ('number', models.CharField(max_length=80)),
                ('asks', models.CharField(default='', help_text='type of the request in their words', max_length=80)),
                ('category_text', models.CharField(default='', max_length=200)),
                ('received_at', models.DateTimeField()),
                ('answer_due_at', models.DateTimeField(null=True)),
                ('return_due_at', models.DateTimeField(null=True)),
                ('digest', models.CharField(help_text="keyed digest of the order's content, to see a change", max_length=64)),
                ('changes', models.JSONField(default=list, help_text='what a later table said otherwise; no personal data')),
                ('returned_at', models.DateTimeField(null=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('answer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='answered', to='matters.hotlineanswer')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('answered_at', None), ('returned_at', None)), fields=['area', 'answer_due_at'], name='orders_to_answer')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('returned_at', None)), fields=('source', 'number'), name='order_once')],
            },
        ),
        migrations.CreateModel(
            name='HotlineRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('line', models.IntegerField()),
                ('state', models.CharField(default='new', max_length=8)),
                ('sealed', models.BinaryField()),
                ('faults', models.JSONField(default=list, help_text='sentences in both languages; no personal data')),
                ('matter', models.BigIntegerField(null=True)),
                ('batch', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='lines', to='matters.hotlinebatch')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('batch', 'line'), name='hotline_line_once')],
            },
        ),
        migrations.CreateModel(
            name='Kept',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('what', models.CharField(help_text='chat, own_words', max_length=12)),
                ('sealed', models.BinaryField()),
                ('kept_by', models.BigIntegerField()),
                ('kept_at', models.DateTimeField()),
                ('matter', models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, related_name='kept', to='matters.matter')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('matter', 'what'), name='kept_once')],
            },
        ),
    ]
