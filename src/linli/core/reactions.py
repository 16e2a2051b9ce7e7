# SPDX-License-Identifier: MulanPSL-2.0
"""What the ground does regularly beside the drain: letters go out, old waiting ones ring, their files go after two weeks."""

from linli.core import letter_files, letter_sending, resealing, retention
from linli.core.jobs import regularly, work_for_a_turn


@regularly("core.letters", "* * * * *", queue="letters")
def send_letters() -> object:
    """For most of a minute, anew each minute, on a queue of its own: a slow provider holds up nothing else."""
    return work_for_a_turn(letter_sending.send_all)


@regularly("core.letters_stuck", "*/10 * * * *")
def look_for_stuck_letters() -> object:
    """Every ten minutes, on the queue that does not send: it works when sending does not."""
    return letter_sending.check_stuck()


@regularly("core.letter_files", "37 19 * * *")
def rotate_letter_files() -> object:
    """At 03:37 in China (the schedule is in UTC)."""
    return letter_files.rotate()


@regularly("core.reseal", "* * * * *")
def change_keys() -> object:
    """For most of a minute while a change of keys runs; a moment otherwise."""
    return resealing.work()


@regularly("core.reseal_watch", "*/10 * * * *", queue="letters")
def watch_change_of_keys() -> object:
    """Every ten minutes, on a queue that the change itself does not use: it rings when the change stands still."""
    return resealing.watch()


@regularly("core.retention", "7 19 * * *")
def let_outlived_go() -> object:
    """At 03:07 in China (the schedule is in UTC): what has outlived its confirmed period goes."""
    return retention.let_go()
