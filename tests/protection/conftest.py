# SPDX-License-Identifier: MulanPSL-2.0
"""A site of its own with real processes for the proofs of protection: its disk is searched and its keys are changed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from bench.fires import burning, sites
from bench.fires.sites import Site


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """./linli up on a fresh home with the cast, until the last proof is over."""
    folder, static = tmp_path_factory.mktemp("protection"), Path(settings.STATIC_ROOT)
    home = folder / "home"
    home.mkdir()
    with sites.served(home, static=static if (static / "staticfiles.json").exists() else None) as made:
        yield made
        burning.keep_logs(made, folder / "logs")
