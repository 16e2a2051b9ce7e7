# SPDX-License-Identifier: MulanPSL-2.0
"""The actions on matters, one module a topic; the registry imports them all."""
