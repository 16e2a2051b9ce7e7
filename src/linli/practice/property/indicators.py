# SPDX-License-Identifier: MulanPSL-2.0
"""Indicators of property management that need eyes on site: D3-02 and D3-06 of the draft standard, on old quarters and stairwell lights."""

from linli.core.words import words
from linli.practice.inspected import inspected

inspected("D3-02", words("旧楼区长效管理合格率", "Old quarters passing"),
          words("现场检查合格的旧楼区，占看过的旧楼区。没有旧楼区的社区按合格计（拟）。",
                "Old quarters that pass on site, of those looked at. A community without any counts as passing (proposed). "),
          "policy.md 3.4 D3-02; S:TJ17")
inspected("D3-06", words("楼道亮灯率", "Stairwell lights"),
          words("亮着的楼道灯，占现场看过的楼道灯。", "Stairwell lights that are lit, of those looked at on site. "), "policy.md 3.4 D3-06; S:BJ6")
