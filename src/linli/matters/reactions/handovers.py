# SPDX-License-Identifier: MulanPSL-2.0
"""What happens by itself when a post ends: its open work rings until it is handed over or done."""

from collections.abc import Iterable, Sequence

from linli.core import alarms, clock
from linli.core.alarms import Kind, declare
from linli.core.due import after_action
from linli.core.jobs import regularly
from linli.core.models import Alarm, Due
from linli.core.sight import looking, of_all
from linli.core.words import words
from linli.elements.models import Post
from linli.matters import handovers

LEFT_BEHIND = "post.left_behind"
declare(Kind(LEFT_BEHIND, words("岗位结束，工作待移交", "A post ends and its work waits to be handed over"), handovers.HANDS_OVER))

SENTENCE = words("{name}的岗位到 {day} 为止，还有网格 {grids} 个、在办事项 {matters} 件、提问 {questions} 个没有移交。请在“移交”里一次交给接手人。",
                 "The post of {name} ends before {day} with {grids} grids, {matters} matters and {questions} questions not handed over. "
                 "Give them to a receiver in one step under “Hand over”.")


def settle(posts: Iterable[int]) -> int:
    """Ring for each ending post that still has open work, and end the alarm of one that has none; answers how many ring."""
    count = 0
    for post in Post.objects.filter(pk__in=set(posts)).select_related("account", "place"):
        load = handovers.open_work(post, clock.today())
        is_ending = post.valid_to is not None or not post.account.is_active
        if is_ending and load.size:
            said = SENTENCE.format(name=post.account.name, day=(post.valid_to or clock.today()).isoformat(), grids=len(load.grids) + len(load.stand_ins),
                                   matters=len(load.matters), questions=len(load.questions))
            alarms.ring(LEFT_BEHIND, area=post.place.area, subject_kind="post", subject=post.pk, sentence=said)
            count += 1
        else:
            alarms.still(LEFT_BEHIND, subject_kind="post", subject=post.pk)
    return count


def ringing_posts() -> list[int]:
    """The posts that ring now, inside the sight in force."""
    return list(Alarm.objects.filter(name=LEFT_BEHIND, ended_at=None).values_list("subject", flat=True))


@after_action("matters.watch_posts", "post.end")
def watch_posts(rows: Sequence[Due]) -> None:
    """Look at once at the posts that were given an end."""
    settle(row.subject for row in rows)


@after_action("matters.watch_accounts", "account.close")
def watch_accounts(rows: Sequence[Due]) -> None:
    """Look at the posts of accounts that were closed."""
    settle(Post.objects.filter(account__in=[row.subject for row in rows]).values_list("pk", flat=True))


@after_action("matters.watch_handovers", "post.hand_over", "post.take_back", "grid.end_assignment", "grid.assign")
def watch_handovers(rows: Sequence[Due]) -> None:
    """What rang may be over now: look again at the posts that ring."""
    settle(ringing_posts())


@regularly("matters.watch_posts", "13 * * * *")
def watch_hourly() -> object:
    """Matters are finished by their usual moves: every hour what rings is looked at again."""
    with looking(of_all()):
        return settle(ringing_posts())
