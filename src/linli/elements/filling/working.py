# SPDX-License-Identifier: MulanPSL-2.0
"""The job that fills a form: rows under the sight of the post that asked, into the kept workbook, sealed until it is fetched; and what it can say of its rows."""

import hashlib
import io
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

from django.db.models import F
from django.utils import translation
from openpyxl import load_workbook

from linli.core import clock, jobs, reaching
from linli.core.faults import Fault
from linli.core.keys import keyring
from linli.core.sight import Actor, looking, of_all, of_post
from linli.core.words import Words, words
from linli.elements import looks, places
from linli.elements.actors import actor_of_post
from linli.elements.filling import counts, kept, pouring, rows, workbooks
from linli.elements.filling.actions import JOB
from linli.elements.filling.catalogue import COUNT, PLACE, Ask
from linli.elements.filling.kept import FILL
from linli.elements.filling.pouring import Labels
from linli.elements.filling.rows import Told
from linli.elements.filling.wishes import Wish, chosen
from linli.elements.models import FilledPerson, Filling, Organisation, Template, TemplateVersion
from linli.elements.purposes import purpose_named

log = logging.getLogger("linli.filling")
KEPT = timedelta(days=7)
"""How long a filled form can be fetched (our choice, as for exports); then its workbook is destroyed."""
SAMPLE = 5
DEMONSTRATION = words("演示数据", "Demonstration data")
NO_POST = words("当时的岗位已经结束，或不再能填这张表，没有填。", "The post that asked has ended or may no longer fill this form; nothing was filled.")
TOO_MANY = words("一张表最多 {most} 行，这个范围不止。请缩小范围，例如按社区分别填。",
                 "A form takes {most} rows and this place has more. Fill it for smaller places.").format(most=rows.MOST)
BROKE = words("填表中断了，请再填一次；还不行请联系管理员。", "The filling broke off. Fill it again; if that fails, tell the administrator.")
NAMES = frozenset({"person", "household"})
"""Sources whose rows name people: long lists of them are journalled as looks."""


@jobs.long(JOB)
def work(number: int) -> None:
    """Fill one form; a second run fills it anew."""
    with looking(of_all(), read_only=True):
        found = Filling.objects.defer("sealed").select_related("template", "version").filter(pk=number, state__in=("waiting", "running")).first()
    if found is None:
        return
    actor = actor_of_post(found.post) if found.post else None
    if actor is None or not actor.may(FILL) or not (actor.lo <= found.area < actor.hi) or not actor.may(kept.source(found.version).sees):
        _fail(number, NO_POST)
        return
    try:
        with translation.override(found.language):
            _fill(found, actor)
    except Fault as fault:
        _fail(number, fault.message)
    except workbooks.Refused as refused:
        _fail(number, refused.sentence)
    except reaching.AWAY:
        raise
    except Exception:
        log.exception("Filling %s broke off", number)
        _fail(number, BROKE)


def _fail(number: int, sentence: Words) -> None:
    with looking(of_all()):
        Filling.objects.filter(pk=number).update(state="failed", trouble=sentence.as_dict(), finished_at=clock.now())


def wish_of(version: TemplateVersion, actor: Actor, area: int, day: Any, *, is_open: bool = False) -> Wish:
    """What a filling of an issue wants, for a post."""
    source = kept.source(version)
    place = places.place_by_area(area)
    unit = Organisation.objects.filter(pk=actor.organisation).values_list("name", flat=True).first() if actor.organisation else ""
    return Wish(source, chosen(source, version.columns), version.narrow, actor, place.area, max(place.lo, actor.lo), min(place.hi, actor.hi), day, unit or place.name, is_open)


def _fill(found: Filling, actor: Actor) -> None:
    def within() -> AbstractContextManager[Any]:
        return looking(of_post(actor), read_only=True)

    def tell(done: int, total: int) -> None:
        with looking(of_post(actor)):
            Filling.objects.filter(pk=found.pk).update(state="running", done=done, total=total)

    with within():
        wish = wish_of(found.version, actor, found.area, found.day, is_open=bool(found.purpose))
    told = Told()
    cells = _cells(wish, within, tell, told)
    content = _workbook(found, wish, cells)
    told.rows = len(cells)
    if wish.source.name in NAMES:
        looks.looked_at_list(actor, wish.source.name, told.rows, found.purpose or "register")
    _end(found, actor, wish, told, (content, cells))


def _cells(wish: Wish, within: Callable[[], AbstractContextManager[Any]], tell: Callable[[int, int], None], told: Told) -> list[list[Any]]:
    if wish.source.name == PLACE:
        with within():
            return list(counts.lines(wish, counts.rows_of(wish), told.outside))
    with within():
        numbers = rows.numbers(wish)
    if len(numbers) > rows.MOST:
        raise workbooks.Refused(TOO_MANY)
    tell(0, len(numbers))
    return list(rows.lines(wish, numbers, within, lambda done: tell(done, len(numbers)), told))


def _workbook(found: Filling, wish: Wish, cells: Sequence[Sequence[Any]]) -> bytes:
    layout = kept.layout(found.version)
    book = load_workbook(io.BytesIO(bytes(found.version.workbook)), keep_links=False)
    summed = [isinstance(one, Ask) and one.owner == COUNT for one in wish.columns]
    pouring.pour(book, layout, cells, Labels(wish.unit, wish.day, wish.actor.name), summed)
    place = places.find_place(wish.area)
    if place is not None and place.is_demonstration:
        book[layout.sheet].oddHeader.right.text = str(DEMONSTRATION)
        book.properties.description = str(DEMONSTRATION)
    return workbooks.saved(book)


def _end(found: Filling, actor: Actor, wish: Wish, told: Told, made: tuple[bytes, Sequence[Sequence[Any]]]) -> None:
    """Keep the workbook sealed, note whose numbers went out, count the filling; nothing twice when it ran twice."""
    content, cells = made
    now = clock.now()
    empty = [sum(row[place] in ("", None) for row in cells) for place in range(len(wish.columns))]
    with looking(of_post(actor)):
        changed = Filling.objects.filter(pk=found.pk, state__in=("waiting", "running")).update(
            state="done", done=told.rows, total=told.rows, rows=told.rows, counts={"empty": empty, "undated": told.undated, "put_back": told.put_back, "outside": told.outside},
            size=len(content), sha256=hashlib.sha256(content).hexdigest(), sealed=keyring().seal(content, _context(found.pk)), finished_at=now, expires_at=now + KEPT)
        if changed:
            _note_people(found, wish, told, now)
            Template.objects.filter(pk=found.template_id).update(fillings=F("fillings") + 1, filled_at=now)


def _note_people(found: Filling, wish: Wish, told: Told, now: Any) -> None:
    names = [one.column.name if isinstance(one, Ask) and one.column else "" for one in wish.columns]
    FilledPerson.objects.bulk_create([
        FilledPerson(area=area, filling=found, person=person, at=now, purpose=found.purpose, post=found.post,
                     columns=sorted({name for place, name in enumerate(names) if bits >> place & 1}))
        for (person, area), bits in told.people.items()], batch_size=1000)


def _context(number: int) -> str:
    return f"filling:{number}"


def content_of(found: Filling) -> bytes:
    """The filled workbook, opened."""
    return keyring().unseal(bytes(found.sealed), _context(found.pk)) if found.sealed else b""


def sample(version: TemplateVersion, actor: Actor) -> tuple[Wish, list[list[Any]]]:
    """The first rows as the form would be filled today for the post's own place, masked, under the sight in force; few places only where counts would take long."""
    wish = wish_of(version, actor, actor.lo, clock.today())
    if wish.source.name == PLACE:
        found = counts.rows_of(wish)[:SAMPLE]
        return wish, list(counts.lines(wish, found, {}))
    return wish, rows.first(wish, SAMPLE)


def notes(found: Filling, version: TemplateVersion) -> list[Words]:
    """What must be said about the rows: what could be dated to the day, what could not, what is masked or open."""
    counted: Mapping[str, Any] = found.counts
    sealed = bool(kept.takes_sealed(version))
    said = []
    if found.day < found.asked_at.date():
        said.append(DATED.get(version.source, DATED_OTHERS))
        if counted.get("undated"):
            said.append(UNDATED.format(count=counted["undated"]))
        if counted.get("put_back"):
            said.append(PUT_BACK.format(count=counted["put_back"]))
        if version.source != PLACE:
            said.append(NO_LINE)
        if sealed:
            said.append(SEALED_NOW)
    for key, count in (counted.get("outside") or {}).items():
        if ask := kept.source(version).ask(f"{COUNT}.{key}"):
            said.append(OUTSIDE.format(label=ask.label, count=count))
    if sealed:
        purpose = purpose_named(found.purpose)
        said.append(OPEN.format(purpose=purpose.words) if purpose else MASKED)
    return said


DATED: Mapping[str, Words] = {
    "person": words("谁住在这里、谁的户籍在这里、属于哪一户，按起止日期取当天的情况；年龄按当天周岁。当时在这里、现在登记在别的社区的人不在表里。",
                    "Who lived or was registered here and in which household is as of the day, by first and last days; ages too. "
                    "Who was here then and is recorded in another community now is missing."),
    "household": words("户和户主、户内人数按起止日期取当天的情况。", "Households, their heads and sizes are as of the day, by first and last days."),
    PLACE: words("人数、户数按起止日期取当天的情况；房屋的出租、空置是现在登记的，楼栋和房屋没有登记开始日期。",
                 "People and households are counted as of the day by first and last days; whether dwellings are let or empty is as recorded now, "
                 "and buildings and dwellings have no first day.")}
DATED_OTHERS = words("当天已经终止的没有列入；没有登记开始日期的当作一直都有。", "What had ended by the day is left out; what has no first day counts as always there.")
OUTSIDE = words("{label}：还有 {count} 没有划到表里的任何一行（例如还没有划网格的），没有计入。",
                "{label}: {count} more belong to none of the rows (places without a grid, for instance) and are not counted.")
UNDATED = words("有 {count} 行没有登记开始日期，当作那天已经是这样。", "{count} rows have no first day and are taken as being so on that day.")
PUT_BACK = words("有 {count} 个值后来改过，已按流水改回当天的内容。", "{count} values were changed since and are put back to what they were, by the journal.")
NO_LINE = words("用表格成批导入的改动没有逐条流水，这些值是现在的内容。", "Changes that came in by file have no line of their own; those values are as they are now.")
SEALED_NOW = words("证件号码、电话等加密内容是现在登记的。", "Numbers of documents, phones and other sealed values are those recorded now.")
OPEN = words("证件号码、电话是完整的，用途：{purpose}。每个人都能看到哪个单位用了。用完请删除文件。",
             "Numbers are whole, for: {purpose}. Each person reads which unit had them. Delete the file after use.")
MASKED = words("证件号码、电话按掩码填（前三后四位）。", "Numbers of documents and phones are masked (first 3 and last 4 signs).")


@jobs.regularly("elements.forget_fillings", "51 19 * * *")
def forget() -> object:
    """At 03:51 in China (the schedule is in UTC): filled workbooks whose time is over are destroyed; who filled what stays."""
    with looking(of_all()):
        return Filling.objects.filter(state="done", expires_at__lt=clock.now()).update(state="gone", sealed=None)
