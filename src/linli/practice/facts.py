# SPDX-License-Identifier: MulanPSL-2.0
"""What several chapters count in: one row per matter; and which actions make figures move."""

from collections.abc import Sequence

from django.db.models import Min, Q

from linli.core import clock, due
from linli.core.models import Due
from linli.core.words import words
from linli.matters.models import Matter
from linli.measures.declarations import FactSet, declare
from linli.measures.freshness import recompute, refresh, take_lock
from linli.measures.periods import Period, touched
from linli.measures.predicates import MOMENT, NUMBER, TEXT, YES_NO
from linli.practice.counting import ALIVE

MATTER_ACTIONS = tuple(f"matter.{verb}" for verb in (
    "report", "categorise", "file", "refuse", "merge", "unmerge", "split", "unsplit", "gather", "dispatch", "decide", "receive", "return", "handle",
    "reply", "verify", "close", "rate", "ask", "answer", "reach", "ask_extension", "ask_pause", "withdraw_request", "decide_request",
    "decide_suspension", "resume", "supervise", "escalate", "answer_supervision", "accept_supervision", "reckon", "self_handle", "object",
    "call_back", "move", "return_order", "take_order", "take_chat", "check_settled"))
"""Actions after which a figure of the matter's community may differ; archiving and naming a worker change none, nor does another
reporter who joins: what is merged counts once. `matter.reckon` is no action: a published calendar moves limits. A job settled on the
spot is nobody else's work: it stands in the fact set “settled” and moves no rate of closing or timeliness."""

GRID_ACTIONS = ("grid.assign", "grid.end_assignment", "post.hand_over", "post.take_back", "boundary.redraw", "boundary.carry_over", "boundary.receive")
"""Actions after which other grids stand or have a worker (redrawn ones from the day on which their matters follow); who stands in changes no figure."""

declare(FactSet(
    name="matters",
    words=words("事项（每件一行；拆分出的部分算在整件里）", "Matters (one row each; parts count with their whole)"),
    sql="""
select m.id, m.area, m.community as leaf, m.kind, m.source, m.phase,
       m.reported_at, m.filed_at, m.closed_at, m.replied_at, m.first_reply_at, m.first_reply_due_at,
       coalesce(m.close_due_at, m.due_at) as limit_at,
       m.closed_at <= coalesce(m.close_due_at, m.due_at) as is_on_time,
       m.first_reply_at <= m.first_reply_due_at as is_reply_on_time,
       m.is_contactable, m.is_verified_by_other, m.verifications, m.failures, m.rating,
       m.is_paused and exists (select 1 from matters_interval i where i.matter_id = m.id and i.ended_at is null and i.reason = 'suspension') as is_hung,
       c.is_hazard, c.is_public as is_public_category
  from matters_matter m join matters_category c on c.id = m.category_id
 where m.parent is null and m.source not in ('history', 'withdrawn') and m.phase <> 'self_handled'""",
    columns={
        "id": NUMBER, "area": NUMBER, "leaf": NUMBER, "kind": TEXT, "source": TEXT, "phase": TEXT,
        "reported_at": MOMENT, "filed_at": MOMENT, "closed_at": MOMENT, "replied_at": MOMENT, "first_reply_at": MOMENT, "first_reply_due_at": MOMENT,
        "limit_at": MOMENT, "is_on_time": YES_NO, "is_reply_on_time": YES_NO, "is_contactable": YES_NO, "is_verified_by_other": YES_NO,
        "verifications": NUMBER, "failures": NUMBER, "rating": NUMBER, "is_hung": YES_NO, "is_hazard": YES_NO, "is_public_category": YES_NO,
    },
    dates=("reported_at", "filed_at", "closed_at", "replied_at", "first_reply_at"),
    record_kind="matter",
    leaf_unit=1000,
    alive=ALIVE,
    waits={"limit_at": Q(closed_at=None), "first_reply_due_at": Q(first_reply_at=None)},
))

due.after_action("measures.refresh", *MATTER_ACTIONS, *GRID_ACTIONS)(refresh)


@due.after_action("measures.refresh_foreign", "foreign.finish", "foreign.undo")
def refresh_foreign(rows: Sequence[Due]) -> None:
    """An import is done or withdrawn: count each community anew in which it left open matters or took them away, as far back as they reach."""
    brought = Matter.objects.filter(foreign__brought__in={row.subject for row in rows}).exclude(source="history")
    first = brought.order_by("community").values("community").annotate(first=Min("reported_at")).values_list("community", "first")
    moment = clock.now()
    groups: dict[tuple[Period, ...], list[int]] = {}
    for community, at in first:
        groups.setdefault(touched(moment, at), []).append(community * 1000)
    take_lock()
    for periods, leaves in groups.items():
        recompute(leaves, periods, moment)
