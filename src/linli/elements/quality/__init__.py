# SPDX-License-Identifier: MulanPSL-2.0
"""数据质量: how complete, fresh, consistent and right the registers are, counted set-wise by place; what is to be mended, and what a mending raises."""
