# SPDX-License-Identifier: MulanPSL-2.0
"""Seals: chained Merkle roots over the journal, and the check that finds the first wrong line."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import connection

from linli.core import journal
from linli.core.protection import digest
from linli.core.sight import looking, of_all

MOST = 20_000
"""Lines a seal (our choice: keeps one seal under a second)."""

COLUMNS = "l.id, l.area, l.recorded_at, l.occurred_at, l.actor, l.role, l.post, l.action, l.subject_kind, l.subject, l.digest"
LOCK = 7_112_903


def leaf(algorithm: str, row: Sequence[Any]) -> bytes:
    """The hash of one line (RFC 6962: leaf prefix 0x00), over every column but the transaction number."""
    return digest(algorithm, b"\x00" + journal.canonical({"line": [_plain(value) for value in row]}))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return bytes(value).hex() if isinstance(value, bytes | memoryview) else value


def merkle(algorithm: str, leaves: Sequence[bytes]) -> bytes:
    """The Merkle root (node prefix 0x01); an odd last node goes up unchanged."""
    level = list(leaves)
    while len(level) > 1:
        pairs = [digest(algorithm, b"\x01" + level[i] + level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = pairs + (level[-1:] if len(level) % 2 else [])
    return level[0]


TAKE_NEW = f"""select {COLUMNS} from core_journalline l
where l.xid >= %s::text::xid8 and l.xid < %s::text::xid8
and not exists (select from core_sealedline s where s.line = l.id) order by l.id limit {MOST}"""
TAKE_ANY = f"""select {COLUMNS} from core_journalline l
where not exists (select from core_sealedline s where s.line = l.id)
and (l.xid < %s::text::xid8 or l.xid >= %s::text::xid8) order by l.id limit {MOST}"""


def seal() -> int:
    """Seal the lines whose transactions are certainly over; answers how many.

    Only lines below pg_snapshot_xmin are taken: sequence order is not commit order. When the database was restored into
    a new cluster its transaction numbers start again; then every unsealed line from before is taken too.
    """
    with looking(of_all()), connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute("select pg_snapshot_xmin(pg_current_snapshot())::text, pg_snapshot_xmax(pg_current_snapshot())::text")
        low, high = cursor.fetchone()
        cursor.execute("select id, last, horizon::text, root from core_seal order by id desc limit 1")
        previous = cursor.fetchone()
        since = previous[2] if previous else "0"
        if int(since) > int(low):
            cursor.execute(TAKE_ANY, [low, high])
        else:
            cursor.execute(TAKE_NEW, [since, low])
        rows = cursor.fetchall()
        if rows:
            _write(cursor, rows, previous, low if len(rows) < MOST else since)
        return len(rows)


def _write(cursor: Any, rows: Sequence[Any], previous: Any, horizon: str) -> None:
    algorithm = settings.SEAL_ALGORITHM
    leaves = [leaf(algorithm, row) for row in rows]
    root = merkle(algorithm, leaves)
    before = bytes(previous[3]) if previous else b""
    first = (previous[1] if previous else 0) + 1
    last = first + len(rows) - 1
    chained = digest(algorithm, b"\x02" + before + root + f"{first}-{last}".encode())
    cursor.execute(
        "insert into core_seal (algorithm, first, last, horizon, merkle, root) values (%s, %s, %s, %s::text::xid8, %s, %s) returning id",
        [algorithm, first, last, horizon, root, chained])
    number = cursor.fetchone()[0]
    cursor.execute(
        "insert into core_sealedline (position, seal_id, line, leaf) select * from unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bytea[])",
        [list(range(first, last + 1)), [number] * len(rows), [row[0] for row in rows], leaves])


def watermark() -> int:
    """The last sealed position; 0 before the first seal."""
    with connection.cursor() as cursor:
        cursor.execute("select coalesce(max(last), 0) from core_seal")
        return int(cursor.fetchone()[0])


@dataclass(frozen=True)
class Seal:
    """One seal as it is told to outsiders: the root over everything up to the position `last`."""

    number: int
    algorithm: str
    last: int
    root: str


def newest() -> Seal | None:
    """The last seal; None before the first."""
    with connection.cursor() as cursor:
        cursor.execute("select id, algorithm, last, root from core_seal order by id desc limit 1")
        row = cursor.fetchone()
    return Seal(row[0], row[1], row[2], bytes(row[3]).hex()) if row else None


def numbered(number: int) -> Seal | None:
    """The seal of a number; None when there is none."""
    with connection.cursor() as cursor:
        cursor.execute("select id, algorithm, last, root from core_seal where id = %s", [number])
        row = cursor.fetchone()
    return Seal(row[0], row[1], row[2], bytes(row[3]).hex()) if row else None


@dataclass(frozen=True)
class Verdict:
    """What `verify` found: the last root, how many lines stand under seals, how many payloads were lawfully erased."""

    root: str
    sealed: int
    unsealed: int
    erased: int
    wrong: str = ""
    words: int = 0
    """In how many places a person's words gave way to the tombstone."""

    @property
    def is_whole(self) -> bool:
        """True if nothing is wrong."""
        return not self.wrong


CHECK = f"""select s.position, s.line, s.leaf, {COLUMNS}, p.salt, p.plain, p.sealed from core_sealedline s
left join core_journalline l on l.id = s.line left join core_journalpayload p on p.line_id = l.id
where s.position between %s and %s order by s.position"""
UNSEALED = f"""select {COLUMNS}, p.salt, p.plain, p.sealed from core_journalline l left join core_journalpayload p on p.line_id = l.id
where not exists (select from core_sealedline s where s.line = l.id) order by l.id"""


def verify() -> Verdict:
    """Recompute everything from the first line; the verdict names the first wrong line, if any."""
    with looking(of_all(), read_only=True), connection.cursor() as cursor:
        cursor.execute("select id, algorithm, first, last, merkle, root from core_seal order by id")
        seals = cursor.fetchall()
        allowed = _erased_lines(cursor)
        state = _State(allowed)
        for one in seals:
            if wrong := state.check_seal(cursor, one):
                return Verdict(state.root.hex(), state.sealed, 0, state.erased, wrong)
        unsealed, wrong = state.check_unsealed(cursor)
        return Verdict(state.root.hex(), state.sealed, unsealed, state.erased, wrong, _erased_words(cursor))


def _erased_lines(cursor: Any) -> set[int]:
    """Lines that an erasure's own line names as having lost their payload."""
    cursor.execute("select p.plain -> 'erased_lines' from core_journalline l join core_journalpayload p on p.line_id = l.id "
                   "where l.action in ('journal.erase', 'retention.let_go') and p.plain ? 'erased_lines'")
    return {int(line) for (lines,) in cursor.fetchall() for line in (_loaded(lines) or [])}


def _erased_words(cursor: Any) -> int:
    """In how many places words gave way, as the lines of erasures say."""
    cursor.execute("select coalesce(sum((p.plain ->> 'words')::bigint), 0) from core_journalline l join core_journalpayload p on p.line_id = l.id "
                   "where l.action = 'journal.erase'")
    return int(cursor.fetchone()[0])


def _loaded(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


class _State:
    """The running root and counts of one verification."""

    def __init__(self, allowed: set[int]) -> None:
        self.allowed, self.root, self.sealed, self.erased, self.position = allowed, b"", 0, 0, 0

    def check_seal(self, cursor: Any, one: Sequence[Any]) -> str:
        """A sentence on the first wrong line of one seal; empty when it holds."""
        number, algorithm, first, last, stored_merkle, stored_root = one
        cursor.execute(CHECK, [first, last])
        leaves: list[bytes] = []
        for row in cursor.fetchall():
            position, line, stored = row[0], row[1], bytes(row[2])
            if wrong := self._check_line(algorithm, line, stored, row[3:14], row[14:]):
                return f"line {line} at position {position} (seal {number}): {wrong}"
            leaves.append(stored)
        if first != self.position + 1 or len(leaves) != last - first + 1:
            return f"seal {number}: {last - first + 1} lines were sealed from position {first}, {len(leaves)} are there"
        root = merkle(algorithm, leaves)
        chained = digest(algorithm, b"\x02" + self.root + root + f"{first}-{last}".encode())
        if root != bytes(stored_merkle) or chained != bytes(stored_root):
            return f"seal {number}: the root over positions {first} to {last} does not agree"
        self.root, self.position, self.sealed = chained, last, self.sealed + len(leaves)
        return ""

    def _check_line(self, algorithm: str, line: int, stored: bytes, row: Sequence[Any], payload: Sequence[Any]) -> str:
        if row[0] is None:
            return "the line is gone"
        if leaf(algorithm, row) != stored:
            return "the line was changed after it was sealed"
        return self._check_payload(line, bytes(row[10]), payload)

    def _check_payload(self, line: int, expected: bytes, payload: Sequence[Any]) -> str:
        salt, plain, sealed = payload
        if salt is None:
            if line not in self.allowed:
                return "its payload is gone and no erasure names it"
            self.erased += 1
            return ""
        found = journal.payload_digest(bytes(salt), _loaded(plain), bytes(sealed) if sealed is not None else None)
        return "" if found == expected else "its payload was changed"

    def check_unsealed(self, cursor: Any) -> tuple[int, str]:
        """How many lines wait for a seal, and a sentence on the first wrong payload among them."""
        cursor.execute(UNSEALED)
        count = 0
        for row in iterate(cursor):
            count += 1
            if wrong := self._check_payload(row[0], bytes(row[10]), row[11:]):
                return count, f"line {row[0]} (not yet sealed): {wrong}"
        return count, ""


def iterate(cursor: Any, size: int = 2000) -> Iterator[Any]:
    """Rows of a cursor in pieces, so that a long journal does not fill the memory."""
    while rows := cursor.fetchmany(size):
        yield from rows
