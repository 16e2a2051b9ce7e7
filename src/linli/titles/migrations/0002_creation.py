# SPDX-License-Identifier: MulanPSL-2.0
"""The tables of the year of creation, and what the database itself refuses: own reviews, changed decisions, a naming within the publicity."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('measures', '0002_inspections_and_publications'),
        ('titles', '0001_titles_stand'),
    ]

    operations = [
        migrations.AddField(
            model_name='batch',
            name='apply_until',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='batch',
            name='assess_until',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='batch',
            name='district_until',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='batch',
            name='is_demonstration',
            field=models.BooleanField(default=False, help_text='planned by an account of the demonstration: results may be shown below the least coverage'),
        ),
        migrations.AddField(
            model_name='batch',
            name='midterm_until',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='batch',
            name='naming_by',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='batch',
            name='opened_on',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='batch',
            name='planned_by',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='batch',
            name='publicity_by',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='batch',
            name='street_until',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='batch',
            name='target',
            field=models.IntegerField(help_text='communities that the year is to name', null=True),
        ),
        migrations.AddField(
            model_name='batch',
            name='version',
            field=models.IntegerField(default=1),
        ),
        migrations.CreateModel(
            name='Application',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('place', models.BigIntegerField(help_text='number of the community in the table of places')),
                ('state', models.CharField(default='draft', max_length=12)),
                ('step', models.SmallIntegerField(default=0)),
                ('self_check', models.CharField(blank=True, default='', max_length=4000)),
                ('content', models.JSONField(default=dict)),
                ('plaque_no', models.CharField(blank=True, default='', max_length=40)),
                ('begun_at', models.DateTimeField()),
                ('moved_at', models.DateTimeField()),
                ('version', models.IntegerField(default=1)),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='applications', to='titles.batch')),
            ],
        ),
        migrations.CreateModel(
            name='Assessed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('grade', models.CharField(max_length=12)),
                ('content', models.JSONField()),
                ('account', models.BigIntegerField()),
                ('assessed_at', models.DateTimeField()),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='conclusions', to='titles.application')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Publicity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('areas', models.JSONField(help_text='communities on the list')),
                ('first_day', models.DateField()),
                ('last_day', models.DateField()),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('days', models.SmallIntegerField(help_text='calendar days that it lasts at least')),
                ('working_days', models.SmallIntegerField(help_text='working days that lie in it at least')),
                ('is_provisional', models.BooleanField(default=False, help_text='the holidays of its time are not all published')),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='publicities', to='titles.batch')),
                ('publication', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='measures.publication')),
            ],
        ),
        migrations.CreateModel(
            name='Objection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('sealed_text', models.BinaryField(help_text='what is objected, sealed: it may name people')),
                ('sealed_contact', models.BinaryField(null=True)),
                ('account', models.BigIntegerField(null=True)),
                ('made_at', models.DateTimeField()),
                ('due_on', models.DateField()),
                ('outcome', models.CharField(blank=True, default='', max_length=10)),
                ('answer', models.CharField(blank=True, default='', max_length=2000)),
                ('answered_by', models.BigIntegerField(null=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='objections', to='titles.application')),
                ('publicity', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='objections', to='titles.publicity')),
            ],
        ),
        migrations.AddField(
            model_name='application',
            name='publicity',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='applications', to='titles.publicity'),
        ),
        migrations.CreateModel(
            name='Review',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('stage', models.CharField(max_length=20)),
                ('outcome', models.CharField(max_length=20)),
                ('reason', models.CharField(blank=True, default='', max_length=2000)),
                ('account', models.BigIntegerField()),
                ('reviewed_at', models.DateTimeField()),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='titles.application')),
            ],
        ),
        migrations.CreateModel(
            name='Share',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('number', models.IntegerField()),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shares', to='titles.batch')),
            ],
        ),
        migrations.CreateModel(
            name='StrikeOut',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('ground', models.CharField(max_length=20)),
                ('reason', models.CharField(max_length=2000)),
                ('state', models.CharField(default='hearing', max_length=12)),
                ('proposed_by', models.BigIntegerField()),
                ('proposed_at', models.DateTimeField()),
                ('heard_until', models.DateField()),
                ('statement', models.CharField(blank=True, default='', max_length=4000)),
                ('stated_by', models.BigIntegerField(null=True)),
                ('stated_at', models.DateTimeField(null=True)),
                ('decided_by', models.BigIntegerField(null=True)),
                ('confirmed_by', models.BigIntegerField(null=True)),
                ('version', models.IntegerField(default=1)),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='strikes', to='titles.application')),
            ],
        ),
        migrations.CreateModel(
            name='Filing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('account', models.BigIntegerField()),
                ('content', models.JSONField(default=dict)),
                ('filed_at', models.DateTimeField()),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='filings', to='titles.application')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('application', 'account', 'filed_at'), name='filing_once')],
            },
        ),
        migrations.CreateModel(
            name='PatrolDraw',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.CharField(max_length=7)),
                ('digest', models.CharField(max_length=64)),
                ('sealed', models.BinaryField()),
                ('seed', models.CharField(blank=True, default='', max_length=64)),
                ('frame', models.JSONField(default=list)),
                ('drawn', models.JSONField(default=list)),
                ('fixed_at', models.DateTimeField()),
                ('drawn_at', models.DateTimeField(null=True)),
                ('revealed_at', models.DateTimeField(null=True)),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='draws', to='titles.batch')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('batch', 'month'), name='patrol_draw_once')],
            },
        ),
        migrations.AddConstraint(
            model_name='publicity',
            constraint=models.CheckConstraint(condition=models.Q(('days__gte', 1), ('ends_at__gt', models.F('starts_at'))), name='publicity_lasts'),
        ),
        migrations.AddIndex(
            model_name='objection',
            index=models.Index(fields=['publicity', 'area'], name='objection_by_publicity'),
        ),
        migrations.AddConstraint(
            model_name='objection',
            constraint=models.CheckConstraint(condition=models.Q(('outcome__in', ['', 'upheld', 'dismissed'])), name='objection_outcomes'),
        ),
        migrations.AddConstraint(
            model_name='objection',
            constraint=models.CheckConstraint(condition=models.Q(('outcome', ''), models.Q(('answer', ''), _negated=True), _connector='OR'), name='objection_answered_with_a_reason'),
        ),
        migrations.AddIndex(
            model_name='application',
            index=models.Index(fields=['batch', 'area'], name='application_by_batch'),
        ),
        migrations.AddIndex(
            model_name='application',
            index=models.Index(fields=['area', '-id'], name='application_by_area'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.UniqueConstraint(fields=('batch', 'place'), name='application_once'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.UniqueConstraint(condition=models.Q(('plaque_no', ''), _negated=True), fields=('plaque_no',), name='plaque_once'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'submitted', 'returned', 'district', 'candidate', 'struck_out', 'assessed', 'shortlisted', 'left_out', 'publicity', 'named', 'withdrawn', 'lapsed'])), name='application_states'),
        ),
        migrations.AddIndex(
            model_name='review',
            index=models.Index(fields=['application', 'id'], name='review_by_application'),
        ),
        migrations.AddConstraint(
            model_name='share',
            constraint=models.UniqueConstraint(fields=('batch', 'area'), name='share_once'),
        ),
        migrations.AddConstraint(
            model_name='share',
            constraint=models.CheckConstraint(condition=models.Q(('number__gte', 0)), name='share_counts'),
        ),
        migrations.AddConstraint(
            model_name='strikeout',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['hearing', 'decided'])), fields=('application',), name='strike_one_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='strikeout',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['hearing', 'decided', 'struck', 'dropped'])), name='strike_states'),
        ),
        migrations.AddConstraint(
            model_name='strikeout',
            constraint=models.CheckConstraint(condition=models.Q(('confirmed_by', None), models.Q(('confirmed_by', models.F('decided_by')), _negated=True), _connector='OR'), name='strike_two_people'),
        ),
        # kept by hand: what the models cannot say
        migrations.RunSQL(
            sql="""create function refuse_own_title_review() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if exists (select from titles_filing f where f.application_id = new.application_id and f.account = new.account) then
    raise exception 'Nobody reviews what he filed (application %)', new.application_id using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger title_review_is_independent before insert or update on titles_review
  for each row execute function refuse_own_title_review()""",
            reverse_sql="drop function refuse_own_title_review() cascade",
        ),
        migrations.RunSQL(
            sql="""create function refuse_changed_decision() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and to_jsonb(old) - 'area' = to_jsonb(new) - 'area' then return new; end if;
  raise exception 'Rows of % are decisions: only their area moves with the ground; write a new one.', tg_table_name;
end $$;
create trigger title_review_is_kept before update or delete on titles_review for each row execute function refuse_changed_decision();
create trigger title_filing_is_kept before update or delete on titles_filing for each row execute function refuse_changed_decision();
create trigger title_assessed_is_kept before update or delete on titles_assessed for each row execute function refuse_changed_decision()""",
            reverse_sql="drop function refuse_changed_decision() cascade",
        ),
        migrations.RunSQL(
            sql="""create function refuse_early_naming() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if not exists (select from titles_publicity p where p.batch_id = new.id)
     or exists (select from titles_publicity p where p.batch_id = new.id and (new.named_on is null or new.named_on <= p.last_day))
     or exists (select from titles_objection o join titles_publicity p on p.id = o.publicity_id where p.batch_id = new.id and o.outcome = '')
     or new.document_no = '' then
    raise exception 'Batch % cannot be named before its publicity is over and every objection answered, nor without a document', new.id
      using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger batch_is_named_after_publicity before update on titles_batch
  for each row when (new.state = 'named' and old.state <> 'named') execute function refuse_early_naming();
create function refuse_title_in_publicity() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if exists (select from titles_publicity p where p.batch_id = new.batch_id and (new.named_on is null or new.named_on <= p.last_day)) then
    raise exception 'Nobody is named while the list of batch % is public', new.batch_id using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger title_is_given_after_publicity before insert on titles_title for each row execute function refuse_title_in_publicity()""",
            reverse_sql="drop function refuse_early_naming() cascade; drop function refuse_title_in_publicity() cascade",
        ),
    ]
