# SPDX-License-Identifier: MulanPSL-2.0
"""What the faces share: sign-in, choice of post, evidence download."""
