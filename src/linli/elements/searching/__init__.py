# SPDX-License-Identifier: MulanPSL-2.0
"""Finding 查找: one box over everything a post may see; what is typed is read as a name, an address, a number or words, and each finder answers its share."""
