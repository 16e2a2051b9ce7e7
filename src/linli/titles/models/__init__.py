# SPDX-License-Identifier: MulanPSL-2.0
"""Tables of 名: batches and titles."""

from linli.titles.models.batches import Batch
from linli.titles.models.titles import Title

__all__ = ["Batch", "Title"]
