# SPDX-License-Identifier: MulanPSL-2.0
"""Measuring Linli: reports, inbox and figures, each beside floors measured in the same run."""
