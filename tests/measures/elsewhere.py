# SPDX-License-Identifier: MulanPSL-2.0
"""Measures and fact sets whose slow plain-Python references stand with the tests of the room that writes their records."""

REFERENCES = {"D2-11": "tests/ledgers/test_books.py"}
"""Each measure with the file that counts it by hand."""
FACTS = {"creation_money"}
"""Fact sets that are tried for one row a thing there."""
