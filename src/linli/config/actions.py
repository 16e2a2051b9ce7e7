# SPDX-License-Identifier: MulanPSL-2.0
"""The demonstration's own actions, declared like all others: only the system's demonstrator may run them."""

from linli.config.demonstration import cast, city, residents

__all__ = ["cast", "city", "residents"]
