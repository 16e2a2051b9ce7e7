# SPDX-License-Identifier: MulanPSL-2.0
"""Ground: page shell, parts, tokens and small behaviours that every face shares."""
