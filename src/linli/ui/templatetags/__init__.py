# SPDX-License-Identifier: MulanPSL-2.0
"""What templates say with `{% load linli %}`."""
