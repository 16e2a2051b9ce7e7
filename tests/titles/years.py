# SPDX-License-Identifier: MulanPSL-2.0
"""A year of creation in the city of the cast: what each level does, one call each, on days that the test chooses."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from linli.core import calendar_store, clock
from linli.core.sight import looking, of_all
from linli.measures import seeding
from linli.measures.inspecting import conflicts
from linli.measures.models import Assessment, Finding, Inspection, Mark, StandardVersion
from linli.titles.creation import patrols
from linli.titles.models import Application
from tests.cast import CITY, Cast
from tests.inspections import somebody

MARCH, LATER = date(2026, 3, 2), date(2026, 4, 6)
DATES = {"apply_until": "2026-04-30", "street_until": "2026-05-31", "district_until": "2026-06-30", "midterm_until": "2026-08-31", "assess_until": "2026-11-30",
         "publicity_by": "2026-12-20", "naming_by": "2026-12-31"}


@contextmanager
def on(day: date) -> Iterator[None]:
    """Noon of a day of the city."""
    with clock.standing_at(datetime(day.year, day.month, day.day, 4, tzinfo=UTC)):
        yield


@dataclass
class Year:
    """The cast in a year of creation."""

    cast: Cast
    batch: int = 0

    def do(self, name: str, by: str = "", **given: Any) -> dict[str, Any]:
        """An action of the room by its last part."""
        return self.cast.do(f"title.{name}", by, **given)

    def plan(self, target: int = 100) -> int:
        """A planned batch for 2026."""
        self.batch = int(self.do("plan_batch", "city", kind="beautiful_community", year=2026, target=target)["title_batch"])
        return self.batch

    def opened(self) -> int:
        """A batch whose call is open, with the draws of March's seeds kept from February on."""
        with on(date(2026, 2, 20)):
            self.plan()
            patrols.keep_seeds()
        with on(MARCH):
            standard = StandardVersion.objects.get(state="published").pk
            self.do("open_call", "city", title_batch=self.batch, standard=str(standard), **DATES)
        return self.batch

    def applied(self, by: str = "director") -> int:
        """An application that the community submitted."""
        with on(MARCH):
            number = int(self.do("begin_application", by, title_batch=self.batch)["application"])
            self.do("submit_application", by, application=number, self_check="都做到了")
        return number

    def candidate(self, by: str = "director") -> int:
        """A candidate: passed by the street and in four steps by the district."""
        number = self.applied(by)
        with on(MARCH):
            self.do("review_at_street", "head", application=number, outcome="pass", reason="属实")
            for _ in range(4):
                self.do("review_at_district", "district", application=number, outcome="pass", reason="符合")
        return number

    def assessors(self) -> str:
        """Two accounts that may be named."""
        return ",".join(account for account, _ in conflicts.choices()[:2])

    def visited(self, number: int, *, day: date = MARCH, part: int = 90, condition: str = "") -> None:
        """A settled unannounced visit to a candidate."""
        with looking(of_all()):
            application = Application.objects.select_related("batch").get(pk=number)
            made = Inspection.objects.create(area=application.area, occasion="patrol", reference=number, standard=application.batch.standard, codes=["D2-01"], day=day,
                                             opened_at=clock.now())
            for account in (1, 2):
                Assessment.objects.create(area=application.area, inspection=made, account=account)
        settle(made.pk, part=part, condition=condition)

    def assessed(self, by: str = "director", *, condition: str = "") -> int:
        """A community whose assessment is concluded."""
        number = self.candidate(by)
        self.visited(number)
        self.again(number, condition=condition)
        return number

    def again(self, number: int, *, condition: str = "") -> None:
        """The assessment of an application, begun, settled and concluded."""
        with on(LATER):
            inspection = self.do("begin_assessment", "city", application=number, assessors=self.assessors())["inspection"]
            settle(inspection, condition=condition)
            self.do("conclude_assessment", "city", application=number)

    def public(self, day: date = LATER) -> int:
        """A list in publicity with one community on it; the number of the publicity."""
        number = self.assessed()
        with on(day):
            self.do("shortlist", "city", application=number)
            return int(self.do("open_publicity", "city", title_batch=self.batch)["publicity"])

    def application(self, number: int = 0) -> Application:
        """An application as it stands (the only one)."""
        with looking(of_all()):
            found: Application = Application.objects.get(**({"pk": number} if number else {}))
            return found

    def name(self, day: date, **more: Any) -> dict[str, Any]:
        """The naming on a day."""
        with on(day):
            return self.do("name_batch", "city", **({"title_batch": self.batch, "document_no": "津民〔2026〕1号", "named_on": day.isoformat()} | more))


def settle(inspection: int, *, part: int = 90, condition: str = "") -> None:
    """All assessors handed in and agree."""
    with looking(of_all()):
        made = Inspection.objects.get(pk=inspection)
        for one in Assessment.objects.filter(inspection=made):
            Mark.objects.create(area=made.area, assessment=one, code="D2-01", part=part, whole=100)
            Assessment.objects.filter(pk=one.pk).update(handed_in_at=clock.now())
        if condition:
            Finding.objects.create(area=made.area, inspection=made, assessment=one, code="D2-01", condition=condition, text="x", found_at=clock.now())
        Inspection.objects.filter(pk=inspection).update(state="settled", settled_at=clock.now())


def build(cast: Cast) -> Year:
    """The year with the shipped standard and calendar, and two assessors of the city."""
    calendar_store.seed()
    seeding.seed()
    for number in (1, 2):
        somebody("assessor", CITY, f"测评{number}", username=f"assessor-{number}")
    return Year(cast)
