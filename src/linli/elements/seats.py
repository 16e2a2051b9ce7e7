# SPDX-License-Identifier: MulanPSL-2.0
"""届次和任职: terms of office, who sits where from when to when, who serves in a facility's crew; the history stays."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Max, Q

from linli.core import clock
from linli.core.actions import Call, Done, action
from linli.core.faults import Conflict, Invalid, NotVisible
from linli.core.fields import Field
from linli.core.protection import Protection
from linli.core.sight import Actor
from linli.core.words import Words, words
from linli.elements.accounts import whole_number
from linli.elements.models import Building, Organisation, Person, Post, Seat, Term, Thing
from linli.elements.registers.checks import writing
from linli.elements.registers.kinds import Office, organisation_kind, thing_kind

SEES, KEEPS = "organisation.see", "organisation.keep"
THINGS_SEEN, THINGS_KEPT = "thing.see", "thing.keep"
LONGEST_YEARS = 10

BAD_DAYS = words("结束日期要晚于开始日期。", "The last day must come after the first.")
LATER = words("{since} 已经开始了后一届，请先核对届次。", "A later term begins on {since}. Check the terms first.")
LATER_REMEDY = words("补录以前的届次时，请写明结束日期。", "When an earlier term is entered afterwards, give the day on which it ended.")
NO_TERMS = words("“{kind}”不分届次。", "A {kind} has no terms.")
NO_OFFICE = words("“{kind}”没有这个职务，请从列表里选。", "A {kind} has no such office. Choose one from the list.")
FULL = words("“{office}”最多 {most} 人，{since} 起已有：{names}。", "There is room for {most} “{office}”; since {since} there are: {names}.")
FULL_REMEDY = words("换人请先给现任登记卸任日期。", "To change the holder, enter the day on which the present one leaves.")
NO_BUILDING = words("请选择负责的楼栋。", "Choose the building.")
NO_LINK = words("这类组织只登记姓名，不与居民档案关联。", "For this kind of organisation a name is entered only; it is not tied to a resident's record.")
NO_PERSON = words("没有这位居民，请从居民档案里选。", "There is no such resident.")
NO_POST = words("没有这个岗位。", "There is no such post.")
WHO = words("请填写姓名，或选择居民、岗位。", "Give a name, or choose a resident or a post.")
OVER = words("这条任职已经结束。", "This seat has ended.")
OVER_REMEDY = words("请刷新页面，查看现任。", "Reload the page to see who holds it now.")

ORGANISATION = Field("organisation", words("组织", "Organisation"), "integer", required=True, low=1)
THING = Field("thing", words("设施", "Facility"), "integer", required=True, low=1)
SEAT = Field("seat", words("任职", "Seat"), "integer", required=True, low=1)
SINCE, UNTIL = words("从哪天起", "From"), words("到哪天止（当天不含）", "Until (that day not included)")
WHOSE = (
    Field("office", words("职务", "Office"), "choice", required=True),
    Field("name", words("姓名", "Name"), limit=60, protection=Protection.NAMED),
    Field("person", words("居民档案号", "Number of the resident's record"), "integer", low=1),
    Field("post", words("岗位", "Post"), "integer", low=1),
    Field("building", words("楼栋", "Building"), "integer", low=1),
    Field("doorway", words("门（不填为整栋）", "Doorway (empty: the whole building)"), limit=10),
    Field("since", SINCE, "day"), Field("until", UNTIL, "day"),
)


def organisation_of(actor: Actor, number: object) -> Organisation:
    """The organisation of a number inside the post's range, of a kind that it may see. NotVisible otherwise."""
    found: Organisation | None = Organisation.objects.visible_to(actor).filter(pk=whole_number(number)).first()
    if found is None:
        raise NotVisible
    return found


def thing_of(actor: Actor, number: object) -> Thing:
    """The thing of a number inside the post's range. NotVisible otherwise."""
    found: Thing | None = Thing.objects.visible_to(actor).filter(pk=whole_number(number)).first()
    if found is None:
        raise NotVisible
    return found


def _organisation(actor: Actor, given: Mapping[str, Any]) -> Organisation:
    return organisation_of(actor, given.get("organisation"))


def _thing(actor: Actor, given: Mapping[str, Any]) -> Thing:
    return thing_of(actor, given.get("thing"))


def _term(actor: Actor, given: Mapping[str, Any]) -> Term:
    found: Term | None = Term.objects.visible_to(actor).filter(pk=whole_number(given.get("term"))).select_related("organisation").first()
    if found is None:
        raise NotVisible
    return found


def _seat(actor: Actor, number: object, **more: Any) -> Seat:
    found: Seat | None = Seat.objects.visible_to(actor).filter(pk=whole_number(number), **more).first()
    if found is None:
        raise NotVisible
    return found


def _seat_of_organisation(actor: Actor, given: Mapping[str, Any]) -> Seat:
    return _seat(actor, given.get("seat"), thing=None)


def _seat_of_crew(actor: Actor, given: Mapping[str, Any]) -> Seat:
    return _seat(actor, given.get("member"), organisation=None)


def offices_of(one: Organisation | Thing) -> tuple[Office, ...]:
    """The offices that the kind of a record declares; none when nobody declares the kind."""
    if isinstance(one, Thing):
        thing = thing_kind(one.kind)
        return thing.crew if thing else ()
    kind = organisation_kind(one.kind)
    return kind.offices if kind else ()


def in_years(day: date, years: int) -> date:
    """The same day some years later; the 29th of February becomes the 1st of March where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def seated_on(day: date) -> Q:
    """The condition under which somebody holds a seat on a day."""
    return (Q(since=None) | Q(since__lte=day)) & (Q(until=None) | Q(until__gt=day))


def _term_fields(record: Organisation, given: Mapping[str, Any]) -> Sequence[Field]:
    kind = organisation_kind(record.kind)
    return [replace(one, choices=kind.chosen_by if kind else ()) if one.name == "chosen_by" else one for one in TERM]


TERM = (
    ORGANISATION, Field("number", words("第几届", "Which term"), "integer", low=1, high=999), Field("chosen_by", words("产生方式", "How it was chosen"), "choice"),
    Field("since", SINCE, "day", required=True), Field("until", UNTIL, "day", help=words("不填按该类组织的任期推算。", "Empty: reckoned by the kind's length of term.")),
)


@action("term.begin", words("登记新一届", "Enter a term"), ability=KEEPS, subject="term", finds=_organisation, fields_of=_term_fields, fields=TERM)
def begin_term(call: Call) -> Done:
    """A term from a day on. The term that runs then ends that day, and so do its seats; an earlier one may be entered with its end."""
    one, given = call.record, call.given
    kind = organisation_kind(one.kind)
    if kind is None or kind.term_years is None:
        raise Conflict(NO_TERMS.format(kind=kind.words if kind else one.kind), code="no_terms")
    since, until = given["since"], given["until"] or in_years(given["since"], kind.term_years)
    if until <= since or until > in_years(since, LONGEST_YEARS):
        raise Invalid({"until": BAD_DAYS})
    Organisation.objects.select_for_update().get(pk=one.pk)
    later = Term.objects.filter(organisation=one, since__gte=since, since__lt=until).order_by("since").first()
    if later is not None:
        raise Conflict(LATER.format(since=later.since.isoformat()), LATER_REMEDY, code="later_term")
    for before in Term.objects.filter(Q(until=None) | Q(until__gt=since), organisation=one, since__lt=since):
        _end_term(before, since)
    made = Term.objects.create(area=one.area, organisation=one, number=given["number"], chosen_by=given["chosen_by"] or "", since=since, until=until)
    return Done(one.area, made.pk, {"term": made.pk, "organisation": one.pk, "until": until.isoformat()}, is_new=True)


def _end_term(one: Term, day: date) -> None:
    Seat.objects.filter(Q(until=None) | Q(until__gt=day), term=one, since__lt=day).update(until=day)
    Seat.objects.filter(Q(until=None) | Q(until__gt=day), term=one, since__gte=day).update(until=day, since=day)
    one.until, one.version = day, one.version + 1
    one.save(update_fields=["until", "version"])


@action("term.end", words("更改届满日期", "End a term"), ability=KEEPS, subject="term", finds=_term, fields=(
    Field("term", words("届次", "Term"), "integer", required=True, low=1), Field("until", UNTIL, "day", required=True)))
def end_term(call: Call) -> Done:
    """The term and its seats end that day; a term entered by mistake ends on its first day and counts for nothing."""
    one, day = call.record, call.given["until"]
    if day < one.since or day > in_years(one.since, LONGEST_YEARS):
        raise Invalid({"until": BAD_DAYS})
    if Term.objects.filter(organisation=one.organisation_id, since__gt=one.since, since__lt=day).exists():
        raise Invalid({"until": LATER.format(since=day.isoformat())})
    _end_term(one, day)
    return Done(one.area, one.pk, {"term": one.pk, "organisation": one.organisation_id, "until": day.isoformat()})


def _office_fields(fields: Sequence[Field], record: Organisation | Thing) -> Sequence[Field]:
    choices = tuple((one.name, one.words) for one in offices_of(record))
    return [replace(one, choices=choices) if one.name == "office" else one for one in fields]


SEAT_FIELDS, CREW_FIELDS = (ORGANISATION, *WHOSE), (THING, *(one for one in WHOSE if one.name not in ("building", "doorway")))


def _give(call: Call, home: dict[str, Any], term: Term | None) -> Done:
    """The seat for somebody from a day on (today); Conflict when the office is full."""
    one, given = call.record, call.given
    since, until = given["since"] or clock.today(), given["until"] or (term.until if term else None)
    if until is not None and until <= since:
        raise Invalid({"until": BAD_DAYS})
    office = next(found for found in offices_of(one) if found.name == given["office"])
    _refuse_full(home, office, since, until)
    seat = Seat(area=one.area, term=term, office=office.name, since=since, until=until, **home, **_who(call), **_where(call, office))
    seat.save()
    return Done(one.area, seat.pk, {"seat": seat.pk, **{key: value.pk for key, value in home.items()}}, is_new=True)


def _refuse_full(home: Mapping[str, Any], office: Office, since: date, until: date | None) -> None:
    if office.most is None:
        return
    held = list(Seat.objects.filter(Q(until=None) | Q(until__gt=since), office=office.name, **home).order_by("since"))
    held = [one for one in held if one.since is None or ((until is None or one.since < until) and one.until != one.since)]
    if len(held) >= office.most:
        first = min((one.since for one in held if one.since), default=since)
        raise Conflict(FULL.format(office=office.words, most=office.most, since=first.isoformat(), names="、".join(one.name for one in held)), FULL_REMEDY, code="office_full")


def _who(call: Call) -> dict[str, Any]:
    """Name, and the resident's record or the post that is meant; ids are resolved inside the range."""
    given, found = call.given, dict[str, Any]()
    kind = organisation_kind(call.record.kind) if isinstance(call.record, Organisation) else None
    if given["person"]:
        if kind is not None and kind.ability is not None:
            raise Invalid({"person": NO_LINK})
        found["person"] = Person.objects.visible_to(call.actor).filter(pk=given["person"]).first()
        if found["person"] is None:
            raise Invalid({"person": NO_PERSON})
    if given["post"]:
        found["post"] = Post.objects.filter(pk=given["post"], place__lo__gte=call.actor.lo, place__hi__lte=call.actor.hi).select_related("account").first()
        if found["post"] is None:
            raise Invalid({"post": NO_POST})
    name = writing.name(given["name"] or "") or getattr(found.get("person"), "name", "") or (found["post"].account.name if found.get("post") else "")
    if not name:
        raise Invalid({"name": WHO})
    return found | {"name": name}


def _where(call: Call, office: Office) -> dict[str, Any]:
    if not office.is_of_doorway:
        return {}
    building = Building.objects.visible_to(call.actor).filter(pk=call.given["building"] or 0, valid_to=None).first()
    if building is None:
        raise Invalid({"building": NO_BUILDING})
    return {"building": building, "doorway": writing.plain(call.given["doorway"] or "")}


@action("seat.give", words("登记任职", "Enter who holds an office"), ability=KEEPS, subject="seat", finds=_organisation, fields=SEAT_FIELDS,
        fields_of=lambda record, given: _office_fields(SEAT_FIELDS, record))
def give_seat(call: Call) -> Done:
    """Somebody holds an office of the organisation from a day on; where the kind has terms, in the term of that day and until it ends."""
    since = call.given["since"] or clock.today()
    term = Term.objects.filter(Q(until=None) | Q(until__gt=since), organisation=call.record, since__lte=since).order_by("-since").first()
    return _give(call, {"organisation": call.record}, term)


@action("crew.give", words("登记队员", "Enter a member of the crew"), ability=THINGS_KEPT, subject="seat", finds=_thing, fields=CREW_FIELDS,
        fields_of=lambda record, given: _office_fields(CREW_FIELDS, record))
def give_crew(call: Call) -> Done:
    """Somebody serves at the facility from a day on."""
    return _give(call, {"thing": call.record}, None)


def _end_seat(call: Call) -> Done:
    one, day = call.record, call.given["until"] or clock.today()
    if one.until is not None and one.until <= clock.today():
        raise Conflict(OVER, OVER_REMEDY, code="seat_over")
    if one.since is not None and day < one.since:
        raise Invalid({"until": BAD_DAYS})
    Seat.objects.filter(pk=one.pk).update(until=day, version=one.version + 1)
    return Done(one.area, one.pk, {"seat": one.pk, "organisation": one.organisation_id or 0, "thing": one.thing_id or 0, "until": day.isoformat()})


@action("seat.end", words("登记卸任", "Enter that somebody left an office"), ability=KEEPS, subject="seat", finds=_seat_of_organisation, fields=(
    SEAT, Field("until", UNTIL, "day")))
def end_seat(call: Call) -> Done:
    """The seat ends that day (today); one that was entered by mistake ends on its first day."""
    return _end_seat(call)


@action("crew.end", words("登记离队", "Enter that somebody left the crew"), ability=THINGS_KEPT, subject="seat", finds=_seat_of_crew, fields=(
    Field("member", words("队员", "Member of the crew"), "integer", required=True, low=1), Field("until", UNTIL, "day")))
def end_crew(call: Call) -> Done:
    """He serves there no more from that day (today)."""
    return _end_seat(call)


def lacking(offices: Iterable[Office], held: Iterable[str]) -> list[tuple[Office, int]]:
    """The offices with fewer holders than they should have, and how many are missing."""
    count = Counter(held)
    return [(one, one.least - count[one.name]) for one in offices if one.least is not None and count[one.name] < one.least]


def last_days() -> Any:
    """For each organisation that stands the end of its last term, in one query: (organisation, area, kind, name, until); those without terms are left out."""
    today = clock.today()
    found = Organisation.objects.filter(Q(valid_to=None) | Q(valid_to__gt=today)).annotate(last=Max("terms__until")).filter(last__isnull=False)
    return found.values_list("pk", "area", "kind", "name", "last")


def days_left(until: date, today: date) -> int:
    """Days from today to the last day of a term; negative when it is over."""
    return (until - timedelta(days=1) - today).days


def office_words(offices: Iterable[Office], name: str) -> Words:
    """What an office is called; its bare name when nobody declares it any more."""
    return next((one.words for one in offices if one.name == name), words(name, name))
