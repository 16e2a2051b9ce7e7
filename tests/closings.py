# SPDX-License-Identifier: MulanPSL-2.0
"""Rows of closed periods, overrides and publications for the tests of pages and rights: what an action and a job would have left behind."""

from linli.core import clock, editions
from linli.core.sight import looking, of_all
from linli.measures.closing.packing import Row, pack
from linli.measures.models import Closing, Difference, Frozen, FrozenMembers, Override, Publication, StandardVersion
from linli.measures.proving.reading import digest
from linli.measures.publications import content_of
from tests.cast import COMMUNITY, HOSTILE, Cast

PERIOD = "2025"


def closing(cast: Cast) -> int:
    """A restated year with a figure of the first community, its record and what differs."""
    return closing_rows(cast)["closing"]


def closing_rows(cast: Cast) -> dict[str, int]:
    """Numbers of the second edition and of its difference; made once."""
    found = Closing.objects.filter(period=PERIOD, number=2).first()
    with looking(of_all()):
        if found is not None:
            return {"closing": found.pk, "difference": Difference.objects.get(closing=found).pk}
        for number in (1, 2):
            made = Closing.objects.create(period=PERIOD, number=number, state="asked", reason=HOSTILE if number == 2 else "", asked_by=cast.city.account or 0,
                                          asked_at=clock.now(), figures_differ=number - 1, records_differ=number - 1)
            Frozen.objects.create(area=COMMUNITY, closing=made, period=PERIOD, level="community", names=["D3-11.1"], numerators=[number], denominators=[2], watermark=1)
            FrozenMembers.objects.create(area=COMMUNITY, closing=made, period=PERIOD, name="D3-11.1", count=1, packed=pack([Row(1, 1, 1, True, 1, 1)]))
            made.state, made.decided_by, made.decided_at, made.frozen_at = "frozen", -1, clock.now(), clock.now()
            made.save()
        row = Difference.objects.create(area=COMMUNITY, closing=made, period=PERIOD, level="community", name="D3-11.1", numerator_before=1, denominator_before=2,
                                        numerator_after=2, denominator_after=2, joined=[1], moved=[2])
    editions.forget_all()
    return {"closing": made.pk, "difference": row.pk}


def override(cast: Cast) -> int:
    """A proposed override of the first community; made once."""
    with looking(of_all()):
        found = Override.objects.filter(area=COMMUNITY, state="proposed").first()
        return found.pk if found else Override.objects.create(
            area=COMMUNITY, measure="D3-11", measure_version=1, period=PERIOD, numerator=1, denominator=2, reason=HOSTILE, evidence=[1],
            proposed_by=cast.district.account or 0, proposed_at=clock.now()).pk


def publication() -> str:
    """The digest of a publication of the first community."""
    with looking(of_all()):
        content = content_of([COMMUNITY], PERIOD, StandardVersion.objects.get(state="published", valid_to=None), occasion="publicity", reference=1)
    return Publication.objects.create(occasion="publicity", reference=1, content=content, digest=digest(content), made_at=clock.now()).digest
