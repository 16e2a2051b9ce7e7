# SPDX-License-Identifier: MulanPSL-2.0
"""Actions of 名."""
