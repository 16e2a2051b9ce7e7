# SPDX-License-Identifier: MulanPSL-2.0
"""Tables of the ground itself: places with their codes and boundaries, organisations, accounts, posts, who works which grid."""

from django.db import models

from linli.core.sight import AreaModel
from linli.elements.models.guarding import GuardedOrganisations

OPEN_AREA = "place_area"
"""The column of the registers that everybody may read (places, units, duties); a column named `area` is always fenced."""


class Place(models.Model):
    """地: one unit of the city. `area` is its 15-digit number and the start of its range; it is set once, never reused.

    Levels: city, district, street, community, grid (a city may have fewer). Official codes are attributes (PlaceCode).
    """

    area = models.BigIntegerField(unique=True, db_column=OPEN_AREA)
    lo = models.BigIntegerField()
    hi = models.BigIntegerField()
    level = models.CharField(max_length=12)
    name = models.CharField(max_length=80)
    short_name = models.CharField(max_length=80)
    pinyin = models.CharField(max_length=200, default="")
    kind = models.CharField(max_length=20, default="")
    is_virtual = models.BooleanField(default=False)
    is_demonstration = models.BooleanField(default=False)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    successor = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="predecessors")
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    lon_e6 = models.IntegerField(null=True)
    lat_e6 = models.IntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["parent", "level", "pinyin"], name="place_by_parent"),
            models.Index(fields=["level", "area"], name="place_by_level"),
            models.Index(fields=["name"], name="place_by_name"),
        ]


class PlaceCode(models.Model):
    """An official code of a place: which system, from when to when (codes are reused; the system says whose they are)."""

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="codes")
    system = models.CharField(max_length=20)
    code = models.CharField(max_length=20)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["system", "code"], name="place_by_code")]
        constraints = [models.UniqueConstraint(fields=["system", "code", "place", "valid_from"], name="place_code_once", nulls_distinct=False)]


class PlaceName(models.Model):
    """A name a place bore, from when to when."""

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="names")
    name = models.CharField(max_length=80)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)


class Boundary(models.Model):
    """The polygon of a place for a stretch of days; WGS84. No two of one place overlap in time (the database refuses)."""

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="boundaries")
    from_day = models.IntegerField(help_text="days since 1970-01-01")
    to_day = models.IntegerField(help_text="days since 1970-01-01, exclusive")
    shape = models.JSONField(help_text="GeoJSON Polygon or MultiPolygon, WGS84")
    given_datum = models.CharField(max_length=10, default="WGS84")
    is_schematic = models.BooleanField(default=False)
    source = models.CharField(max_length=200, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(from_day__gte=0, to_day__gt=models.F("from_day"), to_day__lt=1_000_000),
                                   name="boundary_days_in_order"),
        ]


class Organisation(models.Model):
    """组织: a unit that acts: committee, street office, department, property firm."""

    area = models.BigIntegerField(db_column=OPEN_AREA, help_text="the place it works for; the lowest one that contains its work")
    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    pinyin = models.CharField(max_length=240, default="")
    credit_code = models.CharField(max_length=18, default="", help_text="统一社会信用代码, GB 32100")
    stage = models.CharField(max_length=20, default="", help_text="how far a social organisation is: fostered, filed, registered, ended")
    fields = models.JSONField(default=dict, help_text="what the declaration of its kind asks for; open or internal only")
    confirmed = models.JSONField(default=dict, help_text="field to the day (days since 1970-01-01) on which somebody last saw that it is so")
    is_demonstration = models.BooleanField(default=False)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    successor = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="predecessors")
    version = models.IntegerField(default=1)

    objects = GuardedOrganisations.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["area", "kind"], name="organisation_by_area"),
            models.Index(fields=["credit_code"], name="organisation_by_credit_code", condition=~models.Q(credit_code="")),
        ]


class Duty(models.Model):
    """Which organisation fills a department role (MZ, GA, SR ...) at an area, from when to when; reforms add rows."""

    role = models.CharField(max_length=20)
    area = models.BigIntegerField(db_column=OPEN_AREA)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="duties")
    certainty = models.CharField(max_length=20, default="seen", help_text="seen, memory_sure, memory_unsure: how well the row is known")
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["role", "area"], name="duty_by_role")]


class Account(models.Model):
    """A way to sign in. Names of staff are class 1b; the demonstration's accounts are marked."""

    username = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=60)
    password = models.CharField(max_length=200)
    must_change = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    is_demonstration = models.BooleanField(default=False)
    failures = models.SmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)
    language = models.CharField(max_length=10, default="")
    created_at = models.DateTimeField()
    version = models.IntegerField(default=1)


class Post(models.Model):
    """岗位: a role that an account holds in an organisation at a place, from when to when."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="posts")
    role = models.CharField(max_length=40)
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="posts")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="posts")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["organisation", "role"], name="post_by_organisation")]


class Session(models.Model):
    """A signed-in browser: acts under one post; only the digest of its secret is kept."""

    digest = models.BinaryField(unique=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    post = models.ForeignKey(Post, null=True, on_delete=models.CASCADE)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    agent = models.CharField(max_length=200, default="")


class Token(models.Model):
    """A machine's way in: acts under one post; only the digest of its secret is kept."""

    digest = models.BinaryField(unique=True)
    post = models.ForeignKey(Post, on_delete=models.CASCADE)
    label = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)


class GridAssignment(AreaModel):
    """Who works a grid, from when to when (网格员配备). No two of one grid at a time unless all of them are a team (the database refuses)."""

    follows = "renewed"

    place = models.ForeignKey(Place, on_delete=models.PROTECT)
    post = models.ForeignKey(Post, on_delete=models.PROTECT)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, help_text="exclusive")
    is_team = models.BooleanField(default=False, help_text="declared as one of several who hold the grid together")

    class Meta:
        indexes = [models.Index(fields=["area", "valid_from"], name="assignment_by_area")]
        constraints = [models.CheckConstraint(condition=models.Q(valid_to=None) | models.Q(valid_to__gte=models.F("valid_from")), name="assignment_days_in_order")]


class Absence(AreaModel):
    """离岗与顶岗: the holder of a grid is away from-to, and who stands in meanwhile; null while nobody does, which is an alarm.

    The reason is a typed word of the work (leave, training, other work), never of health.
    """

    follows = "renewed"

    assignment = models.ForeignKey(GridAssignment, on_delete=models.PROTECT, related_name="absences")
    stand_in = models.ForeignKey(Post, null=True, on_delete=models.PROTECT)
    valid_from = models.DateField()
    valid_to = models.DateField(help_text="exclusive")
    reason = models.CharField(max_length=20)

    class Meta:
        indexes = [models.Index(fields=["area", "valid_from"], name="absence_by_area")]
        constraints = [models.CheckConstraint(condition=models.Q(valid_to__gte=models.F("valid_from")), name="absence_days_in_order")]


class Redrawing(AreaModel):
    """网格重划: new grids of a community from a day on; drawn first, looked at, then put into force. `area` is the community."""

    follows = "history"

    since = models.DateField()
    grids = models.JSONField(help_text="name, kept (area of a grid that stays as it is, or null) and GeoJSON shape of each, WGS84")
    given_datum = models.CharField(max_length=10, default="WGS84")
    source = models.CharField(max_length=200, default="")
    drawn_by = models.BigIntegerField(null=True)
    drawn_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, help_text="when it was put into force; null while it is only a drawing")
    version = models.IntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["area", "-id"], name="redrawing_by_area")]


class Replacement(models.Model):
    """Which place took over how much of which: an old grid may go into several, a new one come from several; a community that changes hands goes as a whole."""

    redrawing = models.ForeignKey(Redrawing, null=True, on_delete=models.PROTECT, related_name="replacements")
    reorganisation = models.ForeignKey("Reorganisation", null=True, on_delete=models.PROTECT, related_name="replacements")
    old = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="replaced_by")
    new = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="replacing")
    metres = models.BigIntegerField(help_text="square metres that both have in common; 1 where one simply went on as the other")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["old", "new"], name="replacement_once")]


class Density(AreaModel):
    """热力: how many records of a layer lie in a block of cells, by street, theme and source; computed anew each night.

    `level` k means blocks of 2^k by 2^k cells; `block` is the cell number shifted by 2k. `area` is the street.
    """

    follows = "history"
    may_delete = True

    layer = models.CharField(max_length=12)
    level = models.SmallIntegerField()
    block = models.BigIntegerField()
    theme = models.BigIntegerField()
    source = models.CharField(max_length=20)
    week = models.IntegerField()
    month = models.IntegerField()
    quarter = models.IntegerField()
    year = models.IntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["level", "block"], name="density_by_block"),
            models.Index(fields=["level", "area"], name="density_by_area"),
        ]
