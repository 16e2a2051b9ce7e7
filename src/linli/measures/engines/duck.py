# SPDX-License-Identifier: MulanPSL-2.0
"""DuckDB over the Parquet files in use: all measures of the whole city by the scans that PostgreSQL runs."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings

from linli.measures.engines.dialects import text_of
from linli.measures.engines.portable import Portable, all_sources
from linli.measures.engines.store import DUCK_TYPES, Manifest
from linli.measures.periods import Window

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@contextmanager
def opened(used: Manifest) -> Iterator[Any]:
    """A connection in which every carried table has its name."""
    import duckdb  # noqa: PLC0415  only those who count by it pay for it

    with duckdb.connect(config={"autoinstall_known_extensions": "false", "memory_limit": settings.DUCKDB_MEMORY}) as link:
        link.execute("set timezone = 'UTC'")
        for name, source in all_sources().items():
            columns = ", ".join(f'cast("{one.name}" as {DUCK_TYPES[one.kind]}) as "{one.name}"' for one in source.ordered())
            empty = ", ".join(f'cast(null as {DUCK_TYPES[one.kind]}) as "{one.name}"' for one in source.ordered())
            files = ", ".join(f"'{one}'" for one in used.files(name))
            link.execute(f'create view "{name}" as ' + (f"select {columns} from read_parquet([{files}])" if files else f"select {empty} where false"))
        yield link


def rows(link: Any, one: Portable, window: Window) -> Sequence[Sequence[Any]]:
    """The rows of a scan as PostgreSQL gives them: leaf, pairs, next moment."""
    text = text_of(one, window.parameters(), "duckdb")
    found = link.execute(f"select * replace (epoch_us(next_at) as next_at) from ({text})").fetchall()
    return [(*row[:-1], None if row[-1] is None else EPOCH + timedelta(microseconds=row[-1])) for row in found]
