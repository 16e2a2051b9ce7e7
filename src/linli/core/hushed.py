# SPDX-License-Identifier: MulanPSL-2.0
"""What processes say of themselves, without anybody's number: the shapes of phones and identity numbers are masked in every line, tracebacks included."""

import logging

from linli.core.protection import NUMBER, masked


class Hushed(logging.Formatter):
    """Formats a line as usual, then masks. An address that somebody made up, or the message of a driver, may repeat what was typed."""

    def format(self, record: logging.LogRecord) -> str:
        """The line with its traceback; a phone as 139****5678."""
        return NUMBER.sub(lambda found: masked(found.group()), super().format(record))
