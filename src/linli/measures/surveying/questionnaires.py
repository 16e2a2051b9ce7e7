# SPDX-License-Identifier: MulanPSL-2.0
"""问卷: what a survey asks, declared in practice; an answer is checked here, and what it is worth is said here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from linli.core import registry
from linli.core.faults import Invalid, NotVisible
from linli.core.fields import Field
from linli.core.words import Words, words

SECTION = "questionnaire"
LEVELS, YES_NO = "levels", "yes_no"
LEVEL_WORDS: tuple[tuple[str, Words], ...] = (
    ("1", words("非常满意", "Very satisfied")), ("2", words("满意", "Satisfied")), ("3", words("一般", "Neither")),
    ("4", words("不满意", "Dissatisfied")), ("5", words("非常不满意", "Very dissatisfied")))
POINTS: Mapping[str, int] = {"1": 100, "2": 80, "3": 60, "4": 30, "5": 0}
"""What each level is worth (policy.md 3.3 [P])."""
YES, NO = "yes", "no"
YES_NO_WORDS: tuple[tuple[str, Words], ...] = ((YES, words("知道", "Yes")), (NO, words("不知道", "No")))
CHOICES = {LEVELS: LEVEL_WORDS, YES_NO: YES_NO_WORDS}
GROUPS: Mapping[str, tuple[tuple[tuple[tuple[str, ...], Words], ...], ...]] = {
    LEVELS: (
        tuple(((value,), label) for value, label in LEVEL_WORDS),
        ((("1", "2"), words("满意（含非常满意）", "Satisfied or very satisfied")), (("3",), LEVEL_WORDS[2][1]),
         (("4", "5"), words("不满意（含非常不满意）", "Dissatisfied or very dissatisfied"))),
        ((("1", "2"), words("满意（含非常满意）", "Satisfied or very satisfied")), (("3", "4", "5"), words("一般及以下", "Neither, or less"))),
    ),
    YES_NO: (tuple(((value,), label) for value, label in YES_NO_WORDS),),
}
"""How answers may be put together so that no count is under five, the finest way first."""
EMPTY = words("一题都没有回答。请至少回答一题。", "No question is answered. Answer one at least.")
STRANGE = words("这份答卷的内容不对。请重新填写。", "This answer cannot be read. Fill it in again.")


@dataclass(frozen=True)
class Question:
    """One question with five levels or yes and no; any may be left out. `counts` takes its level into the index."""

    code: str
    words: Words
    kind: str = LEVELS
    counts: bool = True

    def field(self) -> Field:
        """The question as a field of a form."""
        return Field(self.code, self.words, "choice", choices=CHOICES[self.kind])


@dataclass(frozen=True)
class Share:
    """A share that comes from an answer: who said yes to all of `needs`, of those who answered all of them."""

    name: str
    words: Words
    needs: tuple[str, ...]


@dataclass(frozen=True)
class Questionnaire:
    """One questionnaire. A survey needs `least` valid answers, or `portion` of the households where that is more; both carry the mark 拟 while proposed."""

    name: str
    version: int
    words: Words
    lead: Words
    questions: tuple[Question, ...]
    source: str
    shares: tuple[Share, ...] = ()
    least: int = 50
    portion: Fraction = field(default=Fraction(1, 20))
    is_proposed: bool = True

    def faults(self) -> list[str]:
        """Sentences about what is wrong with the declaration; empty when nothing is."""
        codes, found = [one.code for one in self.questions], []
        if not codes or len(codes) != len(set(codes)):
            found.append(f"Questionnaire {self.name!r} has no question, or two of one code.")
        found += [f"Questionnaire {self.name!r} has a question of the kind {one.kind!r}. Use one of {sorted(CHOICES)}." for one in self.questions if one.kind not in CHOICES]
        kinds = {one.code: one.kind for one in self.questions}
        found += [f"Questionnaire {self.name!r} takes the share {share.name!r} from {code!r}, which is no question with yes and no."
                  for share in self.shares for code in share.needs if kinds.get(code) != YES_NO]
        return found

    def needed(self, households: int) -> int:
        """How many valid answers a community with so many households needs."""
        return max(self.least, -(-households * self.portion.numerator // self.portion.denominator))

    def clean(self, given: Any) -> dict[str, str]:
        """The answered questions by code. Invalid when something else came in, or nothing."""
        if not isinstance(given, dict) or not all(isinstance(name, str) and isinstance(value, str) for name, value in given.items()):
            raise Invalid({"answers": STRANGE})
        known = {one.code: {value for value, _ in CHOICES[one.kind]} for one in self.questions}
        answered = {name: value for name, value in given.items() if value}
        if any(value not in known.get(name, ()) for name, value in answered.items()):
            raise Invalid({"answers": STRANGE})
        if not answered:
            raise Invalid({"answers": EMPTY})
        return {one.code: answered[one.code] for one in self.questions if one.code in answered}

    def score(self, values: Mapping[str, str]) -> Fraction | None:
        """The mean of the levels that count, 0 to 100; None when none is answered."""
        found = [POINTS[values[one.code]] for one in self.questions if one.kind == LEVELS and one.counts and one.code in values]
        return Fraction(sum(found), len(found)) if found else None

    def holds(self, share: Share, values: Mapping[str, str]) -> bool | None:
        """Whether an answer counts in the share; None when it says nothing of it."""
        if any(code not in values for code in share.needs):
            return None
        return all(values[code] == YES for code in share.needs)

    @property
    def has_index(self) -> bool:
        """Whether it gives an index of satisfaction."""
        return any(one.kind == LEVELS and one.counts for one in self.questions)


def declare(one: Questionnaire) -> Questionnaire:
    """Keep a questionnaire; ValueError with every sentence about its faults."""
    if found := one.faults():
        raise ValueError(" ".join(found))
    registry.add(SECTION, one.name, one)
    return one


def questionnaires() -> list[Questionnaire]:
    """All of them by name."""
    return list(registry.everything(SECTION))


def questionnaire_named(name: str) -> Questionnaire:
    """The questionnaire of a name. NotVisible when nobody declared it."""
    found: Questionnaire | None = registry.get(SECTION, name)
    if found is None:
        raise NotVisible
    return found
