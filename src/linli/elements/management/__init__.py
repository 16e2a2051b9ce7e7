# SPDX-License-Identifier: MulanPSL-2.0
"""Management of this room."""
