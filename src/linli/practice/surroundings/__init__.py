# SPDX-License-Identifier: MulanPSL-2.0
"""Chapter 9 of the guidance: surroundings."""
