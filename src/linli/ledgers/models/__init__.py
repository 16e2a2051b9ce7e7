# SPDX-License-Identifier: MulanPSL-2.0
"""Tables of 账: accounts, entries, their postings, and the running numbers of vouchers."""

from linli.ledgers.models.books import Account, Entry, Posting
from linli.ledgers.models.numbers import Counter

__all__ = ["Account", "Counter", "Entry", "Posting"]
