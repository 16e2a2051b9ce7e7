# SPDX-License-Identifier: MulanPSL-2.0
"""事: what must be seen through by someone, by a time."""
