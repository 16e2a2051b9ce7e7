-- Positions for the matters of a city load, which have none: inside the rectangle of their grid (or of all grids of their community), four in ten
-- at one of forty addresses. Nine in ten of the last ten days are put back into handling, a third of them overdue: the load leaves hardly any open.
create function pg_temp.spread(n bigint) returns bigint language sql immutable as $$
  select (d | (d << 1)) & 6148914691236517205 from (select (c | (c << 2)) & 3689348814741910323 as d from (
    select (b | (b << 4)) & 1085102592571150095 as c from (select (a | (a << 8)) & 71777214294589695 as b from (
      select (n | (n << 16)) & 281470681808895 as a) x) x) x) x $$;
create temp table demo_box as
with corner as (
  select p.place_area as area, (b.shape #>> '{coordinates,0,0,0}')::numeric as w, (b.shape #>> '{coordinates,0,0,1}')::numeric as s,
         (b.shape #>> '{coordinates,0,2,0}')::numeric as e, (b.shape #>> '{coordinates,0,2,1}')::numeric as n
    from elements_boundary b join elements_place p on p.id = b.place_id where p.level = 'grid'),
boxed as (
  select area, least(w, e) as w, least(s, n) as s, greatest(w, e) as e, greatest(s, n) as n from corner
  union all
  select area / 1000 * 1000, min(least(w, e)), min(least(s, n)), max(greatest(w, e)), max(greatest(s, n)) from corner group by 1)
select area, (w * 1000000)::bigint as w, (s * 1000000)::bigint as s, (e * 1000000)::bigint as e, (n * 1000000)::bigint as n from boxed;
create unique index on demo_box (area);
analyze demo_box;
with drawn as (
  select m.id, m.reported_at, h, b.*, case when (h >> 40) % 10 < 4 then abs(hashint8extended(((h >> 20) & 32767) % 40, m.area) / 2) else h end as p
    from matters_matter m join demo_box b on b.area = m.area cross join lateral (select abs(hashint8extended(m.id, 7) / 2) as h) x where m.cell is null),
placed as (
  select id, w + (e - w) * (p & 65535) / 65536 as lon, s + (n - s) * ((p >> 16) & 65535) / 65536 as lat,
         (h >> 50) % 10 < 9 and reported_at > (select max(reported_at) from matters_matter) - interval '10 days' as is_left, (h >> 54) % 3 = 0 as is_late
    from drawn)
update matters_matter m
   set lon_e6 = lon, lat_e6 = lat, cell = pg_temp.spread((lon + 180000000) / 1000) | (pg_temp.spread((lat + 90000000) / 1000) << 1),
       phase = case when is_left then 'handling' else m.phase end, closed_at = case when is_left then null else m.closed_at end,
       due_at = case when is_left then m.reported_at + case when is_late then interval '5 minutes' else interval '90 days' end else m.due_at end
  from placed where placed.id = m.id;
