# SPDX-License-Identifier: MulanPSL-2.0
"""Tables of 物 and of who sits in an organisation: facilities with their stock, terms of office, seats."""

from django.db import models
from django.db.models import F, Q

from linli.core.sight import AreaModel
from linli.elements.models.ground import Organisation, Post
from linli.elements.models.people import Building, Person


class Thing(AreaModel):
    """物: a service room, a micro fire station, a shelter, a store; what its kind asks for lies in `fields`, filterable ones in facets too."""

    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    pinyin = models.CharField(max_length=240, default="")
    keeper = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="things")
    building = models.ForeignKey(Building, null=True, on_delete=models.PROTECT, related_name="things")
    address = models.CharField(max_length=120, default="")
    lon_e6 = models.IntegerField(null=True)
    lat_e6 = models.IntegerField(null=True)
    cell = models.BigIntegerField(null=True)
    fields = models.JSONField(default=dict)
    confirmed = models.JSONField(default=dict)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["area", "kind", "pinyin"], name="thing_by_area"), models.Index(fields=["kind", "cell"], name="thing_by_cell")]


class ThingPart(AreaModel):
    """配备: what stands in a facility: equipment, supplies; how many, how many there should be, until when they serve."""

    may_delete = True

    thing = models.ForeignKey(Thing, on_delete=models.PROTECT, related_name="parts")
    name = models.CharField(max_length=80)
    unit = models.CharField(max_length=10, default="")
    count = models.IntegerField(default=1)
    wanted = models.IntegerField(null=True)
    made_on = models.DateField(null=True)
    expires_on = models.DateField(null=True)
    checked_on = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["area", "expires_on"], name="part_by_expiry", condition=~Q(expires_on=None))]


class Term(AreaModel):
    """届次: one term of office of a committee or branch, from when to when, and how it came about."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="terms")
    number = models.SmallIntegerField(null=True, help_text="which term it is: 第 12 届")
    chosen_by = models.CharField(max_length=20, default="", help_text="all voters, households, delegates, appointed")
    since = models.DateField()
    until = models.DateField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["organisation", "-since"], name="term_by_organisation")]
        constraints = [models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="term_days_in_order")]


class Seat(AreaModel):
    """任职: who holds which office of an organisation, in a term or without one: chair, member, doorway head, crew of a station."""

    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="seats")
    thing = models.ForeignKey(Thing, null=True, on_delete=models.PROTECT, related_name="seats")
    term = models.ForeignKey(Term, null=True, on_delete=models.PROTECT, related_name="seats")
    office = models.CharField(max_length=40)
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="seats")
    post = models.ForeignKey(Post, null=True, on_delete=models.PROTECT, related_name="seats")
    name = models.CharField(max_length=60)
    building = models.ForeignKey(Building, null=True, on_delete=models.PROTECT, related_name="seats")
    doorway = models.CharField(max_length=10, default="")
    since = models.DateField(null=True)
    until = models.DateField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["area", "office"], name="seat_by_area"), models.Index(fields=["organisation", "office"], name="seat_by_organisation")]
        constraints = [models.CheckConstraint(condition=Q(until=None) | Q(since=None) | Q(until__gte=F("since")), name="seat_days_in_order")]
