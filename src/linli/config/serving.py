# SPDX-License-Identifier: MulanPSL-2.0
"""The web server's first process: it loads Linli once before it forks, so that its children share what they never change."""

import gc
import logging
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from django.db import Error, connection
from django.urls import get_resolver
from granian.cli import entrypoint

from linli.config import wsgi
from linli.elements import maps, places

__all__ = ["prepare", "wsgi"]

log = logging.getLogger("linli.serving")


def prepare() -> None:
    """Load every address and the places of the city, and close the connection: children open their own.

    A database that does not answer is no reason not to serve: each child then reads the places itself.
    """
    assert get_resolver().url_patterns
    try:
        places.find_place(0)
        maps.place_at(0, 0)
    except Error as trouble:
        log.warning("Each process reads the places for itself: %s", trouble)
    finally:
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]
    gc.collect()
    gc.freeze()


if __name__ == "__main__":
    prepare()
    entrypoint()  # type: ignore[no-untyped-call]
