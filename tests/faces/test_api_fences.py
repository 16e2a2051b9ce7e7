# SPDX-License-Identifier: MulanPSL-2.0
"""What a machine may read: its own range and nothing beside it; the public reads what is meant for the public."""

from collections.abc import Iterator

import pytest
from django.test import Client

from tests.cast import COMMUNITY, COMMUNITY2, DISTRICT, FAR_COMMUNITY, GRID2, HOSTILE, NEIGHBOURS, STREET, STREET2, Cast

PUBLIC_PAGES = ("places", "categories", "kinds", "measures", f"results?area={COMMUNITY}")
CLOSED_PAGES = ("me", "matters", "matters/LL000000001", "journal", f"units?area={COMMUNITY}", "measures/D3-11/members")


def get(client: Client, cast: Cast, address: str, who: str = "") -> tuple[int, dict]:
    """Status and content of an address."""
    answer = client.get(f"/api/v1/{address}", headers=cast.headers(who))
    return answer.status_code, answer.json()


@pytest.mark.parametrize("role", NEIGHBOURS)
def test_a_neighbour_of_the_same_role_sees_no_record_list_or_member_of_the_other(client: Client, cast: Cast, role: str) -> None:
    number = cast.report()["number"]
    cast.walk(number)
    neighbour = NEIGHBOURS[role]

    one = get(client, cast, f"matters/{number}", neighbour)[0]
    listed = get(client, cast, "matters", neighbour)[1]["items"]
    asked = {address: get(client, cast, address, neighbour)[0] for address in (
        f"matters?area={COMMUNITY}", f"measures/D3-11/members?area={COMMUNITY}", f"results?area={COMMUNITY}")}

    assert one == 404
    assert listed == []
    assert set(asked.values()) == {404}


@pytest.mark.parametrize("role", [role for role in NEIGHBOURS if role in ("director", "dispatcher", "district")])
def test_the_journal_of_another_place_stays_closed(client: Client, cast: Cast, role: str) -> None:
    cast.report()

    own = get(client, cast, "journal?action=matter.report", role)[1]["items"]
    other = get(client, cast, "journal?action=matter.report", NEIGHBOURS[role])[1]["items"]

    assert [line["area"] for line in own] == [COMMUNITY]
    assert other == []
    assert get(client, cast, f"journal?area={COMMUNITY}", NEIGHBOURS[role])[0] == 404


def test_guessed_numbers_give_the_same_answer_as_absent_ones(client: Client, cast: Cast) -> None:
    there = cast.report(area=COMMUNITY2)["number"]

    foreign, absent, odd = (client.get(f"/api/v1/matters/{number}", headers=cast.headers("gridworker"))
                            for number in (there, "LL999999999", "LL0 or 1=1"))

    assert {foreign.status_code, absent.status_code, odd.status_code} == {404}
    assert foreign.content == absent.content == odd.content


def test_everybody_sees_exactly_what_lies_in_his_range(client: Client, cast: Cast) -> None:
    numbers = {area: cast.report(area=area)["number"] for area in (COMMUNITY, COMMUNITY2, STREET2 + 1_000, FAR_COMMUNITY)}

    seen = {who: {row["number"] for row in get(client, cast, "matters", who)[1]["items"]}
            for who in ("gridworker", "gridworker2", "dispatcher", "dispatcher2", "district", "district2", "city")}

    near, far = {numbers[COMMUNITY], numbers[COMMUNITY2]}, {numbers[FAR_COMMUNITY]}
    assert seen == {
        "gridworker": {numbers[COMMUNITY]}, "gridworker2": {numbers[COMMUNITY2]}, "dispatcher": near, "dispatcher2": {numbers[STREET2 + 1_000]},
        "district": near | {numbers[STREET2 + 1_000]}, "district2": far, "city": set(numbers.values()),
    }


def test_the_administrator_sees_no_record(client: Client, cast: Cast) -> None:
    number = cast.report()["number"]

    answers = [get(client, cast, address, "sysadmin")[0] for address in ("matters", f"matters/{number}", "journal", f"results?area={COMMUNITY}")]

    assert answers == [403, 404, 403, 404]
    assert get(client, cast, "me", "sysadmin")[1]["lo"] == get(client, cast, "me", "sysadmin")[1]["hi"] == 0


@pytest.mark.parametrize("address", PUBLIC_PAGES)
def test_what_is_public_needs_no_token(client: Client, cast: Cast, address: str) -> None:
    assert get(client, cast, address)[0] == 200


@pytest.mark.parametrize("address", CLOSED_PAGES)
def test_what_is_not_public_asks_for_a_token(client: Client, cast: Cast, address: str) -> None:
    status, answer = get(client, cast, address)

    assert status == 401
    assert answer["fault"]["code"] == "sign_in"


def test_a_reporter_follows_his_report_by_code_and_learns_no_name_of_staff(client: Client, cast: Cast) -> None:
    reported = cast.report()
    cast.walk(reported["number"])

    status, story = get(client, cast, f"follow?query_code={reported['query_code']}")

    assert status == 200
    assert story["summary"] == HOSTILE
    assert {entry["who"] for entry in story["entries"]} == {""}
    assert story["may_rate"] is True
    assert story["phase"] == "closed"


@pytest.mark.parametrize("code", ["1-AAAAA-AAAAA", "1", "", "999999-RBNJX-7DYN6", "1-' or ''='", "9" * 60])
def test_a_guessed_code_opens_nothing(client: Client, cast: Cast, code: str) -> None:
    cast.report()

    answer = client.get("/api/v1/follow", {"query_code": code})

    assert answer.status_code == 404


def test_contacts_of_reporters_are_in_no_answer(client: Client, cast: Cast) -> None:
    reported = cast.report(contact_phone="13800138000", contact_name="张秘密")
    cast.walk(reported["number"])
    pages = ("matters", f"matters/{reported['number']}", "journal", f"follow?query_code={reported['query_code']}")

    texts = [client.get(f"/api/v1/{page}", headers=cast.headers("dispatcher")).content.decode() for page in pages]

    assert not any("13800138000" in text or "张秘密" in text or "\\u5f20\\u79d8" in text for text in texts)


def test_the_journal_says_that_something_is_protected_but_not_what(client: Client, cast: Cast) -> None:
    cast.report(contact_phone="13800138000")

    line = get(client, cast, "journal?action=matter.report", "director")[1]["items"][0]

    assert line["has_protected"] is True
    assert "contact_phone" not in line["payload"]


def test_small_cells_are_hidden_from_the_public_and_open_inside(client: Client, cast: Cast, standard: None, figures: None) -> None:
    outside = get(client, cast, f"results?area={COMMUNITY}")[1]
    inside = get(client, cast, f"results?area={COMMUNITY}", "director")[1]

    shown = next(one for one in outside["published"] if one["code"] == "D3-11")
    figure = next(one for one in inside["indicators"] if one["code"] == "D3-11")["figure"]
    assert (shown["numerator"], shown["denominator"], shown["is_hidden"]) == ("<5", "<5", True)
    assert (figure["numerator"], figure["denominator"], figure["percent"]) == (1, 1, "100.0%")
    assert outside["indicators"] == []


def test_each_figure_opens_onto_the_records_it_counts(client: Client, cast: Cast, standard: None, figures: None) -> None:
    inside = get(client, cast, f"results?area={STREET}", "dispatcher")[1]
    members = get(client, cast, f"measures/D3-11/members?area={STREET}", "dispatcher")[1]["items"]

    figure = next(one for one in inside["indicators"] if one["code"] == "D3-11")["figure"]
    assert figure["denominator"] == len(members) == 1
    assert figure["numerator"] == sum(one["is_in_numerator"] for one in members)


def test_units_are_listed_for_the_dispatcher_of_the_place_only(client: Client, cast: Cast) -> None:
    own = get(client, cast, f"units?area={COMMUNITY}", "dispatcher")[1]["items"]
    other = get(client, cast, f"units?area={COMMUNITY}", "dispatcher2")[0]

    assert [one["id"] for one in own] == [cast.units["cleaners"]]
    assert other == 404
    assert get(client, cast, f"units?area={COMMUNITY}", "gridworker")[0] == 403


def test_places_are_found_by_parent_level_code_and_name(client: Client, cast: Cast) -> None:
    below = get(client, cast, f"places?parent={STREET}")[1]["items"]
    by_code = get(client, cast, "places?code=120101001001")[1]["items"]
    by_name = get(client, cast, "places?q=槐宁&level=grid")[1]["items"]
    unknown = get(client, cast, "places?parent=999")[0]

    assert [one["area"] for one in below] == [COMMUNITY, COMMUNITY2]
    assert [one["area"] for one in by_code] == [COMMUNITY]
    assert [one["area"] for one in by_name] == [GRID2]
    assert unknown == 404


def test_pages_of_places_join_without_gap_or_overlap(client: Client, cast: Cast) -> None:
    first = get(client, cast, "places?limit=7")[1]
    second = get(client, cast, f"places?limit=7&cursor={first['next']}")[1]

    areas = [one["area"] for one in (*first["items"], *second["items"])]
    assert len(areas) == len(set(areas)) == 13
    assert second["next"] == ""


def test_pages_of_matters_join_without_gap_or_overlap(client: Client, cast: Cast) -> None:
    numbers = [cast.report()["number"] for _ in range(5)]

    first = get(client, cast, "matters?limit=3", "district")[1]
    second = get(client, cast, f"matters?limit=3&cursor={first['older']}", "district")[1]
    back = get(client, cast, f"matters?limit=3&cursor={second['newer']}", "district")[1]

    assert [row["number"] for row in (*first["items"], *second["items"])] == numbers[::-1]
    assert back["items"] == first["items"]
    assert second["older"] == ""


def test_lists_are_narrowed_by_phase_category_area_and_facet(client: Client, cast: Cast) -> None:
    urgent = cast.report(urgency="urgent")["number"]
    filed = cast.report()["number"]
    cast.walk(filed, to="filed")
    cast.report(area=COMMUNITY2)

    found = {query: [row["number"] for row in get(client, cast, f"matters?{query}", "district")[1]["items"]]
             for query in ("facet.grid_event.urgency=urgent", "phase=filed", f"area={COMMUNITY}", f"number={filed}", "state=ended")}

    assert found == {"facet.grid_event.urgency=urgent": [urgent], "phase=filed": [filed], f"area={COMMUNITY}": [filed, urgent],
                     f"number={filed}": [filed], "state=ended": []}


def test_a_page_of_matters_takes_six_queries_at_most(client: Client, cast: Cast, django_assert_max_num_queries) -> None:
    for _ in range(3):
        cast.report()
    client.get("/api/v1/matters", headers=cast.headers("district"))

    with django_assert_max_num_queries(6):
        answer = client.get(f"/api/v1/matters?limit=100&area={DISTRICT}&phase=captured", headers=cast.headers("district"))

    assert len(answer.json()["items"]) == 3


@pytest.fixture
def standard(cast: Cast) -> None:
    """The standard that is shipped, published."""
    from linli.core import registry

    registry.get("seed", "measures.standards")()


@pytest.fixture
def figures(cast: Cast, standard: None) -> Iterator[None]:
    """One closed matter in the first community, counted."""
    from linli.core import due

    cast.walk(cast.report()["number"])
    due.drain()
    return
