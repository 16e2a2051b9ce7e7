# SPDX-License-Identifier: MulanPSL-2.0
"""The face of the offices."""
