# SPDX-License-Identifier: MulanPSL-2.0
"""The plan of the demonstration, before anything is written."""

from datetime import date

import pytest

from linli.config.demonstration.plans import Community, Kind, Planner, Story
from linli.config.demonstration.seasons import ALL_YEAR
from linli.config.demonstration.staff import FIRST, names

FIRST_DAY, LAST_DAY = date(2025, 11, 23), date(2026, 11, 23)
UNITS = {"sanitation": 1, "utility": 2, "property_firm": 3, "enforcement_team": 4}
MADE_UP = Community(120101999999000, 120101999000000, "示范里", ((120101999999001, 117195000, 39118000),), True, UNITS)
REAL = Community(120101001001000, 120101001000000, "花园路", ((120101001001001, 117195000, 39119000),), False, UNITS)
KINDS = [Kind(1, "06010", "暴露垃圾", "sanitation", (60, ALL_YEAR), False), Kind(2, "six:2", "乱堆杂物", "enforcement_team", (24, ALL_YEAR), True)]
BAD = {"matter.refuse", "matter.return"}


def plan(seed: int = 7, count: int = 600) -> list[Story]:
    return Planner(seed, FIRST_DAY, LAST_DAY, [MADE_UP, REAL], KINDS).stories(count)


def test_the_same_seed_plans_the_same_matters() -> None:
    assert plan() == plan()


def test_another_seed_plans_other_matters() -> None:
    assert plan(7) != plan(8)


def test_every_matter_of_a_real_community_is_closed_and_goes_well() -> None:
    stories = [one for one in plan() if not one.community.is_made_up]

    for story in stories:
        actions = [step.action for step in story.steps]
        assert "matter.close" in actions
        assert not BAD & set(actions)
        assert all(step.given["passed"] for step in story.steps if step.action == "matter.verify")
        assert all(step.given["score"] <= 2 for step in story.steps if step.action == "matter.rate")


def test_a_real_community_gets_its_answer_within_a_day() -> None:
    stories = [one for one in plan() if not one.community.is_made_up]

    waits = [step.at - story.steps[0].at for story in stories for step in story.steps if step.action == "matter.reply"]

    assert max(waits).total_seconds() < 24 * 3600


@pytest.mark.parametrize("action", ["matter.refuse", "matter.return", "matter.ask", "matter.answer", "matter.rate", "matter.archive"])
def test_made_up_communities_show_every_step(action: str) -> None:
    taken = {step.action for one in plan() if one.community.is_made_up for step in one.steps}

    assert action in taken


def test_made_up_communities_have_open_matters_in_every_phase() -> None:
    last = {one.steps[-1].action for one in plan() if one.community.is_made_up}

    assert {"matter.report", "matter.file", "matter.dispatch", "matter.receive", "matter.reply", "matter.verify"} <= last


def test_steps_follow_each_other_in_time() -> None:
    assert all(one.steps == sorted(one.steps, key=lambda step: step.at) for one in plan())


def test_nothing_happens_after_the_year() -> None:
    assert all(step.at.date() < LAST_DAY for one in plan() for step in one.steps)


def test_the_six_problems_never_come_back_to_one_address_of_a_real_community() -> None:
    six = [one.steps[0].given for one in plan() if not one.community.is_made_up and one.steps[0].given["category"] == 2]

    assert len({given["address"] for given in six}) == len(six)
    assert not any("position" in given for given in six)


def test_names_of_staff_are_visibly_made_up() -> None:
    stream = names(1)

    assert all(set(next(stream)) & set(FIRST) for _ in range(300))
