# SPDX-License-Identifier: MulanPSL-2.0
"""What a stretch changed of each record, kept beside it for its history: open values set-wise in SQL, values of class 2 and up sealed for the record."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection, models

from linli.core.keys import keyring
from linli.elements.intakes.taking import Before
from linli.elements.models import Building, Dwelling, Household, IntakeBatch, IntakeChange, Organisation, Person, Thing
from linli.elements.registers import sealing
from linli.elements.registers.declaring import Register, registers

MODELS: Mapping[str, type[models.Model]] = {
    "building": Building, "dwelling": Dwelling, "household": Household, "person": Person, "organisation": Organisation, "thing": Thing}
PLAIN = """insert into elements_intakechange (area, batch_id, subject_kind, subject, changes)
select t.{area}, %s, %s, t.id, d.changes from unnest(%s::bigint[], %s::jsonb[]) g(id, was) join {table} t on t.id = g.id
cross join lateral (select g.was || coalesce(g.was -> 'fields', '{{}}'::jsonb) as was, to_jsonb(t) || coalesce(to_jsonb(t) -> 'fields', '{{}}'::jsonb) as now) x
cross join lateral (select jsonb_object_agg(n, jsonb_build_array(x.was -> n, x.now -> n)) filter (where x.was -> n is distinct from x.now -> n) as changes
  from unnest(%s::text[]) n) d where d.changes is not null"""
RELATIONS = """insert into elements_intakechange (area, batch_id, subject_kind, subject, changes)
select t.area, %s, 'person', t.person_id, jsonb_build_object('relation', jsonb_build_array(g.was -> 'relation', t.relation))
from unnest(%s::bigint[], %s::jsonb[]) g(id, was) join elements_membership t on t.id = g.id
on conflict (subject_kind, subject, batch_id) do update set changes = elements_intakechange.changes || excluded.changes"""


def context(subject_kind: str, subject: int, batch: int) -> str:
    """What the sealed differences of one record are bound to."""
    return f"intake_change:{subject_kind}:{subject}:{batch}"


def note(batch: IntakeBatch, before: Before) -> None:
    """Keep what the stretch changed, after it is written: the records before are given, those now stand in their tables."""
    for name, rows in before.items():
        ids, texts = [row[0] for row in rows], [row[2] if isinstance(row[2], str) else json.dumps(row[2]) for row in rows]
        if name in MODELS and rows:
            _note_plain(batch, name, ids, texts)
            _note_sealed(batch, name, ids, texts)
    if relations := before.get("membership"):
        with connection.cursor() as cursor:
            cursor.execute(RELATIONS, [batch.pk, [row[0] for row in relations], [row[2] for row in relations]])


def _of(name: str) -> list[Register]:
    return [one for one in registers() if one.subject == name]


def _note_plain(batch: IntakeBatch, name: str, ids: Sequence[int], texts: Sequence[str]) -> None:
    model = MODELS[name]
    stored = {one.column for one in model._meta.concrete_fields}
    shown = {one.name for register in _of(name) for one in register.columns if not one.protection.is_encrypted}
    shown |= {one.name for register in _of(name) for one in register.joining if one.name in stored}
    with connection.cursor() as cursor:
        query = PLAIN.format(table=model._meta.db_table, area=model._meta.get_field("area").column)  # type: ignore[union-attr]
        cursor.execute(query, [batch.pk, name, list(ids), list(texts), sorted(shown)])


def _note_sealed(batch: IntakeBatch, name: str, ids: Sequence[int], texts: Sequence[str]) -> None:
    """Differences of sealed values, opened and sealed together under the record: of those records only whose sealed columns differ."""
    register, table = _of(name)[0], MODELS[name]._meta.db_table
    columns = sorted({"sealed" if one.kept == "sealed" else f"{register.stem(one)}_sealed" for one in register.columns if one.protection.is_encrypted})
    if not columns:
        return
    area = MODELS[name]._meta.get_field("area").column  # type: ignore[union-attr]
    now = ", ".join(f"'{one}', t.{one}::text" for one in columns)
    differs = " or ".join(f"g.was ->> '{one}' is distinct from t.{one}::text" for one in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"select t.id, t.{area}, g.was::text, jsonb_build_object({now})::text from unnest(%s::bigint[], %s::jsonb[]) g(id, was) "
                       f"join {table} t on t.id = g.id where {differs}", [list(ids), list(texts)])
        rows = [(number, place, json.loads(was), json.loads(there)) for number, place, was, there in cursor.fetchall()]
    kept = []
    for number, place, was, there in rows:
        values, fresh = _opened(register, number, was), _opened(register, number, there)
        changed = {one: [values.get(one), fresh.get(one)] for one in sorted({*values, *fresh}) if values.get(one) != fresh.get(one)}
        if changed:
            sealed = keyring().seal(json.dumps(changed, ensure_ascii=False), context(name, number, batch.pk))
            kept.append(IntakeChange(area=place, batch=batch, subject_kind=name, subject=number, sealed=sealed))
    IntakeChange.objects.bulk_create(kept, update_conflicts=True, unique_fields=["subject_kind", "subject", "batch"], update_fields=["sealed"], batch_size=2000)


def _opened(register: Register, number: int, row: Mapping[str, Any]) -> dict[str, Any]:
    """The sealed values of a row as JSON, by column."""
    found: dict[str, Any] = {}
    for one in register.columns:
        if one.kept == "index" and (text := row.get(f"{register.stem(one)}_sealed")):
            found[one.name] = sealing.open_value(register.subject, one.name, number, _bytes(text))
    bundle = row.get("sealed")
    return found | (sealing.open_bundle(register.subject, number, _bytes(bundle)) if bundle else {})


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("\\x"))


def opened(change: IntakeChange) -> dict[str, Any]:
    """All differences of one record: field to [was, now]."""
    hidden = keyring().unseal_text(bytes(change.sealed), context(change.subject_kind, change.subject, change.batch_id)) if change.sealed else "{}"
    return dict(change.changes) | dict(json.loads(hidden))
