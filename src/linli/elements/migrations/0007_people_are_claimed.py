# SPDX-License-Identifier: MulanPSL-2.0
"""Who keeps a person in the whole city, requests to hand him over, codes of own pages, sealed compartments."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

SIGHT = """nullif(current_setting('linli.lo', true), '')::bigint and {column} < nullif(current_setting('linli.hi', true), '')::bigint"""


def inside(column: str) -> str:
    """The condition that an area lies in the sight in force: the functions below run as the owner, whom no policy binds."""
    return f"{column} >= {SIGHT.format(column=column)}"


class Migration(migrations.Migration):

    dependencies: ClassVar = [
        ("elements", "0006_records_are_kept_up"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name='Compartment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place_area', models.BigIntegerField()),
                ('kind', models.CharField(max_length=40)),
                ('wrapped', models.BinaryField(help_text="the compartment's own key")),
                ('made_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='CompartmentEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sealed', models.BinaryField()),
                ('written_by', models.BigIntegerField()),
                ('written_at', models.DateTimeField()),
                ('compartment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='elements.compartment')),
            ],
        ),
        migrations.CreateModel(
            name='AccessCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('digest', models.UUIDField(unique=True)),
                ('made_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='codes', to='elements.person')),
                ('post', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='codes', to='elements.post')),
            ],
            options={
                'indexes': [models.Index(fields=['person', '-id'], name='code_by_person')],
            },
        ),
        migrations.CreateModel(
            name='Claim',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area', models.BigIntegerField()),
                ('side', models.CharField(help_text='asking, asked', max_length=8)),
                ('pair', models.BigIntegerField(null=True)),
                ('number', models.UUIDField(help_text='keyed index of the identity number that was given')),
                ('person', models.BigIntegerField(help_text='the record; on the asking side only once it was handed over', null=True)),
                ('other_area', models.BigIntegerField(help_text='on the asked side: who asks; on the asking side empty', null=True)),
                ('name', models.CharField(help_text='as the asking side gave it, for the other side to compare', max_length=60)),
                ('reason', models.CharField(max_length=20)),
                ('note', models.CharField(default='', max_length=200)),
                ('state', models.CharField(default='waiting', max_length=16)),
                ('asked_at', models.DateTimeField()),
                ('asked_on', models.DateField()),
                ('answer_by', models.DateTimeField(help_text='from then on the level above decides')),
                ('answered_at', models.DateTimeField(null=True)),
                ('answered_by', models.BigIntegerField(help_text='on the side that answered: the account', null=True)),
                ('answer', models.CharField(default='', max_length=200)),
                ('version', models.IntegerField(default=1)),
                ('post', models.ForeignKey(help_text='on the asking side: who asked', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='claims', to='elements.post')),
            ],
            options={
                'indexes': [models.Index(fields=['area', 'side', '-id'], name='claim_by_area'), models.Index(fields=['pair'], name='claim_by_pair'), models.Index(condition=models.Q(('side', 'asked')), fields=['person'], name='claim_by_person'), models.Index(condition=models.Q(('side', 'asking')), fields=['post', 'asked_on'], name='claim_by_day')],
            },
        ),
        migrations.CreateModel(
            name='CompartmentKeeper',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('account', models.BigIntegerField()),
                ('named_by', models.BigIntegerField()),
                ('named_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('compartment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='keepers', to='elements.compartment')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('compartment', 'account'), name='keeper_once')],
            },
        ),
        # kept by hand: what the models cannot say
        migrations.RunSQL(
            sql="""create function keep_identities() returns trigger language plpgsql security definer set search_path = public as $$
                begin
                  insert into elements_identity ("index", person, place_area)
                    select id_index, id, area from fresh where id_index is not null order by id on conflict ("index") do nothing;
                  return null;
                end $$;
                create trigger person_is_kept after insert on elements_person referencing new table as fresh
                  for each statement execute function keep_identities();
                create function follow_number() returns trigger language plpgsql security definer set search_path = public as $$
                begin
                  delete from elements_identity where "index" = old.id_index and person = old.id;
                  insert into elements_identity ("index", person, place_area)
                    select id_index, id, area from elements_person where id_index = old.id_index and id <> old.id order by id limit 1
                    on conflict ("index") do nothing;
                  if tg_op = 'UPDATE' and new.id_index is not null then
                    insert into elements_identity ("index", person, place_area) values (new.id_index, new.id, new.area) on conflict ("index") do nothing;
                  end if;
                  return null;
                end $$;
                create trigger person_changes_number after update of id_index on elements_person
                  for each row when (old.id_index is distinct from new.id_index) execute function follow_number();
                create trigger person_is_removed after delete on elements_person
                  for each row when (old.id_index is not null) execute function follow_number()""",
            reverse_sql="""drop trigger person_is_kept on elements_person; drop trigger person_changes_number on elements_person;
                drop trigger person_is_removed on elements_person; drop function keep_identities(); drop function follow_number()""",
        ),
        migrations.RunSQL(
            sql=f"""create function kept_elsewhere(numbers uuid[]) returns setof uuid language sql stable security definer set search_path = public as $$
                select i."index" from elements_identity i join elements_person p on p.id = i.person
                where i."index" = any(numbers) and current_setting('linli.lo', true) <> '' and not ({inside("p.area")}) $$""",
            reverse_sql="drop function kept_elsewhere(uuid[])",
        ),
        migrations.RunSQL(
            sql=f"""create function ask_for_person(claim bigint) returns text language plpgsql volatile security definer set search_path = public as $$
                declare asking elements_claim; kept elements_person;
                begin
                  select * into asking from elements_claim c where c.id = claim and c.side = 'asking' and c.pair is null and {inside("c.area")} for update;
                  if not found then return null; end if;
                  select p.* into kept from elements_identity i join elements_person p on p.id = i.person where i."index" = asking.number;
                  if kept.id is null then asking.state := 'free';
                  elsif {inside("kept.area")} then asking.state := 'here';
                  else
                    asking.state := 'waiting';
                    insert into elements_claim (area, side, pair, number, person, other_area, name, reason, note, state, asked_at, asked_on, answer_by, answer, version)
                      values (kept.area, 'asked', asking.id, asking.number, kept.id, asking.area, asking.name, asking.reason, asking.note, 'waiting',
                              asking.asked_at, asking.asked_on, asking.answer_by, '', 1);
                  end if;
                  update elements_claim set state = asking.state, pair = asking.id where id = claim;
                  return asking.state;
                end $$""",
            reverse_sql="drop function ask_for_person(bigint)",
        ),
        migrations.RunSQL(
            sql=f"""create function answer_claim(claim bigint, verdict text, who bigint, said text, moment timestamptz, today date, place_code text)
                returns text language plpgsql volatile security definer set search_path = public as $$
                declare asked elements_claim; asking elements_claim;
                begin
                  if verdict not in ('accepted', 'refused', 'decided_for', 'decided_against') then raise exception 'No such verdict: %', verdict; end if;
                  select * into asked from elements_claim c where c.id = claim and c.side = 'asked' and c.state in ('waiting', 'refused')
                    and {inside("c.area")} for update;
                  if not found then return null; end if;
                  select * into asking from elements_claim c where c.id = asked.pair for update;
                  if verdict in ('accepted', 'decided_for') then
                    perform hand_over_person(asked.person, asking.area, asking.reason, today, place_code);
                    update elements_claim set area = asking.area where side = 'asked' and person = asked.person and id <> asked.id and state in ('waiting', 'refused');
                    update elements_claim set person = asked.person where id = asking.id;
                  end if;
                  update elements_claim set state = verdict, answered_at = moment, answered_by = who, answer = said, version = version + 1 where id = asked.id;
                  update elements_claim set state = verdict, answered_at = moment, version = version + 1,
                    answer = case when verdict like 'decided%%' then said else '' end where id = asking.id;
                  return verdict;
                end $$;
                create function hand_over_person(who bigint, target bigint, why text, today date, place_code text) returns void
                language plpgsql volatile set search_path = public as $$
                begin
                  update elements_membership set area = target, until = coalesce(until, greatest(today, since)) where person_id = who;
                  update elements_residence set area = target, until = case
                    when until is null and (tie in ('living', 'tenant') or (tie = 'registered' and why <> 'living')) then greatest(today, since) else until end
                    where person_id = who;
                  update elements_consent set area = target where person_id = who;
                  update elements_proposal set area = target where person_id = who;
                  update elements_accesscode set area = target where person_id = who;
                  update core_subjectkey set area = target where subject_kind = 'person' and subject = who;
                  update core_facet set area = target where subject_kind = 'person' and subject = who;
                  update elements_person set area = target, left_on = null, came_on = today, version = version + 1,
                    registered_at = case when why = 'living' and registered_at = '' and standing in ('together', 'registered') then place_code
                                         when why <> 'living' then '' else registered_at end,
                    standing = case why when 'both' then 'together' when 'registered' then 'registered' else 'living' end where id = who;
                  update elements_identity set place_area = target where person = who;
                end $$""",
            reverse_sql="drop function answer_claim(bigint, text, bigint, text, timestamptz, date, text); drop function hand_over_person(bigint, bigint, text, date, text)",
        ),
        migrations.RunSQL(
            sql="""create function person_of_code(given uuid, moment timestamptz) returns table (person bigint, area bigint, expires_at timestamptz)
                language sql stable security definer set search_path = public as $$
                select c.person_id, p.area, c.expires_at from elements_accesscode c join elements_person p on p.id = c.person_id
                where c.digest = given and c.revoked_at is null and c.expires_at > moment $$""",
            reverse_sql="drop function person_of_code(uuid, timestamptz)",
        ),
        migrations.RunSQL(
            sql=f"""create function compartment_open(place bigint, sort text, key bytea, named bigint[], who bigint, moment timestamptz) returns bigint
                language plpgsql volatile security definer set search_path = public as $$
                declare made bigint;
                begin
                  if not ({inside("place")}) or not who = any(named) then return null; end if;
                  insert into elements_compartment (place_area, kind, wrapped, made_at) values (place, sort, key, moment) returning id into made;
                  insert into elements_compartmentkeeper (compartment_id, account, named_by, named_at) select distinct made, one, who, moment from unnest(named) one;
                  return made;
                end $$;
                create function compartment_of(compartment bigint, who bigint) returns table (place bigint, sort text, key bytea)
                language sql stable security definer set search_path = public as $$
                select c.place_area, c.kind::text, c.wrapped from elements_compartment c where c.id = compartment and c.closed_at is null and {inside("c.place_area")}
                  and exists (select from elements_compartmentkeeper k where k.compartment_id = c.id and k.account = who and k.ended_at is null) $$;
                create function compartment_entries(compartment bigint, who bigint) returns table (id bigint, sealed bytea, written_by bigint, written_at timestamptz)
                language sql stable security definer set search_path = public as $$
                select e.id, e.sealed, e.written_by, e.written_at from elements_compartmententry e
                where e.compartment_id = compartment and exists (select from compartment_of(compartment, who)) order by e.id $$;
                create function compartment_write(compartment bigint, who bigint, content bytea, moment timestamptz) returns bigint
                language sql volatile security definer set search_path = public as $$
                insert into elements_compartmententry (compartment_id, sealed, written_by, written_at)
                select compartment, content, who, moment where exists (select from compartment_of(compartment, who)) returning id $$;
                create function compartment_name(compartment bigint, who bigint, other bigint, is_added boolean, moment timestamptz) returns boolean
                language plpgsql volatile security definer set search_path = public as $$
                begin
                  perform 1 from elements_compartment c where c.id = compartment for update;
                  if not exists (select from compartment_of(compartment, who)) then return null; end if;
                  if is_added then
                    insert into elements_compartmentkeeper (compartment_id, account, named_by, named_at) values (compartment, other, who, moment) on conflict do nothing;
                    return true;
                  end if;
                  if not exists (select from elements_compartmentkeeper k where k.compartment_id = compartment and k.account <> other and k.ended_at is null) then
                    return false;
                  end if;
                  update elements_compartmentkeeper k set ended_at = moment where k.compartment_id = compartment and k.account = other and k.ended_at is null;
                  return true;
                end $$;
                create function compartment_keys(header bytea, after bigint, most integer) returns table (id bigint, wrapped bytea)
                language sql stable security definer set search_path = public as $$
                select c.id, c.wrapped from elements_compartment c where c.id > after and substring(c.wrapped from 1 for 4) <> header order by c.id limit most $$;
                create function compartment_rewrap(ids bigint[], before bytea[], fresh bytea[]) returns bigint
                language sql volatile security definer set search_path = public as $$
                with changed as (update elements_compartment c set wrapped = v.fresh from unnest(ids, before, fresh) as v(id, before, fresh)
                  where c.id = v.id and c.wrapped = v.before returning 1) select count(*) from changed $$""",
            reverse_sql="""drop function compartment_rewrap(bigint[], bytea[], bytea[]); drop function compartment_keys(bytea, bigint, integer);
                drop function compartment_name(bigint, bigint, bigint, boolean, timestamptz); drop function compartment_write(bigint, bigint, bytea, timestamptz);
                drop function compartment_entries(bigint, bigint); drop function compartment_of(bigint, bigint);
                drop function compartment_open(bigint, text, bytea, bigint[], bigint, timestamptz)""",
        ),
    ]
