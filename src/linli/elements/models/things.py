# SPDX-License-Identifier: MulanPSL-2.0
"""Tables of 物 and of who sits where: facilities with their stock, terms, seats, who is responsible for which doorway, what lies out of reach."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from linli.core.sight import AreaModel
from linli.elements.models.ground import Organisation, Post
from linli.elements.models.guarding import GuardedByOrganisation
from linli.elements.models.people import Building, Person


class Thing(AreaModel):
    """物: a service room, a micro fire station, a shelter, a store; what its kind asks for lies in `fields`, filterable ones in facets too."""

    follows = "building"

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

    follows = "thing"
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

    follows = "organisation"

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="terms")
    number = models.SmallIntegerField(null=True, help_text="which term it is: 第 12 届")
    chosen_by = models.CharField(max_length=20, default="", help_text="all voters, households, delegates, appointed")
    since = models.DateField()
    until = models.DateField(null=True)
    version = models.IntegerField(default=1)

    objects: ClassVar = GuardedByOrganisation.as_manager()

    class Meta:
        indexes = [models.Index(fields=["organisation", "-since"], name="term_by_organisation")]
        constraints = [models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="term_days_in_order")]


class Seat(AreaModel):
    """任职: who holds which office of an organisation, in a term or without one: chair, member, doorway head, crew of a station."""

    follows = "thing organisation"

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

    objects: ClassVar = GuardedByOrganisation.as_manager()

    class Meta:
        indexes = [models.Index(fields=["area", "office"], name="seat_by_area"), models.Index(fields=["organisation", "office"], name="seat_by_organisation")]
        constraints = [models.CheckConstraint(condition=Q(until=None) | Q(since=None) | Q(until__gte=F("since")), name="seat_days_in_order")]


class Responsibility(AreaModel):
    """分片包块: which post looks after a building, or one doorway of it, from when to when. `area` is that of the building."""

    follows = "building"

    building = models.ForeignKey(Building, on_delete=models.PROTECT, related_name="responsibilities", db_index=False)
    doorway = models.CharField(max_length=10, default="", help_text="empty: every doorway that has nobody of its own")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="responsibilities")
    since = models.DateField()
    until = models.DateField(null=True, help_text="exclusive")
    version = models.IntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["building", "doorway"], name="responsibility_by_building"), models.Index(fields=["area", "since"], name="responsibility_by_area")]
        constraints = [
            models.UniqueConstraint(fields=["building", "doorway"], condition=Q(until=None), name="responsibility_once"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="responsibility_days_in_order"),
        ]


class StandIn(AreaModel):
    """顶岗: somebody with buildings is away from-to, and who looks after all of them meanwhile; null while nobody does. `area` is his post's place.

    The reason is a typed word of the work, never of health.
    """

    follows = "renewed"

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="away")
    stand_in = models.ForeignKey(Post, null=True, on_delete=models.PROTECT, related_name="standing_in")
    since = models.DateField()
    until = models.DateField(help_text="exclusive")
    reason = models.CharField(max_length=20)
    version = models.IntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["area", "since"], name="stand_in_by_area")]
        constraints = [models.CheckConstraint(condition=Q(until__gte=F("since")), name="stand_in_days_in_order")]


class Unreached(AreaModel):
    """步行够不到: a building with homes from which no facility of a service lies within its reach on foot. Reckoned anew nightly and after changes."""

    follows = "building"
    may_delete = True

    building = models.ForeignKey(Building, on_delete=models.CASCADE, related_name="unreached", db_index=False)
    service = models.CharField(max_length=80, help_text="a kind of facility, or kind.option")
    metres = models.IntegerField(null=True, help_text="estimated walk to the nearest one; null when none lies within twice the reach")
    dwellings = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["building", "service"], name="unreached_once")]
        indexes = [models.Index(fields=["area", "service", "building"], name="unreached_by_area")]


class Reckoning(models.Model):
    """When the reach of a service was last reckoned, with the numbers that held then."""

    service = models.CharField(max_length=80, primary_key=True)
    metres = models.IntegerField()
    detour_percent = models.IntegerField()
    facilities = models.IntegerField(help_text="with a position, in the whole city")
    at = models.DateTimeField()
