# SPDX-License-Identifier: MulanPSL-2.0
"""标: what must be known, with its error: fact sets, measures, standards, values."""
