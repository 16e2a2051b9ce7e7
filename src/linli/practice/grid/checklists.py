# SPDX-License-Identifier: MulanPSL-2.0
"""What a grid worker looks at on a round, by kind of grid."""

from linli.core.words import words
from linli.matters.checklists import Checklist, Item, declare

# Our choice, to be fitted by each city: the duties of policy.md 5.2 that can be seen while walking (hazards, appearance, six problems,
# what residents say). Special grids as in GB/T 34300-2017 (policy.md 5.1, memory-unsure on the wording).

PASSAGES = Item("passages", words("楼道和消防通道", "Stairwells and fire passages"))
FACILITIES = Item("facilities", words("井盖、路灯等公共设施", "Manholes, lamps and other public facilities"))
CLEANLINESS = Item("cleanliness", words("环境卫生", "Cleanliness"))
SIX = Item("six_problems", words("私搭乱建等六类问题", "The six problems (unauthorised structures and the like)"))
CHARGING = Item("charging", words("电动车停放充电", "Parking and charging of electric bicycles"))
PEOPLE = Item("people", words("居民求助和意见", "What residents ask for and say"))
ENTRANCES = Item("entrances", words("出入口和周边秩序", "Entrances and the order around them"))
CROWDING = Item("crowding", words("疏散通道和人员密集处", "Escape routes and crowded places"))

declare(Checklist("grid", words("一般网格", "Ordinary grid"), (PASSAGES, FACILITIES, CLEANLINESS, SIX, CHARGING, PEOPLE)))
declare(Checklist("special_grid", words("专属网格（学校、医院、市场、园区、楼宇）", "Special grid (school, hospital, market, park, offices)"),
                  (ENTRANCES, CROWDING, FACILITIES, CLEANLINESS, PEOPLE), frozenset({"专属网格", "学校", "医院", "市场", "园区", "楼宇"})))
