# SPDX-License-Identifier: MulanPSL-2.0
"""Declarations only: one folder a chapter of the guidance, one file a kind."""
