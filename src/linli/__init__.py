# SPDX-License-Identifier: MulanPSL-2.0
"""Linli 邻里: the platform on which communities do their daily work once."""

__version__ = "0.1.0"
