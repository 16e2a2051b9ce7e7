# SPDX-License-Identifier: MulanPSL-2.0
"""救灾物资储备场所 (10f): stores, with what lies there, how much there should be, and until when it serves."""

from linli.core.words import words
from linli.elements.registers.declaring import Column
from linli.elements.registers.kinds import Equipment, Office, ThingKind, declare_thing

YEAR = 365

declare_thing(ThingKind(
    "relief_store", words("救灾物资储备点", "Relief store"), chapter=words("安全应急", "Safety"), icon="home", order=72, has_parts=True,
    columns=(
        Column("square_decimetres", words("面积（平方米）", "Floor area (m²)"), "hundredths", low=0, high=10_000_000, kept="fields"),
        Column("key_at", words("钥匙存放处", "Where the key is"), limit=80, kept="fields", refresh_days=180),
    ),
    crew=(Office("keeper", words("保管员", "Keeper"), least=1, is_proposed=True),),
    equipment=(
        Equipment("饮用水", "箱", wanted=20, lasts_days=YEAR), Equipment("方便食品", "箱", wanted=20, lasts_days=YEAR // 2), Equipment("棉被", "床", wanted=20),
        Equipment("应急照明灯", "个", wanted=10, lasts_days=3 * YEAR), Equipment("急救包", "个", wanted=5, lasts_days=3 * YEAR), Equipment("雨衣", "件", wanted=20),
        Equipment("铁锹", "把", wanted=10), Equipment("编织袋", "条", wanted=200),
    ),
))
