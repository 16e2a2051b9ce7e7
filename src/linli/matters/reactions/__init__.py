# SPDX-License-Identifier: MulanPSL-2.0
"""What follows by itself after an action on a matter, one module a topic; the registry imports them all."""
