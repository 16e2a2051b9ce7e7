# SPDX-License-Identifier: MulanPSL-2.0
"""What waits for whom until when in the year of creation, for the list of what is late."""

from collections.abc import Iterable, Iterator

from linli.core.sight import Actor
from linli.core.words import Words, words
from linli.titles.creation.states import CITY, COMMUNITY, DISTRICT, STREET
from linli.titles.lateness import Step, Watch, declare
from linli.titles.models import Application, Objection, StrikeOut

ROUTE, OBJECTION_ROUTE = "desk:creation_application", "desk:creation_objection"
WAITING: dict[str, tuple[str, str, Words]] = {
    "draft": (COMMUNITY, "apply_until", words("完成申报", "Finish the application")),
    "returned": (COMMUNITY, "district_until", words("补正退回的申报", "Mend the returned application")),
    "submitted": (STREET, "street_until", words("街道审核申报", "Review the application (street)")),
    "district": (DISTRICT, "district_until", words("区级审核申报", "Review the application (district)")),
    "candidate": (CITY, "assess_until", words("年终测评", "Assess the candidate")),
    "assessed": (CITY, "publicity_by", words("决定是否列入拟命名名单", "Decide on the shortlist")),
    "shortlisted": (CITY, "publicity_by", words("公示拟命名名单", "Open the publicity")),
    "publicity": (CITY, "naming_by", words("命名", "Name")),
}


def open_steps(actor: Actor, most: int) -> Iterable[Step]:
    """The steps that wait within the actor's sight, soonest due first; a query a state, and one each for strike-outs and objections."""
    found = [*_applications(actor, most), *_strikes(actor, most), *_objections(actor, most)]
    return sorted(found, key=lambda one: (one.due_on, one.area))[:most]


def _applications(actor: Actor, most: int) -> Iterator[Step]:
    for state, (level, column, label) in WAITING.items():
        held = Application.objects.visible_to(actor).filter(state=state, batch__state__in=["open", "assessing", "publicity"])
        rows = held.filter(**{f"batch__{column}__isnull": False}).order_by(f"batch__{column}", "area").values_list("pk", "area", f"batch__{column}")[:most]
        yield from (Step(level, area, due, label, ROUTE, pk) for pk, area, due in rows)


def _strikes(actor: Actor, most: int) -> Iterator[Step]:
    held = StrikeOut.objects.visible_to(actor).filter(state__in=["hearing", "decided"]).order_by("heard_until")
    for application, area, due, state, stated in held.values_list("application", "area", "heard_until", "state", "stated_at")[:most]:
        level, label = ((CITY, words("确认取消候选资格", "Confirm the strike-out")) if state == "decided" else
                        (DISTRICT, words("听取说明后作出决定", "Decide after the hearing")) if stated else (COMMUNITY, words("说明情况", "State your side")))
        yield Step(level, area, due, label, ROUTE, application)


def _objections(actor: Actor, most: int) -> Iterator[Step]:
    held = Objection.objects.visible_to(actor).filter(outcome="").order_by("due_on")
    yield from (Step(DISTRICT, area, due, words("答复公示异议", "Answer an objection"), OBJECTION_ROUTE, pk)
                for pk, area, due in held.values_list("pk", "area", "due_on")[:most])


declare(Watch("creation", words("创建与命名", "Creation and naming"), open_steps))
