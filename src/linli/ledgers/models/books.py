# SPDX-License-Identifier: MulanPSL-2.0
"""The books: accounts, entries and postings. Nothing of them is ever changed or removed; what was wrong is reversed by a further entry."""

from django.db import models

from linli.core.sight import AreaModel

ROLES = ("source", "available", "spent")


class Account(AreaModel):
    """账户: one fund, year and place, in one of three roles: where the money comes from, what may still be used, what was spent."""

    may_change = False

    area = models.BigIntegerField()
    fund = models.CharField(max_length=40)
    year = models.SmallIntegerField()
    role = models.CharField(max_length=12)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["area", "fund", "year", "role"], name="account_once"),
                       models.CheckConstraint(condition=models.Q(role__in=ROLES), name="account_roles")]


class Entry(AreaModel):
    """分录: one voucher of a fund and year. Its postings add up to nought (a trigger refuses the transaction otherwise).

    `kind` is `appropriate`, `allocate` or `spend`; an entry that takes another one back has its kind and names it in `reverses`.
    `bearer` is the district whose running numbers it has; `at` is noon of its day on the city's clock.
    """

    may_change = False

    area = models.BigIntegerField()
    fund = models.CharField(max_length=40)
    year = models.SmallIntegerField()
    bearer = models.BigIntegerField()
    number = models.IntegerField()
    kind = models.CharField(max_length=12)
    day = models.DateField()
    at = models.DateTimeField()
    amount = models.BigIntegerField(help_text="in cents (分), above nought")
    use = models.CharField(max_length=40, default="", help_text="what it was spent on, of the fund's list")
    purpose = models.CharField(max_length=200)
    payee = models.CharField(max_length=120, default="", help_text="the firm or unit that was paid")
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversed_by")
    booked_by = models.BigIntegerField(null=True)
    booked_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["area", "-id"], name="entry_by_area")]
        constraints = [models.UniqueConstraint(fields=["fund", "year", "bearer", "number"], name="entry_number_once"),
                       models.CheckConstraint(condition=models.Q(amount__gt=0), name="entry_amount"),
                       models.CheckConstraint(condition=models.Q(kind__in=["appropriate", "allocate", "spend"]), name="entry_kinds")]


class Posting(AreaModel):
    """记账行: what an entry adds to one account, in cents; fund, year, kind and role stand here again, so that sums need no join."""

    may_change = False

    area = models.BigIntegerField()
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="postings")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="postings")
    fund = models.CharField(max_length=40)
    year = models.SmallIntegerField()
    kind = models.CharField(max_length=12)
    role = models.CharField(max_length=12)
    amount = models.BigIntegerField(help_text="in cents (分); sums to nought over an entry")

    class Meta:
        indexes = [models.Index(fields=["area", "fund", "year"], name="posting_by_area")]
