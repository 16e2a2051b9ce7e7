# SPDX-License-Identifier: MulanPSL-2.0
"""The commands of this room."""
