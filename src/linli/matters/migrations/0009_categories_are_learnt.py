# SPDX-License-Identifier: MulanPSL-2.0
"""What the category aid has learnt, how well, and how schemes correspond."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("matters", "0008_texts_are_made_public"),
    ]

    operations = [
        migrations.CreateModel(
            name='Synonyms',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.IntegerField(unique=True)),
                ('text', models.TextField(help_text='scheme@version:part:code, then words with spaces between')),
                ('why', models.CharField(max_length=500)),
                ('published_at', models.DateTimeField()),
                ('published_by', models.BigIntegerField(null=True)),
                ('publisher', models.CharField(default='', max_length=60)),
            ],
        ),
        migrations.CreateModel(
            name='AidMonth',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField()),
                ('confirmed', models.BigIntegerField()),
                ('first', models.BigIntegerField(default=0, help_text='the first proposal; 0 when it kept silent')),
                ('matters', models.IntegerField()),
                ('top1', models.IntegerField()),
                ('top3', models.IntegerField()),
                ('floor1', models.IntegerField(help_text='hits of always naming the commonest')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('month', 'confirmed', 'first'), name='aid_month_once')],
            },
        ),
        migrations.CreateModel(
            name='AidTrial',
            fields=[
                ('area', models.BigIntegerField()),
                ('matter', models.OneToOneField(on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='aid_trial', serialize=False, to='matters.matter')),
                ('lesson', models.BigIntegerField()),
                ('confirmed', models.BigIntegerField(help_text='the category that a person filed it under')),
                ('proposed', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), help_text='the proposed categories, best first; empty when it kept silent', size=None)),
                ('place', models.SmallIntegerField(help_text='the place of the confirmed one among the proposed; 0 when it was not among them')),
                ('commonest', models.BigIntegerField(help_text='what somebody would say who always names the commonest', null=True)),
                ('filed_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['confirmed', '-filed_at'], name='aid_trial_by_category')],
            },
        ),
        migrations.CreateModel(
            name='Lesson',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('learnt_at', models.DateTimeField()),
                ('upto', models.DateTimeField(help_text='it knows matters that were filed before this moment')),
                ('synonyms', models.IntegerField(default=0, help_text='number of the list of synonyms')),
                ('matters', models.IntegerField(default=0, help_text='confirmed matters that it was learnt from')),
                ('terms', models.IntegerField(default=0)),
                ('digest', models.CharField(default='', help_text='SHA-256 of all terms and weights in order', max_length=64)),
                ('is_in_use', models.BooleanField(default=False)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_in_use', True)), fields=('is_in_use',), name='one_lesson_in_use')],
            },
        ),
        migrations.CreateModel(
            name='CrossWalk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.IntegerField()),
                ('state', models.CharField(default='draft', max_length=12)),
                ('why', models.CharField(max_length=500)),
                ('made_by', models.BigIntegerField(null=True)),
                ('made_at', models.DateTimeField()),
                ('published_at', models.DateTimeField(null=True)),
                ('version', models.IntegerField(default=1)),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='crosswalks_from', to='matters.scheme')),
                ('target', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='crosswalks_to', to='matters.scheme')),
            ],
        ),
        migrations.CreateModel(
            name='CrossWalkLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('relation', models.CharField(max_length=10)),
                ('source', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='matters.category')),
                ('target', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='matters.category')),
                ('crosswalk', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='links', to='matters.crosswalk')),
            ],
        ),
        migrations.CreateModel(
            name='LessonCategory',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('category', models.BigIntegerField()),
                ('matters', models.IntegerField(default=0)),
                ('start', models.IntegerField()),
                ('base', models.IntegerField()),
                ('lesson', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='categories', to='matters.lesson')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('lesson', 'category'), name='lesson_category_once')],
            },
        ),
        migrations.CreateModel(
            name='LessonTerm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('term', models.CharField(max_length=2)),
                ('categories', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('weights', django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), help_text='what it adds to the order, for each category', size=None)),
                ('lifts', django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), help_text='how much likelier it is there than anywhere: what a reason and silence rest on', size=None)),
                ('lesson', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='words', to='matters.lesson')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('lesson', 'term'), name='lesson_term_once')],
            },
        ),
        migrations.AddConstraint(
            model_name='crosswalk',
            constraint=models.UniqueConstraint(fields=('source', 'target', 'number'), name='crosswalk_once'),
        ),
        migrations.AddConstraint(
            model_name='crosswalklink',
            constraint=models.UniqueConstraint(fields=('crosswalk', 'source', 'target'), name='crosswalk_link_once', nulls_distinct=False),
        ),
    ]
