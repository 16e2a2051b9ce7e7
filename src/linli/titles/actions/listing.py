# SPDX-License-Identifier: MulanPSL-2.0
"""Actions of the register's history: published batches once, communities from a confirmed list, and taking such a list back."""

from collections.abc import Sequence

from linli.core import clock
from linli.core.actions import Call, Done, action
from linli.core.faults import Conflict, Invalid
from linli.core.fields import Field
from linli.core.words import Words, words
from linli.elements import places
from linli.elements.naming.confirming import confirmed_list
from linli.titles import kinds
from linli.titles.actions.drawing import KIND
from linli.titles.after import history
from linli.titles.after.cases import LISTS
from linli.titles.models import Batch, Title

SEEDS = "title.keep_history"
NOTHING_NEW = words("名单里没有可以新记入的社区：都已经在名册里，或者没有对应的社区。", "The list brings nothing new: all are in the register, or mean no community.")
NOTHING_NEW_REMEDY = words("请核对名单和名册。", "Compare the list with the register.")
NO_BATCH = words("没有这个历史批次。", "There is no such batch of history.")
OTHER_BATCH = words("这份名单已经记入第 {ordinal} 批。", "This list was entered under batch {ordinal} already.")
TOO_MANY = words("第 {ordinal} 批公布命名 {named} 个，名册里已有 {held} 个，再记 {new} 个就超过了。",
                 "Batch {ordinal} named {named} as published; the register has {held}, {new} more would exceed it.")
NOT_LISTED = words("这份名单没有记入过名册。", "This list was not entered into the register.")
HANGS = words("有 {count} 个称号已经有再巡查或撤销记录，这份名单不能再撤回。", "{count} of its titles have re-inspections or revocations; the list can no longer be taken back.")
HANGS_REMEDY = words("个别写错的，请另行说明更正。", "Correct single errors with an explanation.")
UNDO_REMEDY = words("要换批次，请先撤回再记入。", "To change the batch, take it back first and enter it again.")


def _past() -> Sequence[tuple[str, Words]]:
    return [(str(one.ordinal), words("第 {n} 批（{year} 年）", "Batch {n} ({year})").format(n=one.ordinal, year=one.year)) for kind in kinds.kinds() for one in kind.history]


LIST = Field("list", words("已确认的名单", "Confirmed list"), "integer", required=True, low=1)


@action(SEEDS, words("记入已公布的历史批次", "Keep the published batches of history"), ability=SEEDS, subject="title_batch", fields=(KIND,))
def keep_history(call: Call) -> Done:
    """The batches of which only published figures are known, each once."""
    kind = kinds.kind_named(call.given["kind"])
    there = set(Batch.objects.filter(kind=kind.name).values_list("ordinal", flat=True))
    made = [Batch(kind=kind.name, ordinal=one.ordinal, year=one.year, state="history", named_then=one.named, ever_then=one.ever, source=one.source)
            for one in kind.history if one.ordinal not in there]
    Batch.objects.bulk_create(made)
    return Done(places.city().area, 0, {"kind": kind.name, "made": len(made)})


@action("title.enter_list", words("把名单记入名册", "Enter a list into the register"), ability=LISTS, subject="title_list", fields=(
    KIND, LIST, Field("batch", words("属于哪一批", "Of which batch"), "choice", required=True, choices=_past)))
def enter(call: Call) -> Done:
    """Each community that a confirmed list names becomes a title of history, once; who is in the register already is left as he is."""
    kind, listed = kinds.kind_named(call.given["kind"]), confirmed_list(call.actor, call.given["list"])
    batch = Batch.objects.filter(kind=kind.name, ordinal=int(call.given["batch"]), state="history").first()
    if batch is None:
        raise Invalid({"batch": NO_BATCH})
    other = Title.objects.filter(kind=kind.name, listed_in=listed.number).select_related("batch").first()
    if other is not None and other.batch_id != batch.pk:
        raise Conflict(OTHER_BATCH.format(ordinal=other.batch.ordinal), UNDO_REMEDY, code="entered")
    fresh = [one for one in history.plan(kind, listed) if one.outcome == history.NEW]
    if not fresh:
        raise Conflict(NOTHING_NEW, NOTHING_NEW_REMEDY, code="nothing_new")
    held = Title.objects.filter(kind=kind.name, batch=batch, origin="history").count()
    if batch.named_then is not None and held + len(fresh) > batch.named_then:
        raise Invalid({"batch": TOO_MANY.format(ordinal=batch.ordinal, named=batch.named_then, held=held, new=len(fresh))})
    made = history.enter(kind, batch, listed, clock.today())
    said = {"list": listed.number, "batch": batch.ordinal, "made": len(made)}
    return Done(places.city().area, listed.number, said, said | {"areas": [one.area for one in made]})


@action("title.take_back_list", words("撤回记入名册的名单", "Take a list back out of the register"), ability=LISTS, subject="title_list", fields=(KIND, LIST))
def take_back(call: Call) -> Done:
    """While nothing hangs on its titles, a list that was read wrongly leaves the register; both steps stay in the journal."""
    found = [one for one in history.of_list(call.given["list"]) if one.kind == call.given["kind"]]
    if not found:
        raise Conflict(NOT_LISTED, NOTHING_NEW_REMEDY, code="not_entered")
    if count := history.hanging(found):
        raise Conflict(HANGS.format(count=count), HANGS_REMEDY, code="hangs")
    Title.objects.filter(pk__in=[one.pk for one in found]).delete()
    said = {"list": call.given["list"], "gone": len(found)}
    return Done(places.city().area, call.given["list"], said, said | {"areas": [one.area for one in found]})
