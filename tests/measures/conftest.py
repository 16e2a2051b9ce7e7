# SPDX-License-Identifier: MulanPSL-2.0
"""Fixtures of the tests of measures: the town, and the shipped standard."""

import pytest

from linli.measures import seeding
from tests.measures.town import Town, build


@pytest.fixture
def town(owner: None) -> Town:
    """The made-up town, without any matter."""
    return build()


@pytest.fixture
def sheet(db: None) -> str:
    """The shipped standard, published."""
    return seeding.seed()
