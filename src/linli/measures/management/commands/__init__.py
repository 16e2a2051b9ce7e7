# SPDX-License-Identifier: MulanPSL-2.0
"""Commands of this room."""
