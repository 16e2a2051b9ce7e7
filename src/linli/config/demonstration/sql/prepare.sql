-- Helper tables of the city load: who is where (65,536 slots, drawn by weight), what happens (1,024 slots), phrases, and hours.
create unlogged table demo_slot as
with team as (
  select c.place_area as area, c.is_demonstration as is_made_up, c.parent_id as street,
         (select count(*) from elements_place g where g.parent_id = c.id and g.level = 'grid')::int as grids,
         w.account_id as worker, w.organisation_id as worker_unit
    from elements_place c join elements_post w on w.place_id = c.id and w.role = 'gridworker'
   where c.level = 'community' and c.valid_to is null),
street as (
  select p.place_id as street,
         min(p.account_id) filter (where p.role = 'dispatcher') as dispatcher,
         min(p.organisation_id) filter (where p.role = 'dispatcher') as dispatcher_unit,
         array_agg(p.account_id order by p.id) filter (where p.role = 'handler') as handlers,
         array_agg(p.organisation_id order by p.id) filter (where p.role = 'handler') as units
    from elements_post p where p.role in ('dispatcher', 'handler') group by 1),
weighed as (
  select t.*, s.dispatcher, s.dispatcher_unit, s.handlers, s.units,
         sum(weight) over (order by t.area) as upto, sum(weight) over () as whole
    from (select *, 40 + (hashint8extended(area, :seed) & 63) as weight from team) t join street s using (street)),
ranged as (select *, ((upto - weight) * 65536 / whole)::int as first_slot, (upto * 65536 / whole)::int as end_slot from weighed)
select slot::int, area, is_made_up, grids, worker, worker_unit, dispatcher, dispatcher_unit, handlers, units
  from ranged cross join lateral generate_series(first_slot, end_slot - 1) slot;
alter table demo_slot add primary key (slot);

create unlogged table demo_category as
with known as (
  select c.id, c.kind, c.code, c.name_zh,
         case when c.kind = 'six_problems' then 14 else coalesce(w.weight, 0) end as weight
    from matters_category c
    left join (values ('06010', 130), ('06012', 90), ('09010', 80), ('09009', 70), ('06036', 70), ('09011', 60), ('01037', 50), ('06013', 50),
                      ('07001', 50), ('06017', 40), ('03005', 40), ('06042', 40), ('06028', 35), ('09005', 30), ('01001', 20), ('01003', 20),
                      ('06035', 25), ('06040', 15), ('09012', 15), ('02038', 10), ('04002', 15), ('01046', 15), ('06041', 20), ('10002', 10),
                      ('01076', 10), ('08001', 10)) as w (code, weight) on w.code = c.code and c.kind = 'grid_event'
   where c.kind <> ''),
ranged as (
  select *, sum(weight) over (order by kind, code) as upto, sum(weight) over () as whole from known where weight > 0)
select slot::int, id as category, kind, name_zh as name
  from ranged cross join lateral generate_series(((upto - weight) * 1024 / whole)::int, (upto * 1024 / whole)::int - 1) slot;
alter table demo_category add primary key (slot);

create unlogged table demo_phrase (slot int primary key, phrase text not null);
insert into demo_phrase
select row_number() over () - 1, a || b
  from unnest(array['，影响通行', '，已有两三天', '，居民反映', '，巡查时发现', '，老人小孩经过不便', '，味道较重', '，雨后更明显', '']) a,
       unnest(array['，请处理。', '，请尽快处理。', '，请派人看看。', '，麻烦安排。', '，望解决。', '，请核实。', '，谢谢。', '。']) b;
analyze demo_slot; analyze demo_category; analyze demo_phrase;
