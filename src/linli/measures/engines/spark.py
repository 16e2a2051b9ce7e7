# SPDX-License-Identifier: MulanPSL-2.0
"""Apache Spark over the same Parquet files, for a city whose records outgrow one machine. Needs PySpark and a Java runtime."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from shutil import which
from typing import Any

from django.conf import settings

from linli.measures.engines.dialects import text_of
from linli.measures.engines.portable import Portable, all_sources
from linli.measures.engines.store import Manifest
from linli.measures.periods import Window
from linli.measures.predicates import DAY, MOMENT, NUMBER, TEXT, YES_NO

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SPARK_TYPES = {NUMBER: "BIGINT", TEXT: "STRING", YES_NO: "BOOLEAN", MOMENT: "TIMESTAMP", DAY: "DATE"}


def lacking() -> str:
    """What this machine lacks to run Spark, as a sentence; empty when it can."""
    try:
        import pyspark  # noqa: F401, PLC0415  an extra
    except ImportError:
        return "PySpark is not installed: run .venv/bin/pip install -r requirements/spark.lock."
    if which("java") is None:
        return "There is no Java runtime: run apt-get install openjdk-17-jre-headless."
    return ""


@contextmanager
def opened(used: Manifest) -> Iterator[Any]:
    """A session in which every carried table has its name. RuntimeError saying what is missing."""
    if sentence := lacking():
        raise RuntimeError(sentence)
    from pyspark.sql import SparkSession  # noqa: PLC0415  an extra

    builder = SparkSession.builder.appName("linli").master(settings.SPARK_MASTER)
    for name, value in {"spark.sql.session.timeZone": "UTC", "spark.sql.ansi.enabled": "true", "spark.ui.enabled": "false",
                        "spark.sql.shuffle.partitions": "8", "spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1"}.items():
        if not name.startswith("spark.driver") or settings.SPARK_MASTER.startswith("local"):
            builder = builder.config(name, value)
    session = builder.getOrCreate()
    try:
        for name, source in all_sources().items():
            shape = ", ".join(f"`{one.name}` {SPARK_TYPES[one.kind]}" for one in source.ordered())
            files = used.files(name)
            frame = session.read.schema(shape).parquet(*files) if files else session.createDataFrame([], shape)
            frame.createOrReplaceTempView(name)
        yield session
    finally:
        session.stop()


def rows(session: Any, one: Portable, window: Window) -> Sequence[Sequence[Any]]:
    """The rows of a scan as PostgreSQL gives them: leaf, pairs, next moment."""
    names = one.tree.named_selects
    inner = text_of(one, window.parameters(), "spark")
    told = ", ".join(f"`{name}`" for name in names[:-1])
    found = session.sql(f"select {told}, unix_micros(`{names[-1]}`) from ({inner})").collect()
    return [(*row[:-1], None if row[-1] is None else EPOCH + timedelta(microseconds=row[-1])) for row in found]
