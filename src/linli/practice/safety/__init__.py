# SPDX-License-Identifier: MulanPSL-2.0
"""Chapter 10 of the guidance: safety."""
