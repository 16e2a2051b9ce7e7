# SPDX-License-Identifier: MulanPSL-2.0
"""One file a command."""
