# SPDX-License-Identifier: MulanPSL-2.0
"""Linli's way to PostgreSQL, named as ENGINE in the settings: Django's own, with a pool that survives a restart of the database."""
