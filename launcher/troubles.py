# SPDX-License-Identifier: MulanPSL-2.0
"""What the launcher says when it cannot go on: what, why, and what to do next, in both languages."""

from __future__ import annotations


class Trouble(Exception):
    """Ends the command with a sentence in Chinese and in English, and a remedy to copy."""

    def __init__(self, chinese: str, english: str, *, remedy: str = "", code: int = 1) -> None:
        super().__init__(english)
        self.chinese = chinese
        self.english = english
        self.remedy = remedy
        self.code = code

    def __str__(self) -> str:
        lines = [self.chinese, self.english]
        if self.remedy:
            lines.append(f"→ {self.remedy}")
        return "\n".join(lines)
