# SPDX-License-Identifier: MulanPSL-2.0
"""Letters as files: one .eml or .txt a letter in a folder of the day, for trying out and for cities without a provider; old days go."""

from collections.abc import Iterable
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

from django.conf import settings

from linli.core import clock

KEPT = timedelta(days=14)
"""How long a file is kept (our choice: long enough to look what went out, short for what holds addresses)."""
ENDINGS = (".txt", ".eml")


def root() -> Path:
    """The folder of all days."""
    return Path(settings.LETTERS_ROOT)


def put(client: UUID, ending: str, content: bytes) -> Path:
    """Write one letter, readable by this user only; the same letter written again replaces itself, wherever its day."""
    remove([client])
    folder = root() / f"{clock.today():%Y-%m-%d}"
    root().mkdir(parents=True, exist_ok=True)
    root().chmod(0o700)
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"{client}{ending}"
    part = path.with_suffix(".part")
    part.touch(mode=0o600)
    part.write_bytes(content)
    part.replace(path)
    return path


def remove(clients: Iterable[UUID]) -> None:
    """Delete the files of these letters, on whichever day they were written."""
    names = {f"{client}{ending}" for client in clients for ending in ENDINGS}
    if names and root().exists():
        for day in root().iterdir():
            for name in names:
                (day / name).unlink(missing_ok=True)


def rotate() -> int:
    """Delete what is older than KEPT; answers how many files went."""
    oldest = f"{clock.today() - KEPT:%Y-%m-%d}"
    gone = 0
    for day in sorted(root().iterdir()) if root().exists() else []:
        if day.is_dir() and day.name < oldest:
            for path in list(day.iterdir()):
                path.unlink()
                gone += 1
            day.rmdir()
    return gone


def mail_of(client: UUID, sender: str, letter: dict[str, str], language: str) -> EmailMessage:
    """The e-mail of a letter; its Message-ID is our number, so that a server sees a repeat as the same message."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, letter["address"], " ".join(letter["title"].split())
    made["Message-ID"] = f"<{client}@{sender.rpartition('@')[2].strip('> ') or 'linli'}>"
    made["Content-Language"], made["Auto-Submitted"] = language, "auto-generated"
    made.set_content(letter["text"])
    return made
