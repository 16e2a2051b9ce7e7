# SPDX-License-Identifier: MulanPSL-2.0
"""Tables of keeping base data up: what happened in a household, what was confirmed by whom, visits, proposals of the residents themselves, consents."""

from django.db import models
from django.db.models import Q

from linli.core.sight import AreaModel
from linli.elements.models.ground import Post
from linli.elements.models.people import Dwelling, Household, Person


class Confirmation(AreaModel):
    """核实: somebody saw that fields of a record are so, or corrected them."""

    may_change = False

    register = models.CharField(max_length=40)
    record = models.BigIntegerField()
    names = models.JSONField(help_text="names of the fields that were seen to be right")
    corrected = models.JSONField(help_text="names of the fields that were put right; the values stand in the journal")
    means = models.CharField(max_length=20, help_text="visit, doorstep, phone, proposal, file")
    visit = models.BigIntegerField(null=True)
    post = models.ForeignKey(Post, null=True, on_delete=models.PROTECT)
    happened_on = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["register", "record", "-id"], name="confirmation_by_record"), models.Index(fields=["area", "-id"], name="confirmation_by_area")]


class Visit(AreaModel):
    """走访: one call at a household or dwelling: somebody was met, nobody was home, declined, away; with the day of the next try."""

    follows = "dwelling household"

    dwelling = models.ForeignKey(Dwelling, null=True, on_delete=models.PROTECT, related_name="visits")
    household = models.ForeignKey(Household, null=True, on_delete=models.PROTECT, related_name="visits")
    post = models.ForeignKey(Post, null=True, on_delete=models.PROTECT, related_name="visits")
    purpose = models.CharField(max_length=20)
    outcome = models.CharField(max_length=20, help_text="met, nobody_home, declined, away")
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    again_on = models.DateField(null=True)
    needs_sealed = models.BinaryField(null=True, help_text="what the household said it needs")

    class Meta:
        indexes = [
            models.Index(fields=["area", "-happened_at"], name="visit_by_area"),
            models.Index(fields=["area", "again_on"], name="visit_by_next", condition=~Q(again_on=None)),
        ]


class LifeEvent(AreaModel):
    """变动: one change of who lives where (came, left, born, died, split, new head) with all that it changed, so that a slip is taken back as a whole.

    `changes` holds days, ties, relations and numbers of records; never a name, a number of a document or a phone.
    """

    follows = "dwelling household person"

    kind = models.CharField(max_length=20)
    day = models.DateField()
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="life_events")
    household = models.ForeignKey(Household, null=True, on_delete=models.PROTECT, related_name="life_events")
    dwelling = models.ForeignKey(Dwelling, null=True, on_delete=models.PROTECT, related_name="life_events", db_index=False)
    changes = models.JSONField(help_text="changed: table, row, column to before and after; made: table, row")
    recorded_at = models.DateTimeField()
    recorded_by = models.BigIntegerField(null=True)
    undone_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["area", "-id"], name="life_event_by_area"), models.Index(fields=["area", "day"], name="life_event_by_day")]


class Proposal(AreaModel):
    """居民自报: a resident's own correction, waiting for the worker's check. Values are sealed."""

    follows = "person dwelling"

    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="proposals")
    dwelling = models.ForeignKey(Dwelling, null=True, on_delete=models.PROTECT, related_name="proposals")
    sealed = models.BinaryField(help_text="names and values as JSON")
    state = models.CharField(max_length=10, default="waiting", help_text="waiting, taken, declined, withdrawn")
    reason = models.CharField(max_length=200, default="")
    made_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.BigIntegerField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["area", "state", "-id"], name="proposal_by_area")]


class Consent(AreaModel):
    """单独同意: a person's consent to one optional purpose, as easily withdrawn as given (Personal Information Protection Law 15, 29)."""

    follows = "person"

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="consents")
    purpose = models.CharField(max_length=40)
    text_version = models.IntegerField(default=1)
    given_on = models.DateField()
    given_by = models.CharField(max_length=20, help_text="self, guardian")
    means = models.CharField(max_length=20, help_text="signed, online, spoken")
    withdrawn_on = models.DateField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "purpose"], condition=Q(withdrawn_on=None), name="consent_once")]
