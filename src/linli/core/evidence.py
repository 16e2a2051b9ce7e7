# SPDX-License-Identifier: MulanPSL-2.0
"""Evidence files: kept by the hash of their content, pictures re-encoded, attached to a record by an action."""

import secrets
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import signing
from django.db.models import QuerySet

from linli.core import clock, registry
from linli.core.faults import Invalid
from linli.core.images import Limits, accept, thumbnail
from linli.core.models import Evidence
from linli.core.sight import Actor
from linli.core.words import words

NOT_YOURS = words("照片 {number} 不存在、已用于别的事项，或不是您上传的，请重新上传。",
                  "Photo {number} does not exist, is in use elsewhere or was not uploaded by you. Please upload it again.")
SALT = "linli.evidence"
PASS_SECONDS = 2 * 3_600
"""How long an address with a pass, and a voucher, work (our choice: as long as a page is likely to stay open)."""
TOO_MANY = words("一次最多 {limit} 张照片。", "At most {limit} photos at a time.")


def path_of(digest: bytes, size: str = "full") -> Path:
    """Where a file lies: two levels of folders by the hash; `size` full or thumb."""
    name = digest.hex()
    return Path(settings.EVIDENCE_ROOT) / name[:2] / name[2:4] / (name if size == "full" else f"{name}.thumb")


def keep(content: bytes, name: str, *, area: int, actor: Actor, claim: bytes) -> Evidence:
    """Check, re-encode and keep one upload; the row waits to be attached. Invalid with a sentence when it is no picture or PDF.

    Files are written before the row: a file without a row is harmless and swept by age.
    """
    upload = accept(content, name, Limits(upload_bytes=settings.EVIDENCE_MAX_BYTES))
    _write(path_of(upload.digest), upload.content)
    small = thumbnail(upload)
    if small is not None:
        _write(path_of(upload.digest, "thumb"), small)
    lon_e6, lat_e6 = upload.position or (None, None)
    return Evidence.objects.create(
        area=area, digest=upload.digest, media_type=upload.media_type, size=len(upload.content), name=name[:200], added_by=actor.account,
        claim=claim, added_at=clock.now(), taken_at=upload.taken_at, lon_e6=lon_e6, lat_e6=lat_e6,
    )


def _write(path: Path, body: bytes) -> None:
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    part.write_bytes(body)
    part.replace(path)


def attach(numbers: Sequence[int] | None, *, area: int, subject_kind: str, subject: int, actor: Actor, claim: bytes,
           vouched: frozenset[int] = frozenset()) -> int:
    """Attach uploads to a record; answers how many. Invalid when one is not theirs or in use.

    An account attaches its own uploads. Without one, a device is not enough (many people share an address and a browser):
    only files whose voucher was shown can be attached.
    """
    if not numbers:
        return 0
    if len(numbers) > settings.EVIDENCE_MAX_FILES:
        raise Invalid({"evidence": TOO_MANY.format(limit=settings.EVIDENCE_MAX_FILES)})
    mine = {"added_by": actor.account} if actor.account else {"added_by": None, "claim": claim}
    wanted = set(numbers) if actor.account else set(numbers) & vouched
    free = Evidence.objects.filter(id__in=wanted, subject=None, **mine)
    done = free.update(area=area, subject_kind=subject_kind, subject=subject)
    if done != len(set(numbers)):
        raise Invalid({"evidence": NOT_YOURS.format(number="、".join(map(str, numbers)))})
    return done


def rows_of(subject_kind: str, *subjects: int) -> QuerySet[Evidence]:
    """All files of these records inside the sight in force, oldest first, not yet read."""
    return Evidence.objects.filter(subject_kind=subject_kind, subject__in=subjects).order_by("id")


def voucher_of(number: int, area: int) -> str:
    """What the uploader of a waiting file gets and shows again when it is attached; opens the file too. Works for PASS_SECONDS."""
    return signing.dumps([number, area], salt=SALT)


def held(text: str) -> tuple[int, int] | None:
    """(number, area) of the file that a voucher or a pass stands for; None for a forged or old one."""
    try:
        number, area = signing.loads(text, salt=SALT, max_age=PASS_SECONDS)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return number, area


def vouched(vouchers: Iterable[str]) -> frozenset[int]:
    """The numbers of the files for which these vouchers stand; a forged or old one counts for nothing."""
    return frozenset(found[0] for found in map(held, vouchers) if found)


def of(subject_kind: str, subject: int) -> list[Evidence]:
    """All files of a record inside the sight in force, oldest first."""
    return list(rows_of(subject_kind, subject))


GUARD = "evidence_guard"


def guard(subject_kind: str, admits: Callable[[Actor, int], bool]) -> None:
    """Declare who else than its uploader may open a file of this kind of record: asked with the actor and the record, inside the sight of his post."""
    registry.add(GUARD, subject_kind, admits)


def may_open(actor: Actor, one: Evidence) -> bool:
    """Whether somebody who sees the area may open the file: his own always, a guarded one as declared, nothing for a post that sees no records at all."""
    if one.added_by is not None and one.added_by == actor.account:
        return True
    admits: Callable[[Actor, int], bool] | None = registry.get(GUARD, one.subject_kind or "")
    if one.subject is None or not any(name.endswith(".see") for name in actor.abilities):
        return False
    return admits is None or admits(actor, one.subject)


def facts(one: Evidence) -> dict[str, Any]:
    """What a machine gets to know of a file; no position."""
    taken: datetime | None = one.taken_at
    return {"id": one.id, "media_type": one.media_type, "size": one.size, "sha256": bytes(one.digest).hex(),
            "added_at": one.added_at.isoformat(), "taken_at": taken.isoformat() if taken else None}
