# SPDX-License-Identifier: MulanPSL-2.0
"""Actions of 名: those of what comes after the naming lie beside this line, those of the way to it in `creation`, gathered here so that discovery finds them."""

from linli.titles.creation import applying, assessing, naming, objecting, patrols, planning, publicising, reviewing, striking, watching

__all__ = ["applying", "assessing", "naming", "objecting", "patrols", "planning", "publicising", "reviewing", "striking", "watching"]
