# SPDX-License-Identifier: MulanPSL-2.0
"""Every address there is, for every post: nothing breaks, nobody else's record is shown, public pages stay readable."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from linli.core import clock, due, editions, evidence
from linli.core.actions import run
from linli.core.fields import Received
from linli.core.models import JournalLine
from linli.core.sight import PUBLIC, looking, of_all
from linli.doors import cookies, exports
from linli.elements import sessions
from linli.elements.models import Account
from linli.matters.models import Handover, HotlineAnswer, Scheme
from linli.measures import seeding
from linli.measures.models import StandardVersion
from tests import closings, guards
from tests.cast import COMMUNITY, COMMUNITY2, DISTRICT, GRID, HOSTILE, NEIGHBOURS, PEOPLE, STREET, Cast
from tests.inspections import team
from tests.measures.surveys import survey_records
from tests.residents import one_claim, one_person
from tests.titles.planted import planted

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
RECORD = {"batch", "table", "number", "area", "name", "code", "worker", "post", "objection", "walk", "handover", "order", "building", "dwelling",
          "household", "person", "event", "visit", "proposal", "template", "filling", "intake", "reconciliation", "item", "source", "compartment",
          "voucher", "proof", "inspection", "survey", "line", "doubt"}
"""Parameters that name a record of the first community; an address with a new one has to be filled in here."""
PATROLS = {"hotline", "grids", "rounds", "work", "workload", "handover", "tracks", "registers", "buildings", "organisations", "facilities",
           "responsibility", "coverage", "visits", "proposals", "protection", "transfers", "quality", "intakes", "pairings", "templates", "fillings",
           "reconciliations", "compartments", "funds", "proofs", "boxes", "inspections", "surveys"}
"""Pages for single roles: a role that may not open them at all is told so."""
RECORD |= {"application", "title_objection"}
PATROLS |= {"creation"}
RECORD |= {"title", "case"}
PATROLS |= {"named"}
OWN_ONLY = ("desk/accounts", "desk/calendar", "desk/tokens", "desk/places")
"""Pages of the administration or of oneself: no area stands behind them, their rights are tested where they are built."""


def addresses(patterns: list[Any], before: str = "") -> Iterator[tuple[str, set[str]]]:
    for one in patterns:
        text = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from addresses(one.url_patterns, text)
        elif isinstance(one, URLPattern):
            yield text, set(one.pattern.converters)


ALL = sorted(((text, frozenset(names)) for text, names in addresses(get_resolver().url_patterns)), key=lambda pair: pair[0])
PAGES = [(text, names) for text, names in ALL if not text.startswith(("api/", "static/"))]


def filled(text: str, values: dict[str, str]) -> str:
    """The address with its parameters filled in; KeyError names one that nobody filled."""
    while "<" in text:
        start, end = text.index("<"), text.index(">")
        name = text[start + 1:end].split(":")[-1]
        text = text[:start] + values[f"{text.split('/')[0]}.{name}"] + text[end + 1:]
    return "/" + text


@pytest.fixture
def values(cast: Cast, settings: Any, tmp_path: Any) -> dict[str, str]:
    """What stands behind the parameters: a closed matter of the first community with a file, its code, a measure."""
    settings.EVIDENCE_ROOT = tmp_path / "evidence"
    settings.EXPORT_ROOT = tmp_path / "exports"
    seeding.seed()
    editions.forget_all()
    made = cast.report()
    cast.walk(made["number"])
    due.drain()
    with looking(of_all()):
        file = evidence.keep(b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n", "a.pdf", area=COMMUNITY, actor=PUBLIC, claim=b"x")
        type(file).objects.filter(pk=file.pk).update(subject_kind="matter", subject=int(made["number"][2:]))
    scheme = Scheme.objects.earliest("pk")
    crosswalk = cast.crosswalk()
    export = run("export.make", cast.director, {"listing": "matters", "form": "csv"})["export"]
    exports.write(export)
    return grid_records(cast) | {
        "desk.template": str(cast.template()), "desk.filling": str(cast.filling()),
        "desk.intake": str(cast.intake()), "desk.pairing": str(cast.pairing()), "desk.sheet": "residents",
        **{f"desk.{name}": str(number) for name, number in cast.reconciliation().items()}, "desk.side": "differs",
        "exports.number": str(export),
        "desk.route": str(cast.route(("all", STREET, "always", f"unit:{cast.units['cleaners']}"))),
        "desk.number": made["number"], "desk.action": "matter.close", "desk.area": str(COMMUNITY), "desk.code": "D3-11", "desk.what": "change",
        "desk.scheme": str(scheme.pk), "desk.crosswalk": str(crosswalk), "desk.confirmed": str(cast.category),
        "desk.name": "whole", **hotline_records(cast), "desk.alarm": str(cast.alarm()),
        "report.number": made["number"], "follow.code": made["query_code"], "c.area": str(COMMUNITY), "evidence.number": str(file.pk),
        "evidence.name": "a.pdf", "desk.occasion": "matter.closed", "desk.channel": "sms",
        "open311.fmt": "xml", "open311.code": "gbt47678_5-event-01001", "open311.number": made["number"], "open311.token": made["number"], "open311.file": str(file.pk),
        "desk.brought": str(cast.do("foreign.receive", "sysadmin", system="other", file=Received("a.json", b"[]"))["brought"]),
        "pocket.number": made["number"], "pocket.name": "outbox", "pocket.action": "matter.close",
        "desk.compartment": "1", "desk.column": "phone", "desk.register": "person", "desk.record": str(cast.record("person")), "desk.building": str(cast.record("building")),
        "desk.organisation": str(cast.standing("organisation")), "desk.thing": str(cast.standing("thing")),
        **{f"desk.{name}": str(number) for name, number in cast.kept().items()}, "propose.code": cast.code(),
        "desk.named": str(named_list(cast)),
        "desk.person": str(one_person(COMMUNITY)), "desk.claim": str(one_claim(COMMUNITY, COMMUNITY2)), "own.name": "phone", "own.purpose": "contact",
        "desk.figure": "person.completeness.phone", "desk.z": "14", "desk.x": "13523", "desk.y": "6221", "desk.redrawing": str(cast.redrawing()),
        "desk.reorganisation": str(cast.reorganisation()), "desk.sort": "move",
        "desk.voucher": str(cast.voucher()), "desk.proof": str(cast.proof()),
        "desk.inspection": str(team(DISTRICT).open(COMMUNITY)),
        **{f"desk.{name}": str(number) for name, number in survey_records(cast).items()},
        **{f"desk.{name}": str(planted(cast, name)) for name in ("title_batch", "application", "title_objection")},
        **{f"publicity.{name}": str(planted(cast, name)) for name in ("publicity", "title_batch")}, "publicity.area": str(COMMUNITY),
        **{f"desk.{name}": str(number) for name, number in cast.title_case().items()},
        **{f"desk.{name}": str(number) for name, number in closings.closing_rows(cast).items()}, "desk.override": str(closings.override(cast)),
        "publications.digest": closings.publication(), "open.name": "named", "open.form": "csv", "open.period": closings.PERIOD,
        **standards_of(cast),
        "desk.norm": str(cast.do("norm.add", "city", code="T1", kind="own", mark="proposed", zh=HOSTILE, en=HOSTILE, note=HOSTILE)["norm"]),
        "desk.finding": str(guards.finding(cast)),
    }


def standards_of(cast: Cast) -> dict[str, str]:
    """A published version, a draft of the next and a what-if of the first district."""
    version = StandardVersion.objects.latest("valid_from").pk
    draft = cast.do("standard.draft", "city", standard=version, number="next")["draft"]
    trial = cast.do("standard.try", "district", standard=version, area=COMMUNITY, period=str(clock.today().year))["trial"]
    return {"desk.standard": str(version), "desk.draft": str(draft), "desk.trial": str(trial)}


def named_list(cast: Cast) -> int:
    """A confirmed list of printed names of the first district."""
    cast.do("place.confirm_names", "district", label=f"名单{HOSTILE}"[:100], list="海棠区\t槐荫街\t槐安社区", chosen=f'{{"1": {COMMUNITY}}}')
    with looking(of_all()):
        return JournalLine.objects.filter(action="place.confirm_names").latest("pk").pk


def hotline_records(cast: Cast) -> dict[str, str]:
    """A table of the hotline and a table of answers of the first street."""
    batch = run("hotline.upload", cast.dispatcher, {"file": Received("a.csv", f"工单编号,内容\n1,{HOSTILE.replace(',', '')}\n".encode())})["batch"]
    with looking(of_all()):
        table = HotlineAnswer.objects.create(area=STREET, source="12345", columns=[], first=clock.today(), last=clock.today(), orders=0, made_by=1, made_at=clock.now())
    return {"desk.batch": str(batch), "desk.table": str(table.pk), "desk.form": "csv"}


def grid_records(cast: Cast) -> dict[str, str]:
    """A round with an objection, a handover and an order for a track in the first community."""
    today = clock.today()
    cast.do("grid.assign", "director", area=GRID, post=cast.posts["gridworker"])
    walk = cast.do("round.begin", "gridworker", area=GRID)["round"]
    said = cast.do("round.object", "gridworker", text=HOSTILE, round=walk)["objection"]
    with looking(of_all()):
        row = Handover.objects.create(area=COMMUNITY, from_post=cast.posts["gridworker"], to_post=cast.posts["director"], day=today,
                                      made_by=cast.director.account or 0, made_at=clock.now())
    given = {"holder": cast.posts["gridworker"], "purpose": HOSTILE, "valid_from": today.isoformat(), "valid_to": (today + timedelta(days=2)).isoformat()}
    order = cast.do("track.order", "head", **given)["order"]
    found = {"worker": cast.gridworker.account, "post": cast.posts["gridworker"], "objection": said, "walk": walk, "handover": row.pk, "order": order, "step": "look"}
    return {f"desk.{name}": str(value) for name, value in found.items()}


def browser(name: str) -> Client:
    client = Client(raise_request_exception=False)
    if name:
        client.cookies[cookies.SESSION] = sessions.open_for(Account.objects.get(username=name)).cookie
    return client


@pytest.mark.parametrize("name", ["", *PEOPLE])
def test_no_page_breaks_for_any_post(values: dict[str, str], name: str) -> None:
    client = browser(name)
    wrong = []

    for text, _ in PAGES:
        try:
            address = filled(text, values)
        except KeyError:
            address = filled(text, values | {"desk.number": "1", "pocket.number": "LL1"})
        for method in (client.get, client.post):
            answer = method(address)
            if answer.status_code >= 500 and "healthz" not in address:
                wrong.append((address, answer.status_code))

    assert wrong == []


@pytest.mark.parametrize("name", [NEIGHBOURS[one] for one in NEIGHBOURS])
def test_a_neighbour_of_the_same_role_is_shown_no_record(values: dict[str, str], name: str, cast: Cast) -> None:
    client = browser(name)
    shown = []

    for text, names in PAGES:
        if not names & RECORD or not text.startswith(("desk/", "evidence/", "pocket/matter/")) or text.startswith(OWN_ONLY):
            continue
        answer = client.get(filled(text, values))
        parts = set(text.split("/"))
        may_be_refused = bool(PATROLS & parts) or bool({"results", "statistics"} & parts and not cast.actors[name].may("results.see"))
        allowed = (403, 404) if may_be_refused else (404,)
        if answer.status_code not in allowed:
            shown.append((text, answer.status_code))

    assert shown == []


def test_the_public_reads_public_pages_and_is_led_to_the_door_of_the_others(values: dict[str, str]) -> None:
    client = browser("")
    found = {text: client.get(filled(text, values | {"desk.number": "1", "pocket.number": "LL1"})).status_code for text, _ in PAGES}

    assert {text: status for text, status in found.items() if text.startswith("desk/") and status not in (302, 303, 404)} == {}
    assert [text for text, status in found.items() if text in ("", "report/", "follow/", "c/", "c/<int:area>/") and status != 200] == []


def test_there_are_pages_of_every_face() -> None:
    assert {text.split("/")[0] for text, _ in ALL} >= {"desk", "report", "follow", "c", "api", "sign-in"}
