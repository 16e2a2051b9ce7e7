# SPDX-License-Identifier: MulanPSL-2.0
"""规范库: the laws, standards, rules and reports on which a standard rests, kept by code with their clauses, and who refers to them."""
