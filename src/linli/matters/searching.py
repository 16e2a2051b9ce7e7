# SPDX-License-Identifier: MulanPSL-2.0
"""Matters by number, and by words inside their sentences: the newest first."""

from linli.core.sight import Actor
from linli.core.words import words
from linli.elements.searching.finders import Finder, Found, Place, Row, asked, declare, in_order
from linli.elements.searching.persons import where
from linli.elements.searching.questions import Question
from linli.matters import categories, numbers
from linli.matters.inbox import phase_words
from linli.matters.models import Matter
from linli.matters.phases import OPEN

ASK = "select find_matters(%s, %s, %s)"
LAST = 2**62
SHORTEST = 2
"""Words of one character stand in every second sentence: they are not asked."""
SHOWN = 60


def find(actor: Actor, question: Question, after: Place, most: int) -> Found:
    """The matter of a number, or those whose description or address holds all the words."""
    number = numbers.matter_of(question.text)
    wanted = [word.lower() for word in question.words if len(word) >= SHORTEST]
    if number is not None:
        ids = [number]
    elif question.what is None and wanted:
        ids = [row[0] for row in asked(ASK, (wanted, most + 1, int(after[0]) if after else LAST))]
    else:
        return Found()
    found = in_order(Matter.objects.visible_to(actor).select_related("category").filter(pk__in=ids[:most]), ids[:most])
    return Found([_row(one) for one in found], (ids[most - 1],) if len(ids) > most else ())


def _row(one: Matter) -> Row:
    text = one.summary if len(one.summary) <= SHOWN else f"{one.summary[:SHOWN]}…"
    detail = " · ".join(part for part in (numbers.number_of(one.pk), str(categories.words_of(one.category)), *where(one.area), one.address) if part)
    return Row("matter", one.pk, text, detail, ((phase_words(one), "calm" if one.phase in OPEN else "good"),), numbers.number_of(one.pk))


declare(Finder("matters", words("事项", "Matters"), 70, "matter.see", find, icon="inbox", hints=(
    words("事项编号或描述里的词：LL000000123、井盖 破损", "A number, or words of the description: LL000000123, 井盖 破损"),)))
