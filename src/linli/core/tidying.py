# SPDX-License-Identifier: MulanPSL-2.0
"""Nightly tidying: what has outlived its purpose goes, by stated periods: kept answers, counts of tries, uploads nobody attached."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection

from linli.core import clock
from linli.core.models import Answer, Evidence
from linli.core.sight import looking, of_all
from linli.core.tries import forget_tries

ANSWERS_KEPT = timedelta(days=30)
"""A phone without a network for so long still gets its first answer (our choice)."""
UPLOADS_KEPT = timedelta(days=7)
"""An upload that no record took up (our choice: longer than any draft lives)."""
MOST = 2_000

log = logging.getLogger("linli.tidying")


def tidy() -> dict[str, int]:
    """Remove what is over; answers how much of each went. Nothing of a record is touched."""
    now = clock.now()
    done = {
        "answers": Answer.objects.filter(at__lt=now - ANSWERS_KEPT).delete()[0],
        "tries": forget_tries(),
        "uploads": _forget_uploads(),
        "files": sum(1 for _ in _files_without_a_row()),
    }
    log.info("Tidied: %s", done)
    return done


def _forget_uploads() -> int:
    """Rows of uploads that no action attached."""
    with looking(of_all()):
        old = list(Evidence.objects.filter(subject=None, added_at__lt=clock.now() - UPLOADS_KEPT).values_list("id", flat=True)[:MOST])
        return Evidence.objects.filter(id__in=old).delete()[0]


def _files_without_a_row() -> Iterator[Path]:
    """Delete and give each file, older than a day, whose content no row names; also parts of uploads that broke off."""
    root = Path(settings.EVIDENCE_ROOT)
    before = clock.now().timestamp() - 86_400
    old = [path for path in root.glob("??/??/*") if path.stat().st_mtime < before] if root.exists() else []
    for start in range(0, len(old), MOST):
        part = old[start:start + MOST]
        digests = {path.name[:64] for path in part}
        named = _named(digests)
        for path in part:
            if path.name.endswith(".part") or path.name[:64] not in named:
                path.unlink(missing_ok=True)
                yield path


def _named(digests: set[str]) -> set[str]:
    """Those of the digests that some row still names."""
    wanted = [bytes.fromhex(one) for one in digests if len(one) == 64 and all(char in "0123456789abcdef" for char in one)]
    with looking(of_all(), read_only=True), connection.cursor() as cursor:
        cursor.execute("select distinct encode(digest, 'hex') from core_evidence where digest = any(%s)", [wanted])
        return {str(row[0]) for row in cursor.fetchall()}

