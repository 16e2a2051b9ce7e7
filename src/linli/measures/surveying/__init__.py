# SPDX-License-Identifier: MulanPSL-2.0
"""居民抽样调查: questionnaires, samples, one roll for paper, phone and web, answers that nobody can lead back to a household, and what they say."""
