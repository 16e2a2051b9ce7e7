# SPDX-License-Identifier: MulanPSL-2.0
"""Other engines than PostgreSQL for the whole city at once: what they are given (Parquet), and the same compiled scans in their dialect."""
