# SPDX-License-Identifier: MulanPSL-2.0
"""网格: the grid's events and the people who see them through."""
