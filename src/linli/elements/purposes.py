# SPDX-License-Identifier: MulanPSL-2.0
"""查看目的: for what a post may look at personal data. A look names one of them; anything else is refused (Personal Information Protection Law 6)."""

from dataclasses import dataclass

from linli.core import registry
from linli.core.protection import Protection
from linli.core.words import Words, words

SECTION = "purpose"


@dataclass(frozen=True)
class Purpose:
    """One purpose: its words as the person reads them, the highest class it opens, and whether the law keeps it from the person (18, 35)."""

    name: str
    words: Words
    most: Protection = Protection.PERSONAL
    is_secret: bool = False
    order: int = 50


def declare(*found: Purpose) -> None:
    """Keep the declarations. ValueError when a purpose would open the sealed compartment."""
    for one in found:
        if one.most is Protection.SEALED:
            raise ValueError(f"Purpose {one.name!r} would open class 4. That is read through its compartment only.")
        registry.add(SECTION, one.name, one)


def purpose_named(name: str) -> Purpose | None:
    """The purpose; None when nobody declares it (any more)."""
    found: Purpose | None = registry.get(SECTION, name)
    return found


def choices() -> list[tuple[str, Words]]:
    """Name and words, in order, for a form."""
    return [(one.name, one.words) for one in sorted(registry.everything(SECTION), key=lambda one: (one.order, one.name))]


declare(
    Purpose("register", words("登记和核实基础信息", "Keeping and checking base data"), order=10),
    Purpose("visit", words("走访联系", "Arranging a visit"), order=20),
    Purpose("service", words("为本人办理事项、提供服务", "Doing something for the person"), Protection.SENSITIVE, order=30),
    Purpose("matter", words("办理居民反映的问题", "Handling a reported matter"), order=40),
    Purpose("safety", words("安全检查和应急处置", "Safety checks and emergencies"), Protection.SENSITIVE, order=50),
    Purpose("mediation", words("调解纠纷", "Mediation"), order=60),
    Purpose("claim", words("核对在哪个社区登记", "Checking which community keeps the person"), order=70),
    Purpose("check", words("检查信息是否准确", "Checking accuracy"), order=80),
    Purpose("law", words("依法配合司法机关、公安机关", "Assisting courts and police as the law requires"), Protection.SENSITIVE, is_secret=True, order=90),
)
