# SPDX-License-Identifier: MulanPSL-2.0
"""账: what must add up. Accounts and entries to the cent, double and append-only, each with its voucher."""
