# SPDX-License-Identifier: MulanPSL-2.0
"""Open311 GeoReport v2: other systems see what we accept, report for their people, and follow what becomes of it."""
