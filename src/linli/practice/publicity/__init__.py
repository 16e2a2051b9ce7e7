# SPDX-License-Identifier: MulanPSL-2.0
"""宣传与公示: what residents know of the community's work, and how satisfied they are with it."""
