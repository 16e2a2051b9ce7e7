# SPDX-License-Identifier: MulanPSL-2.0
"""Proof for outsiders: a published file is checked from itself alone, with nothing but Python; no other room, no database, no Django."""
