# SPDX-License-Identifier: MulanPSL-2.0
"""The published file: read strictly, its canonical text and digests, and what differs between two of them."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

FORM, ALGORITHM = "linli-publication-2", "SHA-256"
CANONICAL = "JSON in UTF-8, keys sorted, no blanks, nothing escaped that need not be"
HEAD = ("canonical", "digest_algorithm", "form", "occasion", "period", "reference")
MOST_BYTES = 16 * 1024 * 1024
"""The largest file that is read (our choice: a publication of the whole city with all its receipts has room)."""
MOST_COUNT = 2**63
NUMBER = re.compile(r"-?(\d{1,400}(/\d{1,400})?|\d{0,12}\.\d{1,12})")
"""How numbers are written: a stranger's file must not be able to ask for a reckoning without end."""


@dataclass(frozen=True)
class Said:
    """One sentence in both languages: what was found, and where in the file."""

    zh: str
    en: str


class Unreadable(ValueError):
    """The file is no publication; carries the sentence."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.said = Said(zh, en)


@dataclass(frozen=True)
class Envelope:
    """A published file: the content, and the digests that it carries (empty when it came without)."""

    content: dict[str, Any]
    digest: str = ""
    parts: Mapping[str, str] | None = None


def canonical(content: Any) -> bytes:
    """The one text of a content over which digests are made."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(content: Any) -> str:
    """SHA-256 of the canonical text, in hex."""
    return hashlib.sha256(canonical(content)).hexdigest()


def commitment(code: str, numerator: int, denominator: int, salt: str) -> str:
    """What is published instead of two counts: nobody can work them out, and whoever is shown them can check that they were these."""
    return digest({"code": code, "denominator": denominator, "numerator": numerator, "salt": salt})


def parts(content: Mapping[str, Any]) -> dict[str, str]:
    """The digest of each part by its name, so that a change can be named: the head, standard, measures, rules, journal, and each community."""
    found = {"head": digest({name: content.get(name) for name in HEAD})}
    found |= {name: digest(content.get(name)) for name in ("journal", "measures", "rules", "standard")}
    return found | {f"community {one.get('area')}": digest(one) for one in content.get("communities", ()) if isinstance(one, dict)}


def envelope(content: Mapping[str, Any]) -> dict[str, Any]:
    """The file that anybody may download."""
    return {"algorithm": ALGORITHM, "digest": digest(content), "parts": parts(content), "publication": dict(content)}


def read(raw: bytes) -> Envelope:
    """The file, or Unreadable with a sentence: twice the same name, a broken number or another form are refused."""
    if len(raw) > MOST_BYTES:
        raise Unreadable("文件太大，不是公示文件。", "The file is too large to be a publication.")
    try:
        found = json.loads(raw.decode("utf-8-sig"), object_pairs_hook=_once, parse_float=_whole, parse_constant=_whole)
    except Unreadable:
        raise
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise Unreadable("这不是公示文件：内容不是 JSON。请使用公示页面上下载的原文件。",
                         "This is no publication: it is not JSON. Use the file as it was downloaded from the page of publications.") from None
    if isinstance(found, dict) and isinstance(found.get("publication"), dict):
        held = found.get("parts")
        opened = Envelope(found["publication"], str(found.get("digest", "")), held if isinstance(held, dict) else None)
    else:
        opened = Envelope(found if isinstance(found, dict) else {})
    if opened.content.get("form") != FORM:
        raise Unreadable(f"这不是公示文件：缺少格式名“{FORM}”。", f"This is no publication: it does not carry the form “{FORM}”.")
    return opened


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)[:60]
        raise Unreadable(f"文件里“{twice}”在同一处写了两次，无法判断哪个作数。", f"“{twice}” stands twice in one place of the file, so it is unclear which counts.")
    return found


def _whole(text: str) -> Any:
    raise Unreadable(f"文件里有小数“{text[:20]}”；公示文件只用整数和分数。", f"The file holds the number “{text[:20]}”; publications use whole numbers and fractions only.")


def fraction(value: Any) -> Fraction | None:
    """An exact number as the file writes it (`23/2`); None for null. ValueError for anything else."""
    return None if value is None else exact(value)


def exact(value: Any) -> Fraction:
    """A number as a sheet or a total writes it: `2`, `0.85`, `23/2`. ValueError for anything else, and for more digits than a sheet has use for."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < MOST_COUNT:
        return Fraction(value)
    if not isinstance(value, str) or not NUMBER.fullmatch(value):
        raise ValueError("no exact number")
    return Fraction(value)


def differences(published: Any, given: Any, at: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Where two contents differ: the place in the file, what was published, what the file says; in order."""
    if isinstance(published, dict) and isinstance(given, dict):
        for name in sorted(set(published) | set(given)):
            yield from differences(published.get(name), given.get(name), f"{at}.{name}" if at else name)
    elif isinstance(published, list) and isinstance(given, list) and len(published) == len(given):
        for place, (one, other) in enumerate(zip(published, given, strict=True)):
            yield from differences(one, other, f"{at}[{_name(one, place)}]")
    elif type(published) is not type(given) or published != given:
        yield at, published, given


def _name(one: Any, place: int) -> str:
    return str(one.get("code") or one.get("area") or place) if isinstance(one, dict) else str(place)
