# SPDX-License-Identifier: MulanPSL-2.0
"""What erasure removes of a matter beside its payloads: the reporter's contact."""

from linli.core.erasure import erases
from linli.matters.models import Contact


@erases("matter")
def erase_contact(matter: int) -> None:
    """Delete the live contact of the reporter."""
    Contact.objects.filter(matter=matter).delete()
