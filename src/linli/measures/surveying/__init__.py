# SPDX-License-Identifier: MulanPSL-2.0
"""Surveys of residents (14b): frame, seeded draw, answers on one roll, and what follows with its interval."""
