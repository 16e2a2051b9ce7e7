# SPDX-License-Identifier: MulanPSL-2.0
"""What a new installation needs of this room: the shipped standards, published."""

from linli.core import registry
from linli.core.actions import run
from linli.core.system_actors import declare_system_actor, system_actor
from linli.measures import standards
from linli.measures.models import StandardVersion

declare_system_actor("standards", "publishes the standards that are shipped", frozenset({"standard.publish"}), sees_all=True)


def seed() -> str:
    """Publish every shipped standard that is not there yet; one sentence on what was done.

    Fault 409 when a file differs from what was published under its version.
    """
    made = []
    for file in registry.everything(standards.SECTION):
        content = file.content()
        found = StandardVersion.objects.filter(standard__code=content["code"], version=content["version"]).first()
        if found is None and _is_passed(content["code"], content["valid_from"]):
            continue
        if found is None or found.digest != standards.digest(content):
            run("standard.publish", system_actor("standards"), {"standard": file.name})
            made.append(file.name)
    return f"Standards: published {', '.join(made)}." if made else "Standards: nothing to do."


def _is_passed(code: str, valid_from: str) -> bool:
    """True where the city has published a version of its own that begins on that day or later: a shipped one never goes before it."""
    return StandardVersion.objects.filter(standard__code=code, valid_from__gte=valid_from).exclude(state="draft").exists()


registry.add("seed", "measures.standards", seed)
