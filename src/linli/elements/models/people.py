# SPDX-License-Identifier: MulanPSL-2.0
"""Tables of who lives where: buildings, dwellings, households and their members over time, people and what ties them to a dwelling.

`area` is the grid in which the building stands, or the community while no grid is drawn; it follows when grids are redrawn.
Days are inclusive in `since` and exclusive in `until`; null means not known, or still so.
References among these tables are looked at once a statement by triggers (migration 0014), not by a constraint row by row: half of what comes in are references.
"""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Mod

from linli.core.sight import AreaModel

COMMUNITY = F("area") - Mod(F("area"), 1000)
"""The community of an area, whichever of its grids it names."""


class Building(AreaModel):
    """楼栋: one building; a house in a village is a building with one dwelling. `key` is its normalised address within the community."""

    follows = "area"

    quarter = models.CharField(max_length=60, default="", help_text="里 园 苑: the estate, or the lane in a village")
    number = models.CharField(max_length=20, help_text="号楼")
    key = models.CharField(max_length=120)
    use = models.CharField(max_length=20, default="dwelling")
    floors = models.SmallIntegerField(null=True)
    doorways = models.SmallIntegerField(null=True)
    built_in = models.SmallIntegerField(null=True)
    lon_e6 = models.IntegerField(null=True)
    lat_e6 = models.IntegerField(null=True)
    cell = models.BigIntegerField(null=True)
    fields = models.JSONField(default=dict)
    confirmed = models.JSONField(default=dict, help_text="field to the day (days since 1970-01-01) on which somebody last saw that it is so")
    valid_to = models.DateField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["area", "key"], name="building_by_area"),
            models.Index(fields=["area", "cell"], name="building_by_cell", condition=~Q(cell=None)),
        ]
        constraints = [models.UniqueConstraint(COMMUNITY, F("key"), condition=Q(valid_to=None), name="building_once")]


class Dwelling(AreaModel):
    """房屋: one room number of a building, where one household lives as a rule (一户一格). `key` is unique within the building."""

    follows = "building"

    building = models.ForeignKey(Building, on_delete=models.PROTECT, related_name="dwellings", db_index=False, db_constraint=False)
    doorway = models.CharField(max_length=10, default="", help_text="门; 单元 elsewhere")
    floor = models.SmallIntegerField(null=True)
    room = models.CharField(max_length=20, default="")
    key = models.CharField(max_length=60)
    use = models.CharField(max_length=20, default="dwelling")
    occupancy = models.CharField(max_length=20, default="unknown", help_text="owner, let, empty, other, unknown")
    square_decimetres = models.IntegerField(null=True)
    fields = models.JSONField(default=dict)
    confirmed = models.JSONField(default=dict)
    valid_to = models.DateField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["area", "id"], name="dwelling_by_area")]
        constraints = [models.UniqueConstraint(fields=["building", "key"], condition=Q(valid_to=None), name="dwelling_once")]


class Household(AreaModel):
    """户: people who keep house together, with or without a household register booklet (户口簿)."""

    follows = "dwelling"

    dwelling = models.ForeignKey(Dwelling, null=True, on_delete=models.PROTECT, related_name="households", db_constraint=False)
    kind = models.CharField(max_length=20, default="family", help_text="family, collective")
    booklet_sealed = models.BinaryField(null=True, help_text="户号")
    booklet_index = models.UUIDField(null=True)
    fields = models.JSONField(default=dict)
    confirmed = models.JSONField(default=dict)
    formed_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    end_reason = models.CharField(max_length=20, default="")
    version = models.IntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["area", "id"], name="household_by_area"),
            models.Index(fields=["booklet_index"], name="household_by_booklet", condition=~Q(booklet_index=None)),
        ]


class Person(AreaModel):
    """人: one person as one community keeps him. Names are class 1b; numbers are sealed, with a keyed index for exact look-up.

    `standing` says where he is registered and where he lives: together (both here), living (here, registered elsewhere),
    registered (here, living elsewhere), owner or other (neither), gone.
    """

    follows = "home"

    name = models.CharField(max_length=60)
    pinyin = models.CharField(max_length=200, default="")
    former_name = models.CharField(max_length=60, default="")
    sex = models.CharField(max_length=1, default="0", help_text="GB/T 2261.1")
    born_on = models.DateField(null=True)
    id_kind = models.CharField(max_length=3, default="", help_text="111 citizen's card; other kinds of document bear their own code")
    id_sealed = models.BinaryField(null=True)
    id_index = models.UUIDField(null=True)
    phone_sealed = models.BinaryField(null=True)
    phone_index = models.UUIDField(null=True)
    ethnicity = models.CharField(max_length=2, default="", help_text="GB/T 3304")
    marital = models.CharField(max_length=2, default="", help_text="GB/T 2261.2")
    education = models.CharField(max_length=2, default="", help_text="GB/T 4658")
    employment = models.CharField(max_length=2, default="")
    standing = models.CharField(max_length=10, default="living")
    registered_at = models.CharField(max_length=12, default="", help_text="official division code of the registered place, when it is elsewhere")
    living_at = models.CharField(max_length=12, default="", help_text="official division code of where he lives, when it is elsewhere")
    fields = models.JSONField(default=dict, help_text="declared fields up to class 1b")
    sealed = models.BinaryField(null=True, help_text="declared fields of class 2 and 3 as JSON, sealed together")
    sealed_names = models.TextField(null=True, help_text="which fields of the bundle have a value, one blank between; null where nobody has looked yet")
    confirmed = models.JSONField(default=dict)
    came_on = models.DateField(null=True)
    left_on = models.DateField(null=True)
    died_on = models.DateField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["area", "pinyin", "id"], name="person_by_name"),
            models.Index(fields=["name", "area", "id"], name="person_by_written_name"),
            models.Index(fields=["former_name", "area", "id"], name="person_by_former_name", condition=~Q(former_name="")),
            models.Index(fields=["id_index"], name="person_by_number", condition=~Q(id_index=None)),
            models.Index(fields=["phone_index"], name="person_by_phone", condition=~Q(phone_index=None)),
            models.Index(fields=["area", "id"], name="person_by_bundle", condition=Q(sealed_names=None) & ~Q(sealed=None)),
        ]


class Membership(AreaModel):
    """户成员: who belongs to a household, as what, from when to when. Nobody is in two households on one day (the database refuses two open ones)."""

    follows = "person"

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="memberships", db_index=False, db_constraint=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships", db_constraint=False)
    relation = models.CharField(max_length=2, help_text="GB/T 4761; 0 is the head")
    since = models.DateField(null=True)
    until = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["household", "since"], name="membership_by_household")]
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(until=None), name="member_of_one_household"),
            models.UniqueConstraint(fields=["household"], condition=Q(until=None, relation="0"), name="household_has_one_head"),
            models.CheckConstraint(condition=Q(until=None) | Q(since=None) | Q(until__gte=F("since")), name="membership_days_in_order"),
        ]


class Residence(AreaModel):
    """人房关系: what ties a person to a dwelling: living, registered, owner, tenant; from when to when."""

    follows = "person"

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="residences", db_constraint=False)
    dwelling = models.ForeignKey(Dwelling, on_delete=models.PROTECT, related_name="residences", db_index=False, db_constraint=False)
    tie = models.CharField(max_length=10)
    since = models.DateField(null=True)
    until = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["dwelling", "tie"], name="residence_by_dwelling")]
        constraints = [
            models.UniqueConstraint(fields=["person", "tie"], condition=Q(until=None, tie__in=["living", "registered"]), name="lives_at_one_dwelling"),
            models.UniqueConstraint(fields=["person", "dwelling", "tie"], condition=Q(until=None) & ~Q(tie__in=["living", "registered"]), name="residence_once"),
            models.CheckConstraint(condition=Q(until=None) | Q(since=None) | Q(until__gte=F("since")), name="residence_days_in_order"),
        ]


class Identity(models.Model):
    """全市一人一档: which record keeps the person with an identity number. The application never reads it; definer functions answer (house.md part 3)."""

    is_hidden = True

    index = models.UUIDField(primary_key=True)
    person = models.BigIntegerField()
    place_area = models.BigIntegerField()
