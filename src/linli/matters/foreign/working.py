# SPDX-License-Identifier: MulanPSL-2.0
"""The long job of an import: look it through, take it in by stretches, take it back; killed anywhere it goes on where it was."""

import logging
from collections import Counter
from typing import Any

from linli.core import clock, jobs
from linli.core.actions import run
from linli.core.faults import Fault
from linli.core.sight import looking, of_all
from linli.core.system_actors import system_actor
from linli.core.words import words
from linli.matters.foreign import files
from linli.matters.foreign.files import Refusal
from linli.matters.foreign.reading import Unreadable
from linli.matters.foreign.taking import system_of
from linli.matters.models import ForeignImport, ForeignReturn, Origin

log = logging.getLogger("linli.foreign")

JOB = "matters.foreign"
STRETCH = 500
"""Requests of one transaction (our choice: under a second)."""
BROKE = words("导入中断了：{trouble}。请再按一次“开始导入”，已经进来的不会重复。",
              "The import broke off: {trouble}. Start it again; what is in already is not doubled.")


@jobs.long(JOB)
def work(number: int) -> None:
    """Do what the state of the import asks for."""
    with looking(of_all()):
        found = ForeignImport.objects.filter(pk=number).first()
    if found is None or found.state not in STEPS:
        return
    try:
        STEPS[found.state](found)
    except Unreadable as fault:
        _end(found, state="failed", trouble=fault.sentence.as_dict(), finished_at=clock.now())
    except Fault as fault:
        back = "done" if found.state == "withdrawing" else "failed"
        _end(found, state=back, trouble=(fault.message + words(" ", " ") + fault.remedy).as_dict())
    except Exception as error:
        log.exception("Import %s broke off", number)
        _end(found, state="failed", trouble=BROKE.format(trouble=type(error).__name__).as_dict(), finished_at=clock.now())
        raise
    finally:
        files.forget()


def _end(found: ForeignImport, **changes: Any) -> None:
    with looking(of_all()):
        ForeignImport.objects.filter(pk=found.pk).update(**changes)


def look_through(found: ForeignImport) -> None:
    """Count the services, and say of every request whether it could go in; a fetched one goes in at once."""
    with looking(of_all()):
        if not ForeignImport.objects.select_for_update().filter(pk=found.pk, state="reading").exists():
            return
        requests = files.requests_of(found)
        counts: Counter[str] = Counter()
        returned = []
        known = files.mappings(found.system)
        for start in range(0, len(requests), STRETCH):
            good = []
            for one in files.judged(found, start, start + STRETCH, known):
                if isinstance(one, Refusal):
                    returned.append(one.row(found))
                    counts.update({"returned": 1, f"why.{one.why}": 1})
                else:
                    good.append(one)
            here = set(Origin.objects.filter(system=system_of(found.system), number__in=[one.number for one in good]).values_list("number", flat=True))
            for one in good:
                counts["here" if one.number in here else "new_open" if one.is_open else "new_history"] += 1
        ForeignReturn.objects.filter(brought=found).delete()
        ForeignReturn.objects.bulk_create(returned, batch_size=2000)
        ForeignImport.objects.filter(pk=found.pk, state="reading").update(
            state="running" if found.is_fetched else "ready", total=len(requests), services=files.services_of(requests), counts={} if found.is_fetched else dict(counts))
    if found.is_fetched:
        found.refresh_from_db()
        take_in(found)


def take_in(found: ForeignImport) -> None:
    """Take in stretch by stretch, each one a journalled action of its own; goes on where the last one ended."""
    worker = system_actor("worker")
    if found.looked_at == 0:
        with looking(of_all()):
            ForeignReturn.objects.filter(brought=found).delete()
            total = len(files.requests_of(found))
            ForeignImport.objects.filter(pk=found.pk).update(total=total)
            found.total = total
    place = found.looked_at
    while place < found.total:
        place = run("foreign.take", worker, {"brought": found.pk, "first": place, "last": min(place + STRETCH, found.total)})["looked_at"]
    run("foreign.finish", worker, {"brought": found.pk})


def take_back(found: ForeignImport) -> None:
    """Withdraw everything, or nothing when somebody was at it."""
    run("foreign.undo", system_actor("worker"), {"brought": found.pk})


STEPS = {"reading": look_through, "running": take_in, "withdrawing": take_back}
