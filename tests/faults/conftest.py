# SPDX-License-Identifier: MulanPSL-2.0
"""A site of its own for the fires: ./linli up on a fresh home, with the cast; one for all tests of the folder that want to hurt it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from bench.fires import burning, sites
from bench.fires.sites import Site


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Served until the last of them is over; what its parts said is kept beside it."""
    folder, static = tmp_path_factory.mktemp("fire"), Path(settings.STATIC_ROOT)
    home = folder / "home"
    home.mkdir()
    with sites.served(home, static=static if (static / "staticfiles.json").exists() else None) as made:
        yield made
        burning.keep_logs(made, folder / "logs")
