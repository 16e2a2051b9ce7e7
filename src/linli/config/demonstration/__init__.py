# SPDX-License-Identifier: MulanPSL-2.0
"""The demonstration: a made-up year in real divisions, played through the actions (small) or loaded by SQL (city)."""
