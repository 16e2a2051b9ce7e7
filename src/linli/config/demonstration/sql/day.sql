-- One day of the city load: matters and everything that hangs on them, from two hashes of the number; the same number is always the same matter.
with drawn as materialized (
  select g as id, x.h1, x.h2, s.*, coalesce(r.id, k.category) as category, coalesce(r.kind, k.kind) as kind, coalesce(r.name_zh, k.name) as what,
         case when (x.h1 >> 26) & 15 = 0 then s.area else s.area + 1 + ((x.h1 >> 30) & 1023) % greatest(s.grids, 1) end as place,
         h.at + (g - h.first_id) * (interval '1 hour' / h.n) as reported_at, h.first_reply_due, h.whole_due,
         ((x.h1 >> 50) & 1023) < 430 as is_resident, 1 + ((x.h2 >> 40) & 3) as pick,
         (x.h2 & 1023)::int as r1, ((x.h2 >> 10) & 1023)::int as r2, ((x.h2 >> 20) & 1023)::int as r3, ((x.h2 >> 30) & 1023)::int as r4
    from demo_hour h
    cross join lateral generate_series(h.first_id, h.first_id + h.n - 1) g
    cross join lateral (select hashint8extended(g, :seed) as h1, hashint8extended(g, :seed + 1) as h2 offset 0) x
    join demo_slot s on s.slot = (x.h1 & 65535)
    join demo_category k on k.slot = ((x.h1 >> 16) & 1023)
    left join matters_category r on r.id = :rare and ((x.h2 >> 44) & 65535) = 7
   where h.day = :day),
fated as (
  select *,
         case when r1 < 20 then 'refused'
              when is_made_up and (r3 < 12 or (reported_at > :cutoff::timestamptz - interval '10 days' and r3 < 500)) then 'open'
              when is_made_up and r1 < 110 then 'rework'
              when is_made_up and r1 < 200 then 'late'
              else 'good' end as fate
    from drawn),
timed as (
  select *, case when fate = 'open' then (array['captured', 'filed', 'dispatched', 'handling', 'verifying'])[1 + r4 % 5] end as stands,
         case when fate = 'late' then interval '1 second' * (259200 + r2 * 1500)
              else least(interval '1 second' * (3600 + r2 * r2 / 16), (first_reply_due - reported_at) * 0.8) end as until_reply,
         interval '1 second' * (case fate when 'late' then 864000 + r2 * 300 when 'rework' then 90000 + r4 * 300 else 1800 + r4 * 60 end) as until_close,
         is_resident and fate in ('good', 'late', 'rework') and ((h2 >> 50) & 1023) < 220 as is_rated
    from fated),
clocked as (
  select *, least(1.0, extract(epoch from :cutoff::timestamptz - reported_at)::float8 / extract(epoch from until_reply + until_close + interval '1 hour')::float8) as f
    from timed),
c as materialized (
  select *, reported_at + until_reply * (f * 0.1) as filed_at, reported_at + until_reply * (f * 0.2) as dispatched_at,
         reported_at + until_reply * (f * 0.3) as received_at, reported_at + until_reply * f as first_replied_at,
         reported_at + until_reply * f + until_close * (f * 0.3) as failed_at, reported_at + until_reply * f + until_close * (f * 0.6) as second_replied_at,
         reported_at + until_reply * f + until_close * (f * 0.8) as verified_at, reported_at + (until_reply + until_close) * f as ended_at,
         reported_at + (until_reply + until_close) * f + interval '1 hour' * f as rated_at,
         handlers[pick] as handler_of, units[pick] as unit_of,
         case when fate = 'open' then stands when fate = 'refused' then 'refused' else 'closed' end as phase_now,
         case when fate = 'open' then array_position(array['captured', 'filed', 'dispatched', 'handling', 'verifying'], stands)
              when fate = 'refused' then 2 else 7 + case when fate = 'rework' then 2 else 0 end + case when is_rated then 1 else 0 end end as version_now,
         case when not is_rated then null when is_made_up then 1 + (r3 % 5) when r3 < 700 then 1 else 2 end as score
    from clocked),
matters as (
  insert into matters_matter (id, area, kind, category_id, phase, version, round, is_passed, source, summary, address, own, unit, handler, reporter,
      is_contactable, returns, failures, verifications, is_verified_by_other, is_provisional, rating, occurred_at, reported_at, filed_at, dispatched_at,
      first_reply_at, first_reply_due_at, replied_at, due_at, close_due_at, closed_at,
      parts_open, reopenings, is_paused, is_supervised, is_secret)
  select id, place, kind, category, phase_now, version_now, case when fate = 'rework' then 2 else 1 end, phase_now = 'closed',
         case when is_resident then 'resident' else 'patrol' end, what || p.phrase,
         case when kind = 'six_problems' and not is_made_up then '第' || id || '处' else 1 + r4 % 40 || '号楼' end,
         case when r4 < 20 and kind = 'grid_event' then '{"urgency": "urgent"}'::jsonb else '{}'::jsonb end,
         case when version_now >= 3 then unit_of end, case when version_now >= 4 then handler_of end, case when not is_resident then worker end,
         is_resident, 0, case when fate = 'rework' then 1 else 0 end,
         case when fate = 'rework' then 2 when phase_now = 'closed' then 1 else 0 end, phase_now = 'closed', false, score,
         reported_at, reported_at, case when fate <> 'refused' and version_now >= 2 then filed_at end, case when version_now >= 3 then dispatched_at end,
         case when fate = 'refused' then filed_at when version_now >= 5 then first_replied_at end, case when is_resident then first_reply_due end,
         case when version_now >= 5 then case when fate = 'rework' then second_replied_at else first_replied_at end end,
         case when fate = 'open' then case when stands in ('captured', 'filed', 'dispatched') then first_reply_due else whole_due end end,
         whole_due, case when fate = 'refused' then filed_at when fate <> 'open' then ended_at end,
         0, 0, false, false, false
    from c join demo_phrase p on p.slot = ((h1 >> 44) & 63)),
moves as (
  insert into matters_move (id, area, matter_id, step, action, from_phase, to_phase, round, actor, actor_name, role, unit, occurred_at, recorded_at,
      reason, note, is_public, detail)
  select c.id * 16 + m.step, c.place, c.id, m.step, m.action, m.source, m.target, m.round, m.actor, '', m.role, m.unit, m.at, m.at, m.reason, '',
         m.action in ('matter.report', 'matter.refuse', 'matter.reply', 'matter.close'), m.detail
    from c cross join lateral (values
      (1, true, 'matter.report', '', 'captured', 1, case when not is_resident then worker end, case when is_resident then 'public' else 'gridworker' end,
          case when not is_resident then worker_unit end, reported_at, '', '{}'::jsonb),
      (2, fate = 'refused', 'matter.refuse', 'captured', 'refused', 1, dispatcher, 'dispatcher', dispatcher_unit, filed_at, 'not_ours', '{}'),
      (2, fate <> 'refused' and version_now >= 2, 'matter.file', 'captured', 'filed', 1, dispatcher, 'dispatcher', dispatcher_unit, filed_at, '', '{}'),
      (3, version_now >= 3, 'matter.dispatch', 'filed', 'dispatched', 1, dispatcher, 'dispatcher', dispatcher_unit, dispatched_at, '', '{}'),
      (4, version_now >= 4, 'matter.receive', 'dispatched', 'handling', 1, handler_of, 'handler', unit_of, received_at, '', '{}'),
      (5, version_now >= 5, 'matter.reply', 'handling', 'verifying', 1, handler_of, 'handler', unit_of, first_replied_at, '', '{}'),
      (6, fate = 'rework', 'matter.verify', 'verifying', 'handling', 1, worker, 'gridworker', worker_unit, failed_at, '', '{"passed": false}'),
      (7, fate = 'rework', 'matter.reply', 'handling', 'verifying', 2, handler_of, 'handler', unit_of, second_replied_at, '', '{}'),
      (case when fate = 'rework' then 8 else 6 end, phase_now = 'closed', 'matter.verify', 'verifying', 'verifying',
          case when fate = 'rework' then 2 else 1 end, worker, 'gridworker', worker_unit, verified_at, '', '{"passed": true}'),
      (case when fate = 'rework' then 9 else 7 end, phase_now = 'closed', 'matter.close', 'verifying', 'closed',
          case when fate = 'rework' then 2 else 1 end, dispatcher, 'dispatcher', dispatcher_unit, ended_at, '', '{}'),
      (case when fate = 'rework' then 10 else 8 end, is_rated, 'matter.rate', 'closed', 'closed',
          case when fate = 'rework' then 2 else 1 end, null, 'public', null, rated_at, '', '{}')
    ) as m (step, is_made, action, source, target, round, actor, role, unit, at, reason, detail)
   where m.is_made),
handlings as (
  insert into matters_handling (id, area, matter_id, round, person, unit, at)
  select id * 2 - 2 + round, place, id, round, handler_of, unit_of, case when round = 1 then first_replied_at else second_replied_at end
    from c cross join generate_series(1, case when fate = 'rework' then 2 else 1 end) round where version_now >= 5),
verifications as (
  insert into matters_verification (id, area, matter_id, round, handler, handler_unit, verifier, verifier_unit, is_passed, at)
  select id * 2 - 2 + round, place, id, round, handler_of, unit_of, worker, worker_unit,
         round = case when fate = 'rework' then 2 else 1 end, case when fate = 'rework' and round = 1 then failed_at else verified_at end
    from c cross join generate_series(1, case when fate = 'rework' then 2 else 1 end) round where phase_now = 'closed'),
ratings as (
  insert into matters_rating (matter_id, area, score, text, at) select id, place, score, '', rated_at from c where is_rated),
facets as (
  insert into core_facet (area, subject_kind, subject, key, value)
  select place, 'matter', id, 'grid_event.urgency', 'urgent' from c where r4 < 20 and kind = 'grid_event'),
limits as (
  insert into matters_limit (area, matter_id, name, amount, unit, basis, started_at, due_at, met_at, is_provisional, explanation, next_at)
  select place, id, l.name, l.amount, 'working_day', 'policy.md 5.4 [P]', l.started_at, l.due_at, l.met_at, false, '[]', case when l.due_at > :cutoff::timestamptz then l.due_at end
    from c cross join lateral (values
      ('whole', true, 10, reported_at, whole_due, null::timestamptz),
      (stands, stands in ('captured', 'filed', 'dispatched'), 1, reported_at, first_reply_due, null),
      ('handling', stands in ('handling', 'verifying'), 5, received_at, whole_due, case when stands = 'verifying' then first_replied_at end)
    ) as l (name, is_made, amount, started_at, due_at, met_at)
   where fate = 'open' and l.is_made),
intervals as (
  insert into matters_interval (area, matter_id, "limit", state, reason, started_at, ended_at)
  select place, id, 'handling', 'running', '', received_at, case when stands = 'verifying' then first_replied_at end
    from c where fate = 'open' and stands in ('handling', 'verifying'))
select count(*) from c
