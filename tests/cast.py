# SPDX-License-Identifier: MulanPSL-2.0
"""The cast: a small city with everybody who acts in it, the neighbours who must not see, and texts that try to break out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest
from django.conf import settings

from linli.core import clock, editions
from linli.core.actions import run
from linli.core.models import Alarm, Evidence, Letter
from linli.core.sight import PUBLIC, Actor, looking, of_all
from linli.elements.actors import actor_of_post, secret_digest
from linli.elements.models import (
    Account,
    Building,
    Dwelling,
    FieldCheck,
    FieldSample,
    Filling,
    Household,
    Intake,
    Membership,
    Organisation,
    Pairing,
    Person,
    Place,
    PlaceCode,
    Post,
    ReconciledItem,
    Reconciliation,
    Redrawing,
    Reorganisation,
    Residence,
    Responsibility,
    Seat,
    Source,
    StandIn,
    Template,
    TemplateLack,
    TemplateVersion,
    Term,
    Thing,
    ThingPart,
    Token,
)
from linli.ledgers.models import Entry
from linli.matters import numbers
from linli.matters.categories import SchemeFile, declared_schemes
from linli.matters.kinds import all_kinds
from linli.matters.models import Category, Matter, RouteRule, RouteVersion, Scheme
from linli.measures.models import Proof
from linli.titles.models import Batch, RectificationItem, Reinspection, ReinspectionRound, Title

HOSTILE = "<script>alert('x')</script> \"'; drop table matters_matter; -- {{ 7*7 }} 井盖𠮷破损 🕳️"
"""In every summary: a page that shows it as it is, or a query that swallows it, fails some test."""
SINCE = date(2020, 1, 1)
FEW = 8
CITY = settings.CITY_AREA
DISTRICT, DISTRICT2 = 120_101_000_000_000, 120_102_000_000_000
STREET, STREET2 = DISTRICT + 1_000_000, DISTRICT + 2_000_000
COMMUNITY, COMMUNITY2, COMMUNITY3 = STREET + 1_000, STREET + 2_000, STREET2 + 1_000
FAR_STREET = DISTRICT2 + 1_000_000
FAR_COMMUNITY = FAR_STREET + 1_000
GRID, GRID2 = COMMUNITY + 1, COMMUNITY2 + 1

PLACES = (
    (CITY, 10**13, "city", "演示市", None), (DISTRICT, 10**9, "district", "海棠区", CITY), (DISTRICT2, 10**9, "district", "远山区", CITY),
    (STREET, 10**6, "street", "槐荫街道", DISTRICT), (STREET2, 10**6, "street", "柳桥街道", DISTRICT),
    (FAR_STREET, 10**6, "street", "远山街道", DISTRICT2), (COMMUNITY, 10**3, "community", "槐安社区", STREET),
    (COMMUNITY2, 10**3, "community", "槐宁社区", STREET), (COMMUNITY3, 10**3, "community", "柳岸社区", STREET2),
    (FAR_COMMUNITY, 10**3, "community", "远山社区", FAR_STREET), (GRID, 1, "grid", "槐安第一网格", COMMUNITY), (COMMUNITY + 2, 1, "grid", "槐安第二网格", COMMUNITY),
    (GRID2, 1, "grid", "槐宁第一网格", COMMUNITY2),
)
UNITS = {
    "committee": (COMMUNITY, "居委会一"), "committee2": (COMMUNITY2, "居委会二"), "office": (STREET, "街道办一"), "office2": (STREET2, "街道办二"),
    "cleaners": (STREET, "环卫一队"), "inspectors": (STREET, "核查一队"), "cleaners2": (STREET2, "环卫二队"), "inspectors2": (STREET2, "核查二队"),
    "bureau": (DISTRICT, "区管理局"), "bureau2": (DISTRICT2, "远山管理局"), "city_office": (CITY, "市管理局"),
}
PEOPLE = {
    "gridworker": ("gridworker", COMMUNITY, "committee"), "gridworker2": ("gridworker", COMMUNITY2, "committee2"),
    "director": ("director", COMMUNITY, "committee"), "director2": ("director", COMMUNITY2, "committee2"),
    "dispatcher": ("dispatcher", STREET, "office"), "dispatcher2": ("dispatcher", STREET2, "office2"),
    "handler": ("handler", STREET, "cleaners"), "handler2": ("handler", STREET2, "cleaners2"),
    "verifier": ("verifier", STREET, "inspectors"), "verifier2": ("verifier", STREET2, "inspectors2"),
    "head": ("head", STREET, "office"), "head2": ("head", STREET2, "office2"),
    "district": ("district", DISTRICT, "bureau"), "district2": ("district", DISTRICT2, "bureau2"),
    "exchange": ("exchange", DISTRICT, "bureau"), "exchange2": ("exchange", DISTRICT2, "bureau2"),
    "city": ("city", CITY, "city_office"), "sysadmin": ("sysadmin", CITY, "city_office"),
}
"""Account to role, place and unit. A name that ends in 2 is the same role elsewhere: the one who must not see."""
ROLES = ("gridworker", "director", "dispatcher", "handler", "verifier", "head", "district", "exchange", "city", "sysadmin")
NEIGHBOURS = {"gridworker": "gridworker2", "director": "director2", "dispatcher": "dispatcher2", "handler": "handler2",
              "verifier": "verifier2", "head": "head2", "district": "district2"}
STEPS: tuple[tuple[str, str, str, Mapping[str, Any]], ...] = (
    ("filed", "matter.file", "dispatcher", {}),
    ("dispatched", "matter.dispatch", "dispatcher", {"unit": "cleaners"}),
    ("handling", "matter.receive", "handler", {}),
    ("handled", "matter.handle", "handler", {"note": f"已清理 {HOSTILE}"}),
    ("verifying", "matter.reply", "handler", {"note": f"已处理完毕 {HOSTILE}", "no_photo_reason": "夜间无光"}),
    ("passed", "matter.verify", "verifier", {"passed": True, "note": "现场合格"}),
    ("closed", "matter.close", "dispatcher", {}),
)
"""The loop: where a step leads, its action, who takes it, what is given beside number and version."""


class Actors(dict[str, Actor]):
    """Actors by name, each asked for when a test first wants it."""

    def __init__(self, posts: Mapping[str, int]) -> None:
        super().__init__()
        self.posts = posts

    def __missing__(self, name: str) -> Actor:
        found = actor_of_post(self.posts[name])
        assert found is not None
        self[name] = found
        return found


@dataclass
class Cast:
    """Everybody by name (`cast.handler` is an Actor), their tokens, and what they usually do."""

    posts: dict[str, int]
    tokens: dict[str, str]
    units: dict[str, int]
    category: int
    actors: "Actors" = field(init=False)

    def __post_init__(self) -> None:
        self.actors = Actors(self.posts)

    def __getattr__(self, name: str) -> Actor:
        if name not in self.__dict__.get("posts", {}):
            raise AttributeError(name)
        return self.actors[name]

    def headers(self, name: str) -> dict[str, str]:
        """Request headers with which a machine acts as somebody; empty for the public."""
        return {"Authorization": f"Bearer {self.tokens[name]}"} if name in self.tokens else {}

    def do(self, action: str, by: str = "", **given: Any) -> dict[str, Any]:
        """Run an action as somebody (the public when nobody is named)."""
        return run(action, self.actors[by] if by else PUBLIC, given, device=b"device-of-the-cast", vouched=frozenset(given.get("evidence") or ()))

    def report(self, by: str = "", **more: Any) -> dict[str, Any]:
        """A report in the first community: number, query_code, phase, version."""
        return self.do("matter.report", by, **({"category": self.category, "summary": HOSTILE, "area": COMMUNITY, "address": "槐安路 1 号"} | more))

    def alarm(self) -> int:
        """An alarm that rings in the first community, for whoever may see matters."""
        with looking(of_all()):
            found, _ = Alarm.objects.get_or_create(name="planted", subject_kind="place", subject=COMMUNITY, ended_at=None, defaults={
                "area": COMMUNITY, "sentence": {"zh": HOSTILE, "en": HOSTILE}, "ability": "matter.see", "raised_at": clock.now()})
            return found.pk

    def letter(self) -> int:
        """A letter that was given up, about nothing in particular, in the first community; its provider's number is its own."""
        with looking(of_all()):
            found, _ = Letter.objects.get_or_create(subject_kind="place", subject=COMMUNITY, occasion="planted", channel="sms", cause=0, defaults={
                "area": COMMUNITY, "language": "zh-hans", "wording": 0, "masked": "138****0000", "state": "given_up", "written_at": clock.now()})
            Letter.objects.filter(pk=found.pk).update(provider_number=str(found.pk))
            return found.pk

    def record(self, name: str) -> int:
        """A record of base data in the first community: the planted building, dwelling, household or person (who heads the household and lives there)."""
        with looking(of_all()):
            house, _ = Building.objects.get_or_create(area=GRID, key="planted", defaults={"quarter": HOSTILE[:60], "number": "1"})
            home, _ = Dwelling.objects.get_or_create(area=GRID, building=house, key="planted", defaults={"doorway": "1", "floor": 1, "room": "101"})
            household, _ = Household.objects.get_or_create(area=GRID, dwelling=home)
            person, is_new = Person.objects.get_or_create(area=GRID, name=HOSTILE[:60], defaults={"standing": "together"})
            if is_new:
                Membership.objects.create(area=GRID, household=household, person=person, relation="0")
                Residence.objects.create(area=GRID, dwelling=home, person=person, tie="living")
        return int({"building": house, "dwelling": home, "household": household, "person": person}[name].pk)

    def standing(self, name: str) -> int:
        """Of the first community: a committee with a term and a chair, a facility with equipment, who is responsible for the planted building, who is away."""
        today = clock.today()
        building = self.record("building")
        with looking(of_all()):
            unit, _ = Organisation.objects.get_or_create(area=COMMUNITY, kind="residents_committee", defaults={"name": HOSTILE[:60], "pinyin": "p"})
            term, _ = Term.objects.get_or_create(area=COMMUNITY, organisation=unit, defaults={"since": today, "until": date(2099, 1, 1)})
            seat, _ = Seat.objects.get_or_create(area=COMMUNITY, organisation=unit, term=term, defaults={"office": "chair", "name": HOSTILE[:60], "since": today})
            thing, _ = Thing.objects.get_or_create(area=GRID, kind="micro_fire_station", defaults={"name": HOSTILE[:60], "pinyin": "p", "lon_e6": 117_194_000,
                                                                                                   "lat_e6": 39_117_000, "cell": 1})
            member, _ = Seat.objects.get_or_create(area=GRID, thing=thing, defaults={"office": "leader", "name": HOSTILE[:60], "since": today})
            part, _ = ThingPart.objects.get_or_create(area=GRID, thing=thing, defaults={"name": HOSTILE[:60], "expires_on": today})
            held, _ = Responsibility.objects.get_or_create(area=GRID, building_id=building, post_id=self.posts["gridworker"], defaults={"since": today})
            away, _ = StandIn.objects.get_or_create(area=COMMUNITY, post_id=self.posts["gridworker"], defaults={"since": today, "until": date(2099, 1, 1), "reason": "leave"})
        return int({"organisation": unit, "term": term, "seat": seat, "thing": thing, "member": member, "part": part, "responsibility": held, "away": away}[name].pk)

    def crosswalk(self) -> int:
        """A draft of a cross-walk between the first and the last scheme."""
        first, last = Scheme.objects.earliest("pk").pk, Scheme.objects.latest("pk").pk
        return int(self.do("category.draft_crosswalk", "sysadmin", source=first, target=last, why=HOSTILE)["crosswalk"])

    def route(self, *rules: tuple[str, int, str, str], area: int = STREET, by: str = "dispatcher") -> int:
        """A draft of routing rules for the first street, with (what, area, time, target) each."""
        made = self.do("route.draft", by, area=area, why=f"试行 {HOSTILE}")
        version = made["version"]
        for what, where, time, target in rules:
            fixed = time if time in ("always", "office", "outside") else "window"
            version = self.do("route.add", by, route=made["route"], version=version, what=what, area=where, time=fixed, window="" if fixed == time else time,
                              target=target)["version"]
        return int(made["route"])

    def publish(self, *rules: tuple[str, int, str, str], automatic: bool = False, files: str = "hand", **more: Any) -> int:
        """Routing rules in force for the first street."""
        found = self.route(*rules, **more)
        RouteRule.objects.filter(route=found).update(is_automatic=automatic, files=files)
        by = more.get("by", "dispatcher")
        self.do("route.publish", by, route=found, version=RouteVersion.objects.get(pk=found).version, accept_holes=True)
        return found

    def redrawing(self) -> int:
        """A drawing of new grids for the first community that nobody has put into force."""
        square = {"type": "Polygon", "coordinates": [[[117.19, 39.11], [117.2, 39.11], [117.2, 39.12], [117.19, 39.12], [117.19, 39.11]]]}
        with looking(of_all()):
            found, _ = Redrawing.objects.get_or_create(area=COMMUNITY, done_at=None, defaults={
                "since": clock.today(), "drawn_at": clock.now(), "grids": [{"name": HOSTILE[:80], "kept": None, "shape": square}]})
            return int(found.pk)

    def reorganisation(self) -> int:
        """A reorganisation of the first district that waits for its confirmation."""
        with looking(of_all()):
            found = Reorganisation.objects.filter(area=DISTRICT).first()
        if found is not None:
            return int(found.pk)
        since = clock.today() + timedelta(days=30)
        return int(self.do("place.reorganise", "district", kind="move", place="柳桥街道", others="槐安社区", since=since, basis=HOSTILE)["reorganisation"])

    def paper(self, by: str, area: int = COMMUNITY) -> int:
        """A waiting file that somebody brought, to be attached to a record."""
        with looking(of_all()):
            return int(Evidence.objects.create(area=area, digest=b"\x01" * 32, media_type="application/pdf", size=9, name="a.pdf", added_by=self.actors[by].account,
                                               claim=b"", added_at=clock.now()).pk)

    def voucher(self) -> int:
        """A voucher of the money of creation: allocated to the first community by its district."""
        with looking(of_all()):
            found = Entry.objects.filter(area=COMMUNITY).first()
        if found is not None:
            return int(found.pk)
        said = {"fund": "creation", "area": DISTRICT, "amount": "1000.00", "day": clock.today().isoformat(), "purpose": HOSTILE}
        self.do("fund.appropriate", "district", **said, evidence=[self.paper("district", DISTRICT)])
        return int(self.do("fund.allocate", "district", **said, to=COMMUNITY, evidence=[self.paper("district", DISTRICT)])["voucher"])

    def proof(self) -> int:
        """A scanned paper in the box of the first community."""
        with looking(of_all()):
            found = Proof.objects.filter(area=COMMUNITY).first()
            made = found or Proof.objects.create(area=COMMUNITY, code="D3-11", year=clock.today().year, title=HOSTILE[:120], day=clock.today(), note=HOSTILE, added_at=clock.now())
        return int(made.pk)

    def home(self, *people: tuple[str, str, str], area: int = GRID, room: str = "501") -> dict[str, int]:
        """A household in a building of a grid, with (name, relation, sex) each: numbers of building, dwelling, household and, by name, of the people."""
        since = date(2020, 1, 1)
        with looking(of_all()):
            building, _ = Building.objects.get_or_create(area=area, key=f"槐安里-3-{area}", defaults={"quarter": "槐安里", "number": "3", "floors": 6, "doorways": 2})
            dwelling = Dwelling.objects.create(area=area, building=building, doorway="2", floor=int(room[:-2]), room=room, key=f"2-{room}", occupancy="owner")
            household = Household.objects.create(area=area, dwelling=dwelling, formed_on=since)
            found = {"building": building.pk, "dwelling": dwelling.pk, "household": household.pk}
            for name, relation, sex in people or (("王大海", "0", "1"), ("李小红", "1", "2"), ("王小明", "2", "1")):
                one = Person.objects.create(area=area, name=name, sex=sex, born_on=date(1980, 1, 1), standing="together", came_on=since)
                Membership.objects.create(area=area, household=household, person=one, relation=relation, since=since)
                Residence.objects.bulk_create([Residence(area=area, person=one, dwelling=dwelling, tie=tie, since=since) for tie in ("living", "registered")])
                found[name] = one.pk
            return found

    def kept(self) -> dict[str, int]:
        """Records of keeping up in the first community, made once: a household with a visit, a change and a proposal that waits."""
        if "_kept" not in self.__dict__:
            home = self.home(room="101")
            visit = self.do("visit.record", "gridworker", dwelling=home["dwelling"], outcome="nobody_home", purpose="routine", needs=HOSTILE)["visit"]
            event = self.do("person.move_out", "gridworker", person=home["王小明"])["event"]
            self.__dict__["_code"] = self.do("person.give_code", "gridworker", person=home["王大海"], seen="card")["code"]
            proposal = self.do("proposal.make", code=self.__dict__["_code"], employer=HOSTILE, note=HOSTILE)["proposal"]
            self.__dict__["_kept"] = home | {"person": home["王大海"], "visit": visit, "event": event, "proposal": proposal}
        return dict(self.__dict__["_kept"])

    def code(self) -> str:
        """The code by which somebody of that household comes to his own page."""
        self.kept()
        return str(self.__dict__["_code"])

    def field_check(self) -> int:
        """A field of the first community that was drawn to be checked."""
        with looking(of_all()):
            sample, _ = FieldSample.objects.get_or_create(area=COMMUNITY, register="person", defaults={
                "seed": 1, "size": 1, "population": 1, "drawn_on": clock.today(), "due_on": clock.today()})
            found, _ = FieldCheck.objects.get_or_create(sample=sample, area=COMMUNITY, register="person", record=1, name="phone", defaults={"due_on": clock.today()})
            return int(found.pk)

    def intake(self) -> int:
        """A file of the first community whose columns nobody has matched."""
        with looking(of_all()):
            found, _ = Intake.objects.get_or_create(area=COMMUNITY, sheet="residents", file_name=HOSTILE, defaults={
                "digest": b"x", "size": 1, "form": "csv", "headings": [HOSTILE], "made_at": clock.now()})
            return int(found.pk)

    def template(self) -> int:
        """A form of the first community, matched."""
        found = Template.objects.filter(area=COMMUNITY).values_list("pk", flat=True).first()
        if found is not None:
            return int(found)
        one = Template.objects.create(area=COMMUNITY, hi=COMMUNITY + 1000, organisation=self.units["committee"], name=HOSTILE[:80], made_at=clock.now())
        layout = {"sheet": "Sheet", "top": 1, "bottom": 1, "first": 2, "end": 3, "headings": [{"column": 1, "path": HOSTILE, "own": HOSTILE}]}
        issue = TemplateVersion.objects.create(template=one, number=1, file_name=HOSTILE, digest=b"x", workbook=b"x", layout=layout, source="person", made_at=clock.now(),
                                               columns=[{"takes": "person.name", "fixed": "", "found": "name"}], matched_at=clock.now())
        TemplateLack.objects.create(template=one, heading=HOSTILE[:80], key=HOSTILE[:80])
        Template.objects.filter(pk=one.pk).update(current=issue.pk)
        return int(one.pk)

    def filling(self) -> int:
        """A filling of that form for the first community that failed."""
        template = self.template()
        with looking(of_all()):
            found, _ = Filling.objects.get_or_create(area=COMMUNITY, template_id=template, defaults={
                "version": TemplateVersion.objects.get(template=template), "day": clock.today(), "language": "zh-hans", "state": "failed", "asked_at": clock.now(),
                "trouble": {"zh": HOSTILE, "en": HOSTILE}, "account": self.director.account, "post": self.director.post})
            return int(found.pk)

    def reconciliation(self) -> dict[str, int]:
        """A comparison of the first community with a system that nobody has decided: its numbers and those of the system and of one item."""
        with looking(of_all()):
            source, _ = Source.objects.get_or_create(area=COMMUNITY, sheet="residents", name=HOSTILE[:60], defaults={"keeper": HOSTILE[:120], "made_at": clock.now()})
            found, _ = Reconciliation.objects.get_or_create(area=COMMUNITY, source=source, intake_id=self.intake(), defaults={
                "covers": "part", "within": "area", "state": "compared", "made_at": clock.now(), "compared_at": clock.now()})
            item, _ = ReconciledItem.objects.get_or_create(area=COMMUNITY, reconciliation=found, side="differs", defaults={
                "register": "person", "record": self.kept()["person"], "line": 2, "name": "person.phone"})
            return {"source": int(source.pk), "reconciliation": int(found.pk), "item": int(item.pk)}

    def title_case(self) -> dict[str, int]:
        """A title of the first community whose circular went out in a yearly round: numbers of the title, the round and the case."""
        with looking(of_all()):
            batch, _ = Batch.objects.get_or_create(kind="beautiful_community", ordinal=90, defaults={"year": 2025, "state": "named"})
            title, _ = Title.objects.get_or_create(area=COMMUNITY, kind=batch.kind, batch=batch, defaults={
                "place": 1, "origin": "naming", "named_on": clock.today(), "plaque_no": HOSTILE[:40]})
            round_, _ = ReinspectionRound.objects.get_or_create(kind=batch.kind, year=2013, defaults={"digest": "0" * 64, "sealed": b"x", "fixed_at": clock.now()})
            case, _ = Reinspection.objects.get_or_create(area=COMMUNITY, title=title, kind=batch.kind, round=round_, year=2013, defaults={
                "state": "rectifying", "due_on": clock.today(), "opened_at": clock.now(), "circular_no": HOSTILE[:60], "circulated_on": clock.today()})
            RectificationItem.objects.get_or_create(area=COMMUNITY, case=case, text=HOSTILE)
            return {"title": int(title.pk), "round": int(round_.pk), "case": int(case.pk)}

    def pairing(self) -> int:
        """Two records of the first community that may be one person."""
        with looking(of_all()):
            found, _ = Pairing.objects.get_or_create(area=COMMUNITY, one=1, likeness=b"x", defaults={"made_at": clock.now()})
            return int(found.pk)

    def version(self, number: str) -> int:
        """The present version of a matter."""
        with looking(of_all(), read_only=True):
            return Matter.objects.values_list("version", flat=True).get(pk=numbers.matter_of(number) or 0)

    def walk(self, number: str, to: str = "closed") -> dict[str, Any]:
        """Take a freshly reported matter through the loop: to filed, dispatched, handling, handled, verifying, passed or closed."""
        answer: dict[str, Any] = {"version": self.version(number)}
        for reached, action, who, more in STEPS:
            given = dict(more) | ({"unit": self.units[more["unit"]]} if "unit" in more else {})
            answer = self.do(action, who, number=number, version=answer["version"], **given)
            if reached == to:
                return answer
        raise ValueError(f"Nothing leads to {to!r}. Use one of {[step[0] for step in STEPS]}.")


def _places() -> dict[int, Place]:
    made: dict[int, Place] = {}
    for level in ("city", "district", "street", "community", "grid"):
        rows = [Place(area=area, lo=area, hi=area + width, level=one, name=name, short_name=name, pinyin=f"p{area}", parent=made.get(above or 0),
                      is_demonstration=True) for area, width, one, name, above in PLACES if one == level]
        made |= {row.area: row for row in Place.objects.bulk_create(rows)}
    PlaceCode.objects.bulk_create([PlaceCode(place=one, system="NBS", code=str(one.area)[:12]) for one in made.values() if one.level != "grid"])
    return made


def _units() -> dict[str, Organisation]:
    rows = [Organisation(area=area, kind="department", name=name, pinyin=key) for key, (area, name) in UNITS.items()]
    return dict(zip(UNITS, Organisation.objects.bulk_create(rows), strict=True))


@cache
def _rows(scheme: SchemeFile) -> list[dict[str, Any]]:
    """The first categories of a scheme and those with a limit of their own: enough for a test, quick to plant."""
    timed = {code for kind in all_kinds() for code in {**kind.category_terms, **kind.stages}}
    opening = [row for row in scheme.rows() if row.kind]
    return [
        {"kind": row.kind, "part": row.part, "code": row.code, "name_zh": row.zh, "name_en": row.en, "group_code": row.group_code, "group_zh": row.group_zh,
         "group_en": row.group_en, "is_hazard": row.is_hazard, "is_public": row.is_public}
        for place, row in enumerate(opening) if place < FEW or row.code in timed]


def _categories() -> list[Category]:
    files = declared_schemes()
    schemes = Scheme.objects.bulk_create([
        Scheme(code=one.code, version=one.version, name_zh=one.words.zh, name_en=one.words.en, source=one.source, valid_from=one.valid_from) for one in files])
    return Category.objects.bulk_create([Category(scheme=scheme, **row) for scheme, file in zip(schemes, files, strict=True) for row in _rows(file)])


def build() -> Cast:
    """Plant the city and its people, as owner; what they do afterwards goes through actions."""
    places, units = _places(), _units()
    people = Account.objects.bulk_create([
        Account(username=name, name=f"{name}<b>", password="!", is_demonstration=True, created_at=clock.now()) for name in PEOPLE])
    posts = Post.objects.bulk_create([
        Post(account=account, role=role, place=places[area], organisation=units[unit], valid_from=SINCE)
        for account, (role, area, unit) in zip(people, PEOPLE.values(), strict=True)])
    tokens = {name: f"linli_token_of_{name}" for name in PEOPLE}
    Token.objects.bulk_create([Token(digest=secret_digest(secret), post=post, label="cast", made_at=clock.now())
                               for secret, post in zip(tokens.values(), posts, strict=True)])
    category = next(one.pk for one in _categories() if one.kind == "grid_event" and one.is_public)
    editions.forget_all()
    return Cast({name: post.pk for name, post in zip(PEOPLE, posts, strict=True)}, tokens, {name: unit.pk for name, unit in units.items()}, category)


@pytest.fixture
def cast(db: None) -> Cast:
    """The cast in a fresh city of its own; with `transactional_db` its rows are really committed."""
    return build()
