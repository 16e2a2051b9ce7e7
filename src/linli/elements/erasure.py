# SPDX-License-Identifier: MulanPSL-2.0
"""What erasure removes of a person beside his payloads: name, numbers, sealed fields, proposals, codes and the rows of files; the days stay."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Exists, OuterRef

from linli.core import journal, registry
from linli.core.erasure import erases
from linli.core.protection import TOMBSTONE
from linli.core.sight import Actor
from linli.elements import places
from linli.elements.looks import REVEAL
from linli.elements.models import AccessCode, Claim, Filling, IntakeChange, IntakeRow, Pairing, Person, Proposal, ReconciledItem, Residence, Seat
from linli.elements.registers import sealing

SUBJECT = "person"
EMPTY = '{"values":{},"note":""}'
"""A proposal that says nothing any more."""
NOTHING_LEFT: dict[str, Any] = {
    "name": TOMBSTONE, "pinyin": "", "former_name": "", "sex": "0", "born_on": None, "id_kind": "", "id_sealed": None, "id_index": None, "phone_sealed": None,
    "phone_index": None, "ethnicity": "", "marital": "", "education": "", "employment": "", "registered_at": "", "living_at": "", "fields": {}, "sealed": None,
    "sealed_names": None, "confirmed": {}, "standing": "gone"}
"""A person of whom only the days are left, so that counts of the past stay what they were."""
OPTIONAL: dict[str, Any] = {"phone_sealed": None, "phone_index": None, "former_name": "", "sealed": None, "sealed_names": None}
"""What goes at once of somebody whom the office still has to keep: contact, and what no duty asks for."""


def has_gone(person: int) -> bool:
    """While somebody lives or is registered here the office keeps him by its duty (Personal Information Protection Law 13, 3); then only the optional part goes."""
    living = Residence.objects.filter(person=OuterRef("pk"), tie__in=("living", "registered"), until=None)
    return not Person.objects.filter(pk=person).exclude(standing__in=("gone", "other")).exists() and not Person.objects.filter(Exists(living), pk=person).exists()


def find_person(actor: Actor, person: int) -> Person | None:
    """The person within the actor's sight."""
    found: Person | None = Person.objects.visible_to(actor).filter(pk=person).first()
    return found


def told_actions() -> Sequence[str]:
    """Every action on a person but the looks at him: their payloads hold names, and go with him."""
    return [one.name for one in registry.everything("action") if one.subject == SUBJECT and one.name not in (REVEAL, "journal.erase")]


def told_beside(people: Sequence[int]) -> dict[str, list[int]]:
    """His proposals, and the requests for him that lie within the sight in force: their journal payloads hold his words and numbers under keys of their own."""
    return {"proposal": list(Proposal.objects.filter(person__in=people).values_list("pk", flat=True)),
            "claim": list(Claim.objects.filter(person__in=people).values_list("pair", flat=True))}


@erases(SUBJECT, may_words_go=has_gone, finds=find_person, says_all=told_actions, beside=told_beside)
def erase_person(person: int, with_words: bool) -> int:
    """Put the tombstone where the person stood; of somebody still kept only contact and optional fields go."""
    return erase_people([person]) if with_words else _erase_optional(person)


def _erase_optional(person: int) -> int:
    IntakeChange.objects.filter(subject_kind=SUBJECT, subject=person).delete()
    empty_proposals(Proposal.objects.filter(person=person).exclude(state="waiting").values_list("pk", flat=True))
    return Person.objects.filter(pk=person).update(**OPTIONAL)


def empty_proposals(numbers: Iterable[int]) -> int:
    """Put an empty proposal in the place of what was proposed; the decision stays. Answers how many."""
    held = [Proposal(pk=number, sealed=sealing.seal_value("proposal", sealing.BUNDLE, number, EMPTY)) for number in numbers]
    return Proposal.objects.bulk_update(held, ["sealed"], batch_size=500)


def erase_people(people: Sequence[int]) -> int:
    """Erase whole people set-wise under the sight in force; answers in how many places something gave way. The hidden identities follow by themselves."""
    empty_proposals(Proposal.objects.filter(person__in=people).values_list("pk", flat=True))
    Proposal.objects.filter(person__in=people, state="waiting").update(state="withdrawn")
    AccessCode.objects.filter(person__in=people).delete()
    Claim.objects.filter(person__in=people).update(name=TOMBSTONE, note="")
    IntakeRow.objects.filter(record__in=people, intake__sheet="residents").update(sealed=None, before=None)
    ReconciledItem.objects.filter(register=SUBJECT, record__in=people).update(sealed=None, stood=None, likeness=None)
    Pairing.objects.filter(subject_kind=SUBJECT, one__in=people).update(reasons=[])
    IntakeChange.objects.filter(subject_kind=SUBJECT, subject__in=people).delete()
    _destroy_filled(people)
    Pairing.objects.filter(one__in=people).update(reasons=[])
    named = Seat.objects.filter(person__in=people, until__isnull=False).exclude(name=TOMBSTONE).update(name=TOMBSTONE)
    return named + Person.objects.filter(pk__in=people).exclude(name=TOMBSTONE).update(**NOTHING_LEFT)


def erase_with_lines(people: Sequence[int]) -> list[int]:
    """Erase whole people with their keys and payloads; answers the lines that lost theirs, for the line of the action that does it."""
    lines = journal.erase(SUBJECT, people, told_actions())
    for kind, numbers in told_beside(people).items():
        lines += journal.erase(kind, numbers)
    erase_people(people)
    return lines


def _destroy_filled(people: Sequence[int]) -> None:
    """The filled forms of the places where they are kept, which may name them: whoever needs one has it filled again, without them."""
    areas = set(Person.objects.filter(pk__in=people).values_list("area", flat=True))
    above = {place.area for area in areas for place in places.path_of(area)}
    Filling.objects.filter(area__in=above, state="done", version__source__in=("person", "household")).update(state="gone", sealed=None)
