# SPDX-License-Identifier: MulanPSL-2.0
"""Checks of single values, without a database: check digits, dates, code tables. Each answers a sentence, or None while the value is right."""
