# SPDX-License-Identifier: MulanPSL-2.0
"""Guards against gaming: records entered late, entered in heaps, or reported and closed by one hand are shown beside the figure; nobody is scored."""
