# SPDX-License-Identifier: MulanPSL-2.0
"""Candidates for merging, what is no duplicate, and mergings and splits that can be undone."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("matters", "0004_routes_are_versioned"),
    ]

    operations = [
        migrations.CreateModel(
            name='Joining',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('sort', models.CharField(help_text='merge or split', max_length=10)),
                ('into', models.BigIntegerField(null=True)),
                ('is_by_reporter', models.BooleanField(default=False, help_text='the reporter said himself that it is the same, when reporting')),
                ('stood', models.JSONField(default=dict, help_text='phase, due dates and running clocks before')),
                ('reason', models.CharField(default='', max_length=40)),
                ('by', models.BigIntegerField(null=True)),
                ('at', models.DateTimeField()),
                ('undone_by', models.BigIntegerField(null=True)),
                ('undone_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Likeness',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('one', models.BigIntegerField()),
                ('two', models.BigIntegerField()),
                ('points', models.SmallIntegerField(help_text='0 to 100; see matters/alike.py')),
                ('metres', models.IntegerField(help_text='between the two positions; null where one has none', null=True)),
                ('seconds', models.BigIntegerField(help_text='between the two reports')),
                ('words', models.JSONField(default=list, help_text='words that both use')),
                ('found_at', models.DateTimeField()),
                ('denied_by', models.BigIntegerField(null=True)),
                ('denied_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name='question',
            name='answered_by',
            field=models.BigIntegerField(help_text='the matter whose reporter answered, where several reported the same', null=True),
        ),
        migrations.AddField(
            model_name='rating',
            name='leading',
            field=models.BigIntegerField(help_text="the matter that was rated, where the reporter's own was merged into it", null=True),
        ),
        migrations.AddIndex(
            model_name='matter',
            index=models.Index(condition=models.Q(('is_open', True), models.Q(('cell', None), _negated=True)), fields=['cell', '-id'], name='open_by_cell'),
        ),
        migrations.AddIndex(
            model_name='matter',
            index=models.Index(condition=models.Q(('is_open', True), models.Q(('address', ''), _negated=True)), fields=['community', 'address', '-id'], name='open_by_address'),
        ),
        migrations.AddIndex(
            model_name='rating',
            index=models.Index(condition=models.Q(('leading', None), _negated=True), fields=['leading'], name='rating_of_leading'),
        ),
        migrations.AddField(
            model_name='joining',
            name='matter',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='joinings', to='matters.matter'),
        ),
        migrations.AddIndex(
            model_name='likeness',
            index=models.Index(fields=['two'], name='alike_by_later'),
        ),
        migrations.AddConstraint(
            model_name='likeness',
            constraint=models.UniqueConstraint(fields=('one', 'two'), name='alike_once'),
        ),
        migrations.AddConstraint(
            model_name='likeness',
            constraint=models.CheckConstraint(condition=models.Q(('one__lt', models.F('two'))), name='alike_in_order'),
        ),
        migrations.AddIndex(
            model_name='joining',
            index=models.Index(condition=models.Q(('undone_at', None), models.Q(('into', None), _negated=True)), fields=['into'], name='joined_into'),
        ),
        migrations.AddConstraint(
            model_name='joining',
            constraint=models.UniqueConstraint(condition=models.Q(('undone_at', None)), fields=('matter', 'sort'), name='joined_once'),
        ),
        migrations.AddConstraint(
            model_name='joining',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('into__isnull', False), ('sort', 'merge')), models.Q(('into__isnull', True), ('sort', 'split')), _connector='OR'), name='merged_into_something'),
        ),
        migrations.AddConstraint(
            model_name='joining',
            constraint=models.CheckConstraint(condition=models.Q(('into', models.F('matter')), _negated=True), name='never_into_itself'),
        ),
        # kept by hand: what the models cannot say
        migrations.RunSQL(
            sql="""create function leading_matter(matter bigint) returns bigint language sql stable security definer set search_path = public as $$
                with recursive chain as (
                  select id, merged_into, 0 as hops from matters_matter where id = matter
                  union all select m.id, m.merged_into, hops + 1 from matters_matter m join chain c on m.id = c.merged_into where hops < 100)
                select id from chain where merged_into is null $$""",
            reverse_sql="drop function leading_matter(bigint)",
        ),
        migrations.RunSQL(
            sql="""create function lead_followers(matter bigint, lead bigint) returns void language sql volatile security definer set search_path = public as $$
                with recursive below as (
                  select matter as id
                  union select f.id from below b cross join lateral (
                    select j.matter_id as id from matters_joining j where j."into" = b.id and j.undone_at is null
                    union all select p.id from matters_matter p where p.parent = b.id and p.phase = 'merged') f)
                update matters_matter m set merged_into = lead from below b where m.id = b.id and m.id <> matter and m.merged_into is not null $$""",
            reverse_sql="drop function lead_followers(bigint, bigint)",
        ),
        migrations.RunSQL(
            sql="""create function tree_of(matter bigint) returns setof bigint language sql stable security definer set search_path = public as $$
                with recursive up as (
                  select id, parent from matters_matter where id = matter
                  union select m.id, m.parent from matters_matter m join up on m.id = up.parent),
                down as (
                  select id from up where parent is null
                  union select m.id from matters_matter m join down on m.parent = down.id)
                select id from down $$""",
            reverse_sql="drop function tree_of(bigint)",
        ),
        migrations.RunSQL(
            sql="""create function handled_in_tree(matter bigint, who bigint, office bigint) returns boolean
                language sql stable security definer set search_path = public as $$
                select exists (select from matters_handling h where h.matter_id in (select tree_of(matter)) and (h.person = who or h.unit = office)) $$;
                create function verified_in_tree(matter bigint, who bigint, office bigint) returns boolean
                language sql stable security definer set search_path = public as $$
                select exists (select from matters_verification v where v.matter_id <> matter and v.matter_id in (select tree_of(matter))
                               and (v.verifier = who or v.verifier_unit = office)) $$""",
            reverse_sql="drop function handled_in_tree(bigint, bigint, bigint); drop function verified_in_tree(bigint, bigint, bigint)",
        ),
        migrations.RunSQL(
            sql="""create or replace function refuse_own_verification() returns trigger language plpgsql security definer set search_path = public as $$
                begin
                  perform wait_for_tree(new.matter_id);
                  if handled_in_tree(new.matter_id, new.verifier, new.verifier_unit) then
                    raise exception 'A verification is never done by who handled, nor by a handling unit, in the whole tree (matter %)', new.matter_id
                      using errcode = 'check_violation';
                  end if;
                  return new;
                end $$;
                create function refuse_handling_after_verification() returns trigger language plpgsql security definer set search_path = public as $$
                begin
                  perform wait_for_tree(new.matter_id);
                  if verified_in_tree(new.matter_id, new.person, new.unit) then
                    raise exception 'Who verified one part of a tree does not handle another, nor does his unit (matter %)', new.matter_id
                      using errcode = 'check_violation';
                  end if;
                  return new;
                end $$;
                create function wait_for_tree(matter bigint) returns void language plpgsql volatile security definer set search_path = public as $$
                declare root bigint; members bigint;
                begin
                  select min(member), count(*) into root, members from tree_of(matter) as member;
                  if members > 1 then perform pg_advisory_xact_lock(7366, (root % 2147483647)::int); end if;
                end $$;
                create trigger handling_is_independent before insert on matters_handling
                  for each row execute function refuse_handling_after_verification()""",
            reverse_sql="""drop trigger handling_is_independent on matters_handling;
                drop function refuse_handling_after_verification();
                create or replace function refuse_own_verification() returns trigger language plpgsql security definer set search_path = public as $$
                begin
                  if exists (select from matters_handling h where h.matter_id = new.matter_id
                             and (h.person = new.verifier or h.unit = new.verifier_unit)) then
                    raise exception 'A verification is never done by who handled, nor by a handling unit (matter %)', new.matter_id
                      using errcode = 'check_violation';
                  end if;
                  return new;
                end $$;
                drop function wait_for_tree(bigint)""",
        ),
    ]
