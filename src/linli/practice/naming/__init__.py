# SPDX-License-Identifier: MulanPSL-2.0
"""命名: the titles that communities earn."""
