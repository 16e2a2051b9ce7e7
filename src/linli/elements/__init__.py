# SPDX-License-Identifier: MulanPSL-2.0
"""地 组织 人 物: what is: places, organisations, people, accounts, posts."""
