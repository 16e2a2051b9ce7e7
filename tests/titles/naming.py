# SPDX-License-Identifier: MulanPSL-2.0
"""The people of a naming: assessors from elsewhere, further officers of the city and the district, a named community, inspections that come out."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from linli.core import clock
from linli.core.sight import looking, of_all
from linli.elements import places
from linli.elements.models import Account, Place, Post
from linli.measures import seeding as standards
from linli.measures.models import Assessment, Finding, Inspection
from linli.titles import seeding
from linli.titles.models import Batch, RectificationItem, Reinspection, Title
from tests.cast import CITY, COMMUNITY, DISTRICT, HOSTILE, SINCE, Cast

KIND = "beautiful_community"
MORE = {"city_b": ("city", CITY), "city_c": ("city", CITY), "district_b": ("district", DISTRICT)}
ASSESSORS = ("expert_a", "expert_b", "expert_c", "expert_d")


@dataclass
class Naming:
    """The cast with its further people, and the title that the first community bears."""

    cast: Cast
    title: Title

    def do(self, action: str, by: str, **given: Any) -> dict[str, Any]:
        """Run an action as somebody."""
        return self.cast.do(action, by, **given)

    def order(self, by: str = "district") -> int:
        """A re-inspection outside the yearly draw; its number."""
        return int(self.do("title.order_reinspection", by, title=self.title.pk, why=f"群众反映 {HOSTILE}")["reinspection"])

    def case(self, number: int) -> Reinspection:
        """The row as it is now."""
        with looking(of_all()):
            return Reinspection.objects.select_related("title").get(pk=number)

    def take(self, action: str, by: str, number: int, **given: Any) -> dict[str, Any]:
        """A step of a re-inspection under its present version; assessors are given by their names."""
        if "assessors" in given:
            given["assessors"] = ",".join(str(number_of(name)) for name in re.split("[,，] *", given["assessors"]))
        return self.do(f"title.{action}", by, reinspection=number, version=self.case(number).version, **given)

    def settle(self, number: int, occasion: str = "reinspection", broken: str = "") -> None:
        """The open inspections of a case come out, with a finding that breaks a condition or none."""
        settle(number, occasion, broken)

    def item(self, number: int) -> int:
        """The first item of a case."""
        with looking(of_all()):
            return RectificationItem.objects.filter(case=number).earliest("id").pk

    def circulated(self) -> int:
        """A case whose circular went out with one item."""
        number = self.order()
        self.take("begin_reinspection", "district", number, assessors="expert_a, expert_b")
        self.settle(number)
        self.take("circulate", "district", number, document_no="区通报〔2026〕1号", text=HOSTILE, items=f"楼道堆物未清 {HOSTILE}")
        return number

    def proposed(self) -> int:
        """A case whose re-check failed and whose revocation is proposed."""
        number = self.circulated()
        self.take("remedy", "director", number, part=self.item(number), remedy="已清理")
        self.take("begin_recheck", "district", number, assessors="expert_c，expert_d")
        self.settle(number, "recheck")
        self.take("judge_item", "district", number, part=self.item(number), verdict="uncured")
        self.take("propose_revocation", "district", number, reason="复查没有改好")
        return number

    def revoked(self) -> int:
        """A case at whose end the title was revoked by the city."""
        number = self.proposed()
        self.take("be_heard", "director", number, statement="请再给一次机会")
        self.take("revoke", "city", number, document_no="津民发〔2026〕9号", day=clock.today(), reason="整改未通过")
        return number


def number_of(username: str) -> int:
    """The number of an account; one that nobody bears for an unknown name."""
    return int(Account.objects.filter(username=username).values_list("pk", flat=True).first() or 10**9)


def settle(number: int, occasion: str = "reinspection", broken: str = "") -> None:
    """What the assessors' own pages do elsewhere: all hand in, nothing differs."""
    with looking(of_all()):
        for one in Inspection.objects.filter(reference=number, occasion=occasion, state="open"):
            Assessment.objects.filter(inspection=one).update(handed_in_at=clock.now())
            Inspection.objects.filter(pk=one.pk).update(state="settled", settled_at=clock.now())
            if broken:
                Finding.objects.create(area=one.area, inspection=one, assessment=Assessment.objects.filter(inspection=one).earliest("id"), code="D3-07",
                                       condition=broken, text=HOSTILE, found_at=clock.now())


def people(names: Iterable[str] = ASSESSORS) -> dict[str, int]:
    """Assessors of the city, and further officers; their posts by name."""
    found = {}
    for name in names:
        role, area = MORE.get(name, ("assessor", CITY))
        account = Account.objects.create(username=name, name=name, password="!", is_demonstration=True, created_at=clock.now())
        found[name] = Post.objects.create(account=account, role=role, place=Place.objects.get(area=area), valid_from=SINCE).pk
    return found


def name_it(area: int = COMMUNITY, day: date = date(2025, 12, 28)) -> Title:
    """A title that Linli gave, in a batch after those of history."""
    with looking(of_all()):
        batch, _ = Batch.objects.get_or_create(kind=KIND, ordinal=7, defaults={"year": day.year, "state": "named", "named_on": day, "document_no": "津民发〔2025〕8号"})
        return Title.objects.create(area=area, place=places.place_by_area(area).id, kind=KIND, batch=batch, origin="naming", named_on=day, document_no=batch.document_no,
                                    plaque_no=f"MLSQ-{area % 10**6:06d}")


def build_naming(cast: Cast) -> Naming:
    """Standards, history, people and one title."""
    standards.seed()
    seeding.seed()
    cast.posts.update(people((*ASSESSORS, *MORE)))
    return Naming(cast, name_it())
