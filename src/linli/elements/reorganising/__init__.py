# SPDX-License-Identifier: MulanPSL-2.0
"""Communities that change hands from a day on: planned, looked at, confirmed by a second person, and carried out on the day."""
