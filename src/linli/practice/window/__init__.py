# SPDX-License-Identifier: MulanPSL-2.0
"""The service window: stations and rooms."""
