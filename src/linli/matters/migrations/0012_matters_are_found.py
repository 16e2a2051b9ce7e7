# SPDX-License-Identifier: MulanPSL-2.0
"""Words inside the sentences of matters: an index of pairs of characters with the street and the district beside them, and the function that asks it.

The function runs as the owner and takes the range from the sight in force; without a sight it answers nothing.
"""

from django.db import migrations

SQL = """
create function matter_pairs(summary text, address text, area bigint) returns text[] language sql immutable parallel safe as $$
  select public.text_pairs(lower(left(summary, 400))) || public.text_pairs(lower(address)) || array['@' || area / 1000000, '@' || area / 1000000000] $$;
create index matter_by_pairs on matters_matter using gin (matter_pairs(summary, address, area));
create function holds_all(given text, wanted text[]) returns boolean language sql immutable strict parallel safe as $$
  select coalesce(bool_and(strpos(given, word) > 0), false) from unnest(wanted) word $$;
create function find_matters(wanted text[], most int, before bigint) returns setof bigint language plpgsql stable security definer set search_path = public
  set plan_cache_mode = force_custom_plan set enable_bitmapscan = on as $$
declare lo bigint; hi bigint; pairs text[]; newest bigint[]; walk text;
begin
  lo := coalesce(nullif(current_setting('linli.lo', true), '')::bigint, 0);
  hi := coalesce(nullif(current_setting('linli.hi', true), '')::bigint, 0);
  if lo >= hi or coalesce(cardinality(wanted), 0) = 0 then return; end if;
  walk := case hi - lo when 1000 then format('community = %s', lo / 1000) when 1000000 then format('street = %s', lo / 1000000)
                       when 1000000000 then format('district = %s', lo / 1000000000) else format('area >= %s and area < %s', lo, hi) end;
  execute format('select coalesce(array_agg(n.id), ''{}'') from (select m.id from (
      select id, lower(summary || '' '' || address) as told from matters_matter where %s and id < $1 order by id desc limit 2000) m
    where strpos(m.told, $2[1]) > 0 and holds_all(m.told, $2) limit $3) n', walk) into newest using before, wanted, most;
  pairs := array(select distinct unnest(text_pairs(word)) from unnest(wanted) word);
  if cardinality(newest) >= most or cardinality(pairs) = 0 then
    return query select n.id from unnest(newest) n (id) order by 1 desc;
    return;
  end if;
  if hi - lo <= 1000000 then pairs := pairs || array['@' || lo / 1000000]; elsif hi - lo <= 1000000000 then pairs := pairs || array['@' || lo / 1000000000]; end if;
  return query execute format('select m.id from matters_matter m where matter_pairs(m.summary, m.address, m.area) @> %L::text[] and m.area >= %s and m.area < %s
    and m.id < $1 and strpos(lower(m.summary || '' '' || m.address), $2[1]) > 0 and holds_all(lower(m.summary || '' '' || m.address), $2) order by m.id desc limit $3', pairs, lo, hi) using before, wanted, most;
end $$
"""
"""First the newest of the scope: a frequent word is found there at once. Only a rare one goes through the index, whose lists for it are short."""


class Migration(migrations.Migration):

    dependencies = [
        ("elements", "0009_records_are_found"),
        ("matters", "0011_foreign_requests"),
    ]

    operations = [
        migrations.RunSQL(SQL, """drop function find_matters(text[], int, bigint), holds_all(text, text[]); drop index matter_by_pairs;
                                  drop function matter_pairs(text, text, bigint)"""),
    ]
