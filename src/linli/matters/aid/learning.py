# SPDX-License-Identifier: MulanPSL-2.0
"""Learning: every lesson is counted anew, in the database, from published words and from what people have filed; nothing is added to an old one."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from linli.core import clock
from linli.core.editions import Memory, bump
from linli.core.protection import TOMBSTONE
from linli.matters import crosswalks
from linli.matters.aid import synonyms
from linli.matters.aid.cutting import CUT
from linli.matters.models import Category, Lesson, LessonCategory, LessonTerm

EDITION = "aid"
MOST = 200_000
"""Confirmed matters that a lesson is learnt from, the latest (our choice: a minute's work for the database)."""
OWN_WORDS = 3
"""As how many matters a published word counts (our choice: a handful of confirmed matters outweighs the scheme's own name). For the order of
proposals its pairs share it: a part of a long name says less than a whole short one."""
PARTS = 60
"""What orders proposals is counted in sixtieths, whole numbers: in which order they are added up changes nothing."""
SMOOTH = 60
"""How many words of ordinary speech stand behind each category (Dirichlet prior, Zhai and Lafferty 2001; our choice, tried on the demonstration)."""
ORDINARY = 0.5
"""Share of a reporter's words that are ordinary speech whatever the category (the second stage of Zhai and Lafferty 2002; our choice, tried
on plain sentences and on the demonstration). A word that a category does not know costs it at most ln(1/ORDINARY), however much it has learnt:
without that, categories with few words of their own stand too high, since they expect nothing."""
UNHEARD = 60
"""Sixtieths added to the count of every pair in ordinary speech (Laplace): what was heard once is not yet the mark of the one category it stood in."""
ONE_AT_A_TIME = 20_260_009

LEARN = f"""with carried(source, target) as (select * from unnest(%(sources)s::bigint[], %(targets)s::bigint[])),
chosen as materialized (
  select m.id, coalesce(w.target, m.category_id) as category, m.area / 1000 as community, m.summary as said
  from matters_move v join matters_matter m on m.id = v.matter_id join matters_category c on c.id = m.category_id
  left join carried w on w.source = m.category_id
  where v.action = 'matter.file' and v.actor is not null and v.recorded_at >= %(since)s and v.recorded_at < %(upto)s
  and not m.is_secret and c.is_public and m.summary <> %(tombstone)s
  order by v.recorded_at desc, m.id limit {MOST}
), published as materialized (
  select -row_number() over (order by category, said) as id, category, said from unnest(%(owners)s::bigint[], %(said)s::text[]) as p(category, said)
), texts as (select id, said from chosen union all select id, said from published), {CUT},
common as (
  select s.term from spoken s join chosen c using (id) group by s.term
  having count(*) >= %(matters)s and count(distinct c.community) >= %(places)s
), weighed as (
  select id, category, 1 as times, {PARTS} as parts from chosen
  union all select p.id, p.category, {OWN_WORDS}, {OWN_WORDS * PARTS} / count(*) from published p join spoken using (id) group by p.id, p.category
), counted as materialized (
  select s.term, l.category, sum(l.times)::int as times, sum(l.parts)::bigint as parts from spoken s join weighed l using (id)
  where s.id < 0 or s.term in (select term from common) group by 1, 2
), totals as (select category, sum(times) as times, sum(parts) as parts from counted group by 1),
expected as (
  select c.id as category, coalesce(t.times, 0) + {SMOOTH} as times, coalesce(t.parts, 0) + {SMOOTH * PARTS} as parts,
  {ORDINARY} + (1 - {ORDINARY}) * {SMOOTH * PARTS}::float8 / (coalesce(t.parts, 0) + {SMOOTH * PARTS}) as unheard
  from unnest(%(known)s::bigint[]) as c(id) left join totals t on t.category = c.id
), whole as (select sum(times) as times, sum(parts) + {UNHEARD} * count(distinct term) as parts from counted),
shares as (
  select term, sum(times)::float8 / (select times from whole) as plain, (sum(parts) + {UNHEARD})::float8 / (select parts from whole) as share
  from counted group by 1
),
heard as (select category, count(*) as n from chosen group by 1),
kept_terms as (
  insert into matters_lessonterm (lesson_id, term, categories, weights, lifts)
  select %(lesson)s, c.term, array_agg(c.category order by c.category),
  array_agg(round(1000 * ln(1 + (1 - {ORDINARY}) * c.parts / (e.parts * e.unheard * s.share)))::int order by c.category),
  array_agg(round(1000 * ln((c.times + {SMOOTH} * s.plain) / (e.times * s.plain)))::int order by c.category)
  from counted c join shares s using (term) join expected e using (category) group by c.term returning 1
), kept_categories as (
  insert into matters_lessoncategory (lesson_id, category, matters, start, base)
  select %(lesson)s, e.category, coalesce(h.n, 0),
  round(1000 * ln((coalesce(h.n, 0) + 1)::float8 / ((select count(*) from chosen) + (select count(*) from unnest(%(known)s::bigint[])))))::int,
  round(1000 * ln(e.unheard))::int
  from expected e left join heard h on h.category = e.category returning 1
)
select (select count(*) from chosen), (select count(*) from kept_terms), (select count(*) from kept_categories)"""

DIGEST = """select coalesce(encode(sha256(convert_to(string_agg(line, E'\\n' order by line collate "C"), 'UTF8')), 'hex'), '') from (
select term || ' ' || categories::text || ' ' || weights::text || ' ' || lifts::text as line from matters_lessonterm where lesson_id = %(lesson)s
union all select category || ' ' || matters || ' ' || start || ' ' || base from matters_lessoncategory where lesson_id = %(lesson)s) lines"""


def _read() -> Lesson | None:
    return Lesson.objects.filter(is_in_use=True).first()


_memory = Memory(EDITION, _read)


def present() -> Lesson | None:
    """The lesson in use, remembered for seconds; None before anything was learnt."""
    return _memory.value()


def learn(upto: datetime | None = None) -> Lesson:
    """A new lesson from what was filed before `upto` (now when left away), put into use; the words of the one before are forgotten.

    Runs under a sight of the whole city. Learning twice from the same rows gives the same digest.
    """
    now = clock.now()
    until = upto or now
    with transaction.atomic():
        lock()
        held = synonyms.present()
        made = Lesson.objects.create(learnt_at=now, upto=until, synonyms=held.number if held else 0)
        with connection.cursor() as cursor:
            cursor.execute(LEARN, _given(made, until, held.text if held else ""))
            matters, terms, _ = cursor.fetchone()
            cursor.execute(DIGEST, {"lesson": made.pk})
            digest = cursor.fetchone()[0]
        for table in (LessonTerm, LessonCategory):
            table.objects.exclude(lesson=made).delete()
        Lesson.objects.filter(is_in_use=True).update(is_in_use=False)
        made.matters, made.terms, made.digest, made.is_in_use = matters, terms, digest, True
        made.save()
        bump(EDITION)
    return made


def lock() -> None:
    """Let only one process study at a time, until the running transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])


def _given(lesson: Lesson, upto: datetime, text: str) -> dict[str, Any]:
    known = list(Category.objects.exclude(kind="").order_by("id"))
    numbers = {one.pk for one in known}
    published = [(one.pk, one.name_zh) for one in known]
    published += [(category, word) for category, said in synonyms.stored(text).items() if category in numbers for word in said]
    onward = crosswalks.onward(clock.local(upto).date())
    return {
        "lesson": lesson.pk, "upto": upto, "since": upto - timedelta(days=settings.AID_DAYS), "tombstone": TOMBSTONE, "known": [one.pk for one in known],
        "owners": [category for category, _ in published], "said": [said for _, said in published], "matters": settings.AID_LEAST_MATTERS,
        "places": settings.AID_LEAST_PLACES, "sources": list(onward), "targets": list(onward.values())}
