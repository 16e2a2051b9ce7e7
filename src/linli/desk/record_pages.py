# SPDX-License-Identifier: MulanPSL-2.0
"""Where a record behind a figure is opened, for records that are neither matters nor in a register."""

from dataclasses import dataclass

from linli.core import registry
from linli.core.words import Words

RECORD_PAGE = "record_page"


@dataclass(frozen=True)
class RecordPage:
    """The page of one kind of record: the name of its address, which takes the record's number, and the ability that it asks for.

    `words` say what such a record is where the row itself does not; None where its place is enough. `is_sum` marks a record that is itself a sum
    (a survey), of which the list says neither right nor wrong.
    """

    kind: str
    route: str
    ability: str
    words: Words | None = None
    is_sum: bool = False


def declare(page: RecordPage) -> RecordPage:
    """Keep the declaration and give it back."""
    registry.add(RECORD_PAGE, page.kind, page)
    return page
