# SPDX-License-Identifier: MulanPSL-2.0
"""What the search box searches: the names that are borne, indexes of pairs of characters, and functions that add the range of the sight themselves.

A function here runs as the owner, whom no fence binds: so each takes the range from the sight in force and from nothing that the caller says.
Without a sight it answers nothing.
"""

import django.contrib.postgres.indexes
from django.db import migrations, models
from django.db.models import F, Func, Q

SIGHT = "coalesce(nullif(current_setting('linli.lo', true), '')::bigint, 0), coalesce(nullif(current_setting('linli.hi', true), '')::bigint, 0)"
PLANNED = "set search_path = public set plan_cache_mode = force_custom_plan set enable_bitmapscan = on set enable_hashjoin = off set enable_mergejoin = off"
DEFINER = f"language plpgsql stable security definer {PLANNED}"
"""Planned anew for each question: how wide the range is and how long the text decides the way."""

PAIRS = """
create function text_pairs(given text) returns text[] language sql immutable strict parallel safe as $$
  select coalesce(array_agg(distinct substr(given, place, 2)), '{}') from generate_series(1, char_length(given) - 1) place $$;
create function spelled_of(key text) returns text language sql immutable strict parallel safe as $$ select replace(split_part(key, '|', 1), ' ', '') $$;
create function initials_of(key text) returns text language sql immutable strict parallel safe as $$ select split_part(key, '|', 2) $$;
create function given_of(key text) returns text language sql immutable strict parallel safe as $$
  select case when strpos(split_part(key, '|', 1), ' ') = 0 then '' else replace(substr(split_part(key, '|', 1), strpos(key, ' ') + 1), ' ', '') end $$;
create function name_rank(name text, wanted text) returns int language sql immutable strict parallel safe as $$
  select case when name = wanted then 0 when starts_with(name, wanted) then 1 when char_length(wanted) > 1 and strpos(name, wanted) > 0 then 2 end $$;
create function spelled_rank(key text, wanted text) returns int language sql immutable strict parallel safe as $$
  select case when spelled_of(key) = wanted then 0 when starts_with(spelled_of(key), wanted) then 1 when initials_of(key) = wanted then 2
              when starts_with(initials_of(key), wanted) then 3 when char_length(wanted) > 3 and starts_with(given_of(key), wanted) then 4 end $$
"""
"""Ranks: 0 the whole name, 1 its beginning, then initials, parts; null: it does not fit."""

NAMES = """
create function note_names() returns trigger language plpgsql security definer set search_path = public set plan_cache_mode = force_custom_plan as $$
begin
  insert into elements_knownname (name, spelled, given, initials)
    select f.name, spelled_of(f.pinyin), given_of(f.pinyin), initials_of(f.pinyin)
    from (select a.name, max(a.pinyin) as pinyin from (
            select name, pinyin from added where name <> '' union all select former_name, '' from added where former_name <> '') a group by a.name) f
    where not exists (select from elements_knownname k where k.name = f.name collate "C");
  return null;
end $$;
create function renote_names() returns trigger language plpgsql security definer set search_path = public as $$
begin
  insert into elements_knownname (name, spelled, given, initials)
    select f.name, spelled_of(f.pinyin), given_of(f.pinyin), initials_of(f.pinyin)
    from (values (new.name, new.pinyin), (new.former_name, '')) f (name, pinyin)
    where f.name <> '' and not exists (select from elements_knownname k where k.name = f.name collate "C" and (k.spelled = spelled_of(f.pinyin) collate "C" or f.pinyin = ''));
  perform forget_names(array[old.name, old.former_name]);
  return null;
end $$;
create function drop_names() returns trigger language plpgsql security definer set search_path = public as $$
begin
  perform forget_names(array(select name from removed union select former_name from removed));
  return null;
end $$;
create function forget_names(names text[]) returns void language sql volatile security definer set search_path = public as $$
  delete from elements_knownname k where k.name = any (names) and not exists (select from elements_person p where p.name = k.name collate "default")
    and not exists (select from elements_person p where p.former_name = k.name collate "default" and p.former_name <> '') $$;
create function tidy_names() returns bigint language plpgsql volatile security definer set search_path = public as $$
declare done bigint; more bigint;
begin
  delete from elements_knownname k using elements_knownname o where o.name = k.name and o.spelled = k.spelled and o.id < k.id;
  get diagnostics done = row_count;
  delete from elements_knownname k where not exists (select from elements_person p where p.name = k.name collate "default")
    and not exists (select from elements_person p where p.former_name = k.name collate "default" and p.former_name <> '');
  get diagnostics more = row_count;
  done := done + more;
  insert into elements_knownname (name, spelled, given, initials)
    select f.name, spelled_of(max(f.pinyin)), given_of(max(f.pinyin)), initials_of(max(f.pinyin))
    from (select name, pinyin from elements_person where name <> '' union all select former_name, '' from elements_person where former_name <> '') f
    where not exists (select from elements_knownname k where k.name = f.name collate "C") group by f.name;
  get diagnostics more = row_count;
  return done + more;
end $$;
create trigger person_names_added after insert on elements_person referencing new table as added for each statement execute function note_names();
create trigger person_names_removed after delete on elements_person referencing old table as removed for each statement execute function drop_names();
create trigger person_names_changed after update of name, former_name, pinyin on elements_person for each row
  when (old.name is distinct from new.name or old.former_name is distinct from new.former_name or old.pinyin is distinct from new.pinyin)
  execute function renote_names();
select tidy_names()
"""

PEOPLE = f"""
create function find_people(wanted text, is_spelled boolean, most int, after_rank int, after_name text, after_area bigint, after_id bigint)
returns table (rank int, name text, area bigint, id bigint) {DEFINER} as $$
#variable_conflict use_column
declare lo bigint; hi bigint;
begin
  select {SIGHT} into lo, hi;
  if wanted = '' or lo >= hi then return; end if;
  if hi - lo <= 1000 then
    return query select q.r, q.n, q.a, q.i from (
      select case when is_spelled then spelled_rank(p.pinyin, wanted) else least(name_rank(p.name, wanted), name_rank(p.former_name, wanted)) end as r,
             p.name::text collate "C" as n, p.area as a, p.id as i
      from elements_person p where p.area >= lo and p.area < hi
        and case when is_spelled then strpos(replace(p.pinyin, ' ', ''), wanted) > 0 else strpos(p.name, wanted) > 0 or strpos(p.former_name, wanted) > 0 end) q
    where q.r is not null and (q.r, q.n, q.a, q.i) > (after_rank, after_name collate "C", after_area, after_id) order by 1, 2, 3, 4 limit most;
    return;
  end if;
  return query select b.r, b.n, b.a, b.i from (
    select k.r, k.n, f.a, f.i from (select c.r, c.n from known_names(wanted, is_spelled, after_name) c where (c.r, c.n) >= (after_rank, after_name collate "C") order by c.r, c.n) k
    cross join lateral (
      (select p.area as a, p.id as i from elements_person p where p.name = k.n collate "default" and p.area >= lo and p.area < hi
         and ((k.r, k.n) > (after_rank, after_name collate "C") or (p.area, p.id) > (after_area, after_id)) order by p.area, p.id limit most)
      union all
      (select p.area, p.id from elements_person p where p.former_name = k.n collate "default" and p.former_name <> '' and p.name <> p.former_name and not is_spelled
         and p.area >= lo and p.area < hi and ((k.r, k.n) > (after_rank, after_name collate "C") or (p.area, p.id) > (after_area, after_id))
         order by p.area, p.id limit most)) f
    limit most) b order by 1, 2, 3, 4;
end $$;
create function known_names(wanted text, is_spelled boolean, since text) returns table (r int, n text) language plpgsql stable {PLANNED} as $$
declare over text := wanted || chr(1114111); letters text := wanted || chr(123);
begin
  if not is_spelled and char_length(wanted) = 1 then
    return query select case when k.name = wanted then 0 else 1 end, k.name::text from elements_knownname k
      where k.name >= wanted and k.name < over and k.name >= since group by k.name order by k.name limit 3000;
  elsif not is_spelled then
    return query select min(name_rank(k.name, wanted)), k.name::text from elements_knownname k
      where text_pairs(k.name) @> text_pairs(wanted) and strpos(k.name, wanted) > 0 group by k.name;
  else
    return query select min(c.r), c.n from (
      (select case when k.spelled = wanted then 0 else 1 end as r, k.name::text as n from elements_knownname k where k.spelled >= wanted and k.spelled < letters
       order by k.spelled limit 3000)
      union all (select case when k.initials = wanted then 2 else 3 end, k.name from elements_knownname k where k.initials >= wanted and k.initials < letters
                 order by k.initials limit 3000)
      union all (select 4, k.name from elements_knownname k where char_length(wanted) > 3 and k.given >= wanted and k.given < letters order by k.given limit 3000)) c
    group by c.n;
  end if;
end $$;
create function is_registered_elsewhere(number_index uuid) returns boolean {DEFINER} as $$
declare lo bigint; hi bigint;
begin
  select {SIGHT} into lo, hi;
  if lo >= hi then return false; end if;
  return exists (select from elements_identity i where i.index = number_index and (i.place_area < lo or i.place_area >= hi))
      or exists (select from elements_person p where p.id_index = number_index and (p.area < lo or p.area >= hi) and p.standing <> 'gone');
end $$
"""
"""What fits is told by built-in functions first: those of SQL cost ten times as much a row, and rank only what is left. `known_names` runs as its caller: the application, which may not read the names, cannot ask it. Within a community all its people are looked at in the order of an index; above, names come first and their bearers by name and range."""

BUILDINGS = f"""
create index building_by_pairs on elements_building using gin (text_pairs(key));
create function find_buildings(estate text, tail text, from_area bigint, to_area bigint, most int, after_rank int, after_key text, after_id bigint)
returns table (rank int, key text, id bigint) {DEFINER} as $$
#variable_conflict use_column
declare lo bigint; hi bigint;
begin
  select {SIGHT} into lo, hi;
  lo := greatest(lo, from_area); hi := least(hi, to_area);
  if lo >= hi or (estate = '' and tail = '') or (hi - lo > 1000000 and char_length(estate) < 2) then return; end if;
  return query select q.r, q.k, q.i from (
    select name_rank(split_part(b.key, '/', 1), estate) as r, b.key::text collate "C" as k, b.id as i from elements_building b
    where b.area >= lo and b.area < hi and b.valid_to is null and (hi - lo <= 1000000 or text_pairs(b.key) @> text_pairs(estate))
      and strpos(b.key, estate) > 0 and (tail = '' or split_part(b.key, '/', 2) = tail)) q
  where q.r is not null and (q.r, q.k, q.i) > (after_rank, after_key collate "C", after_id) order by 1, 2, 3 limit most;
end $$
"""

NAMED = """
create index {short}_by_pairs on {table} using gin (text_pairs(name));
create index {short}_by_spelling on {table} (spelled_of(pinyin) collate "C");
create index {short}_by_initials on {table} (initials_of(pinyin) collate "C");
create function find_{short}s(wanted text, is_spelled boolean, most int, after_rank int, after_id bigint)
returns table (rank int, id bigint) {definer} as $$
#variable_conflict use_column
declare lo bigint; hi bigint; letters text := wanted || chr(123);
begin
  select {sight} into lo, hi;
  if wanted = '' or lo >= hi then return; end if;
  return query select q.r, q.i from (
    select case when is_spelled then spelled_rank(t.pinyin, wanted) else name_rank(t.name, wanted) end as r, t.id as i from {table} t
    where t.{area} >= lo and t.{area} < hi and t.valid_to is null
      and case when is_spelled then strpos(replace(t.pinyin, ' ', ''), wanted) > 0 else strpos(t.name, wanted) > 0 end
      and (hi - lo <= 1000000
      or (is_spelled and ((spelled_of(t.pinyin) collate "C" >= wanted and spelled_of(t.pinyin) collate "C" < letters)
                       or (initials_of(t.pinyin) collate "C" >= wanted and initials_of(t.pinyin) collate "C" < letters)))
      or (not is_spelled and text_pairs(t.name) @> text_pairs(wanted)))) q
  where q.r is not null and (q.r, q.i) > (after_rank, after_id) order by 1, 2 limit most;
end $$
"""
ORGANISATIONS = NAMED.format(short="organisation", table="elements_organisation", area="place_area", definer=DEFINER, sight=SIGHT)
THINGS = NAMED.format(short="thing", table="elements_thing", area="area", definer=DEFINER, sight=SIGHT)


class Migration(migrations.Migration):

    dependencies = [
        ("elements", "0008_things_and_duties"),
    ]

    operations = [
        migrations.RunSQL(PAIRS, """drop function text_pairs(text), spelled_of(text), initials_of(text), given_of(text), name_rank(text, text),
                                    spelled_rank(text, text)"""),
        migrations.CreateModel(
            name="KnownName",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(db_collation="C", max_length=60)),
                ("spelled", models.CharField(db_collation="C", help_text="pinyin without blanks", max_length=200)),
                ("given", models.CharField(db_collation="C", help_text="the same without its first syllable", max_length=200)),
                ("initials", models.CharField(db_collation="C", max_length=60)),
            ],
            options={"indexes": [
                models.Index(fields=["name"], name="known_name"),
                models.Index(fields=["spelled"], name="known_name_spelled"),
                models.Index(fields=["given"], name="known_name_given"),
                models.Index(fields=["initials"], name="known_name_initials"),
                django.contrib.postgres.indexes.GinIndex(Func(F("name"), function="text_pairs"), name="known_name_pairs"),
            ]},
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["name", "area", "id"], name="person_by_written_name"),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(condition=~Q(former_name=""), fields=["former_name", "area", "id"], name="person_by_former_name"),
        ),
        # kept by hand: what the models cannot say
        migrations.RunSQL(NAMES, """drop trigger person_names_added on elements_person; drop trigger person_names_removed on elements_person;
                                    drop trigger person_names_changed on elements_person; drop function note_names(), renote_names(), drop_names(),
                                    forget_names(text[]), tidy_names()"""),
        migrations.RunSQL(PEOPLE, """drop function find_people(text, boolean, int, int, text, bigint, bigint), known_names(text, boolean, text),
                                     is_registered_elsewhere(uuid)"""),
        migrations.RunSQL(BUILDINGS, "drop function find_buildings(text, text, bigint, bigint, int, int, text, bigint); drop index building_by_pairs"),
        migrations.RunSQL(ORGANISATIONS, """drop function find_organisations(text, boolean, int, int, bigint);
                                            drop index organisation_by_pairs, organisation_by_spelling, organisation_by_initials"""),
        migrations.RunSQL(THINGS, """drop function find_things(text, boolean, int, int, bigint);
                                     drop index thing_by_pairs, thing_by_spelling, thing_by_initials"""),
    ]
