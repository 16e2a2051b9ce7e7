# SPDX-License-Identifier: MulanPSL-2.0
"""微型消防站 (10d): station, crew, equipment with expiry. Source: rules of a Tianjin district of 2015 (domain/policy.md 9.5)."""

from linli.core.words import words
from linli.elements.registers.declaring import Column
from linli.elements.registers.kinds import Equipment, Office, ThingKind, declare_thing

RULE = "policy.md 9.5: 1 leader, at least 5 members, at least 3 per shift (Dongli district, 2015)"
YEAR = 365

declare_thing(ThingKind(
    "micro_fire_station", words("微型消防站", "Micro fire station"), chapter=words("安全应急", "Safety"), icon="warn", order=70, has_parts=True,
    columns=(
        Column("phone", words("值班电话", "Duty phone"), "phone", kept="fields", in_list=True, refresh_days=180, headings=("电话", "联系电话")),
        Column("around_the_clock", words("24 小时值班", "On duty around the clock"), "truth", kept="fields", refresh_days=180),
        Column("per_shift", words("每班人数", "People per shift"), "integer", low=0, high=50, kept="fields", refresh_days=180),
    ),
    crew=(
        Office("leader", words("站长", "Leader"), least=1, most=1, source=RULE),
        Office("member", words("队员", "Member"), least=5, source=RULE),
    ),
    equipment=(
        Equipment("干粉灭火器", "具", wanted=10, lasts_days=10 * YEAR), Equipment("消防水带", "盘", wanted=5), Equipment("消防水枪", "支", wanted=2),
        Equipment("灭火防护服", "套", wanted=3), Equipment("消防头盔", "顶", wanted=3), Equipment("防毒面具", "个", wanted=3, lasts_days=3 * YEAR),
        Equipment("消防摩托车", "辆", wanted=1), Equipment("对讲机", "台", wanted=3),
    ),
))
