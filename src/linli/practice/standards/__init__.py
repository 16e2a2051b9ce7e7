# SPDX-License-Identifier: MulanPSL-2.0
"""标准 as files: each an indicator system with its source and validity; published once, never edited."""
