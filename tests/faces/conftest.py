# SPDX-License-Identifier: MulanPSL-2.0
"""What the tests of the faces share: a browser signed in as somebody of the cast."""

import pytest

from tests.cast import Cast
from tests.faces.browsers import Enter, signed_in


@pytest.fixture
def enter(cast: Cast) -> Enter:
    """A browser signed in as somebody of the cast."""
    return signed_in
