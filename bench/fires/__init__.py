# SPDX-License-Identifier: MulanPSL-2.0
"""Fires: Linli as ./linli up serves it, its processes killed at seeded moments while clients work, and what has to be true afterwards."""
