# SPDX-License-Identifier: MulanPSL-2.0
"""Who keeps a person in the whole city: what the asker learns, who answers, who decides, and what is handed over."""

import json
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import ProgrammingError, connection

from linli.core import clock
from linli.core.faults import Conflict, Invalid, NotAble, NotVisible
from linli.core.models import JournalLine, JournalPayload
from linli.core.sight import looking, of_all, of_post
from linli.elements import identities
from linli.elements.claims import may_decide
from linli.elements.models import Claim, Identity, Membership, Person, Residence
from tests.cast import COMMUNITY, COMMUNITY2, COMMUNITY3, FAR_COMMUNITY, GRID, GRID2, Cast
from tests.residents import again, house, number_of, plant

pytestmark = pytest.mark.django_db


def ask(cast: Cast, serial: int = 1, by: str = "gridworker", area: int = COMMUNITY, **more: object) -> dict[str, object]:
    return cast.do("person.claim", by, **({"id_number": number_of(serial), "name": "钱多多", "area": area, "reason": "living"} | more))


def asked_of(claim: object) -> Claim:
    with looking(of_all(), read_only=True):
        return Claim.objects.get(pair=claim, side="asked")


def test_the_first_record_with_a_number_keeps_the_person_in_bulk_too(cast: Cast) -> None:
    first = plant(COMMUNITY)
    with looking(of_all()):
        Person.objects.bulk_create([Person(area=COMMUNITY2, name="甲", id_index=first.id_index), Person(area=COMMUNITY2, name="乙")])

    assert list(Identity.objects.values_list("index", "person")) == [(first.id_index, first.pk)]


def test_a_number_that_is_put_right_moves_the_identity(cast: Cast) -> None:
    person, other = plant(COMMUNITY, serial=1), plant(COMMUNITY2, serial=1)
    fresh = identities.index_of(number_of(7))

    with looking(of_all()):
        Person.objects.filter(pk=person.pk).update(id_index=fresh)

    assert dict(Identity.objects.values_list("index", "person")) == {fresh: person.pk, other.id_index: other.pk}


def test_the_application_cannot_read_who_keeps_whom(cast: Cast) -> None:
    plant(COMMUNITY)

    with pytest.raises(ProgrammingError, match="permission denied"), looking(of_all()):
        list(Identity.objects.all())


def test_the_application_cannot_hand_a_person_over_by_itself(cast: Cast) -> None:
    person = plant(COMMUNITY2)

    with pytest.raises(ProgrammingError, match="permission denied"), looking(of_post(cast.director)), connection.cursor() as cursor:
        cursor.execute("select hand_over_person(%s, %s, 'living', current_date, '')", [person.pk, COMMUNITY])


def test_the_asker_learns_registered_elsewhere_and_nothing_else(cast: Cast) -> None:
    person = plant(GRID2)

    answer = ask(cast)

    assert set(answer) == {"claim", "state"}
    assert answer["state"] == "waiting"
    with looking(of_post(cast.gridworker), read_only=True):
        row = Claim.objects.get()
    told = [str(value) for name, value in vars(row).items() if name not in ("id", "pair")]
    assert (row.person, row.other_area) == (None, None)
    assert str(GRID2) not in told
    assert str(person.pk) not in told


def test_nobody_kept_and_kept_here_are_told_apart(cast: Cast) -> None:
    plant(GRID, serial=2)

    assert ask(cast, serial=1)["state"] == "free"
    assert ask(cast, serial=2)["state"] == "here"


def test_a_wrong_number_and_a_foreign_place_are_refused(cast: Cast) -> None:
    with pytest.raises(Invalid) as wrong:
        ask(cast, id_number=number_of(1)[:-1] + "?")
    with pytest.raises(Invalid) as foreign:
        ask(cast, area=COMMUNITY2)

    assert set(wrong.value.fields) == {"id_number"}
    assert set(foreign.value.fields) == {"area"}


def test_every_question_is_journalled_with_the_number_sealed(cast: Cast) -> None:
    answer = ask(cast)

    with looking(of_all(), read_only=True):
        line = JournalLine.objects.get(action="person.claim", subject=answer["claim"])
        payload = JournalPayload.objects.get(line=line)
    assert payload.sealed is not None
    assert number_of(1) not in json.dumps(payload.plain)
    assert "钱多多" not in json.dumps(payload.plain, ensure_ascii=False)


def test_a_post_asks_only_so_often_in_a_day(cast: Cast, settings: object) -> None:
    settings.CLAIMS_A_DAY = 2  # type: ignore[attr-defined]
    ask(cast, serial=1)
    ask(cast, serial=2)

    with pytest.raises(Conflict) as refused:
        ask(cast, serial=3)

    assert refused.value.code == "claims_of_the_day"


def test_the_same_person_is_not_asked_for_twice(cast: Cast) -> None:
    plant(GRID2)
    ask(cast)

    with pytest.raises(Conflict) as refused:
        ask(cast)

    assert refused.value.code == "claimed_already"


def test_the_community_that_keeps_him_hands_person_membership_and_ties_over(cast: Cast) -> None:
    person = plant(GRID2)
    house(person, owner=True)
    claim = ask(cast)["claim"]

    cast.do("claim.answer", "director2", claim=asked_of(claim).pk, agrees=True)

    today = clock.today()
    moved = again(person)
    assert (moved.area, moved.standing, moved.came_on, moved.registered_at) == (COMMUNITY, "living", today, str(COMMUNITY2)[:12])
    with looking(of_all(), read_only=True):
        assert list(Membership.objects.values_list("area", "until")) == [(COMMUNITY, today)]
        ties = {tie: (area, until) for tie, area, until in Residence.objects.values_list("tie", "area", "until")}
        assert Claim.objects.get(pk=claim).person == person.pk
    assert ties == {"living": (COMMUNITY, today), "registered": (COMMUNITY, None), "owner": (COMMUNITY, None)}
    assert Identity.objects.get().place_area == COMMUNITY


def test_who_has_moved_his_register_too_is_registered_here_from_then_on(cast: Cast) -> None:
    person = plant(GRID2)
    house(person)
    claim = ask(cast, reason="both")["claim"]

    cast.do("claim.answer", "director2", claim=asked_of(claim).pk, agrees=True)

    with looking(of_all(), read_only=True):
        assert set(Residence.objects.values_list("until", flat=True)) == {clock.today()}
    assert again(person).standing == "together"


def test_a_neighbour_and_the_asker_himself_do_not_answer(cast: Cast) -> None:
    plant(GRID2)
    claim = asked_of(ask(cast)["claim"]).pk

    for who in ("director", "dispatcher2", "gridworker"):
        with pytest.raises((NotVisible, NotAble)):
            cast.do("claim.answer", who, claim=claim, agrees=True)


def test_a_refusal_needs_words_that_the_asker_does_not_read_and_goes_to_the_street(cast: Cast) -> None:
    person = plant(GRID2)
    claim = ask(cast)["claim"]
    asked = asked_of(claim).pk
    with pytest.raises(Invalid):
        cast.do("claim.answer", "director2", claim=asked, agrees=False)

    cast.do("claim.answer", "director2", claim=asked, agrees=False, answer="仍住本社区二号楼")
    with looking(of_post(cast.gridworker), read_only=True):
        own = Claim.objects.get(pk=claim)
    cast.do("claim.decide", "head", claim=asked, is_for=True, answer="实地核实已搬走")

    assert (own.state, own.answer) == ("refused", "")
    assert again(person).area == COMMUNITY


def test_the_level_above_waits_until_the_time_for_an_answer_is_over(cast: Cast) -> None:
    person = plant(GRID2)
    claim = asked_of(ask(cast)["claim"])
    with pytest.raises(Conflict) as early:
        cast.do("claim.decide", "head", claim=claim.pk, is_for=True, answer="已核实")

    with clock.standing_at(clock.now() + timedelta(days=settings.CLAIM_DAYS, minutes=1)):
        assert may_decide(cast.head, claim)
        cast.do("claim.decide", "head", claim=claim.pk, is_for=False, answer="本人仍住原处")

    assert early.value.code == "claim_waits"
    assert again(person).area == GRID2
    assert asked_of(claim.pair).state == "decided_against"


def test_only_the_next_level_that_both_have_in_common_decides(cast: Cast) -> None:
    person = plant(COMMUNITY3)
    claim = asked_of(ask(cast)["claim"])

    with clock.standing_at(clock.now() + timedelta(days=settings.CLAIM_DAYS, minutes=1)):
        for who in ("head", "head2"):
            with pytest.raises((NotAble, NotVisible)):
                cast.do("claim.decide", who, claim=claim.pk, is_for=True, answer="已核实")
        cast.do("claim.decide", "district", claim=claim.pk, is_for=True, answer="已核实")

    assert again(person).area == COMMUNITY


def test_the_city_decides_between_districts(cast: Cast) -> None:
    person = plant(FAR_COMMUNITY)
    claim = asked_of(ask(cast)["claim"])

    with clock.standing_at(clock.now() + timedelta(days=settings.CLAIM_DAYS, minutes=1)):
        with pytest.raises(NotVisible):
            cast.do("claim.decide", "district", claim=claim.pk, is_for=True, answer="已核实")
        cast.do("claim.decide", "city", claim=claim.pk, is_for=True, answer="已核实")

    assert again(person).area == COMMUNITY


def test_whoever_else_asked_asks_the_new_keeper(cast: Cast) -> None:
    plant(COMMUNITY3)
    first, second = ask(cast)["claim"], ask(cast, by="gridworker2", area=COMMUNITY2)["claim"]

    with clock.standing_at(clock.now() + timedelta(days=settings.CLAIM_DAYS, minutes=1)):
        cast.do("claim.decide", "district", claim=asked_of(first).pk, is_for=True, answer="已核实")

    assert asked_of(second).area == COMMUNITY
    cast.do("claim.answer", "director", claim=asked_of(second).pk, agrees=False, answer="刚转入")


def test_what_has_its_result_is_not_answered_again(cast: Cast) -> None:
    plant(GRID2)
    claim = asked_of(ask(cast)["claim"]).pk
    cast.do("claim.answer", "director2", claim=claim, agrees=True)

    with pytest.raises((Conflict, NotVisible)):
        cast.do("claim.answer", "director2", claim=claim, agrees=True)


def test_a_file_learns_who_is_kept_elsewhere_only_under_a_sight(cast: Cast) -> None:
    here, there = plant(GRID, serial=1), plant(GRID2, serial=2)
    numbers = [here.id_index, there.id_index, identities.index_of(number_of(3))]

    with looking(of_post(cast.director), read_only=True):
        found = identities.kept_elsewhere(numbers)

    assert found == {there.id_index}
    assert identities.kept_elsewhere(numbers) == set()


def test_a_second_record_is_refused_with_the_way_to_ask(cast: Cast) -> None:
    plant(GRID, serial=1)
    plant(GRID2, serial=2)

    with looking(of_post(cast.director), read_only=True):
        identities.refuse_kept_elsewhere(number_of(1))
        identities.refuse_kept_elsewhere(number_of(3))
        with pytest.raises(Conflict) as refused:
            identities.refuse_kept_elsewhere(number_of(2))

    assert refused.value.code == "kept_elsewhere"
