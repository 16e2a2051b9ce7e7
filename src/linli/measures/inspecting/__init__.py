# SPDX-License-Identifier: MulanPSL-2.0
"""Inspections on site: sheets, two blind assessors, a third on difference, agreement, and what follows for the figures."""
