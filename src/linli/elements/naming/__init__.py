# SPDX-License-Identifier: MulanPSL-2.0
"""Printed lists of names brought to places: read, proposed with reason and certainty, confirmed by a person."""
