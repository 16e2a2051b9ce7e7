# SPDX-License-Identifier: MulanPSL-2.0
"""名: what must be earned and kept. Batches, applications, reviews, visits, publicity, naming, re-inspection, revocation, appeal."""
