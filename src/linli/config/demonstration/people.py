# SPDX-License-Identifier: MulanPSL-2.0
"""演示数据: made-up residents, drawn from a seed, whose numbers are right in form and belong to nobody.

Identity numbers begin with 99: no province of GB/T 2260 has that number, so no card bears it; date, sequence and check sign are right.
Mobile numbers begin with 164, a range that the Ministry's list gives to no operator [memory-sure, to be confirmed against the list in force];
landlines are 022-0…: no subscriber's number in China begins with 0. Nothing is ever sent to them outside a simulated provider.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from linli.elements.registers.checks import person_numbers

NO_PROVINCE, NO_OPERATOR, NO_SUBSCRIBER = "99", "164", "0220"
MOST_CHUNKS = 9_999
"""A chunk (a community, or a part of a file) has four digits of its own in both kinds of number, so that chunks drawn apart never meet."""
PHONES_OF_A_CHUNK = 10_000
MAN, WOMAN = "1", "2"
HEAD, SPOUSE, SON, DAUGHTER, GRANDCHILD, PARENT, OTHER = "0", "1", "2", "3", "4", "5", "8"
"""GB/T 4761, one digit."""
SURNAMES = {
    "王": 72, "李": 70, "张": 67, "刘": 51, "陈": 47, "杨": 31, "赵": 23, "黄": 22, "周": 20, "吴": 20, "徐": 14, "孙": 14, "胡": 12, "朱": 12, "高": 11, "林": 11,
    "何": 11, "郭": 11, "马": 10, "罗": 9, "梁": 8, "宋": 8, "郑": 8, "谢": 8, "韩": 7, "唐": 7, "冯": 7, "于": 6, "董": 6, "萧": 6, "程": 6, "曹": 6, "袁": 5, "邓": 5,
    "许": 5, "傅": 5, "沈": 5, "曾": 5, "彭": 5, "吕": 5, "苏": 4, "卢": 4, "蒋": 4, "蔡": 4, "贾": 4, "丁": 4, "魏": 4, "薛": 3, "叶": 3, "阎": 3, "欧阳": 1, "司马": 1,
}
"""Surnames with a weight, about thousandths of the population (our choice after common knowledge; no list was copied)."""
GIVEN = {
    (MAN, 0): ("德福贵永长振国文志玉宝树", "林海生祥山才田发元清昌顺"), (WOMAN, 0): ("秀桂淑玉凤素兰惠月翠", "英兰珍芬荣琴华芳云梅"),
    (MAN, 1): ("建志伟国海永晓文宏立", "军强华明刚勇平辉杰东"), (WOMAN, 1): ("丽红玉晓春秀艳海文爱", "敏霞芳燕娟红静玲梅萍"),
    (MAN, 2): ("子浩宇俊泽梓博天一嘉", "轩宇然涵睿晨航阳诚辰"), (WOMAN, 2): ("子雨欣梦思诗佳梓一语", "涵怡彤萱瑶琪妍诺桐悦"),
}
"""First and second characters of given names by sex and generation (born before 1955, before 1990, later)."""
ETHNICITIES = (("01", 950), ("03", 25), ("11", 12), ("02", 6), ("10", 4), ("15", 3))
SCHOOLS = {0: (("80", 45), ("71", 35), ("61", 14), ("31", 6)), 1: (("71", 25), ("61", 30), ("31", 20), ("21", 20), ("41", 5)),
           2: (("21", 45), ("31", 30), ("61", 12), ("14", 8), ("41", 5))}
WORK = (("13", 22), ("17", 22), ("21", 10), ("24", 16), ("51", 8), ("54", 12), ("11", 5), ("70", 5))
ELSEWHERE = ("120102000000", "120104000000", "120110000000", "131000000000", "370000000000", "230000000000")
"""Where people of the demonstration are registered when it is not here: divisions, no addresses of anybody."""


@dataclass(slots=True)
class Resident:
    """One made-up person with what ties him to his household and dwelling; empty text and None are fields that nobody asked yet."""

    name: str
    sex: str
    born_on: date | None
    id_number: str
    phone: str
    ethnicity: str
    marital: str
    education: str
    employment: str
    relation: str
    standing: str = "together"
    registered_at: str = ""
    living_at: str = ""
    came_on: date | None = None
    employer: str = ""
    is_owner: bool = False

    def age(self, today: date) -> int:
        """Full years; an adult's 40 when the date of birth is not known."""
        if self.born_on is None:
            return 40
        return today.year - self.born_on.year - ((today.month, today.day) < (self.born_on.month, self.born_on.day))


@dataclass
class Crowd:
    """Draws people; the same seed, chunk and day give the same people in the same order."""

    seed: int
    chunk: int
    today: date
    chance: random.Random = field(init=False)
    _taken: dict[tuple[date, str], int] = field(default_factory=dict)
    _phones: int = 0

    def __post_init__(self) -> None:
        if not 0 < self.chunk <= MOST_CHUNKS:
            raise ValueError(f"A chunk is 1 to {MOST_CHUNKS}, not {self.chunk}.")
        self.chance = random.Random(f"{self.seed}/people/{self.chunk}")  # noqa: S311  people are drawn, not guarded

    def surname(self) -> str:
        """A surname, as common as in life."""
        return self.chance.choices(tuple(SURNAMES), tuple(SURNAMES.values()))[0]

    def sex(self) -> str:
        return MAN if self.chance.random() < 0.505 else WOMAN

    def person(self, *, age: int, relation: str, sex: str = "", surname: str = "", marital: str = "") -> Resident:
        """One person of an age in years."""
        sex, surname = sex or self.sex(), surname or self.surname()
        born = self._birthday(age)
        era = 0 if born.year < 1955 else 1 if born.year < 1990 else 2
        return Resident(
            name=surname + self._given(sex, era), sex=sex, born_on=born, id_number=self._number(born, sex), phone=self._phone(age, era),
            ethnicity=self._one(ETHNICITIES), marital=marital or "10", education=self._school(age, era), employment=self._work(age), relation=relation)

    def _one(self, weighted: Sequence[tuple[str, int]]) -> str:
        at = self.chance.randrange(sum(weight for _, weight in weighted))
        for value, weight in weighted:
            at -= weight
            if at < 0:
                return value
        raise AssertionError("weights are positive")

    def _birthday(self, age: int) -> date:
        latest = self.today - timedelta(days=age * 365 + age // 4 + 1)
        return latest - timedelta(days=self.chance.randrange(360))

    def _given(self, sex: str, era: int) -> str:
        first, second = GIVEN[(sex, era)]
        return self.chance.choice(second) if self.chance.random() < 0.22 else self.chance.choice(first) + self.chance.choice(second)

    def _number(self, born: date, sex: str) -> str:
        place = self._taken.get((born, sex), 0)
        self._taken[(born, sex)] = place + 1
        if place >= 499:
            raise ValueError(f"More than 499 people of one sex were drawn for one day in chunk {self.chunk}. Draw smaller chunks.")
        first = f"{NO_PROVINCE}{self.chunk:04}{born:%Y%m%d}{place * 2 + (1 if sex == MAN else 2):03}"
        return first + person_numbers.check_sign(first)

    def _phone(self, age: int, era: int) -> str:
        if age < 14 or self._phones >= PHONES_OF_A_CHUNK:
            return ""
        number, self._phones = self._phones, self._phones + 1
        if era == 0 and number < 1_000 and self.chance.random() < 0.25:
            return f"{NO_SUBSCRIBER}{self.chunk:04}{number:03}"
        return f"{NO_OPERATOR}{self.chunk:04}{number:04}"

    def _school(self, age: int, era: int) -> str:
        if age < 7:
            return ""
        return "80" if age < 13 else "70" if age < 16 else "60" if age < 19 else self._one(SCHOOLS[era])

    def _work(self, age: int) -> str:
        if age < 6:
            return ""
        return "31" if age < 20 else "80" if age >= 60 else self._one(WORK)


def household(crowd: Crowd) -> list[Resident]:
    """The people of one household, the head first."""
    return FORMS[crowd._one(SHARES)](crowd)


def _old_age(crowd: Crowd) -> int:
    return crowd.chance.randint(99, 105) if crowd.chance.random() < 0.02 else int(crowd.chance.triangular(60, 98, 72))


def _pair(crowd: Crowd, age: int) -> list[Resident]:
    again = "22" if crowd.chance.random() < 0.08 else "21"
    husband = crowd.person(age=age, relation=HEAD, sex=MAN, marital=again)
    wife = crowd.person(age=max(22, age - crowd.chance.randint(-2, 5)), relation=SPOUSE, sex=WOMAN, marital=again)
    if crowd.chance.random() < 0.3:
        return [replace(wife, relation=HEAD), replace(husband, relation=SPOUSE)]
    return [husband, wife]


def _children(crowd: Crowd, parents: Sequence[Resident], count: int, *, oldest: int) -> list[Resident]:
    """Children of these parents who live with them; their surname is mostly the father's."""
    mother = min(one.age(crowd.today) for one in parents)
    father = next((one for one in parents if one.sex == MAN), parents[0])
    ages = (mother - crowd.chance.randint(23, 34) for _ in range(count))
    found = []
    for age in (one for one in ages if 0 <= one <= oldest):
        sex = crowd.sex()
        found.append(crowd.person(age=age, relation=SON if sex == MAN else DAUGHTER, sex=sex, surname=father.name[0]))
    return found


def _old_alone(crowd: Crowd) -> list[Resident]:
    return [crowd.person(age=_old_age(crowd), relation=HEAD, sex=WOMAN if crowd.chance.random() < 0.62 else MAN,
                         marital=crowd._one((("30", 75), ("40", 15), ("10", 10))))]


def _old_pair(crowd: Crowd) -> list[Resident]:
    return _pair(crowd, min(_old_age(crowd), 96))


def _young_pair(crowd: Crowd) -> list[Resident]:
    return _pair(crowd, crowd.chance.randint(26, 52))


def _family(crowd: Crowd) -> list[Resident]:
    parents = _pair(crowd, crowd.chance.randint(27, 56))
    return [*parents, *_children(crowd, parents, crowd.chance.choice((1, 1, 1, 1, 2, 2, 3)), oldest=27)]


def _three_generations(crowd: Crowd) -> list[Resident]:
    parents = _pair(crowd, crowd.chance.randint(30, 48))
    age = max(one.age(crowd.today) for one in parents) + crowd.chance.randint(24, 33)
    old = crowd.person(age=age, relation=PARENT, marital="30", surname=parents[0].name[0])
    return [*parents, old, *_children(crowd, parents, crowd.chance.choice((1, 1, 2)), oldest=20)]


def _alone(crowd: Crowd) -> list[Resident]:
    return [crowd.person(age=crowd.chance.randint(22, 58), relation=HEAD, marital=crowd._one((("10", 70), ("40", 30))))]


def _one_parent(crowd: Crowd) -> list[Resident]:
    parent = crowd.person(age=crowd.chance.randint(30, 52), relation=HEAD, sex=WOMAN if crowd.chance.random() < 0.75 else MAN,
                          marital=crowd._one((("40", 80), ("30", 20))))
    return [parent, *_children(crowd, [parent], 1, oldest=18)]


def _grandparents(crowd: Crowd) -> list[Resident]:
    old = _pair(crowd, crowd.chance.randint(58, 72))
    return [*old, crowd.person(age=crowd.chance.randint(2, 14), relation=GRANDCHILD, surname=old[0].name[0])]


def _sharers(crowd: Crowd) -> list[Resident]:
    first = crowd.person(age=crowd.chance.randint(21, 34), relation=HEAD)
    return [first, *(crowd.person(age=crowd.chance.randint(20, 36), relation=OTHER) for _ in range(crowd.chance.randint(1, 2)))]


FORMS = {"old_alone": _old_alone, "old_pair": _old_pair, "pair": _young_pair, "family": _family, "three": _three_generations, "alone": _alone,
         "one_parent": _one_parent, "grandparents": _grandparents, "sharers": _sharers}
SHARES = (("old_alone", 13), ("old_pair", 17), ("pair", 12), ("family", 30), ("three", 9), ("alone", 8), ("one_parent", 4), ("grandparents", 3), ("sharers", 4))
"""Forms of households in an old quarter, in hundredths (our choice)."""
