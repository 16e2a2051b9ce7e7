# SPDX-License-Identifier: MulanPSL-2.0
"""The history of the tables of titles."""
