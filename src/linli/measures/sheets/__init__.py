# SPDX-License-Identifier: MulanPSL-2.0
"""A standard's life: drafts and their faults, files, publishing, links between versions, comparison, what-if."""
