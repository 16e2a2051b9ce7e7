# SPDX-License-Identifier: MulanPSL-2.0
"""One community after one change: from the change to its new figures and the sums above them, beside the bare count of the same community."""

import time
from argparse import Namespace

from django.db import transaction
from django.db.models import Count

from bench import results
from linli.core import clock
from linli.core.models import Due
from linli.core.sight import looking, of_all
from linli.matters.models import Matter
from linli.measures import freshness
from linli.measures.counts import count_leaves
from linli.measures.declarations import WORK
from linli.measures.periods import touched, window


def run(options: Namespace) -> None:
    """Measure and print: the least and the most of several rounds in the community with the most matters; nothing is kept."""
    rows: list[results.Row] = []
    with looking(of_all()):
        busiest = Matter.objects.values("community").annotate(matters=Count("id")).order_by("-matters").first()
        if busiest is None:
            raise SystemExit("There is no matter yet. First: ./linli demo")
        leaf = busiest["community"] * 1000
        record = Matter.objects.filter(community=busiest["community"]).order_by("-id").values_list("id", flat=True)[0]
    after, bare = [], []
    for _ in range(max(3, options.rounds)):
        with looking(of_all()), transaction.atomic():
            Matter.objects.filter(pk=record).update(closed_at=clock.now())
            began = time.monotonic()
            freshness.refresh([Due(reaction="measures.refresh", area=leaf, subject_kind="matter", subject=record, at=clock.now())])
            after.append(time.monotonic() - began)
            moment = clock.now()
            began = time.monotonic()
            count_leaves([leaf], [window(one, moment) for one in touched(moment, moment)], moment, WORK)
            bare.append(time.monotonic() - began)
            transaction.set_rollback(True)
    for name, taken in (("after one change: counted, kept, passed up", after), ("bare count of the same community", bare)):
        rows.append({"what": name, "least_s": round(min(taken), 3), "most_s": round(max(taken), 3), "matters": busiest["matters"],
                     "of_bare": round(min(taken) / min(bare), 2)})
    results.show("one community after one change (goal: under 1 second)", rows, options.out)
