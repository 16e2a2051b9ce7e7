# SPDX-License-Identifier: MulanPSL-2.0
"""Intake 导入: files on their way into the registers: read, matched to columns, checked, compared with what is known, taken, given back, undone."""
