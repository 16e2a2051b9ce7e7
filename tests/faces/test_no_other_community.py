# SPDX-License-Identifier: MulanPSL-2.0
"""Another community's records are out of reach by page, API, action, search, export, job and definer function, and their refusal tells nothing: over all there are."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings as configured
from django.db import Error, connection, transaction
from django.test import Client
from django.urls import get_resolver

from linli.core import registry
from linli.core.faults import Fault
from linli.core.sight import looking, of_post
from linli.doors import cookies
from linli.doors.exports import Listing
from linli.elements.searching.finders import Finder
from linli.elements.searching.questions import read_question
from tests.cast import COMMUNITY, COMMUNITY2, GRID2, Cast
from tests.faces.browsers import signed_in
from tests.faces.strangers import ABSENT, HERE, INDEX, MARK, MODELS, OTHER, alike, carried_over, difference, given_for, plant, stood
from tests.faces.test_every_page import addresses

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PLACES = ("area", "lo", "z", "x", "y")
"""Parameters that name a place, which everybody may know, or a tile."""
OPEN = ("open311/",)
"""Where anybody reads the state of any reported matter by its number (decision 0016); its words only once they were reviewed."""
BY_RIGHT = {"matter_area", "person_area", "person_of_code"}
"""Functions that tell the area of a number or a code and nothing else, so that its holder's own sight can be opened."""
WAYS = [(text, names) for text, names in addresses(get_resolver().url_patterns) if names and not text.startswith("static/")]
ACTIONS = registry.names("action")


def filled(text: str, names: dict[str, str], number: int) -> str:
    """The address with the number in every parameter; texts that are to name something declared take the first that is declared."""
    while "<" in text:
        start, end = text.index("<"), text.index(">")
        kind, _, name = text[start + 1:end].rpartition(":")
        text = text[:start] + (names.get(name) or _parameter(kind, name, number)) + text[end + 1:]
    return "/" + text


def _parameter(kind: str, name: str, number: int) -> str:
    if name in PLACES:
        return str(COMMUNITY)
    return f"LL{number:09d}" if name == "number" and kind != "int" else str(number)


@pytest.fixture
def stranger(cast: Cast, settings: Any, tmp_path: Any) -> Cast:
    """The second community with a row in every table; nothing that a test does outlives a step of it."""
    settings.EVIDENCE_ROOT, settings.EXPORT_ROOT, settings.LETTERS_ROOT = tmp_path / "evidence", tmp_path / "exports", tmp_path / "letters"
    settings.REPORT_LIMIT = settings.SEEK_LIMIT = settings.CLAIMS_A_DAY = 10**6
    plant(cast)
    return cast


def undone(step: Callable[[], tuple[int, str]]) -> tuple[int, str]:
    """What a step answers; whatever it wrote is taken back."""
    with transaction.atomic():
        found = step()
        transaction.set_rollback(True)
    return found


def fresh(client: Client) -> Client:
    """The browser without what the last page said to it."""
    for name in [one for one in client.cookies if one != cookies.SESSION]:
        del client.cookies[name]
    return client


def found_by(name: str, text: str) -> tuple[int, str]:
    """The page to which a question of the search box leads."""
    client = signed_in(name)
    answer = client.post("/desk/find/", {"q": text})
    return told(client.get(answer["Location"]) if answer.status_code == 303 else answer)


def told(answer: Any) -> tuple[int, str]:
    """Status, where it leads, and content of an answer."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return answer.status_code, answer.headers.get("Location", "") + content.decode("utf-8", errors="replace")


def register_choices() -> list[dict[str, str]]:
    return [{"register": name, "what": "change", "name": "phone", "column": "phone"} for name in registry.names("register")]


@pytest.mark.parametrize("name", ["gridworker"])
def test_no_address_tells_a_hidden_record_from_an_absent_one(stranger: Cast, name: str) -> None:
    client, wrong, asked = signed_in(name), [], 0
    client.raise_request_exception = False
    for text, names in WAYS:
        chosen = register_choices() if "register" in names else [{"what": "look", "form": "csv", "fmt": "xml"}]
        for given in chosen:
            for method in (client.get, client.post) if given.get("register", "person") == "person" else (client.get,):
                pair = []
                for number in (OTHER, ABSENT):
                    headers = stranger.headers(name) if text.startswith("api/") else {}
                    address = filled(text, given, number)
                    fresh(client)
                    status, content = undone(lambda m=method, a=address, h=headers: told(m(a, headers=h)))  # type: ignore[misc]
                    pair.append((status, alike(content, number)))
                    asked += 1
                    if MARK in content or (status >= 500 and not text.startswith(OPEN)):
                        wrong.append((text, given.get("register", ""), status, MARK in content))
                if pair[0] != pair[1] and not text.startswith(OPEN):
                    wrong.append((text, given.get("register", ""), pair[0][0], pair[1][0], difference(pair[0][1], pair[1][1])))

    assert wrong == []
    assert asked > 300


@pytest.mark.parametrize("name", ["gridworker"])
def test_no_page_without_a_number_shows_a_record_of_another_community(stranger: Cast, name: str) -> None:
    client, shown = signed_in(name), []
    client.raise_request_exception = False
    for text, names in addresses(get_resolver().url_patterns):
        if names or text.startswith("static/") or "<" in text:
            continue
        for query in ("", f"?text={MARK[:2]}&q={MARK[:2]}&subject={OTHER}&before={OTHER + 1}", f"?area={COMMUNITY2}"):
            headers = stranger.headers(name) if text.startswith("api/") else {}
            status, content = undone(lambda a=f"/{text}{query}", h=headers: told(client.get(a, headers=h)))  # type: ignore[misc]
            if MARK in content or status >= 500:
                shown.append((text, query, status))

    assert shown == []


@pytest.mark.parametrize("name", ["gridworker"])
def test_no_action_tells_a_hidden_record_from_an_absent_one_nor_touches_it(stranger: Cast, name: str) -> None:
    before, wrong, refused = stood(), [], 0
    client = Client(raise_request_exception=False)
    for action in ACTIONS:
        declared = registry.get("action", action)
        if not stranger.actors[name].may(declared.ability):
            continue
        pair = []
        for number in (OTHER, ABSENT):
            body = given_for(declared.fields, number)
            status, content = undone(lambda a=action, b=body: told(client.post(  # type: ignore[misc]
                f"/api/v1/actions/{a}", b, content_type="application/json", headers=stranger.headers(name))))
            pair.append((status, alike(content, number)) if status >= 400 else (status, ""))
            if MARK in content or status >= 500:
                wrong.append((action, status, content[:200]))
        refused += pair[0][0] == 404
        if pair[0] != pair[1]:
            wrong.append((action, pair[0][0], pair[1][0], difference(pair[0][1], pair[1][1])))

    assert wrong == []
    assert stood() == before
    assert refused > 10


def test_the_public_is_told_no_more(stranger: Cast) -> None:
    client, wrong = Client(raise_request_exception=False), []
    for action in ACTIONS:
        declared = registry.get("action", action)
        if declared.ability is not None:
            continue
        pair = []
        for number in (OTHER, ABSENT):
            body = given_for(declared.fields, number)
            status, content = undone(lambda a=action, b=body: told(client.post(f"/api/v1/actions/{a}", b, content_type="application/json")))  # type: ignore[misc]
            pair.append((status, alike(content, number)) if status >= 400 else (status, ""))
            if MARK in content or status >= 500:
                wrong.append((action, content[:200]))
        if pair[0] != pair[1]:
            wrong.append((action, pair[0][0], pair[1][0], difference(pair[0][1], pair[1][1])))

    assert wrong == []


@pytest.mark.parametrize("name", ["director"])
def test_no_question_of_the_search_box_finds_it(stranger: Cast, name: str) -> None:
    actor, found = stranger.actors[name], []
    finders: list[Finder] = [one for one in registry.everything("finder") if actor.may(one.ability)]
    for text in (MARK, MARK[:1], MARK[:2], str(OTHER), f"LL{OTHER:09d}", f"{MARK} 1号楼", "p"):
        with looking(of_post(actor), read_only=True):
            found += [(one.name, text) for one in finders if MARK in str(one.find(actor, read_question(text), (), 50))]
        status, content = undone(lambda t=text: found_by(name, t))  # type: ignore[misc]
        if MARK in content.replace(f'value="{MARK}', "").replace(f"“{text}”", "") or status >= 500:
            found.append(("page", text))

    assert found == []
    assert finders


@pytest.mark.parametrize("name", ["director"])
def test_no_list_that_is_taken_out_holds_it(stranger: Cast, name: str) -> None:
    actor, held, tried = stranger.actors[name], [], 0
    listings: list[Listing] = registry.everything("listing")
    for one in listings:
        if not actor.may(one.ability):
            continue
        for given in ({}, {"area": str(COMMUNITY2)}, {"text": MARK}):
            try:
                with looking(of_post(actor), read_only=True):
                    kept = one.checked(actor, given)
                    rows = [list(row) for row in one.rows(actor, kept)]
            except Fault as fault:
                rows = [[str(fault.message)]]
            tried += 1
            held += [one.name] if MARK in str(rows) else []

    assert held == []
    assert tried >= 3


def test_whoever_may_see_them_is_shown_them(stranger: Cast) -> None:
    """The look is not blind: the list of the same name, taken out by the second community, holds the mark."""
    actor, seen = stranger.director2, set()
    for one in registry.everything("listing"):
        if actor.may(one.ability) and one.name.startswith("register."):
            try:
                with looking(of_post(actor), read_only=True):
                    seen |= {one.name} if MARK in str([list(row) for row in one.rows(actor, one.checked(actor, {}))]) else set()
            except (LookupError, ValueError, Fault):
                continue  # a made-up row does not fit what its page asks of it

    assert {"register.person", "register.building"} <= seen


def test_no_long_job_carries_it_over(stranger: Cast) -> None:
    before = stood()
    with connection.cursor() as cursor:
        cursor.execute("set local role none")
        for model in MODELS:
            names = {one.column for one in model._meta.concrete_fields}
            for column in {"post", "post_id", "account", "made_by"} & names if model.may_change else set():
                value = stranger.director.post if column.startswith("post") else stranger.director.account
                cursor.execute(f'update {model._meta.db_table} set "{column}" = %s where area >= %s and area < %s', [value, COMMUNITY2, COMMUNITY2 + 1_000])
    for one in registry.everything("long_job"):
        try:
            with transaction.atomic():
                one.run(OTHER)
        except (Fault, LookupError, ValueError, TypeError, Error, OSError):
            continue

    assert carried_over() == []
    assert before.keys() == stood().keys()


def test_no_function_of_the_owner_answers_with_it(stranger: Cast) -> None:
    """Functions that pass the fences by right: asked by the application's role under the sight of the first community, with the stranger's own keys."""
    with connection.cursor() as cursor:
        cursor.execute("set local role none")
        cursor.execute("""select p.oid::regprocedure::text, p.proname, coalesce((select array_agg(format_type(t, null) order by n)
                from unnest(p.proargtypes::oid[]) with ordinality a(t, n)), '{}'), p.prorettype::regtype::text
            from pg_proc p where p.prosecdef and p.pronamespace = 'public'::regnamespace""")
        functions = [row for row in cursor.fetchall() if row[3] != "trigger"]
    values = {"bigint": f"{OTHER}::bigint", "integer": "50", "uuid": f"'{INDEX}'::uuid", "text": f"'{MARK}'", "boolean": "true", "date": "current_date",
              "timestamp with time zone": "now()", "bytea": "'\\x00'::bytea", "jsonb": "'{}'::jsonb", "character varying": f"'{MARK}'"}
    values |= {f"{kind}[]": f"array[{value}]" for kind, value in values.items()}
    wrong = []
    for signature, name, arguments, _ in functions:
        called = f"select t::text from {name}({', '.join(values[one] for one in arguments)}) t"
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("select set_config('linli.lo', %s, true), set_config('linli.hi', %s, true)", [str(HERE[0]), str(HERE[1])])
                cursor.execute(f"set local role {configured.ROLES['app']}")
                cursor.execute(called.replace("%", "%%"))
                rows = str(cursor.fetchall())
                transaction.set_rollback(True)
        except Error:
            continue  # a key that does not fit is refused before anything is read
        if MARK in rows or (name not in BY_RIGHT and (str(COMMUNITY2) in rows or str(GRID2) in rows)):
            wrong.append((signature, rows[:200]))

    assert wrong == []
    assert len(functions) > 10
