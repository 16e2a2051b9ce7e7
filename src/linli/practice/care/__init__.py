# SPDX-License-Identifier: MulanPSL-2.0
"""精细服务: visits and what is done for the people of a community."""
