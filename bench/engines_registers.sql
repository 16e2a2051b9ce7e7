-- SPDX-License-Identifier: MulanPSL-2.0
-- Made-up registers at city size beside the matters of a bench database: %(households)s households a community, with what hangs on them.
create temporary table home as
  select place_area as area, row_number() over (order by place_area) as number from elements_place where level = 'community';
insert into elements_building (area, version, fields, confirmed, quarter, number, key, use, doorways)
  select area, 1, '{}', '{}', '量里', b::text, 'bench-' || area || '-' || b, 'dwelling', 1 + b %% 4 from home, generate_series(1, %(households)s / 9) b;
insert into elements_dwelling (area, version, fields, confirmed, building_id, doorway, room, key, use, occupancy)
  select b.area, 1, '{}', '{}', b.id, '1', r::text, 'bench-1-' || r || '-' || b.id, 'dwelling', '' from elements_building b, generate_series(1, 9) r where b.key like 'bench-%%';
insert into elements_household (area, version, fields, confirmed, kind, end_reason, dwelling_id, formed_on, ended_on)
  select area, 1, '{}', '{}', '', '', id, case id %% 3 when 0 then null else date '2020-01-01' end, case id %% 50 when 0 then date '2026-06-30' end
    from elements_dwelling where key like 'bench-%%';
insert into elements_visit (area, purpose, outcome, happened_at, recorded_at, household_id)
  select area, 'care', case id %% 4 when 0 then 'nobody_home' else 'met' end, %(cut_off)s::timestamptz - (id %% 500) * interval '1 day', %(cut_off)s, id
    from elements_household where end_reason = '' and id %% 10 < 8;
insert into elements_organisation (place_area, version, fields, confirmed, kind, name, pinyin, credit_code, stage, is_demonstration, valid_from)
  select area, 1, case k.kind when 'sub_committee' then jsonb_build_object('matter', (array['mediation', 'security', 'health', 'family', 'culture'])[1 + n %% 5])
           when 'service_station' then jsonb_build_object('work', (array['social_work', 'safety_office', 'petitions'])[1 + n %% 3])
           when 'social_organisation' then jsonb_build_object('purpose', (array['benefit', 'culture'])[1 + n %% 2]) else '{}' end,
         '{}', k.kind, '量' || n, '', '', case k.kind when 'social_organisation' then (array['filed', 'registered', 'fostered'])[1 + n %% 3] else '' end, true, date '2024-01-01'
    from home, (values ('party_branch', 1), ('residents_committee', 1), ('representatives', 1), ('sub_committee', 5), ('service_station', 3),
                       ('residents_group', 8), ('social_organisation', 11)) k (kind, many), generate_series(1, k.many) n where (home.number + n) %% 7 > 0;
insert into elements_term (area, version, organisation_id, chosen_by, since)
  select place_area, 1, id, 'election', date '2025-01-01' from elements_organisation where name like '量%%' and kind in ('party_branch', 'residents_committee', 'representatives');
insert into elements_seat (area, version, organisation_id, office, name, doorway, since, until)
  select o.place_area, 1, o.id, k.office, '量', '', date '2025-01-01', case (o.id + n) %% 9 when 0 then date '2026-03-01' end
    from elements_organisation o join (values ('party_branch', 'secretary', 1), ('residents_committee', 'chair', 1), ('residents_committee', 'member', 5), ('representatives', 'representative', 20),
       ('sub_committee', 'chair', 1), ('service_station', 'staff', 2), ('residents_group', 'leader', 1)) k (kind, office, many) on k.kind = o.kind, generate_series(1, k.many) n
   where o.name like '量%%';
insert into elements_seat (area, version, organisation_id, building_id, office, name, doorway, since)
  select b.area, 1, (select min(id) from elements_organisation o where o.place_area = b.area), b.id, 'doorway_head', '量', (1 + b.id %% 4)::text, date '2025-01-01'
    from elements_building b where b.key like 'bench-%%';
insert into elements_thing (area, version, fields, confirmed, kind, name, pinyin, address)
  select area, 1, case when n < 19 then jsonb_build_object('room', (array['office', 'party_room', 'police', 'mediation', 'reading', 'culture', 'work_station', 'petitions', 'volunteers',
           'day_care', 'clinic', 'rehabilitation', 'affairs_board', 'notice_board', 'citizen_school', 'parents_school', 'exercise', 'minors'])[n],
           'access', (array['[]', '["ramp", "low_counter"]'])[1 + number %% 2]::jsonb, 'square_decimetres', 900 * n)
         when n = 19 then '{"per_shift": 3, "around_the_clock": true, "phone": "02227000000"}' else '{}' end,
         '{}', case when n < 19 then 'service_room' when n = 19 then 'micro_fire_station' else 'relief_store' end, '量', '', '' from home, generate_series(1, 20) n where (number + n) %% 6 > 0;
insert into elements_thingpart (area, thing_id, name, unit, count, wanted, expires_on)
  select t.area, t.id, p, '', (t.id %% 3)::int, 1, case t.id %% 5 when 0 then date '2026-01-01' end
    from elements_thing t, unnest(array['饮用水', '方便食品', '棉被', '应急照明灯', '急救包', '雨衣', '铁锹', '编织袋']) p where t.name = '量' and t.kind <> 'service_room';
insert into elements_qualityfigure (area, level, register, aspect, name, numerator, denominator, computed_at)
  select area, 'community', r, a, '', 90 + number %% 10, 100, %(cut_off)s::timestamptz - interval '1 hour'
    from home, unnest(array['person', 'dwelling', 'household', 'building']) r, unnest(array['completeness', 'freshness', 'accuracy', 'consistency']) a
    on conflict do nothing;
analyze elements_household, elements_visit, elements_seat, elements_organisation, elements_thing, elements_thingpart, elements_building;
