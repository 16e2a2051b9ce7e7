# SPDX-License-Identifier: MulanPSL-2.0
"""Taking lists out: any declared list as CSV or Excel with a manifest, written by a job in memory that does not grow."""

import csv
import hashlib
import json
import logging
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

import rustpy_xlsxwriter as excel
from django.conf import settings
from django.utils import translation

from linli.core import clock, jobs, registry
from linli.core.actions import Call, Done, action
from linli.core.due import after_action
from linli.core.faults import Conflict, Invalid, NotAble
from linli.core.fields import Field
from linli.core.models import Due, Export
from linli.core.protection import holds_number
from linli.core.sight import Actor, looking, of_all, of_post
from linli.core.words import Words, words
from linli.doors import demonstrations
from linli.elements import looks
from linli.elements.actors import actor_of_post

log = logging.getLogger("linli.exports")

SECTION = "listing"
JOB = "doors.export"
FORMS = (("csv", words("CSV（压缩包，附清单）", "CSV (zipped, with its manifest)")), ("xlsx", words("Excel（附清单页）", "Excel (with a manifest sheet)")))
KEPT = timedelta(days=7)
"""How long a file stands ready (our choice)."""
NO_FILTER = words("筛选条件应是一个 JSON 对象。", "The filter must be a JSON object.")
NUMBERS = words("筛选条件会写进导出的清单，不能有手机号或证件号码；按号码请用“查找”。",
                "The filter stands in the manifest, so it holds no phone and no identity number; find people by number under Find.")
MOST_WAITING = 3
"""Exports of one account that may wait or run at a time (our choice)."""
SHEET_ROWS = 1_048_575
"""Rows of an Excel sheet under its head (the format's own limit is 1,048,576)."""
TELL_EVERY = 5_000
BLOCK = 1 << 20
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so would be taken for a formula by spreadsheets; in CSV an apostrophe goes before it."""

UNKNOWN = words("没有“{name}”这个列表。", "There is no list named “{name}”.")
WAITING = words("您已有 {count} 份导出在排队或进行中。", "You have {count} exports waiting or running.")
WAITING_REMEDY = words("等其中一份完成，再导出下一份。", "Take the next one out when one of them is done.")
ENDED_POST = words("要求导出的岗位已经结束，没有导出。", "The post that asked has ended; nothing was taken out.")
BROKE = words("导出中断了：{trouble}", "The export broke off: {trouble}")
CUT = words("Excel 一页最多 {count} 行，其余没有写入；请改用 CSV 或缩小范围。", "A sheet holds {count} rows; the rest is missing. Use CSV or narrow the list.")

Row = Sequence[Any]


@dataclass(frozen=True)
class Listing:
    """A list that can be taken out.

    `ability` is that of looking at the list itself. `checked` turns what the address held into a filter that can be kept,
    Invalid for what cannot be; `rows` gives the rows under the sight in force, however many, one after the other.
    """

    name: str
    words: Words
    ability: str
    columns: tuple[tuple[str, Words], ...]
    rows: Callable[[Actor, Mapping[str, Any]], Iterable[Row]]
    checked: Callable[[Actor, Mapping[str, Any]], dict[str, Any]]
    names: str = ""
    """The register whose people a long list names: taking it out is a look that they may read."""


def declare(listing: Listing) -> Listing:
    """Keep the declaration and give it back."""
    registry.add(SECTION, listing.name, listing)
    return listing


def listing_of(name: str) -> Listing:
    """The declared list; Invalid when there is none of that name."""
    found: Listing | None = registry.get(SECTION, name)
    if found is None:
        raise Invalid({"listing": UNKNOWN.format(name=name[:60])})
    return found


def _names() -> list[tuple[str, Words]]:
    return [(one.name, one.words) for one in registry.everything(SECTION)]


@action("export.make", words("导出列表", "Take a list out"), ability="export.make", subject="export", fields=(
    Field("listing", words("列表", "List"), "choice", required=True, choices=_names),
    Field("form", words("格式", "Form"), "choice", required=True, choices=FORMS),
    Field("given", words("筛选条件（JSON）", "Filter (JSON)"), "long_text", limit=2000)))
def make_export(call: Call) -> Done:
    """Ask for a list as a file; the worker writes it, the page of exports shows how far it is."""
    listing = listing_of(call.given["listing"])
    if not call.actor.may(listing.ability):
        raise NotAble
    count = Export.objects.filter(account=call.actor.account or 0, state__in=("waiting", "running")).count()
    if count >= MOST_WAITING:
        raise Conflict(WAITING.format(count=count), WAITING_REMEDY, code="exports_waiting")
    given = listing.checked(call.actor, _opened(call.given.get("given") or "{}"))
    if any(holds_number(str(one)) for one in given.values()):
        raise Invalid({"given": NUMBERS})
    made = Export.objects.create(
        area=call.actor.lo, account=call.actor.account or 0, post=call.actor.post or 0, listing=listing.name, given=given, form=call.given["form"],
        language=translation.get_language() or "zh-hans", asked_at=call.recorded_at)
    return Done(call.actor.lo, made.pk, {"export": made.pk}, {"listing": listing.name, "given": given, "form": made.form}, is_new=True)


def _opened(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Invalid({"given": NO_FILTER})
    return found


@after_action("doors.start_export", "export.make")
def start_exports(rows: Sequence[Due]) -> None:
    """Hand the export over to a long job: the drain must not wait for it."""
    for row in rows:
        jobs.start(JOB, row.subject)


@jobs.long(JOB)
def write(number: int) -> None:
    """Write the file of an export under the sight of the post that asked, as it is now; a second run writes it anew."""
    with looking(of_all()):
        found = Export.objects.filter(pk=number, state__in=("waiting", "running")).first()
        if found is None:
            return
        Export.objects.filter(pk=number).update(state="running", started_at=clock.now())
    actor = actor_of_post(found.post)
    if actor is None or not actor.may("export.make") or not actor.may(listing_of(found.listing).ability):
        _end(number, state="failed", trouble=ENDED_POST.as_dict())
        return
    try:
        with translation.override(found.language):
            ended = _written(found, actor)
        if names := listing_of(found.listing).names:
            looks.looked_at_list(actor, names, ended["rows"], "register", export=number)
    except Exception as error:
        log.exception("Export %s broke off", number)
        _end(number, state="failed", trouble=BROKE.format(trouble=type(error).__name__).as_dict())
        raise
    _end(number, state="done", expires_at=clock.now() + KEPT, **ended)


def _end(number: int, **changes: Any) -> None:
    with looking(of_all()):
        Export.objects.filter(pk=number).update(finished_at=clock.now(), **changes)
    _told(number).unlink(missing_ok=True)


def _written(export: Export, actor: Actor) -> dict[str, Any]:
    """Write the file beside its place and move it there whole; answers what is kept about it."""
    listing, root = listing_of(export.listing), Path(settings.EXPORT_ROOT)
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = root / f"{export.pk}.part"
    counter = _Counter(export)
    with looking(of_post(actor), read_only=True):
        rows = counter.counting(listing.rows(actor, export.given))
        manifest = FORM[export.form](part, listing, rows, lambda: _manifest(export, actor, listing, counter))
    part.replace(path_of(export))
    return {"rows": counter.rows, "is_cut": counter.is_cut, "size": path_of(export).stat().st_size, "sha256": _digest(path_of(export)), "manifest": manifest}


class _Counter:
    """Counts the rows that pass, stops where the form ends, and tells the page now and then."""

    def __init__(self, export: Export) -> None:
        self.rows = 0
        self.is_cut = False
        self._most = SHEET_ROWS if export.form == "xlsx" else None
        self._file = _told(export.pk)

    def counting(self, rows: Iterable[Row]) -> Iterator[Row]:
        for row in rows:
            if self.rows == self._most:
                self.is_cut = True
                return
            if self.rows % TELL_EVERY == 0:
                self._file.write_text(str(self.rows), "ascii")
            self.rows += 1
            yield row


def _told(number: int) -> Path:
    return Path(settings.EXPORT_ROOT) / f"{number}.rows"


def rows_so_far(export: Export) -> int:
    """Rows written up to now: of a running export what it told last."""
    try:
        return int(_told(export.pk).read_text("ascii"))
    except (OSError, ValueError):
        return int(export.rows)


def path_of(export: Export) -> Path:
    """Where the file of an export lies; it may be gone."""
    return Path(settings.EXPORT_ROOT) / f"{export.pk}.{'zip' if export.form == 'csv' else 'xlsx'}"


def _digest(path: Path) -> str:
    total = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            total.update(block)
    return total.hexdigest()


def _manifest(export: Export, actor: Actor, listing: Listing, counter: _Counter) -> dict[str, Any]:
    """What the receiver must know: which list, which filter, who, when, how many rows, what the columns are."""
    about = demonstrations.about()
    notes = [str(CUT.format(count=f"{SHEET_ROWS:,}"))] if counter.is_cut else []
    return {
        "list": str(listing.words), "filter": export.given, "range": [actor.lo, actor.hi], "role": actor.role, "post": actor.post,
        "asked_at": export.asked_at.isoformat(), "written_at": clock.now().isoformat(), "rows": counter.rows, "is_cut": counter.is_cut,
        "columns": [{"name": name, "title": str(title)} for name, title in listing.columns],
        "demonstration": f"演示数据 {about}" if about else "", "notes": notes,
    }


def _write_csv(path: Path, listing: Listing, rows: Iterable[Row], manifest: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """A zip with list.csv (UTF-8 with its mark, so that Excel reads it) and manifest.json, which names the digest of the former."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        with archive.open("list.csv", "w", force_zip64=True) as file:
            sink = _Sink(file)
            writer = csv.writer(sink)
            writer.writerow([str(title) for _, title in listing.columns])
            writer.writerows(_harmless(row) for row in rows)
            sink.flush()
        found = manifest() | {"sha256_of_list_csv": sink.digest.hexdigest()}
        archive.writestr("manifest.json", json.dumps(found, ensure_ascii=False, indent=1))
    return found


class _Sink:
    """Turns the writer's text into blocks of bytes and digests them."""

    def __init__(self, file: IO[bytes]) -> None:
        self.digest = hashlib.sha256()
        self._file = file
        self._held: list[str] = ["\ufeff"]

    def write(self, text: str) -> None:
        self._held.append(text)
        if len(self._held) > TELL_EVERY:
            self.flush()

    def flush(self) -> None:
        block = "".join(self._held).encode()
        self._held = []
        self.digest.update(block)
        self._file.write(block)


def _harmless(row: Row) -> list[Any]:
    return ["'" + one if isinstance(one, str) and one.startswith(FORMULA) else one for one in row]


def _write_excel(path: Path, listing: Listing, rows: Iterable[Row], manifest: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """A workbook with the list on the first sheet and the manifest on the second; texts stay texts, never formulas."""
    titles = [str(title) for _, title in listing.columns]
    kept: dict[str, Any] = {}

    def told() -> Iterator[dict[str, str]]:
        kept.update(manifest())
        for name, value in kept.items():
            yield {str(words("项", "Item")): name, str(words("内容", "Content")): value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}

    listed = (dict(zip(titles, row, strict=True)) for row in rows)
    excel.write_worksheets([(str(listing.words)[:31], listed), (str(words("清单", "Manifest")), told())], str(path))
    return kept


FORM: dict[str, Callable[..., dict[str, Any]]] = {"csv": _write_csv, "xlsx": _write_excel}


def own_exports(actor: Actor, most: int = 50) -> list[Export]:
    """The exports of this account under this post's sight, newest first; capped."""
    return list(Export.objects.visible_to(actor).filter(account=actor.account).order_by("-id")[:most])


def forget_old() -> int:
    """Delete the files whose time is over; answers how many. The record of what went out stays."""
    with looking(of_all()):
        old = list(Export.objects.filter(state="done", expires_at__lt=clock.now())[:1000])
        for one in old:
            path_of(one).unlink(missing_ok=True)
        root, before = Path(settings.EXPORT_ROOT), clock.now().timestamp() - 86_400
        for part in [path for path in root.glob("*.part") if path.stat().st_mtime < before] if root.exists() else []:
            part.unlink(missing_ok=True)
        return Export.objects.filter(pk__in=[one.pk for one in old]).update(state="gone")


jobs.regularly("doors.forget_exports", "41 19 * * *")(forget_old)
