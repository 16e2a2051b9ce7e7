# SPDX-License-Identifier: MulanPSL-2.0
"""Running numbers of vouchers: one row a fund, year and bearer."""

from django.db import models


class Counter(models.Model):
    """凭证号: the last number given in a fund and year of one bearer (a district)."""

    may_delete = False

    fund = models.CharField(max_length=40)
    year = models.SmallIntegerField()
    bearer = models.BigIntegerField()
    last = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["fund", "year", "bearer"], name="counter_once")]
