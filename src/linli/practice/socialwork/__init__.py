# SPDX-License-Identifier: MulanPSL-2.0
"""社会工作: social organisations and what they add to a community."""
