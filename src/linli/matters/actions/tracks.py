# SPDX-License-Identifier: MulanPSL-2.0
"""Position tracks are off. The accountable head may order one for a post, for a purpose and some days; each look is journalled."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.dateparse import parse_datetime

from linli.core import clock
from linli.core.actions import Call, Done, action
from linli.core.faults import Conflict, Invalid, NotAble, NotVisible
from linli.core.fields import Field
from linli.core.protection import Protection
from linli.core.sight import looking, of_all, of_record
from linli.core.words import words
from linli.elements.models import Post
from linli.matters import tracks
from linli.matters.models import TrackOrder, TrackPart

ORDERS, KEEPS = "track.order", "track.keep"
MOST_POINTS = 200

NO_POST = words("没有这个岗位，或者它已经结束、不在您的范围内。", "There is no such post within your area, or it has ended.")
NOT_YOURSELF = words("不能下达记录自己轨迹的指令。", "Nobody orders his own track.")
BAD_DAYS = words("日期要从今天或以后开始，最长 {days} 天（拟）。", "It starts today or later and lasts {days} days at most (proposed).")
ORDERED = words("这个岗位在这段日子里已有一条轨迹指令。", "There is an order for this post on these days already.")
ORDERED_REMEDY = words("请先结束那一条。", "End that one first.")
NO_ORDER = words("没有有效的轨迹指令，位置没有保存。", "No order is in force; no position was kept.")
NO_ORDER_REMEDY = words("平台默认不记录位置轨迹，请在手机上关闭。", "Tracks are off by default. Switch it off on the phone.")
BAD_POINTS = words("轨迹点写成“经度,纬度,时间”，用分号隔开，最多 {most} 个。", "Points are written longitude,latitude,time with semicolons between, {most} at most.")
OUTSIDE_DAYS = words("有轨迹点不在指令的日期内。", "A point lies outside the days of the order.")
NOT_THE_ORDERER = words("只有下达指令的人可以查看。", "Only whoever gave the order may look.")
NOT_THE_ORDERER_REMEDY = words("如确有需要，请由下达指令的人查看并说明理由。", "If there is need, whoever ordered it looks and says why.")
ENDED = words("这条指令已经结束。", "This order has ended.")
ENDED_REMEDY = words("需要时请写明目的重新下达。", "Give a new one with its purpose if needed.")


@action(ORDERS, words("下达轨迹指令", "Order a track"), ability=ORDERS, subject="track_order", fields=(
    Field("holder", words("岗位", "Post"), "integer", required=True, low=1),
    Field("purpose", words("目的（本人会看到）", "Purpose (the person reads it)"), "text", required=True, limit=300),
    Field("valid_from", words("从哪天起", "From"), "day", required=True),
    Field("valid_to", words("到哪天止（当天不含）", "Until (that day not included)"), "day", required=True)))
def order_track(call: Call) -> Done:
    """For one post, one purpose and at most 30 days; the person is shown it at once, and everything is deleted after 90 days."""
    given, today = call.given, clock.today()
    valid = Q(valid_to=None) | Q(valid_to__gt=today)
    post = Post.objects.filter(valid, pk=given["holder"], place__lo__gte=call.actor.lo, place__hi__lte=call.actor.hi).select_related("place").first()
    if post is None:
        raise Invalid({"holder": NO_POST})
    if post.account_id == call.actor.account:
        raise NotAble(NOT_YOURSELF, code="own_track")
    since, to = given["valid_from"], given["valid_to"]
    if since < today or not since < to <= since + tracks.LONGEST_ORDER:
        raise Invalid({"valid_to": BAD_DAYS.format(days=tracks.LONGEST_ORDER.days)})
    if TrackOrder.objects.filter(post=post.pk, ended_at=None, valid_from__lt=to, valid_to__gt=since).exists():
        raise Conflict(ORDERED, ORDERED_REMEDY, code="track_ordered")
    made = TrackOrder.objects.create(
        area=post.place.area, post=post.pk, account=post.account_id, purpose=given["purpose"], valid_from=since, valid_to=to,
        ordered_by=call.actor.account or 0, ordered_name=call.actor.name, ordered_unit=call.actor.organisation, ordered_at=call.recorded_at)
    return Done(made.area, made.pk, {"order": made.pk}, is_new=True)


def _order(call: Call) -> TrackOrder:
    found = TrackOrder.objects.visible_to(call.actor).select_for_update().filter(pk=call.given["order"]).first()
    if found is None:
        raise NotVisible
    return found  # type: ignore[no-any-return]


ORDER = Field("order", words("指令", "Order"), "integer", required=True, low=1)


@action("track.end", words("结束轨迹指令", "End an order"), ability=ORDERS, subject="track_order", fields=(ORDER,))
def end_order(call: Call) -> Done:
    """From now on no position is taken; what was kept lives out its 90 days."""
    order = _order(call)
    if order.ended_at is not None:
        raise Conflict(ENDED, ENDED_REMEDY, code="order_ended")
    order.ended_at = call.recorded_at
    order.save(update_fields=["ended_at"])
    return Done(order.area, order.pk, {"order": order.pk})


def _points(text: str) -> list[tuple[int, int, datetime]]:
    """The points as given; Invalid when they cannot be read."""
    parts = [part.split(",") for part in text.split(";") if part.strip()]
    try:
        found = [(round(float(lon) * 1_000_000), round(float(lat) * 1_000_000), parse_datetime(at.strip())) for lon, lat, at in parts]
    except (ValueError, OverflowError):
        found = []
    is_right = all(abs(lon) <= 180_000_000 and abs(lat) <= 90_000_000 and at is not None and at.tzinfo for lon, lat, at in found)
    if not 0 < len(found) <= MOST_POINTS or not is_right:
        raise Invalid({"points": BAD_POINTS.format(most=MOST_POINTS)})
    return found  # type: ignore[return-value]


@action(KEEPS, words("上传轨迹", "Send a track"), ability=KEEPS, subject="track_order", fields=(
    Field("points", words("轨迹点", "Points"), "file_text", required=True, limit=20_000, protection=Protection.SENSITIVE),))
def keep_track(call: Call) -> Done:
    """Kept only while an order for this very post is in force on the days of the points; otherwise refused and nothing is kept.

    The points stand in no journal (kind file_text): they have to be gone after 90 days.
    """
    order = tracks.in_force(call.actor.post or 0, clock.local(call.occurred_at).date())
    if order is None:
        raise NotAble(NO_ORDER, NO_ORDER_REMEDY, code="no_track_order")
    points = _points(call.given["points"])
    days = {clock.local(at).date() for *_, at in points}
    if min(days) < order.valid_from or max(days) >= order.valid_to or max(at for *_, at in points) > call.recorded_at:
        raise Invalid({"points": OUTSIDE_DAYS})
    TrackPart.objects.create(area=order.area, order_id=order.pk, sealed=tracks.seal(order.pk, points), first_at=min(at for *_, at in points),
                             last_at=max(at for *_, at in points), kept_at=call.recorded_at)
    return Done(order.area, order.pk, {"order": order.pk, "kept": len(points)})


@action("track.forget", words("删除到期轨迹", "Delete old tracks"), ability="track.forget", subject="track_order", sight="whole_subtree",
        opens=lambda actor, given: of_all())
def forget_tracks(call: Call) -> Done:
    """The system deletes what is older than 90 days; the line says how many parts went."""
    gone = tracks.forget_old()
    return Done(settings.CITY_AREA, 0, {"deleted": gone}, {"deleted": gone})


def _read(answer: dict[str, Any]) -> dict[str, Any]:
    """Add the points to the answer of a look: read anew each time, kept nowhere."""
    with looking(of_record(answer["area"]), read_only=True):
        parts = list(TrackPart.objects.filter(order=answer["order"]).order_by("first_at", "id"))
    points = [[lon / 1_000_000, lat / 1_000_000, at.isoformat()] for part in parts for lon, lat, at in tracks.opened(part)]
    return answer | {"points": points}


@action(tracks.LOOK, words("查看轨迹", "Look at a track"), ability=ORDERS, subject="track_order", completes=_read, fields=(
    ORDER, Field("reason", words("查看的理由（本人会看到）", "Why you look (the person reads it)"), "text", required=True, limit=200)))
def look_at(call: Call) -> Done:
    """Only whoever gave the order looks, with a reason; the person is shown each look with unit and reason."""
    order = _order(call)
    if order.ordered_by != call.actor.account:
        raise NotAble(NOT_THE_ORDERER, NOT_THE_ORDERER_REMEDY, code="not_the_orderer")
    return Done(order.area, order.pk, {"order": order.pk, "area": order.area})
