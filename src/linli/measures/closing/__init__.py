# SPDX-License-Identifier: MulanPSL-2.0
"""Closed periods: frozen as published, restated only as a new edition that lists what differs; and figures that two people override."""
