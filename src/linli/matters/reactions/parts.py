# SPDX-License-Identifier: MulanPSL-2.0
"""After a part has ended: what its whole still waits for is counted anew, and a whole whose parts have all ended goes on."""

from collections.abc import Sequence

from django.db import connection

from linli.core.actions import run
from linli.core.due import after_action
from linli.core.faults import Conflict
from linli.core.models import Due
from linli.core.sight import Actor
from linli.core.system_actors import system_actor
from linli.matters import numbers
from linli.matters.models import Matter
from linli.matters.phases import OPEN

COUNTED = """update matters_matter w set parts_open = (select count(*) from matters_matter p where p.parent = w.id and p.is_open)
where w.id = any(%s) and w.phase = 'handling'"""


@after_action("matter.gather_parts", "matter.close", "matter.refuse", "matter.self_handle", "matter.object", "matter.call_back")
def gather(rows: Sequence[Due]) -> None:
    """Count the open parts of the wholes of these matters, then take on those that wait for nothing more. Running twice changes nothing."""
    wholes = sorted(set(Matter.objects.filter(id__in={row.subject for row in rows}, parent__isnull=False).values_list("parent", flat=True)))
    if not wholes:
        return
    with connection.cursor() as cursor:
        cursor.execute("select id from matters_matter where id = any(%s) order by id for update", [wholes])
        cursor.execute(COUNTED, [wholes])
    ready = Matter.objects.filter(id__in=wholes, phase="handling", unit=None, parts_open=0).order_by("-id")
    waiting = set(Matter.objects.filter(parent__in=wholes, phase__in=OPEN).values_list("parent", flat=True))
    worker = system_actor("worker")
    for whole in ready.values_list("id", flat=True):
        if whole not in waiting:
            _take_on(whole, worker)


def _take_on(whole: int, worker: Actor) -> None:
    try:
        run("matter.gather", worker, {"number": numbers.number_of(whole)})
    except Conflict:
        return  # it has gone on already: the other run was faster
