# SPDX-License-Identifier: MulanPSL-2.0
"""What the tests of matters share: the cast under the shipped calendar."""

import pytest

from linli.core import calendar_store, editions
from tests.cast import Cast


@pytest.fixture
def city(cast: Cast) -> Cast:
    """The cast with the shipped calendar."""
    calendar_store.seed()
    editions.forget_all()
    return cast
