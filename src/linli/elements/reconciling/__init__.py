# SPDX-License-Identifier: MulanPSL-2.0
"""Files of other systems beside our registers: what differs, who is right, and how good each system is."""
