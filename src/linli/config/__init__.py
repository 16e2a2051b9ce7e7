# SPDX-License-Identifier: MulanPSL-2.0
"""Settings, addresses, discovery: knows everybody, nobody knows it."""
