# SPDX-License-Identifier: MulanPSL-2.0
"""Tables of position tracks: off everywhere; an order for one post, one purpose and some days, and what came in under it, sealed."""

from django.db import models

from linli.core.sight import AreaModel


class TrackOrder(AreaModel):
    """轨迹指令: without one in force no position is taken or kept but those of reports (boundaries.md, Workers)."""

    follows = "history"

    post = models.BigIntegerField(help_text="whose track")
    account = models.BigIntegerField()
    purpose = models.CharField(max_length=300)
    valid_from = models.DateField()
    valid_to = models.DateField(help_text="exclusive")
    ordered_by = models.BigIntegerField()
    ordered_name = models.CharField(max_length=60)
    ordered_unit = models.BigIntegerField(null=True)
    ordered_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["post", "valid_to"], name="track_order_by_post"), models.Index(fields=["area", "-id"], name="track_order_by_area")]


class TrackPart(AreaModel):
    """轨迹片段: points of one call, sealed (class 3); deleted 90 days after they came in, read only with a journalled reason."""

    may_change = False
    may_delete = True

    order = models.ForeignKey(TrackOrder, on_delete=models.DO_NOTHING, related_name="parts")
    sealed = models.BinaryField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    kept_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["kept_at"], name="track_by_age")]
