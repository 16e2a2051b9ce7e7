# SPDX-License-Identifier: MulanPSL-2.0
"""Measures and fact sets whose slow plain-Python references stand with the tests of those who write their records."""

REFERENCES = {
    "D2-11": "tests/ledgers/test_books.py",
    "D2-13": "tests/measures/test_inspections.py", "D3-01": "tests/measures/test_inspections.py", "D3-02": "tests/measures/test_inspections.py",
    "D3-06": "tests/measures/test_inspections.py", "D4-17": "tests/measures/test_survey_figures.py",
    "V1-01": "tests/measures/test_inspections.py",
}
"""Each measure with the file that counts it by hand."""
FACTS = {"creation_money", "inspected_items", "survey_shares"}
"""Fact sets that are tried for one row a thing there."""
