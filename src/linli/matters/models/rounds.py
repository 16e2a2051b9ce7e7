# SPDX-License-Identifier: MulanPSL-2.0
"""Tables of the grid worker's rounds: what was walked and looked at, what was found on it, and what he says against a record of himself."""

from django.db import models
from django.db.models import Q

from linli.core.sight import AreaModel
from linli.matters.models.loop import Matter, _of_area


class Round(AreaModel):
    """巡查: one confirmed round through a grid. It keeps when it began and ended and what was looked at, and no position.

    `client` is the phone's own number for it, so that what was walked without a network arrives once.
    """

    follows = "history"
    sees_extra = True

    worker = models.BigIntegerField(help_text="the account that walked")
    post = models.BigIntegerField()
    client = models.CharField(max_length=64, default="")
    day = models.DateField(help_text="the city's day on which it began")
    shift = models.CharField(max_length=12, help_text="morning, afternoon, other")
    began_at = models.DateTimeField()
    began_recorded_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_recorded_at = models.DateTimeField(null=True)
    looked = models.JSONField(default=list, help_text="codes of the checklist")
    found = models.JSONField(default=list, help_text="those of them where something was found")
    is_nothing_found = models.BooleanField(default=False)
    note = models.CharField(max_length=1000, default="")

    class Meta:
        indexes = [
            models.Index(fields=["area", "day"], name="round_by_area"),
            models.Index(fields=["worker", "day"], name="round_by_worker"),
            models.Index(fields=["day"], name="round_by_day"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["worker", "client"], condition=~Q(client=""), name="round_arrives_once"),
            models.UniqueConstraint(fields=["worker", "area", "day"], condition=Q(ended_at=None), name="one_open_round_a_grid"),
            models.CheckConstraint(condition=Q(ended_at=None) | Q(ended_at__gte=models.F("began_at")), name="round_ends_after_it_began"),
        ]


class RoundReport(AreaModel):
    """巡查发现: a matter reported on a round by the one who walked it; a matter belongs to one round at most."""

    may_change = False
    sees_extra = True

    round = models.ForeignKey(Round, on_delete=models.DO_NOTHING, related_name="reports")
    matter = models.OneToOneField(Matter, on_delete=models.DO_NOTHING, related_name="found_on")


class RoundDay(AreaModel):
    """应巡日: a day on which a grid that somebody looked after was to be walked, and which of its two rounds were; written when the day is over."""

    follows = "history"
    sees_extra = True

    day = models.DateField()
    over_at = models.DateTimeField(help_text="when the day's last window closed")
    has_morning = models.BooleanField(default=False)
    has_afternoon = models.BooleanField(default=False)
    community = _of_area(1_000)

    class Meta:
        indexes = [models.Index(fields=["community", "day"], name="round_day_by_community"), models.Index(fields=["day"], name="round_day_by_day")]
        constraints = [models.UniqueConstraint(fields=["area", "day"], name="round_day_once")]


class Objection(AreaModel):
    """申诉: what somebody says in his own words against a record or a figure about himself, and the answer he got."""

    follows = "history"

    account = models.BigIntegerField()
    post = models.BigIntegerField()
    round = models.ForeignKey(Round, null=True, on_delete=models.DO_NOTHING, related_name="objections")
    text = models.CharField(max_length=1000)
    made_at = models.DateTimeField()
    answer = models.CharField(max_length=1000, default="")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["area", "-id"], name="objection_by_area"), models.Index(fields=["account", "-id"], name="objection_by_account")]
