# SPDX-License-Identifier: MulanPSL-2.0
"""A person by phone or identity number: exactly, through the keyed index, and always with a line in the journal.

Whoever is registered in another community is not shown: the asker learns that there is such a registration, and nothing else.
"""

import hashlib

from django.conf import settings

from linli.core import journal
from linli.core.actions import Call, Done, action
from linli.core.faults import Invalid
from linli.core.fields import Field
from linli.core.protection import Protection
from linli.core.tries import count_try
from linli.core.words import words
from linli.elements import identities
from linli.elements.models import Person
from linli.elements.registers.sealing import index_of
from linli.elements.searching.finders import MANY
from linli.elements.searching.questions import number_meant

DAY = 86_400
NOT_A_NUMBER = words("请输入完整的手机号、座机号或证件号码；只有一部分时查不到。", "Enter a whole phone or identity number; parts of one find nothing.")
COLUMNS = {"id_number": "id_index", "phone": "phone_index"}
"""Which index holds which number."""


@action("person.seek", words("按号码查人", "Find a person by number"), ability="resident.see", subject="person", fields=(
    Field("number", words("手机号或证件号码", "Phone or identity number"), "secret", required=True, limit=40, protection=Protection.PERSONAL),))
def seek(call: Call) -> Done:
    """People within the sight who bear the number; for an identity number also whether somebody elsewhere does.

    The number itself is kept nowhere: the journal holds its keyed index, which says nothing without the key. TooMany above the day's limit.
    """
    what, number = number_meant(str(call.given["number"]).strip())
    if what is None:
        raise Invalid({"number": NOT_A_NUMBER})
    count_try("seek", hashlib.sha256(f"account:{call.actor.account}".encode()).digest(), settings.SEEK_LIMIT, DAY)
    index = index_of("person", what, number)
    people = list(Person.objects.visible_to(call.actor).filter(**{COLUMNS[what]: index}).order_by("pk").values_list("pk", "area")[:MANY])
    is_elsewhere = what == "id_number" and not people and bool(identities.kept_elsewhere([index]))
    payload = {"what": what, "index": index.hex, "found": len(people), "elsewhere": is_elsewhere}
    journal.write_open([journal.Entry(
        "person.seek", area, "person", person, call.actor.account, call.actor.role, call.actor.post, call.occurred_at, call.recorded_at, payload)
        for person, area in people[1:]])
    first, area = people[0] if people else (0, call.actor.lo)
    return Done(area=area, subject=first, answer={"what": what, "people": [person for person, _ in people], "elsewhere": is_elsewhere}, payload=payload)
