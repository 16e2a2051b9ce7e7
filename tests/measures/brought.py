# SPDX-License-Identifier: MulanPSL-2.0
"""Rows of money, inspections and surveys drawn from a seed: what reaches the figures without being a matter or a register."""

import random
from collections.abc import Sequence
from datetime import timedelta

from linli.core.sight import looking, of_all
from linli.ledgers.models import Account, Entry, Posting
from linli.measures.models import InspectedItem, Inspection, Standard, StandardVersion, Survey, SurveyShare
from tests.measures.town import DISTRICT, NOW

ITEMS = ("D2-13", "D3-01", "D3-02", "D3-06", "V1")


def plant_brought(seed: int, homes: Sequence[int]) -> None:
    """Vouchers that balance, settled inspections and closed surveys for each of these communities, over two years."""
    chance = random.Random(seed)
    with looking(of_all()):
        sheet, _ = Standard.objects.get_or_create(code="drawn")
        standard, _ = StandardVersion.objects.get_or_create(standard=sheet, version="1", defaults={
            "content": {}, "digest": "", "state": "draft", "valid_from": NOW.date()})
        for home in homes:
            _money(chance, home)
            for number in range(4):
                _inspection(chance, home, standard)
                _survey(chance, home, number)


def _money(chance: random.Random, home: int) -> None:
    """What came in, what was spent of it, and some of both taken back; the first voucher and its return each in another year."""
    accounts = {role: Account.objects.get_or_create(area=area, fund="creation", year=2026, role=role)[0]
                for role, area in (("source", DISTRICT), ("available", home), ("spent", home))}
    left, rows = 0, [(500, "allocate", chance.randint(1, 10**6)), (480, "spend", 77)]
    rows += [(chance.randint(0, 450), *chance.choice((("allocate", chance.randint(1, 10**9)), ("spend", chance.randint(1, 10**6))))) for _ in range(12)]
    for days, kind, amount in sorted(rows, reverse=True):
        amount = amount if kind == "allocate" else min(amount, left)
        if amount:
            left += _voucher(home, accounts, kind, days, amount)
        if amount and chance.random() < 0.3 and (kind == "spend" or left >= amount):
            left += _voucher(home, accounts, kind, max(0, days - 200), -amount)


def _voucher(home: int, accounts: dict[str, Account], kind: str, days: int, amount: int) -> int:
    """One voucher, its return for an amount under nought; answers what it adds to what is available."""
    at = NOW - timedelta(days=days)
    one = Entry.objects.create(area=home, fund="creation", year=2026, bearer=DISTRICT, number=Entry.objects.count() + 1, kind=kind, day=at.date(), at=at,
                               amount=abs(amount), purpose="凭证", booked_at=at)
    more, less = ("available", "source") if kind == "allocate" else ("spent", "available")
    Posting.objects.bulk_create([
        Posting(area=accounts[role].area, entry=one, account=accounts[role], fund="creation", year=2026, kind=kind, role=role, amount=signed)
        for role, signed in ((more, amount), (less, -amount))])
    return amount if kind == "allocate" else -amount


def _inspection(chance: random.Random, home: int, standard: StandardVersion) -> None:
    at = NOW - timedelta(days=chance.randint(0, 500))
    one = Inspection.objects.create(area=home, occasion="routine", standard=standard, codes=[], day=at.date(), state="settled", opened_at=at, settled_at=at)
    for code in ITEMS:
        whole = 1 if code == "V1" else chance.randint(1, 200)
        InspectedItem.objects.create(area=home, inspection=one, code=code, part=chance.randint(0, whole), whole=whole, settled_at=at)


def _survey(chance: random.Random, home: int, number: int) -> None:
    at = NOW - timedelta(days=chance.randint(0, 500))
    one = Survey.objects.create(area=home, questionnaire=f"drawn{number}", version=1, state="settled", opened_by=1, opened_at=at, closed_at=at, digest="", sealed=b"")
    for name in ("aware", "other"):
        whole = chance.randint(1, 90)
        SurveyShare.objects.create(area=home, survey=one, name=name, part=chance.randint(0, whole), whole=whole, closed_at=at)
