# SPDX-License-Identifier: MulanPSL-2.0
"""The list of everything that was declared; the only place that imports by name."""

import importlib
import importlib.util
import pkgutil
from collections.abc import Iterator
from typing import Any

ROOM_MODULES = ("registers", "actions", "reactions", "alarms", "listings", "erasure", "seeding", "searching")
ROOMS = ("core", "elements", "matters", "meetings", "services", "ledgers", "measures", "titles", "doors", "desk", "pocket", "website", "api", "config")


class Registry:
    """Declarations by section and name. A second declaration of one name is refused with a sentence."""

    def __init__(self) -> None:
        self._sections: dict[str, dict[str, Any]] = {}

    def add(self, section: str, name: str, thing: Any) -> Any:
        """Keep a declaration and give it back."""
        names = self._sections.setdefault(section, {})
        if name in names:
            raise ValueError(f"There are two declarations named {name!r} in {section!r}. Rename one of them.")
        names[name] = thing
        return thing

    def get(self, section: str, name: str) -> Any | None:
        """The declaration, or None when nobody declared it."""
        return self._sections.get(section, {}).get(name)

    def require(self, section: str, name: str) -> Any:
        """The declaration; LookupError with a sentence when nobody declared it."""
        found = self.get(section, name)
        if found is None:
            raise LookupError(f"Nothing named {name!r} is declared in {section!r}; known are {self.names(section)}.")
        return found

    def all(self, section: str) -> list[Any]:
        """All declarations of a section, ordered by name."""
        return [thing for _, thing in sorted(self._sections.get(section, {}).items())]

    def names(self, section: str) -> list[str]:
        """Names declared in a section, in order."""
        return sorted(self._sections.get(section, {}))

    def remove(self, section: str, name: str) -> None:
        """Forget a declaration (tests that plant one take it back so)."""
        self._sections.get(section, {}).pop(name, None)


REGISTRY = Registry()
add, get, everything, names = REGISTRY.add, REGISTRY.get, REGISTRY.all, REGISTRY.names


def modules() -> Iterator[str]:
    """Names of all modules that declare: each room's well-known ones, then every file of practice."""
    for room in ROOMS:
        for name in ROOM_MODULES:
            path = f"linli.{room}.{name}"
            if _exists(path):
                yield path
                yield from _inside(path)
    practice = importlib.import_module("linli.practice")
    for found in pkgutil.walk_packages(practice.__path__, "linli.practice."):
        yield found.name


def _exists(path: str) -> bool:
    room = path.rsplit(".", 1)[0]
    return importlib.util.find_spec(room) is not None and importlib.util.find_spec(path) is not None


def _inside(path: str) -> Iterator[str]:
    """The modules of a room's `actions`, `reactions` ... where these are a package."""
    found = importlib.import_module(path)
    for one in pkgutil.iter_modules(getattr(found, "__path__", ()), f"{path}."):
        yield one.name


def discover() -> int:
    """Import every declaring module once; asks no database. Answers how many modules there are."""
    found = list(modules())
    for name in found:
        importlib.import_module(name)
    return len(found)
