# SPDX-License-Identifier: MulanPSL-2.0
"""What runs before anything is installed: the environment, the database, the servers, and keeping them."""
