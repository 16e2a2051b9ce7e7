# SPDX-License-Identifier: MulanPSL-2.0
"""Commands that may know every room."""
