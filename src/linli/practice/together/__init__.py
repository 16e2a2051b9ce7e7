# SPDX-License-Identifier: MulanPSL-2.0
"""社区共治: the bodies that take part, beside the committee."""
