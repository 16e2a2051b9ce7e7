# SPDX-License-Identifier: MulanPSL-2.0
"""居民自治: what the residents' committee answers for."""
