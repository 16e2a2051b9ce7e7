# SPDX-License-Identifier: MulanPSL-2.0
"""The phone face for grid workers and handlers: an installable web app that works without a network."""
