# SPDX-License-Identifier: MulanPSL-2.0
"""Property management."""
