# SPDX-License-Identifier: MulanPSL-2.0
"""The register with its history: the published counter is reproduced, each community comes in once, a wrong list goes out again."""

import json
from itertools import pairwise

import pytest

from linli.core.faults import Conflict, Invalid, NotAble, NotVisible
from linli.core.models import JournalLine
from linli.core.sight import looking, of_all
from linli.titles import kinds, seeding
from linli.titles.after import history
from linli.titles.models import Batch, Title
from tests.cast import COMMUNITY, COMMUNITY2, COMMUNITY3, Cast
from tests.titles.naming import KIND, Naming, name_it

pytestmark = pytest.mark.django_db


@pytest.fixture
def seeded(cast: Cast) -> Cast:
    """The published batches."""
    seeding.seed()
    return cast


def confirm(cast: Cast, *areas: int) -> int:
    """A confirmed list of communities of the cast; its number."""
    names = {COMMUNITY: "槐安社区", COMMUNITY2: "槐宁社区", COMMUNITY3: "柳岸社区"}
    text = "\n".join(f"海棠区\t槐荫街\t{names[one]}" for one in areas)
    cast.do("place.confirm_names", "city", label="第五批", list="区\t街道\t名称\n" + text, chosen=json.dumps({str(line): area for line, area in enumerate(areas, 2)}))
    with looking(of_all()):
        return JournalLine.objects.filter(action="place.confirm_names").latest("pk").pk


def enter(cast: Cast, number: int, batch: str = "5", by: str = "city") -> int:
    return int(cast.do("title.enter_list", by, kind=KIND, list=number, batch=batch)["made"])


def test_the_counter_reproduces_what_was_published(seeded: Cast) -> None:
    kind = kinds.kind_named(KIND)

    assert [(one.ordinal, one.ever) for one in history.years(kind)] == [(2, 299), (3, 480), (4, 661), (5, 789), (6, 923)]
    assert history.tally(kind).ever == history.tally(kind).now == 923


def test_what_a_batch_named_is_the_step_of_the_counter(seeded: Cast) -> None:
    found = history.years(kinds.kind_named(KIND))

    assert [two.ever - one.ever for one, two in pairwise(found)] == [one.named for one in found[1:]]


def test_seeding_twice_adds_nothing(seeded: Cast) -> None:
    assert "nothing to do" in seeding.seed()
    assert Batch.objects.count() == 6


def test_newly_named_are_added_to_the_last_published_sum(seeded: Cast) -> None:
    name_it(COMMUNITY)
    name_it(COMMUNITY2)

    kind = kinds.kind_named(KIND)

    assert history.tally(kind).ever == 925
    assert [one.ever for one in history.years(kind)][-1] == 925


def test_a_list_names_communities_without_counting_them_twice(seeded: Cast) -> None:
    made = enter(seeded, confirm(seeded, COMMUNITY, COMMUNITY2))

    tally = history.tally(kinds.kind_named(KIND))
    assert (made, tally.known, tally.ever) == (2, 2, 923)


def test_the_same_list_and_an_overlapping_one_bring_each_community_once(seeded: Cast) -> None:
    first = confirm(seeded, COMMUNITY, COMMUNITY2)
    enter(seeded, first)
    with pytest.raises(Conflict) as refused:
        enter(seeded, first)
    assert refused.value.code == "nothing_new"

    made = enter(seeded, confirm(seeded, COMMUNITY2, COMMUNITY3), "6")

    assert made == 1
    with looking(of_all()):
        assert Title.objects.filter(area=COMMUNITY2).count() == 1


def test_who_was_named_here_is_not_entered_from_a_list(seeded: Cast) -> None:
    name_it(COMMUNITY)

    with pytest.raises(Conflict):
        enter(seeded, confirm(seeded, COMMUNITY))


def test_more_than_a_batch_named_are_refused(seeded: Cast) -> None:
    Batch.objects.filter(ordinal=5).update(named_then=1)

    with pytest.raises(Invalid) as refused:
        enter(seeded, confirm(seeded, COMMUNITY, COMMUNITY2))

    assert "batch" in refused.value.fields


def test_a_list_is_taken_back_while_nothing_hangs_on_it(seeded: Cast) -> None:
    number = confirm(seeded, COMMUNITY)
    enter(seeded, number)

    seeded.do("title.take_back_list", "city", kind=KIND, list=number)

    assert history.tally(kinds.kind_named(KIND)).known == 0
    assert enter(seeded, number, "6") == 1


def test_a_list_whose_title_is_reinspected_stays(naming: Naming) -> None:
    number = confirm(naming.cast, COMMUNITY2)
    enter(naming.cast, number)
    with looking(of_all()):
        title = Title.objects.get(area=COMMUNITY2)
    naming.do("title.order_reinspection", "district", title=title.pk, why="x")

    with pytest.raises(Conflict) as refused:
        naming.do("title.take_back_list", "city", kind=KIND, list=number)

    assert refused.value.code == "hangs"


@pytest.mark.parametrize("who", ["district", "director"])
def test_only_the_city_keeps_the_history(seeded: Cast, who: str) -> None:
    number = confirm(seeded, COMMUNITY)

    with pytest.raises(NotAble):
        enter(seeded, number, by=who)


def test_a_list_that_nobody_confirmed_is_not_found(seeded: Cast) -> None:
    with pytest.raises(NotVisible):
        enter(seeded, 1)


def test_the_public_reads_names_and_state_and_nothing_else(naming: Naming) -> None:
    name_it(COMMUNITY2)
    naming.revoked()

    kind = kinds.kind_named(KIND)
    everybody, _ = history.public_titles(kind)
    borne, _ = history.public_titles(kind, state="now")
    gone, _ = history.public_titles(kind, state="revoked")
    first, after = history.public_titles(kind, most=1)

    assert [one.title.area for one in everybody] == [COMMUNITY, COMMUNITY2]
    assert [one.title.area for one in borne] == [COMMUNITY2]
    assert [one.title.area for one in gone] == [COMMUNITY]
    assert (len(first), after) == (1, COMMUNITY)
