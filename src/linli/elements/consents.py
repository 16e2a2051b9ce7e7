# SPDX-License-Identifier: MulanPSL-2.0
"""单独同意: optional purposes with their published texts in versions; a person gives consent to one, and withdraws it as easily.

What the offices do by their duty asks for no consent and is not listed here (Personal Information Protection Law 13-16, 29, 31).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from linli.core import clock, registry
from linli.core.actions import Call, Done, action
from linli.core.faults import Conflict, Invalid, NotVisible
from linli.core.fields import Field
from linli.core.sight import Actor
from linli.core.words import Words, words
from linli.elements.models import Consent, Person

SECTION = "consent_text"
RECORDS = "consent.record"
ADULT, CHILD = 18, 14
"""Under 14 a guardian consents (Personal Information Protection Law 31); volunteering and pages of honour ask a guardian's up to 18 (boundaries.md)."""
LONGEST = 19
MEANS = (("signed", words("签字", "Signed")), ("online", words("网上", "Online")), ("spoken", words("口头，有第二人在场", "Spoken, with a second person present")))
GIVERS = (("self", words("本人", "The person")), ("guardian", words("监护人", "The guardian")))
ALREADY = words("这一项已经同意过。", "Consent to this has been given already.")
ALREADY_REMEDY = words("不需要再办；可以随时撤回。", "Nothing more is needed; it can be withdrawn at any time.")
NOT_GIVEN = words("没有可撤回的同意。", "There is no consent to withdraw.")
NOT_GIVEN_REMEDY = words("请刷新页面查看。", "Reload the page to see what stands.")
NEEDS_GUARDIAN = words("未满 {years} 岁，须由监护人同意。", "Under {years} a guardian has to consent.")
OLD_TEXT = words("这一项的说明已更新到第 {version} 版，请让本人看过新的说明再办。", "The text has moved to version {version}; show it to the person first.")


@dataclass(frozen=True)
class ConsentText:
    """One version of what a person consents to. `guardian_until` is the age below which a guardian's consent is needed."""

    purpose: str
    version: int
    title: Words
    text: Words
    since: date
    guardian_until: int = CHILD


def declare(*found: ConsentText) -> None:
    """Keep the declarations; a published version is never edited, a change is a further version."""
    for one in found:
        registry.add(SECTION, f"{one.purpose}/{one.version:04d}", one)


def texts() -> list[ConsentText]:
    """The version in force of each purpose, by the name of the purpose."""
    found: dict[str, ConsentText] = {}
    for one in registry.everything(SECTION):
        if one.since <= clock.today():
            found[one.purpose] = one
    return list(found.values())


def text_of(purpose: str, version: int | None = None) -> ConsentText | None:
    """One version of a text, the one in force when none is named; None when there is none."""
    if version is not None:
        found: ConsentText | None = registry.get(SECTION, f"{purpose}/{version:04d}")
        return found
    return next((one for one in texts() if one.purpose == purpose), None)


def purposes() -> list[tuple[str, Words]]:
    """Name and title, for a form."""
    return [(one.purpose, one.title) for one in texts()]


def age_on(born_on: date, day: date) -> int:
    """Whole years on a day."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


@dataclass(frozen=True)
class Standing:
    """How a person stands to one purpose: the text in force, and the consent that stands, if any."""

    text: ConsentText
    given: Consent | None

    @property
    def is_older(self) -> bool:
        """True when the consent was given to an earlier text: it does not reach what a new text adds."""
        return self.given is not None and self.given.text_version < self.text.version


def standings(person: int) -> list[Standing]:
    """Every purpose with this person's consent, under the sight in force."""
    given = {one.purpose: one for one in Consent.objects.filter(person=person, withdrawn_on=None)}
    return [Standing(one, given.get(one.purpose)) for one in texts()]


def has_consented(people: Sequence[int], purpose: str) -> set[int]:
    """Those of the people whose consent to a purpose stands, to its text in force, under the sight in force; one query."""
    text = text_of(purpose)
    if text is None:
        raise LookupError(f"No consent text is declared for {purpose!r}; known are {[one.purpose for one in texts()]}.")
    return set(Consent.objects.filter(person__in=people, purpose=purpose, withdrawn_on=None, text_version=text.version).values_list("person", flat=True))


def find_person(actor: Actor, given: Mapping[str, Any]) -> Person:
    """The person within the actor's sight. NotVisible otherwise."""
    number = str(given.get("person", ""))
    found: Person | None = Person.objects.visible_to(actor).filter(pk=int(number)).first() if number.isdecimal() and len(number) < LONGEST else None
    if found is None:
        raise NotVisible
    return found


def give(person: Person, given: Mapping[str, Any], day: date) -> Consent:
    """Write the consent down. Conflict when it stands already, Invalid when a guardian is needed or the text has changed."""
    text = text_of(given["purpose"])
    assert text is not None
    if given.get("text_version") not in (None, text.version):
        raise Invalid({"purpose": OLD_TEXT.format(version=text.version)})
    if given["given_by"] == "self" and person.born_on is not None and age_on(person.born_on, day) < text.guardian_until:
        raise Invalid({"given_by": NEEDS_GUARDIAN.format(years=text.guardian_until)})
    standing = Consent.objects.filter(person=person, purpose=text.purpose, withdrawn_on=None).first()
    if standing is not None and standing.text_version == text.version:
        raise Conflict(ALREADY, ALREADY_REMEDY, code="consented_already")
    if standing is not None:
        Consent.objects.filter(pk=standing.pk).update(withdrawn_on=day, version=standing.version + 1)
    made: Consent = Consent.objects.create(area=person.area, person=person, purpose=text.purpose, text_version=text.version, given_on=day,
                                           given_by=given["given_by"], means=given["means"])
    return made


def withdraw(person: Person, purpose: str, day: date) -> Consent:
    """End the consent that stands. Conflict when none does. What was done before stays lawful (same law, 15)."""
    found: Consent | None = Consent.objects.filter(person=person, purpose=purpose, withdrawn_on=None).first()
    if found is None:
        raise Conflict(NOT_GIVEN, NOT_GIVEN_REMEDY, code="no_consent")
    Consent.objects.filter(pk=found.pk).update(withdrawn_on=day, version=found.version + 1)
    return found


PERSON = Field("person", words("居民", "Person"), "integer", required=True, low=1)
WHAT = Field("purpose", words("同意的事项", "Purpose"), "choice", required=True, choices=purposes)


@action("consent.give", words("登记同意", "Record a consent"), ability=RECORDS, subject="consent", finds=find_person, fields=(
    PERSON, WHAT, Field("text_version", words("说明的版本", "Version of the text"), "integer", low=1),
    Field("given_by", words("由谁同意", "Given by"), "choice", required=True, choices=GIVERS),
    Field("means", words("方式", "How"), "choice", required=True, choices=MEANS)))
def give_consent(call: Call) -> Done:
    """A worker writes down a consent that was given to him."""
    made = give(call.record, call.given, clock.today())
    return Done(call.record.area, made.pk, {"consent": made.pk}, {"text_version": made.text_version}, is_new=True)


@action("consent.withdraw", words("撤回同意", "Withdraw a consent"), ability=RECORDS, subject="consent", finds=find_person, fields=(PERSON, WHAT))
def withdraw_consent(call: Call) -> Done:
    """A worker writes down that a consent was taken back; no reason is asked for."""
    found = withdraw(call.record, call.given["purpose"], clock.today())
    return Done(call.record.area, found.pk, {"consent": found.pk})


declare(
    ConsentText("contact", 1, words("接收社区通知", "News from the community"), words(
        "社区可以用您登记的电话通知活动、停水停电等消息。不同意不影响办事；可以随时撤回。",
        "The community may use your phone number to tell you of occasions, water and power cuts and the like. Nothing else depends on it; withdraw at any time."),
        date(2020, 1, 1)),
    ConsentText("honour", 1, words("在光荣榜公开姓名", "Name on the page of honour"), words(
        "您的姓名和事迹可以在社区的光荣榜公开。不同意不影响评选；撤回后会从页面删除。",
        "Your name and deed may stand on the community's page of honour. The award does not depend on it; after a withdrawal it is taken off the page."),
        date(2020, 1, 1), guardian_until=ADULT),
    ConsentText("photo", 1, words("公开活动照片", "Photos of occasions"), words(
        "有您清晰形象的活动照片可以在社区的网页公开。不同意不影响参加活动；可以随时撤回。",
        "Photos of occasions that show you clearly may stand on the community's pages. Taking part does not depend on it; withdraw at any time."),
        date(2020, 1, 1), guardian_until=ADULT),
)
