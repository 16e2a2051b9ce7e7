# SPDX-License-Identifier: MulanPSL-2.0
"""The actions of 名, gathered so that the registry finds them."""

from linli.titles.creation import applying, assessing, naming, objecting, patrols, planning, publicising, reviewing, striking, watching

__all__ = ["applying", "assessing", "naming", "objecting", "patrols", "planning", "publicising", "reviewing", "striking", "watching"]
