# SPDX-License-Identifier: MulanPSL-2.0
"""Matters on the map, one module a topic: what is chosen, densities, tiles, counts by place, and the same under another map."""
