# SPDX-License-Identifier: MulanPSL-2.0
"""Keeping base data up: what happens in households with its consequences, visits, confirmations, residents' own proposals."""
