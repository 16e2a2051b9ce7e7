# SPDX-License-Identifier: MulanPSL-2.0
"""What comes after naming: signs, yearly rounds, re-inspections with steps and sides, items; titles know a lifted revocation and the list that names them."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('titles', '0002_creation')]

    operations = [
        migrations.AddField(
            model_name='title',
            name='lifted_by',
            field=models.CharField(blank=True, default='', max_length=60),
        ),
        migrations.AddField(
            model_name='title',
            name='lifted_on',
            field=models.DateField(help_text='day of a revocation that an appeal has lifted', null=True),
        ),
        migrations.AddField(
            model_name='title',
            name='listed_in',
            field=models.BigIntegerField(help_text='journal line of the confirmed list that names it', null=True),
        ),
        migrations.AddField(
            model_name='title',
            name='listed_on',
            field=models.DateField(help_text='day on which a row of history came into the register', null=True),
        ),
        migrations.AddField(
            model_name='title',
            name='restored_by',
            field=models.CharField(blank=True, default='', help_text='number of the document that restored it', max_length=60),
        ),
        migrations.AddField(
            model_name='title',
            name='restored_on',
            field=models.DateField(null=True),
        ),
        migrations.CreateModel(
            name='ReinspectionRound',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40)),
                ('year', models.SmallIntegerField()),
                ('digest', models.CharField(help_text='SHA-256 of the seed, shown from the day it was fixed', max_length=64)),
                ('sealed', models.BinaryField(help_text='the seed, which only the server knows until it is shown')),
                ('seed', models.CharField(blank=True, default='', max_length=64)),
                ('frame', models.JSONField(default=list, help_text='each title with its weight, the reasons of the weight, and whether it had to come')),
                ('size', models.IntegerField(default=0)),
                ('fixed_at', models.DateTimeField()),
                ('drawn_at', models.DateTimeField(null=True)),
                ('revealed_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('kind', 'year'), name='reinspection_round_once')],
            },
        ),
        migrations.CreateModel(
            name='Reinspection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('kind', models.CharField(max_length=40)),
                ('year', models.SmallIntegerField()),
                ('state', models.CharField(default='drawn', max_length=12)),
                ('due_on', models.DateField(help_text='last day of the step it stands in; null once nothing is open', null=True)),
                ('weight', models.IntegerField(default=1)),
                ('reasons', models.JSONField(default=list)),
                ('extension', models.CharField(blank=True, default='', help_text='asked, granted, refused; one a case', max_length=8)),
                ('circular_no', models.CharField(blank=True, default='', max_length=60)),
                ('circulated_on', models.DateField(null=True)),
                ('heard_at', models.DateTimeField(null=True)),
                ('opened_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('version', models.IntegerField(default=1)),
                ('title', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reinspections', to='titles.title')),
                ('round', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reinspections', to='titles.reinspectionround')),
            ],
        ),
        migrations.CreateModel(
            name='ReinspectionSide',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('account', models.BigIntegerField()),
                ('side', models.CharField(max_length=12)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sides', to='titles.reinspection')),
            ],
        ),
        migrations.CreateModel(
            name='ReinspectionStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('step', models.CharField(max_length=24)),
                ('side', models.CharField(max_length=12, null=True)),
                ('account', models.BigIntegerField(null=True)),
                ('text', models.CharField(blank=True, default='', max_length=2000)),
                ('document_no', models.CharField(blank=True, default='', max_length=60)),
                ('day', models.DateField(help_text='day of the document, or the new last day', null=True)),
                ('at', models.DateTimeField()),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='titles.reinspection')),
            ],
        ),
        migrations.CreateModel(
            name='TitleSign',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('kind', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=12)),
                ('said', models.JSONField(default=list, help_text='sentences in both languages')),
                ('since', models.DateField()),
                ('until', models.DateField(null=True)),
                ('title', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='signs', to='titles.title')),
            ],
        ),
        migrations.CreateModel(
            name='RectificationItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('code', models.CharField(blank=True, default='', help_text='the indicator or condition; empty for none', max_length=20)),
                ('text', models.CharField(max_length=500)),
                ('remedy', models.CharField(blank=True, default='', max_length=1000)),
                ('remedied_at', models.DateTimeField(null=True)),
                ('is_cured', models.BooleanField(null=True)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='titles.reinspection')),
            ],
            options={
                'indexes': [models.Index(fields=['case', 'id'], name='rectification_items')],
            },
        ),
        migrations.AddIndex(
            model_name='reinspection',
            index=models.Index(fields=['area', 'state'], name='reinspection_by_area'),
        ),
        migrations.AddIndex(
            model_name='reinspection',
            index=models.Index(fields=['due_on', 'area'], name='reinspection_by_due'),
        ),
        migrations.AddConstraint(
            model_name='reinspection',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('drawn', 'inspecting', 'rectifying', 'recheck', 'proposed', 'appealed'))), fields=('title',), name='reinspection_one_running'),
        ),
        migrations.AddConstraint(
            model_name='reinspection',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ('drawn', 'inspecting', 'rectifying', 'recheck', 'proposed', 'revoked', 'appealed', 'kept', 'restored', 'final'))), name='reinspection_states'),
        ),
        migrations.AddConstraint(
            model_name='reinspection',
            constraint=models.CheckConstraint(condition=models.Q(('extension__in', ['', 'asked', 'granted', 'refused'])), name='reinspection_extension'),
        ),
        migrations.AddConstraint(
            model_name='reinspectionside',
            constraint=models.UniqueConstraint(fields=('case', 'account'), name='reinspection_one_side'),
        ),
        migrations.AddConstraint(
            model_name='reinspectionside',
            constraint=models.UniqueConstraint(fields=('case', 'account', 'side'), name='reinspection_side_named'),
        ),
        migrations.AddConstraint(
            model_name='reinspectionside',
            constraint=models.CheckConstraint(condition=models.Q(('side__in', ('lead', 'community', 'assess', 'recheck', 'decide', 'judge'))), name='reinspection_sides'),
        ),
        migrations.AddIndex(
            model_name='reinspectionstep',
            index=models.Index(fields=['case', 'id'], name='reinspection_steps'),
        ),
        migrations.AddConstraint(
            model_name='reinspectionstep',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('side', None), ('step', 'drawn')), models.Q(('side', 'lead'), ('step__in', ('begun', 'circulated', 'kept', 'extension_granted', 'extension_refused', 'recheck_begun', 'item_judged', 'revocation_proposed'))), models.Q(('side', 'community'), ('step__in', ('remedied', 'extension_asked', 'heard', 'appealed'))), models.Q(('side', 'decide'), ('step__in', ('revoked', 'dismissed'))), models.Q(('side', 'judge'), ('step__in', ('restored', 'upheld'))), _connector='OR'), name='reinspection_step_sides'),
        ),
        migrations.AddConstraint(
            model_name='reinspectionstep',
            constraint=models.CheckConstraint(condition=models.Q(('step', 'drawn'), models.Q(('account__isnull', False), ('side__isnull', False)), _connector='OR'), name='reinspection_step_by_somebody'),
        ),
        migrations.AddIndex(
            model_name='titlesign',
            index=models.Index(fields=['area', 'name'], name='title_sign_by_area'),
        ),
        migrations.AddConstraint(
            model_name='titlesign',
            constraint=models.UniqueConstraint(condition=models.Q(('until', None)), fields=('title', 'name'), name='title_sign_once'),
        ),
        migrations.AddConstraint(
            model_name='titlesign',
            constraint=models.CheckConstraint(condition=models.Q(('name__in', ['condition', 'below', 'overdue'])), name='title_sign_names'),
        ),
        # kept by hand: what the models cannot say
        migrations.RunSQL(
            sql="""alter table titles_reinspectionstep add constraint reinspection_step_is_taken_on_its_side
                foreign key (case_id, account, side) references titles_reinspectionside (case_id, account, side)""",
            reverse_sql="alter table titles_reinspectionstep drop constraint reinspection_step_is_taken_on_its_side",
        ),
        migrations.RunSQL(
            sql="""create function refuse_removed_title() returns trigger language plpgsql as $$
begin
  if old.origin <> 'history' or old.revoked_on is not null or old.lifted_on is not null then
    raise exception 'Title % was given or taken here and is never removed; revoke it.', old.id using errcode = 'check_violation';
  end if;
  return old;
end $$;
create trigger title_is_never_removed before delete on titles_title for each row execute function refuse_removed_title();
create function refuse_moved_side() returns trigger language plpgsql as $$
begin
  if (new.case_id, new.account, new.side) is distinct from (old.case_id, old.account, old.side) then
    raise exception 'An account stays on its side of a re-inspection (%).', old.case_id using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger side_is_kept before update on titles_reinspectionside for each row execute function refuse_moved_side()""",
            reverse_sql="drop function refuse_removed_title() cascade; drop function refuse_moved_side() cascade",
        ),
    ]
