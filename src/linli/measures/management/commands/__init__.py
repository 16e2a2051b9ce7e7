# SPDX-License-Identifier: MulanPSL-2.0
"""The commands themselves, one a module."""
