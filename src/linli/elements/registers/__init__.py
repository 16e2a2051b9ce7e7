# SPDX-License-Identifier: MulanPSL-2.0
"""Registers 台账: what is known of dwellings, households, people, organisations and things, declared once; list, form, intake and quality come from it."""
