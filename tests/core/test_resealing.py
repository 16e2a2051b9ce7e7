# SPDX-License-Identifier: MulanPSL-2.0
"""A change of keys while everything serves: every sealed value ends under the new key, nothing is lost, and a stop rings."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, models

from linli.core import alarms, clock, keys, registry, resealing, seals
from linli.core.keys import keyring
from linli.core.models import JournalLine, JournalPayload, Rotation
from linli.core.protection import KeyMissing, key_version
from linli.core.sight import looking, of_all
from linli.elements import looks
from linli.elements.models import Person
from linli.elements.registers import sealing
from linli.elements.registers.declaring import register_named
from tests.cast import GRID, Cast
from tests.residents import PHONE, again, number_of, plant

UNDER_SUBJECT_KEYS = {"core_journalpayload.sealed", "elements_compartmententry.sealed"}
"""Sealed under the key of a subject or compartment: that key is wrapped anew, the value keeps its bytes."""


@pytest.fixture
def own_file(settings: Any, tmp_path: Path) -> Iterator[Path]:
    """A secret file of the test's own, with the keys that the test database was made with."""
    path = tmp_path / "secrets.json"
    path.write_text(json.dumps({"keys": settings.KEYS["keys"], "index": settings.KEYS["index"], "django": "x"}), "utf-8")
    settings.SECRET_FILE = path
    yield path
    keys._read.cache_clear()


def test_every_column_of_sealed_values_is_declared() -> None:
    declared = {one.name for one in registry.everything(resealing.SECTION)}
    found = {f"{model._meta.db_table}.{one.column}" for model in apps.get_models() for one in model._meta.concrete_fields
             if isinstance(one, models.BinaryField) and (one.name.endswith("sealed") or one.name in ("wrapped", "before"))}

    assert found - declared - UNDER_SUBJECT_KEYS == set()


@pytest.mark.django_db
def test_with_one_key_there_is_nothing_to_do(own_file: Path) -> None:
    assert resealing.work() == 0
    assert not Rotation.objects.exists()


@pytest.mark.django_db
def test_every_value_ends_under_the_new_key_and_opens(cast: Cast, own_file: Path) -> None:
    people = [plant(GRID, serial=serial) for serial in (1, 2, 3)]
    cast.do("person.claim", "gridworker", id_number=number_of(9), name="甲", area=GRID, reason="living")
    seals.seal()
    version = keys.add_version()

    resealing.work()

    found = Rotation.objects.get()
    assert (found.version, found.broken) == (version, 0)
    assert found.finished_at is not None
    assert found.done >= 3 * 3 + 1
    assert resealing.left(1) == 0
    for serial, person in enumerate(people, 1):
        now = again(person)
        assert {key_version(bytes(value)) for value in (now.id_sealed, now.phone_sealed, now.sealed)} == {version}
        assert sealing.open_value("person", "id_number", now.pk, bytes(now.id_sealed)) == number_of(serial)
    with looking(of_all(), read_only=True):
        assert JournalLine.objects.filter(action="keys.change").count() == 2
    assert seals.verify().is_whole


@pytest.mark.django_db
def test_it_goes_on_where_it_stopped(cast: Cast, own_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for serial in range(1, 8):
        plant(GRID, serial=serial)
    keys.add_version()
    small = [resealing.SealedColumn(one.model, one.column, one.context, one.needs, batch=2, functions=one.functions) for one in resealing.columns()]
    monkeypatch.setattr(resealing, "columns", lambda: small)
    ring, found = keyring(), resealing._present(keyring())
    while found.done < 3:
        resealing._batch(found, ring)

    stopped = (found.column, found.after)
    resealing.work()

    assert stopped[1] != ""
    assert Rotation.objects.get().done == 7 * 3
    assert resealing.left(1) == 0


@pytest.mark.django_db
def test_values_are_read_and_written_meanwhile(cast: Cast, own_file: Path) -> None:
    person = plant(GRID)
    keys.add_version()

    before = looks.opened(register_named("person"), register_named("person").column("phone"), again(person))
    fresh = plant(GRID, serial=2)

    assert before == PHONE
    assert key_version(bytes(again(fresh).phone_sealed)) == 2


@pytest.mark.django_db
def test_a_value_that_was_changed_meanwhile_keeps_its_newer_content(cast: Cast, own_file: Path) -> None:
    person = plant(GRID)
    column = next(one for one in resealing.columns() if one.name == "elements_person.phone_sealed")
    keys.add_version()
    ring = keyring()
    with looking(of_all()):
        rows = column.rows(ring.header, "")
        Person.objects.filter(pk=person.pk).update(phone_sealed=sealing.seal_value("person", "phone", person.pk, "13700004321"))
        count = column.put(resealing._sealed_anew(column, rows, ring)[0])

    assert count == 0
    assert sealing.open_value("person", "phone", person.pk, bytes(again(person).phone_sealed)) == "13700004321"


@pytest.mark.django_db
def test_a_value_that_does_not_open_rings_and_holds_up_nothing_else(cast: Cast, own_file: Path) -> None:
    broken, whole = plant(GRID, serial=1), plant(GRID, serial=2)
    with looking(of_all()):
        Person.objects.filter(pk=broken.pk).update(phone_sealed=bytes(again(broken).phone_sealed)[:-1] + b"\0")
    keys.add_version()

    resealing.work()
    resealing.work()

    assert key_version(bytes(again(whole).phone_sealed)) == 2
    with looking(of_all(), read_only=True):
        assert [one.name for one in alarms.ringing(cast.city)] == ["keys.stalled"]
    assert Rotation.objects.get().finished_at is None


@pytest.mark.django_db
def test_a_change_that_stands_still_rings_for_the_city_and_stops_when_it_is_done(cast: Cast, own_file: Path) -> None:
    plant(GRID)
    keys.add_version()
    resealing._present(keyring())

    with clock.standing_at(clock.now() + timedelta(hours=2)):
        assert resealing.watch() == 1
        with looking(of_all(), read_only=True):
            rang = [one.name for one in alarms.ringing(cast.city)]
        resealing.work()
        with looking(of_all(), read_only=True):
            after = list(alarms.ringing(cast.city))

    assert rang == ["keys.stalled"]
    assert after == []


def test_a_new_key_is_used_without_a_restart_and_may_wait_for_other_machines(own_file: Path) -> None:
    assert keyring().current == 1

    waiting = keys.add_version(in_use=False)
    assert (keyring().current, waiting in keyring().keys) == (1, True)
    keys.use(waiting)

    assert keyring().current == waiting
    assert own_file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(LookupError):
        keys.use(99)


def test_a_key_that_is_gone_is_named(own_file: Path) -> None:
    sealed = keyring().seal("x", "y")
    keys.add_version()
    own_file.write_text(json.dumps({**json.loads(own_file.read_text()), "keys": {"2": json.loads(own_file.read_text())["keys"]["2"]}}))

    with pytest.raises(KeyMissing, match="version 1"):
        keyring().unseal(sealed, "y")


@pytest.mark.django_db
def test_the_command_says_what_to_do_next(own_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("keys", "new")
    call_command("keys", "show")
    call_command("keys", "left", "1")

    text = capsys.readouterr().out
    assert "backup" in text
    assert "versions 1, 2; new values are sealed under 2" in text
    assert "0 values lie under version 1" in text


@pytest.mark.django_db
def test_compartments_are_wrapped_anew_too(cast: Cast, own_file: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("insert into elements_compartment (place_area, kind, wrapped, made_at) values (%s, 'x', %s, now()) returning id",
                       [GRID, keyring().wrap(b"k" * 32, "compartment")])
        number = cursor.fetchone()[0]
    keys.add_version()

    resealing.work()

    with connection.cursor() as cursor:
        cursor.execute("select wrapped from elements_compartment where id = %s", [number])
        assert keyring().unwrap(bytes(cursor.fetchone()[0]), "compartment") == b"k" * 32
    with looking(of_all(), read_only=True):
        assert JournalPayload.objects.filter(line__action="keys.change").exists()
