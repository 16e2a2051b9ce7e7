# SPDX-License-Identifier: MulanPSL-2.0
"""Named persons find their sealed compartments; a person reads which long lists of names were shown or taken out where he lives."""

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):

    dependencies: ClassVar = [
        ("elements", "0014_intake_is_quick"),
    ]

    operations: ClassVar = [
        # kept by hand: what the models cannot say
        migrations.RunSQL(
            sql="""create function compartments_of(who bigint) returns table (id bigint, sort text, place bigint, made_at timestamptz, named bigint, entries bigint)
                language sql stable security definer set search_path = public as $$
                select c.id, c.kind::text, c.place_area, c.made_at,
                       (select count(*) from elements_compartmentkeeper k where k.compartment_id = c.id and k.ended_at is null),
                       (select count(*) from elements_compartmententry e where e.compartment_id = c.id)
                from elements_compartment c where c.id in (select k.compartment_id from elements_compartmentkeeper k where k.account = who and k.ended_at is null)
                  and exists (select from compartment_of(c.id, who)) order by c.id desc limit 200 $$;
                create function compartment_keepers(compartment bigint, who bigint)
                returns table (account bigint, named_by bigint, named_at timestamptz, ended_at timestamptz)
                language sql stable security definer set search_path = public as $$
                select k.account, k.named_by, k.named_at, k.ended_at from elements_compartmentkeeper k
                where k.compartment_id = compartment and exists (select from compartment_of(compartment, who)) order by k.id $$""",
            reverse_sql="drop function compartment_keepers(bigint, bigint); drop function compartments_of(bigint)",
        ),
        migrations.RunSQL(
            sql="""create function list_looks(place bigint, sort text) returns table (at timestamptz, post bigint, said jsonb)
                language sql stable security definer set search_path = public as $$
                select l.recorded_at, l.post, p.plain from core_journalline l join core_journalpayload p on p.line_id = l.id
                where l.subject_kind = 'register' and l.action = 'register.look_at_list'
                  and l.subject in (place, place - place % 1000, place - place % 1000000, place - place % 1000000000, place - place % 10000000000000)
                  and place >= nullif(current_setting('linli.lo', true), '')::bigint and place < nullif(current_setting('linli.hi', true), '')::bigint
                  and p.plain ->> 'register' = sort
                order by l.id desc limit 50 $$""",
            reverse_sql="drop function list_looks(bigint, text)",
        ),
    ]
