# SPDX-License-Identifier: MulanPSL-2.0
"""The category aid: from words to categories by counted pairs of characters, all of it in the city's own database."""
