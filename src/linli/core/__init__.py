# SPDX-License-Identifier: MulanPSL-2.0
"""Ground: actions, journal, seals, due work, registry, sight and fences; no word of the domain."""
