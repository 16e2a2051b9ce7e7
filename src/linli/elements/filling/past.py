# SPDX-License-Identifier: MulanPSL-2.0
"""Values as they were on a day: what the journal's lines after that day changed is put back; what no line tells stays as it is today."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from linli.core.models import JournalLine
from linli.elements.filling.wishes import Wish
from linli.elements.registers.declaring import Column


class Past:
    """What fields were, by table, record and column; empty for today."""

    def __init__(self) -> None:
        self.held: dict[tuple[str, int], dict[str, Any]] = {}
        self.used = 0

    def value(self, subject: str, record: int, column: Column) -> tuple[bool, Any]:
        """Whether a line tells what the field was, and that."""
        changes = self.held.get((subject, record))
        if changes is None or column.name not in changes or column.protection.is_encrypted:
            return False, None
        self.used += 1
        value = changes[column.name]
        return True, date.fromisoformat(value) if column.kind == "day" and isinstance(value, str) and value else value


def of(subjects: Iterable[tuple[str, int]], wish: Wish) -> Past:
    """The fields of these records that were changed after the day, as they were; nothing is asked for today, one query a table otherwise."""
    found = Past()
    if not wish.is_past:
        return found
    after = datetime.combine(wish.day + timedelta(days=1), time.min, ZoneInfo(settings.TIME_ZONE))
    by_table: dict[str, set[int]] = {}
    for table, number in subjects:
        by_table.setdefault(table, set()).add(number)
    for table, wanted in by_table.items():
        later = JournalLine.objects.visible_to(wish.actor).filter(subject_kind=table, subject__in=sorted(wanted), occurred_at__gte=after).order_by("-id")
        for number, plain in later.values_list("subject", "journalpayload__plain"):
            changes = plain.get("changes") if isinstance(plain, dict) else None
            for name, pair in (changes.items() if isinstance(changes, dict) else ()):
                if isinstance(pair, list) and len(pair) == 2:
                    found.held.setdefault((table, number), {})[name] = pair[0]
    return found
