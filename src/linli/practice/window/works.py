# SPDX-License-Identifier: MulanPSL-2.0
"""The work behind rooms and base data: rooms that are lacking, registers with something to fill in, to confirm or to put right."""

from django.db.models import F, Q

from linli.core.words import words
from linli.measures.works import READY, RECORDS, Plus, Work, declare
from linli.practice.window import facts as _rooms  # noqa: F401  the fact sets have to stand before the work behind them

declare(Work("rooms", words("还没有的功能用房", "Rooms that are lacking"), READY, "wanted_rooms", Q(is_met=False), {"is_met": True}, opens="service_room"))
for aspect, label in (("completeness", words("还没有填的字段", "Fields to fill in")), ("freshness", words("该核实的字段", "Fields to confirm")),
                      ("accuracy", words("核对有误的字段", "Fields found wrong"))):
    declare(Work(f"quality.{aspect}", label, RECORDS, "data_quality", Q(aspect=aspect, good__lt=F("fields")), {"good": Plus("good")}, opens="quality"))
