# SPDX-License-Identifier: MulanPSL-2.0
"""What residents call the six problems: part of the first list of synonyms."""

from linli.core.words import words
from linli.matters.aid import synonyms
from linli.matters.aid.synonyms import Shipped

LINES = """six_problems@2017:event:1 违建 违章建筑 私自搭建 搭棚子 加盖 阳光房 彩钢房
six_problems@2017:event:2 堆杂物 楼道堆物 堆木料 堆废品
six_problems@2017:event:3 圈地 围栏圈占 占公共地 种菜 私自圈占
six_problems@2017:event:4 摆摊 早点摊 菜摊 占道卖菜 小贩
six_problems@2017:event:5 养鸡 养鸭 养鹅 鸡叫 打鸣
six_problems@2017:event:6 贴广告 喷广告 开锁广告 牛皮癣
"""
"""Source: written by this project from everyday speech; proposed, to be edited by the city."""

synonyms.declare(Shipped("six_problems", words("自带近义词（拟）：本项目按日常说法编写", "Shipped synonyms (proposed): written by this project"), lambda: LINES))
