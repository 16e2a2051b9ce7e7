# SPDX-License-Identifier: MulanPSL-2.0
"""Tables of routing: versions of rules, their trials over history, and what they propose for a matter."""

from django.db import models
from django.db.models import Q

from linli.core.sight import AreaModel
from linli.elements.models import OPEN_AREA
from linli.matters.models.loop import Matter


class RouteVersion(models.Model):
    """派遣规则版本: the rules of one city, district or street; draft, published, superseded or dropped.

    Open to read like duties and units: everybody has to know who takes what, the levels above included.
    """

    area = models.BigIntegerField(db_column=OPEN_AREA, help_text="the place whose range it owns")
    number = models.IntegerField()
    state = models.CharField(max_length=12, default="draft")
    valid_from = models.DateTimeField(null=True)
    digest = models.CharField(max_length=64, default="", help_text="SHA-256 of the rules in order")
    why = models.CharField(max_length=500)
    copied_from = models.BigIntegerField(null=True)
    made_by = models.BigIntegerField(null=True)
    made_at = models.DateTimeField()
    published_by = models.BigIntegerField(null=True)
    published_at = models.DateTimeField(null=True)
    has_accepted_holes = models.BooleanField(default=False, help_text="published in the knowledge that not everything has an owner")
    findings = models.JSONField(default=dict, help_text="counts of the finder at publication")
    edit = models.IntegerField(default=0, help_text="the number of the last edit")
    edits = models.JSONField(default=list, help_text="the edits that still hold, for undoing them one by one")
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["area", "number"], name="route_version_once")]


class RouteRule(models.Model):
    """派遣规则: category × area × time → unit. Never edited: a change ends a row and adds one, so that each edit can be undone."""

    may_delete = False

    route = models.ForeignKey(RouteVersion, on_delete=models.PROTECT, related_name="rules")
    what = models.CharField(max_length=80, help_text="all, scheme:…, group:…:…, category:…:…:…")
    area = models.BigIntegerField(db_column=OPEN_AREA)
    time = models.CharField(max_length=60, help_text="always, office, outside, or a window such as 12345 08:00-20:00")
    target = models.CharField(max_length=140, help_text="unit:…, duty:…, nearest:…, above")
    is_automatic = models.BooleanField(default=False)
    files = models.CharField(max_length=10, default="hand", help_text="hand, patrol, all")
    note = models.CharField(max_length=200, default="")
    edit_from = models.IntegerField()
    edit_to = models.IntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["route"], name="route_rules_now", condition=Q(edit_to=None))]


class RouteTrial(AreaModel):
    """试算: what would have gone elsewhere than it went, counted over the last days; kept with the version that was tried."""

    follows = "history"

    route = models.ForeignKey(RouteVersion, on_delete=models.PROTECT, related_name="trials")
    digest = models.CharField(max_length=64, help_text="of the rules that were tried")
    days = models.IntegerField()
    state = models.CharField(max_length=10, default="waiting", help_text="waiting, running, done")
    asked_by = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField()
    since = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    cursor = models.BigIntegerField(default=0)
    last = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    looked = models.BigIntegerField(default=0)
    same = models.BigIntegerField(default=0)
    elsewhere = models.BigIntegerField(default=0)
    unresolved = models.BigIntegerField(default=0)
    unsent = models.BigIntegerField(default=0, help_text="never dispatched: nothing to compare with")
    rows = models.JSONField(default=list, help_text="[rule, from unit, to unit, fault, count, sample of matters]")


class Proposal(AreaModel):
    """建议: where the rules in force would send a matter, or why they cannot; brought up to date as long as it waits."""

    matter = models.OneToOneField(Matter, on_delete=models.DO_NOTHING, related_name="proposal", primary_key=True)
    route = models.BigIntegerField(null=True)
    rule = models.BigIntegerField(null=True)
    unit = models.BigIntegerField(null=True)
    fault = models.CharField(max_length=20, default="")
    is_failing = models.BooleanField(default=False, help_text="it waits and a rule failed: the alarm of its street rings")
    sentence = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["area"], name="failing_by_area", condition=Q(is_failing=True))]
