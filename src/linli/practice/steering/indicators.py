# SPDX-License-Identifier: MulanPSL-2.0
"""Indicators of steering: D2-11 of the draft standard, counted in the books."""

from django.db.models import Q

from linli.core import due
from linli.core.words import words
from linli.measures.declarations import PERCENT, FactSet, Measure, declare
from linli.measures.freshness import refresh
from linli.measures.predicates import MOMENT, NUMBER, TEXT
from linli.practice.steering import creation_fund as _fund  # noqa: F401  the fund has to stand before what is counted of it

declare(FactSet(
    name="creation_money",
    words=words("社区创建经费的记账行（拨入和支出，每行一笔）", "A community's postings of the money of creation (what came in and what was spent, one row each)"),
    sql="""
select p.id, p.area, p.area as leaf, p.entry_id as entry, e.at, p.kind as what,
       case when p.role = 'spent' then p.amount else 0 end as spent, case when p.role = 'available' then p.amount else 0 end as given
  from ledgers_posting p join ledgers_entry e on e.id = p.entry_id join elements_place c on c.place_area = p.area and c.level = 'community'
 where p.fund = 'creation' and (p.role = 'spent' or (p.role = 'available' and p.kind = 'allocate'))""",
    columns={"id": NUMBER, "area": NUMBER, "leaf": NUMBER, "entry": NUMBER, "at": MOMENT, "what": TEXT, "spent": NUMBER, "given": NUMBER},
    dates=("at",),
    record_kind="fund_entry",
    record="entry",
    about_people=False,
    what="what",
    what_words={"allocate": words("拨付（单位：分）", "Allocated (in cents)"), "spend": words("支出（单位：分）", "Spent (in cents)")},
))

declare(Measure(
    code="D2-11", version=1, words=words("创建经费落实", "Creation budget used"), fact="creation_money",
    numerator=Q(), denominator=Q(), period="at", part="spent", whole="given", unit=PERCENT,
    source="policy.md 3.4 D2-11 (P)", proposed=True, better="up",
    counted=words("期内拨付到社区的创建经费中，已凭证支出的金额（以分计）。", "Of the money of creation that was allocated to the community in the period, what was spent with vouchers (in cents)."),
    left_out=words("上级单位自己支出的、没有凭证的不计；冲销的双向抵消。", "What a level above spent itself and what has no voucher is left out; reversals cancel on both sides."),
    error=words("逐笔相加，无抽样误差。", "Exact sum, no sampling error."),
))

due.after_action("measures.refresh_money", "fund.allocate", "fund.spend", "fund.reverse")(refresh)
