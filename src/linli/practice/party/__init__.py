# SPDX-License-Identifier: MulanPSL-2.0
"""Party organisations."""
