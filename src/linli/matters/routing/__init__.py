# SPDX-License-Identifier: MulanPSL-2.0
"""派遣规则: rules in versions, who owns what and when, holes and overlaps, trials over history, and what is proposed at work."""
