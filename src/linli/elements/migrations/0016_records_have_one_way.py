# SPDX-License-Identifier: MulanPSL-2.0
"""One way to write a record, one code for a resident: whether somebody is kept elsewhere is asked of one function, `kept_elsewhere`."""

from typing import ClassVar

from django.db import migrations, models

SIGHT = "coalesce(nullif(current_setting('linli.lo', true), '')::bigint, 0), coalesce(nullif(current_setting('linli.hi', true), '')::bigint, 0)"
ASKED_BEFORE = f"""
create function is_registered_elsewhere(number_index uuid) returns boolean language plpgsql stable security definer set search_path = public as $$
declare lo bigint; hi bigint;
begin
  select {SIGHT} into lo, hi;
  if lo >= hi then return false; end if;
  return exists (select from elements_identity i where i.index = number_index and (i.place_area < lo or i.place_area >= hi))
      or exists (select from elements_person p where p.id_index = number_index and (p.area < lo or p.area >= hi) and p.standing <> 'gone');
end $$
"""
AREA_BEFORE = """create function person_area(person bigint) returns bigint language sql stable security definer set search_path = public as $$
                select area from elements_person where id = person $$"""
"""How the signed codes of corrections found their way; a resident has one code now, which says where he is kept."""


class Migration(migrations.Migration):

    dependencies: ClassVar = [
        ("elements", "0015_looks_are_complete"),
    ]

    operations: ClassVar = [
        migrations.RunSQL("drop function is_registered_elsewhere(uuid)", ASKED_BEFORE),
        migrations.RunSQL("drop function person_area(bigint)", AREA_BEFORE),
        migrations.AddField(
            model_name="person",
            name="sealed_names",
            field=models.TextField(null=True, help_text="which fields of the bundle have a value, one blank between; null where nobody has looked yet"),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["area", "id"], name="person_by_bundle",
                               condition=models.Q(("sealed_names", None), models.Q(("sealed", None), _negated=True))),
        ),
    ]
