# SPDX-License-Identifier: MulanPSL-2.0
"""组织领导: the offices that lead and the administration of the platform."""
