# SPDX-License-Identifier: MulanPSL-2.0
"""Tables of who keeps a person and what he gets to see of it: requests to hand him over, codes of his own page, sealed compartments."""

from django.db import models
from django.db.models import Q

from linli.core.sight import AreaModel
from linli.elements.models.ground import Post
from linli.elements.models.people import Person

OPEN_STATES = ("waiting", "refused")
"""A refusal is not the end: the level above both may still decide."""


class Claim(AreaModel):
    """调转: one side of a request that a person be handed over. The side that asks learns neither who keeps him nor under which record.

    `pair` is the number of the asking row, the same on both sides. States: free, here, waiting, refused, accepted, decided_for,
    decided_against, withdrawn.
    """

    follows = "area"

    side = models.CharField(max_length=8, help_text="asking, asked")
    pair = models.BigIntegerField(null=True)
    number = models.UUIDField(help_text="keyed index of the identity number that was given")
    person = models.BigIntegerField(null=True, help_text="the record; on the asking side only once it was handed over")
    other_area = models.BigIntegerField(null=True, help_text="on the asked side: who asks; on the asking side empty")
    name = models.CharField(max_length=60, help_text="as the asking side gave it, for the other side to compare")
    reason = models.CharField(max_length=20)
    note = models.CharField(max_length=200, default="")
    state = models.CharField(max_length=16, default="waiting")
    post = models.ForeignKey(Post, null=True, on_delete=models.PROTECT, related_name="claims", help_text="on the asking side: who asked")
    asked_at = models.DateTimeField()
    asked_on = models.DateField()
    answer_by = models.DateTimeField(help_text="from then on the level above decides")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.BigIntegerField(null=True, help_text="on the side that answered: the account")
    answer = models.CharField(max_length=200, default="")
    version = models.IntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["area", "side", "-id"], name="claim_by_area"),
            models.Index(fields=["pair"], name="claim_by_pair"),
            models.Index(fields=["person"], name="claim_by_person", condition=Q(side="asked")),
            models.Index(fields=["post", "asked_on"], name="claim_by_day", condition=Q(side="asking")),
        ]


class AccessCode(AreaModel):
    """查询凭证: opens a resident's own page without an account, handed to himself by a worker. Only its keyed digest is kept."""

    follows = "person"
    may_delete = True

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="codes")
    digest = models.UUIDField(unique=True)
    post = models.ForeignKey(Post, null=True, on_delete=models.PROTECT, related_name="codes")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["person", "-id"], name="code_by_person")]


class Compartment(models.Model):
    """密件: class 4, for named persons only. The application's role reads none of its tables: definer functions answer, and only to who is named.

    Nothing points from a person to a compartment, and nothing in it can be searched, listed or taken out.
    """

    is_hidden = True

    place_area = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    wrapped = models.BinaryField(help_text="the compartment's own key")
    made_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)


class CompartmentKeeper(models.Model):
    """Who is named for a compartment, from when to when, and by whom."""

    is_hidden = True

    compartment = models.ForeignKey(Compartment, on_delete=models.PROTECT, related_name="keepers")
    account = models.BigIntegerField()
    named_by = models.BigIntegerField()
    named_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["compartment", "account"], condition=Q(ended_at=None), name="keeper_once")]


class CompartmentEntry(models.Model):
    """One entry of a compartment, sealed under the compartment's key; never changed."""

    is_hidden = True
    may_change = False

    compartment = models.ForeignKey(Compartment, on_delete=models.PROTECT, related_name="entries")
    sealed = models.BinaryField()
    written_by = models.BigIntegerField()
    written_at = models.DateTimeField()
