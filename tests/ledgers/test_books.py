# SPDX-License-Identifier: MulanPSL-2.0
"""The money of creation: every voucher has two sides, nobody uses what is not there, nothing is changed afterwards, sums hold to the cent."""

from collections.abc import Mapping
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linli.core import clock, due
from linli.core.actions import run
from linli.core.faults import Conflict, Fault, Invalid, NotAble, NotVisible
from linli.core.models import JournalLine
from linli.core.sight import looking, of_all, of_post
from linli.doors import cookies
from linli.elements import places, sessions
from linli.elements.models import Account as Person
from linli.ledgers import statements
from linli.ledgers.booking import yuan
from linli.ledgers.funds import Fund, fund_named
from linli.ledgers.models import Entry, Posting
from linli.measures.counts import count_leaves
from linli.measures.declarations import WORK, fact_of
from linli.measures.models import Value
from linli.measures.periods import window, year_of
from tests.cast import COMMUNITY, COMMUNITY2, COMMUNITY3, DISTRICT, DISTRICT2, FAR_COMMUNITY, GRID, HOSTILE, STREET, Cast

pytestmark = pytest.mark.django_db
SAID: Mapping[str, Any] = {"fund": "creation", "purpose": f"批复 {HOSTILE}"[:200]}


def money() -> Fund:
    found = fund_named("creation")
    assert found is not None
    return found


def book(cast: Cast, action: str, by: str, amount: str, area: int = DISTRICT, **more: Any) -> int:
    given = {**SAID, "area": area, "amount": amount, "day": clock.today().isoformat(), "evidence": [cast.paper(by, area)], **more}
    return int(cast.do(f"fund.{action}", by, **given)["voucher"])


def spend(cast: Cast, amount: str, by: str = "director", area: int = COMMUNITY) -> int:
    return book(cast, "spend", by, amount, area, use="facilities", payee="某建筑公司")


@pytest.fixture
def funded(cast: Cast) -> Cast:
    """A district with 10,000 yuan, of which the first community got 3,000."""
    book(cast, "appropriate", "district", "10000")
    book(cast, "allocate", "district", "3000.00", to=COMMUNITY)
    return cast


def statement(cast: Cast, by: str, area: int) -> tuple[str, str, str]:
    actor = cast.actors[by]
    with looking(of_post(actor)):
        whole = statements.books(actor, money(), clock.today().year, places.place_by_area(area)).whole
    return yuan(whole.received), yuan(whole.spent), yuan(whole.left)


def test_money_goes_from_the_budget_to_the_community_and_out_and_every_level_sees_its_sums(funded: Cast) -> None:
    spend(funded, "1234.56")

    assert statement(funded, "director", COMMUNITY) == ("3,000.00", "1,234.56", "1,765.44")
    assert statement(funded, "district", DISTRICT) == ("10,000.00", "1,234.56", "8,765.44")
    assert statement(funded, "district", STREET) == ("3,000.00", "1,234.56", "1,765.44")
    assert statement(funded, "city", DISTRICT2) == ("0.00", "0.00", "0.00")


def test_nobody_uses_money_that_is_not_there(funded: Cast) -> None:
    with pytest.raises(Conflict, match=r"3,000\.00"):
        spend(funded, "3000.01")
    with pytest.raises(Conflict):
        book(funded, "allocate", "district", "7000.01", to=COMMUNITY2)

    spend(funded, "3000.00")
    assert statement(funded, "director", COMMUNITY)[2] == "0.00"


def test_the_database_refuses_an_entry_that_does_not_add_up_or_overdraws(funded: Cast, owner: None) -> None:
    row = Posting.objects.filter(area=COMMUNITY).first()
    assert row is not None

    for entry, amount in ((row.entry_id, 5), (row.entry_id, -400_000)):
        with pytest.raises(DatabaseError), transaction.atomic():
            plant(row, entry, amount)


def plant(like: Posting, entry: int, amount: int) -> None:
    """A single posting, as no action writes it."""
    with connection.cursor() as cursor:
        cursor.execute("""insert into ledgers_posting (area, entry_id, account_id, fund, year, kind, role, amount)
values (%s, %s, %s, 'creation', %s, 'spend', 'available', %s)""", [like.area, entry, like.account_id, like.year, amount])
        cursor.execute("set constraints all immediate")


def test_vouchers_are_never_changed_or_removed(funded: Cast, owner: None) -> None:
    for statement_ in ("update ledgers_entry set amount = 1", "delete from ledgers_posting", "update ledgers_posting set amount = 0"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement_)


def test_a_wrong_voucher_is_reversed_once_and_both_stay(funded: Cast) -> None:
    wrong = spend(funded, "500")
    back = {"voucher": wrong, "reason": "金额写错", "day": clock.today().isoformat()}
    made = funded.do("fund.reverse", "director", **back)["voucher"]

    assert statement(funded, "director", COMMUNITY) == ("3,000.00", "0.00", "3,000.00")
    with pytest.raises(Conflict):
        funded.do("fund.reverse", "director", **back)
    with pytest.raises(Conflict):
        funded.do("fund.reverse", "director", **back | {"voucher": made})
    with looking(of_all()):
        assert Entry.objects.filter(pk__in=(wrong, made)).count() == 2


def test_an_allocation_is_taken_back_by_who_gave_it_and_only_while_it_is_unspent(funded: Cast) -> None:
    with looking(of_all()):
        given_ = Entry.objects.get(kind="allocate").pk
    back = {"voucher": given_, "reason": "重复拨付", "day": clock.today().isoformat()}
    for other in ("director", "head"):
        with pytest.raises(NotAble):
            funded.do("fund.reverse", other, **back)
    spent = spend(funded, "1")
    with pytest.raises(Conflict):
        funded.do("fund.reverse", "district", **back)
    funded.do("fund.reverse", "director", voucher=spent, reason="退款", day=clock.today().isoformat())
    funded.do("fund.reverse", "district", **back)

    assert statement(funded, "district", DISTRICT) == ("10,000.00", "0.00", "10,000.00")
    assert statement(funded, "director", COMMUNITY) == ("0.00", "0.00", "0.00")


@pytest.mark.parametrize(("by", "action", "more"), [
    ("director", "appropriate", {"area": COMMUNITY}), ("director", "allocate", {"area": COMMUNITY, "to": GRID}), ("gridworker", "spend", {"area": GRID}),
    ("city", "spend", {"area": DISTRICT}), ("handler", "allocate", {"area": STREET, "to": COMMUNITY}), ("sysadmin", "appropriate", {"area": DISTRICT}),
])
def test_who_may_not_enter_a_voucher_is_refused(funded: Cast, by: str, action: str, more: Mapping[str, Any]) -> None:
    given = {**SAID, "amount": "1", "day": clock.today().isoformat(), "use": "other", "payee": "某公司", "evidence": [1], **more}
    wanted = {"appropriate": ("fund", "area", "amount", "day", "purpose", "evidence"), "allocate": ("fund", "area", "to", "amount", "day", "purpose", "evidence"),
              "spend": tuple(given)}
    with pytest.raises(NotAble):
        funded.do(f"fund.{action}", by, **{name: given[name] for name in wanted[action] if name in given})


def test_another_places_money_answers_like_money_that_is_not_there(funded: Cast) -> None:
    with looking(of_all()):
        foreign = Entry.objects.get(kind="allocate").pk
    for by in ("director2", "district2", "head2"):
        for number in (foreign, 999_999_999, "x", "-1"):
            with pytest.raises((NotVisible, Invalid)):
                funded.do("fund.reverse", by, voucher=number, reason="不是我的", day=clock.today().isoformat())
        with pytest.raises((NotVisible, NotAble)):
            spend(funded, "1", by, COMMUNITY)
    with pytest.raises(NotVisible):
        book(funded, "allocate", "district2", "1", DISTRICT, to=COMMUNITY)
    with pytest.raises(Invalid):
        book(funded, "allocate", "district", "1", DISTRICT, to=FAR_COMMUNITY)
    with pytest.raises(Invalid):
        book(funded, "allocate", "district", "1", DISTRICT, to=GRID)


@pytest.mark.parametrize(("field", "value"), [
    ("amount", "0"), ("amount", "-1"), ("amount", "1.005"), ("amount", "1e3"), ("amount", "NaN"), ("amount", "99999999999999999"), ("amount", "１２"),
    ("day", "2999-01-01"), ("day", "2012-12-31"), ("day", "2026-02-30"), ("use", "私人"), ("use", HOSTILE[:40]), ("purpose", "   "), ("payee", ""), ("evidence", []),
    ("evidence", [999_999]), ("fund", "别的"),
])
def test_bad_input_is_refused_with_the_field_named(funded: Cast, field: str, value: Any) -> None:
    said = {**SAID, "area": COMMUNITY, "amount": "1", "day": clock.today().isoformat(), "use": "other", "payee": "某公司", "evidence": [funded.paper("director")]}
    with pytest.raises(Invalid) as refused:
        funded.do("fund.spend", "director", **said | {field: value})

    assert field in refused.value.fields


def test_a_repeat_is_answered_once(funded: Cast) -> None:
    said = {**SAID, "area": COMMUNITY, "amount": "1", "day": clock.today().isoformat(), "use": "other", "payee": "某公司", "evidence": [funded.paper("director")]}
    first = run("fund.spend", funded.director, said, key="once")
    assert run("fund.spend", funded.director, said, key="once") == first
    with looking(of_all()):
        assert Entry.objects.filter(kind="spend").count() == 1


def test_vouchers_of_a_district_and_year_are_numbered_without_a_gap(funded: Cast) -> None:
    with pytest.raises(Conflict):
        spend(funded, "9999")
    spend(funded, "1")
    with looking(of_all()):
        assert list(Entry.objects.order_by("id").values_list("bearer", "number")) == [(DISTRICT, 1), (DISTRICT, 2), (DISTRICT, 3)]


def test_every_voucher_is_a_line_of_the_journal(funded: Cast) -> None:
    with looking(of_all()):
        assert list(JournalLine.objects.filter(subject_kind="fund_entry").order_by("id").values_list("action", flat=True)) == ["fund.appropriate", "fund.allocate"]


STEPS = st.lists(st.tuples(st.sampled_from(("appropriate", "allocate", "street", "spend", "reverse")), st.sampled_from((COMMUNITY, COMMUNITY2, COMMUNITY3)),
                           st.integers(1, 300_000), st.integers(0, 30)), max_size=10)


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_any_sequence_of_vouchers_adds_up_to_the_cent_and_never_overdraws(cast: Cast, steps: list[tuple[str, int, int, int]]) -> None:
    made: list[int] = []
    with transaction.atomic():
        for action, community, cents, which in steps:
            try:
                made.append(_step(cast, action, community, cents, made[which % len(made)] if made else 0))
            except Fault:
                continue
        with connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")
            cursor.execute("set constraints all deferred")
        with looking(of_all()):
            rows = list(Posting.objects.values_list("entry", "area", "role", "amount"))
        _hold_up(cast, rows)
        transaction.set_rollback(True)


def _step(cast: Cast, action: str, community: int, cents: int, old: int) -> int:
    amount = f"{cents // 100}.{cents % 100:02}"
    if action == "reverse":
        return int(cast.do("fund.reverse", "district", voucher=old, reason="更正", day=clock.today().isoformat())["voucher"])
    if action == "spend":
        return book(cast, "spend", "district", amount, community, use="other", payee="某公司")
    if action == "street":
        return book(cast, "allocate", "district", amount, DISTRICT, to=STREET)
    return book(cast, action, "district", amount, DISTRICT, **({"to": community} if action == "allocate" else {}))


def _hold_up(cast: Cast, rows: list[tuple[int, int, str, int]]) -> None:
    entries: dict[int, int] = {}
    accounts: dict[tuple[int, str], int] = {}
    for entry, area, role, amount in rows:
        entries[entry] = entries.get(entry, 0) + amount
        accounts[area, role] = accounts.get((area, role), 0) + amount
    assert set(entries.values()) <= {0}
    assert all(total >= 0 for (_, role), total in accounts.items() if role != "source")
    _count_alike()
    for area, by in ((DISTRICT, "district"), (STREET, "district"), (COMMUNITY, "director")):
        actor, place = cast.actors[by], places.place_by_area(area)
        with looking(of_post(actor)):
            found = statements.books(actor, money(), clock.today().year, place)
        assert found.whole.received == found.whole.spent + found.whole.left
        inside = [amount for (where, role), amount in accounts.items() if role == "available" and place.lo <= where < place.hi]
        assert found.whole.left == sum(inside)
        assert found.whole.left == found.own.left + sum(one.left for one in found.below)


def _count_alike() -> None:
    """The indicator against a slow reading of the vouchers themselves, which knows nothing of accounts."""
    now, communities = clock.now(), (COMMUNITY, COMMUNITY2, COMMUNITY3)
    with looking(of_all()):
        vouchers = list(Entry.objects.values_list("area", "kind", "amount", "reverses"))
        counted = count_leaves(communities, [window(year_of(clock.today().year), now)], now, WORK).pairs
    for area in communities:
        part, whole = (sum(-amount if reverses else amount for where, kind, amount, reverses in vouchers if (where, kind) == (area, wanted))
                       for wanted in ("spend", "allocate"))
        found = counted.get((str(clock.today().year), area, "D2-11", 1), (0, 0))
        assert found == ((part, whole) if whole else (0, 0))


def test_the_postings_counted_are_one_row_a_thing(funded: Cast) -> None:
    spend(funded, "10")
    fact = fact_of("creation_money")
    now = window(year_of(clock.today().year), clock.now())
    with looking(of_all()), connection.cursor() as cursor:
        cursor.execute(f"select count(*), count(distinct id) from ({fact.tree().sql('postgres')}) f", now.parameters())
        rows, distinct = cursor.fetchone()

    assert rows == distinct == 2


def test_the_indicator_is_what_was_spent_of_what_was_allocated(funded: Cast) -> None:
    due.drain()
    spend(funded, "2400.00")
    wrong = spend(funded, "100.00")
    funded.do("fund.reverse", "director", voucher=wrong, reason="错", day=clock.today().isoformat())
    due.drain()

    with looking(of_all()):
        rows = Value.objects.filter(measure="D2-11", period=str(clock.today().year)).values_list("area", "level", "numerator", "denominator")
        found = {(area, level): (part, whole) for area, level, part, whole in rows}
    assert found[COMMUNITY, "community"] == found[STREET, "street"] == found[DISTRICT, "district"] == (240_000, 300_000)
    assert not [level for _, level in found if level == "direct"]


def client(name: str) -> Client:
    made = Client()
    made.cookies[cookies.SESSION] = sessions.open_for(Person.objects.get(username=name)).cookie
    return made


def test_the_books_are_read_and_a_voucher_is_entered_on_the_page(funded: Cast) -> None:
    page = client("director").get("/desk/funds/").content.decode()
    assert "3,000.00" in page
    assert "记一笔支出" in page
    assert "登记预算安排" not in page

    form = {"amount": "88.80", "day": clock.today().isoformat(), "use": "other", "purpose": HOSTILE[:150], "payee": "某公司", "evidence": str(funded.paper("director")),
            "idempotency": "k1"}
    answer = client("director").post(f"/desk/funds/enter/spend?area={COMMUNITY}", form)
    assert answer.status_code == 303, answer.content.decode()[:3000]
    shown = client("director").get(answer["Location"]).content.decode()
    assert "88.80" in shown
    assert "<script>alert" not in shown
    assert "冲销这张凭证" in shown


def test_what_was_typed_stays_when_a_voucher_is_refused(funded: Cast) -> None:
    form = {"amount": "99999", "day": clock.today().isoformat(), "use": "other", "purpose": "采购桌椅", "payee": "某公司", "evidence": str(funded.paper("director")),
            "idempotency": "k2"}
    page = client("director").post(f"/desk/funds/enter/spend?area={COMMUNITY}", form)

    assert page.status_code == 409
    assert "采购桌椅" in page.content.decode()
    assert "3,000.00" in page.content.decode()


def test_the_page_of_the_books_asks_few_questions(funded: Cast, django_assert_max_num_queries: Any) -> None:
    for amount in range(1, 8):
        spend(funded, str(amount))
    browser = client("district")
    browser.get("/desk/funds/")
    with django_assert_max_num_queries(9):
        assert browser.get("/desk/funds/").status_code == 200


def test_a_neighbour_sees_none_of_it(funded: Cast) -> None:
    voucher = funded.voucher()
    assert client("director2").get(f"/desk/funds/{voucher}/").status_code == 404
    assert client("gridworker").get("/desk/funds/").status_code == 403
    assert client("director2").get(f"/desk/funds/?area={COMMUNITY}").status_code == 404
    assert "3,000.00" not in client("director2").get("/desk/funds/").content.decode()
