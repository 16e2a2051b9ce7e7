# SPDX-License-Identifier: MulanPSL-2.0
"""The face for machines."""
