# SPDX-License-Identifier: MulanPSL-2.0
"""岗位: the roles that a post may carry, each with its abilities and the levels of place at which it is held."""

from dataclasses import dataclass

from linli.core import registry
from linli.core.words import Words

SECTION = "role"
LEVELS = ("city", "district", "street", "community", "grid")
"""From the widest to the narrowest; a city may have fewer."""

def level_below(level: str) -> str:
    """The next narrower level; a grid stays a grid."""
    return LEVELS[min(LEVELS.index(level) + 1, len(LEVELS) - 1)]


OWN = frozenset({"account.change_password", "token.make_own", "register.look_at_list"})
"""What everybody who is signed in may do for himself."""


@dataclass(frozen=True)
class Role:
    """What a post of this name may do.

    `level` are the levels of place at which it may be held. `see_personal` False keeps class 2 and up from it;
    `has_sight` False gives it an empty range, so that no area table shows it a single row.
    """

    name: str
    words: Words
    abilities: frozenset[str]
    level: frozenset[str]
    see_personal: bool = True
    has_sight: bool = True
    needs_organisation: bool = False

    def faults(self) -> list[str]:
        """Sentences about what is wrong with the declaration; empty when nothing is."""
        found = []
        if unknown := self.level - set(LEVELS):
            found.append(f"Role {self.name!r} is held at {sorted(unknown)}. Use levels out of {list(LEVELS)}.")
        if not self.level:
            found.append(f"Role {self.name!r} can be held nowhere. Give at least one level.")
        if not self.abilities:
            found.append(f"Role {self.name!r} may do nothing. Give it an ability.")
        if self.see_personal and not self.has_sight:
            found.append(f"Role {self.name!r} sees personal data but has no sight. Set see_personal=False.")
        if "matter.handle" in self.abilities and "matter.verify" in self.abilities:
            found.append(f"Role {self.name!r} both handles and verifies. Give verification to another role.")
        return found


def declare(role: Role) -> Role:
    """Keep the declaration and give it back; ValueError with all its faults when it breaks a law."""
    if found := role.faults():
        raise ValueError(" ".join(found))
    registry.add(SECTION, role.name, role)
    return role


def all_roles() -> list[Role]:
    """All declared roles, ordered by name."""
    return registry.everything(SECTION)


def role_named(name: str) -> Role | None:
    """The role; None when nobody declares it (any more)."""
    found: Role | None = registry.get(SECTION, name)
    return found


def role_choices() -> list[tuple[str, Words]]:
    """Name and words of each role, for a form."""
    return [(role.name, role.words) for role in all_roles()]
