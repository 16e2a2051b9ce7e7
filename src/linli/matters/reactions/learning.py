# SPDX-License-Identifier: MulanPSL-2.0
"""When the aid studies: every night, and after its words or the schemes have changed."""

from linli.core import jobs
from linli.matters.aid import measuring
from linli.matters.aid.synonyms import LEARN


@jobs.regularly("matters.study", "40 18 * * *", queue="long")
def study_at_night() -> object:
    """In the night of the city (18:40 UTC is 02:40 in China)."""
    return measuring.study()


@jobs.long(LEARN)
def study_now(_number: int) -> object:
    """After a publication: at once."""
    return measuring.study()
