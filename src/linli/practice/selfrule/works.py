# SPDX-License-Identifier: MulanPSL-2.0
"""The work behind the organisations: bodies that a community lacks or that nobody heads, groups and doorways without a head, terms that end."""

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q

from linli.core import clock
from linli.core.sight import Actor
from linli.core.words import words
from linli.elements.models import Term
from linli.elements.places import KnownPlace
from linli.measures.works import STANDING, Chore, Errand, Plus, Work, declare
from linli.practice import standing as _bodies

KINDS = {"committee": "organisation", "representatives": "organisation", "party": "organisation", "social_work_station": "service_station",
         "safety_office": "service_station", "petitions_station": "service_station"} | {f"sub_committee_{one}": "sub_committee" for one in _bodies.SUB_COMMITTEES}
"""Each body with the register in which it is kept."""

declare(Work("bodies", words("不健全的组织", "Bodies that are not in place"), STANDING, "required_bodies", Q(is_met=False), {"is_met": True}, opens=KINDS))
declare(Work("heads", words("小组长、楼门栋长空缺", "Group leaders and doorway heads to be found"), STANDING, "communities",
             Q(heads_there__lt=F("heads_wanted")), {"heads_there": Plus("heads_there")}, opens="organisation"))
declare(Work("societies", words("社区社会组织不足", "Too few social organisations"), STANDING, "communities",
             Q(social_organisations__lt=F("social_organisations_wanted")), {"social_organisations": Plus("social_organisations")}, opens="social_organisation"))


def _terms(actor: Actor, place: KnownPlace, most: int) -> Iterable[Chore]:
    today = clock.today()
    ahead = today + timedelta(days=settings.TERM_AHEAD_DAYS)
    later = Term.objects.filter(organisation=OuterRef("organisation"), until__gt=ahead)
    found = Term.objects.visible_to(actor).filter(area__gte=place.lo, area__lt=place.hi, until__lte=ahead, organisation__valid_to=None).exclude(Exists(later))
    return [Chore(one.organisation_id, one.area, words(one.organisation.name, one.organisation.name), one.until)
            for one in found.select_related("organisation").order_by("until", "id")[:most]]


declare(Errand("terms", words("届满和快届满的", "Terms that end"), STANDING, "organisation", _terms, ability="organisation.see"))
