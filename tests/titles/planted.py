# SPDX-License-Identifier: MulanPSL-2.0
"""One of everything of the year of creation in the first community of the cast, planted once: for the tests of rights and of every page."""

from datetime import date

from linli.core import clock
from linli.core.keys import keyring
from linli.core.sight import looking, of_all
from linli.elements.models import Place
from linli.measures.models import Publication
from linli.titles.models import Application, Batch, Objection, Publicity, StrikeOut
from tests.cast import COMMUNITY, HOSTILE, Cast


def planted(cast: Cast, name: str) -> int:
    """The number of the planted title_batch, application, strike, publicity or title_objection."""
    now, day = clock.now(), date(2026, 1, 1)
    with looking(of_all()):
        batch, _ = Batch.objects.get_or_create(kind="beautiful_community", ordinal=1, defaults={"year": 2026, "state": "open", "target": 100, "is_demonstration": True})
        home = Place.objects.get(area=COMMUNITY)
        application, _ = Application.objects.get_or_create(batch=batch, area=COMMUNITY, place=home.pk, defaults={
            "state": "publicity", "self_check": HOSTILE, "begun_at": now, "moved_at": now})
        strike, _ = StrikeOut.objects.get_or_create(area=COMMUNITY, application=application, defaults={
            "ground": "failed_patrols", "reason": HOSTILE, "proposed_by": cast.district.account or 0, "proposed_at": now, "heard_until": day, "state": "dropped"})
        content = {"communities": [{"area": COMMUNITY, "name": HOSTILE, "reached": None, "possible": None, "coverage": None, "grade": "open"}]}
        publication, _ = Publication.objects.get_or_create(digest="0" * 64, defaults={"occasion": "publicity", "reference": batch.pk, "content": content, "made_at": now})
        publicity = Publicity.objects.filter(batch=batch).first() or Publicity.objects.create(
            batch=batch, publication=publication, areas=[COMMUNITY], first_day=day, last_day=date(2099, 1, 1), starts_at=now, ends_at=now.replace(year=2099), days=7,
            working_days=5)
        objection = Objection.objects.filter(application=application).first()
        if objection is None:
            objection = Objection.objects.create(area=COMMUNITY, application=application, publicity=publicity, sealed_text=b"", made_at=now, due_on=day)
            Objection.objects.filter(pk=objection.pk).update(sealed_text=keyring().seal(HOSTILE.encode(), f"objection:{objection.pk}"))
    return int({"title_batch": batch, "application": application, "strike": strike, "publicity": publicity, "title_objection": objection}[name].pk)
