# SPDX-License-Identifier: MulanPSL-2.0
"""Where titles meet their neighbours: targets on the boards, who is barred, who may assess, and that nobody hears of a visit before it."""

import re
from datetime import date
from typing import Any

import pytest
from django.urls import NoReverseMatch, reverse

from linli.core.faults import Conflict, Invalid
from linli.core.models import JournalLine
from linli.core.sight import looking, of_all, of_post
from linli.desk.urls import urlpatterns
from linli.elements import places
from linli.elements.models import Place, Post
from linli.measures.inspecting.reading import due
from linli.measures.models import Inspection
from linli.titles import lateness
from linli.titles.after import reading
from linli.titles.models import Batch, Share, Title
from linli.titles.progress import progress
from tests.cast import CITY, COMMUNITY, DISTRICT, DISTRICT2, FAR_COMMUNITY, SINCE, STREET
from tests.inspections import somebody
from tests.titles.naming import KIND, Naming, name_it
from tests.titles.test_pages_of_titles import client
from tests.titles.years import LATER, MARCH, Year, on

pytestmark = pytest.mark.django_db
OVER = date(2026, 4, 16)
BELOW = ("director", "head")
CHANGING = re.compile(r'"[A-Za-z0-9]{64}"|name="[^"]*(idempotency|csrfmiddlewaretoken)" value="[^"]*"|data-stamp="[^"]*"|<time[^>]*>[^<]*</time>|\d{1,2}:\d{2}(:\d{2})?')
"""Tokens, keys and moments, which differ from one reading to the next."""


def test_the_boards_show_what_was_named_against_the_target_of_city_and_district(year: Year) -> None:
    year.opened()
    year.public()
    year.name(OVER)

    with looking(of_all()):
        share = Share.objects.get(batch=year.batch, area=DISTRICT).number
    with looking(of_post(year.cast.city), read_only=True):
        found = {area: progress(year.cast.city, places.place_by_area(area), 2026)[0] for area in (CITY, DISTRICT, DISTRICT2, STREET)}
        other = progress(year.cast.city, places.place_by_area(CITY), 2025)[0]
    with on(OVER):
        board = client("city").get(reverse("desk:board", args=[CITY])).content.decode()

    assert {area: (one.target, one.named) for area, one in found.items()} == {CITY: (100, 1), DISTRICT: (share, 1), DISTRICT2: (100 - share, 0), STREET: (None, 1)}
    assert other.target is None
    assert "100" in re.sub(r"\s+", "", re.findall(r'<section class="card stack" aria-labelledby="title-1">.*?</section>', board, re.DOTALL)[0])


def test_a_district_reads_no_share_of_another(year: Year) -> None:
    year.plan()

    with looking(of_post(year.cast.district2), read_only=True):
        assert progress(year.cast.district2, places.place_by_area(DISTRICT), 2026)[0].target is None


@pytest.mark.parametrize(("revoked", "code"), [(date(2026, 1, 15), "barred"), (date(2025, 12, 31), ""), (None, "named")])
def test_who_bears_the_title_or_lost_it_this_year_cannot_apply(year: Year, revoked: date | None, code: str) -> None:
    year.opened()
    with looking(of_all()):
        batch = Batch.objects.create(kind=KIND, ordinal=90, year=2024, state="named", named_on=date(2024, 12, 30), document_no="1")
        Title.objects.create(area=COMMUNITY, place=places.place_by_area(COMMUNITY).id, kind=KIND, batch=batch, origin="naming", named_on=batch.named_on, document_no="1",
                             plaque_no="P1", revoked_on=revoked, revoked_by="9" if revoked else "")

    if not code:
        assert year.applied()
        return
    with on(MARCH), pytest.raises(Conflict) as refused:
        year.do("begin_application", "director", title_batch=year.batch)

    assert refused.value.code == code
    assert code == "named" or "2027" in refused.value.message.zh


def test_an_assessor_of_another_district_or_of_none_is_not_sent(year: Year) -> None:
    year.opened()
    number = year.candidate()
    year.visited(number)
    far = [somebody("assessor", DISTRICT2) for _ in range(2)]

    for wrong in (",".join(str(one.account) for one in far), f"{year.cast.city.account},{year.cast.district.account}"):
        with on(LATER), pytest.raises(Invalid) as refused:
            year.do("begin_assessment", "city", application=number, assessors=wrong)
        assert "assessors" in refused.value.fields


def test_an_assessor_with_a_post_in_the_street_is_no_third_party(naming: Naming) -> None:
    number = naming.order()
    with looking(of_all()):
        account = Post.objects.get(pk=naming.cast.posts["expert_b"]).account_id
        Post.objects.create(account_id=account, role="verifier", place=Place.objects.get(area=STREET), valid_from=SINCE)

    with pytest.raises(Invalid) as refused:
        naming.take("begin_reinspection", "district", number, assessors="expert_a, expert_b")

    assert "expert_b" in str(refused.value.fields["assessors"].zh)


def test_a_visit_asks_what_the_standard_has_looked_at_on_site(naming: Naming) -> None:
    number = naming.order()
    naming.take("begin_reinspection", "district", number, assessors="expert_a, expert_b")

    with looking(of_all()):
        held = Inspection.objects.get(reference=number, occasion="reinspection")
        looked_at = {one["code"] for one in held.standard.content["indicator"] if one.get("inspection") or one.get("basis") == "inspected"}
    assert set(held.codes) >= looked_at > set()


def pages(name: str) -> set[tuple[str, str]]:
    """The lines of every page of the desk without parameters, and of those of the community, as somebody reads them; what changes by itself is left out."""
    own = client(name)
    answers = {address: own.get(address) for address in sorted(addresses())}
    return {(address, line) for address, one in answers.items() if one.status_code == 200 for line in lines_of(one)}


def lines_of(answer: Any) -> list[str]:
    return CHANGING.sub("", answer.content.decode()).splitlines() if not answer.streaming else []


def addresses() -> set[str]:
    found = {reverse(route, args=[COMMUNITY]) for route in ("desk:board", "desk:next_steps")}
    for one in urlpatterns:
        try:
            found.add(reverse(f"desk:{getattr(one, 'name', '')}"))
        except NoReverseMatch:
            continue
    return found


def lines(naming: Naming, name: str) -> list[int]:
    actor = naming.cast.actors[name]
    with looking(of_post(actor), read_only=True):
        return list(JournalLine.objects.visible_to(actor).order_by("pk").values_list("pk", flat=True))


@pytest.mark.slow
@pytest.mark.parametrize("who", BELOW)
def test_nothing_of_an_unannounced_visit_reaches_community_or_street(naming: Naming, who: str) -> None:
    number = naming.order()
    before, written = pages(who), lines(naming, who)
    naming.take("begin_reinspection", "district", number, assessors="expert_a, expert_b")
    with looking(of_all()):
        visit = Inspection.objects.get(reference=number, occasion="reinspection")

    after = pages(who)

    assert before ^ after == set()
    assert lines(naming, who) == written
    assert client(who).get(reverse("desk:inspection", args=[visit.pk])).status_code in (403, 404)
    assert len({address for address, _ in before}) > 10


@pytest.mark.parametrize("who", BELOW)
def test_no_draw_of_candidates_reaches_the_application_or_the_journal_below(year: Year, who: str) -> None:
    year.opened()
    number = year.candidate()
    address, actor = reverse("desk:creation_application", args=[number]), year.cast.actors[who]

    def read() -> tuple[list[str], list[int]]:
        with on(MARCH), looking(of_post(actor), read_only=True):
            seen = list(JournalLine.objects.visible_to(actor).order_by("pk").values_list("pk", flat=True))
            return lines_of(client(who).get(address)), seen

    before = read()
    with on(MARCH):
        year.do("draw_patrols", "city", title_batch=year.batch, size=1, assessors=year.assessors())

    with looking(of_all()):
        assert Inspection.objects.get(occasion="patrol").reference == number
    assert read() == before


def test_overdue_sheets_stand_on_the_page_of_what_is_late_for_who_opens_them_alone(naming: Naming) -> None:
    number = naming.order()
    naming.take("begin_reinspection", "district", number, assessors="expert_a, expert_b")
    with looking(of_all()):
        Inspection.objects.filter(reference=number).update(due_on=date(2026, 1, 5))
        visit = Inspection.objects.get(reference=number)
    watch = next(one for one in lateness.watches() if one.name == "inspections")

    with looking(of_post(naming.cast.district), read_only=True):
        steps = list(watch.open_steps(naming.cast.district, 9))
        late = [one.is_late for one in reading.late_steps(naming.cast.district)["district"] if one.step.route == "desk:inspection"]
    for name in ("director", "head", "district2"):
        actor = naming.cast.actors[name]
        with looking(of_post(actor), read_only=True):
            assert list(watch.open_steps(actor, 9)) == due(actor) == []
    page = client("district").get(reverse("desk:late")).content.decode()

    assert [(one.route, one.argument, one.due_on, one.area) for one in steps] == [("desk:inspection", visit.pk, date(2026, 1, 5), COMMUNITY)]
    assert late == [True]
    assert reverse("desk:inspection", args=[visit.pk]) in page


def test_occasions_of_titles_have_their_words(naming: Naming) -> None:
    naming.take("begin_reinspection", "district", naming.order(), assessors="expert_a, expert_b")

    page = client("district").get(reverse("desk:inspections")).content.decode()

    assert "再巡查" in page
    assert "reinspection" not in re.sub(r'href="[^"]*"', "", page)


def test_a_community_of_another_district_is_visited_by_assessors_of_the_city(naming: Naming) -> None:
    title = name_it(FAR_COMMUNITY)
    number = int(naming.do("title.order_reinspection", "city", title=title.pk, why="群众反映")["reinspection"])

    naming.take("begin_reinspection", "city", number, assessors="expert_a, expert_b")

    assert naming.case(number).state == "inspecting"
