# SPDX-License-Identifier: MulanPSL-2.0
"""What comes after naming: history, counter, signs, yearly rounds, re-inspection, rectification, revocation, appeal, what is late."""
