# SPDX-License-Identifier: MulanPSL-2.0
"""Fixtures of the tests of titles."""

import pytest

from tests.cast import Cast
from tests.titles.naming import Naming, build_naming
from tests.titles.years import Year, build


@pytest.fixture
def year(cast: Cast) -> Year:
    """A year of creation, nothing planned yet."""
    return build(cast)


@pytest.fixture
def naming(cast: Cast) -> Naming:
    """A named community with everybody who has to do with it."""
    return build_naming(cast)
