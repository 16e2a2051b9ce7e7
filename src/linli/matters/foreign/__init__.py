# SPDX-License-Identifier: MulanPSL-2.0
"""Requests that another system had before us: reading, judging, taking them in, fetching them."""
