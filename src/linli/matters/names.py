# SPDX-License-Identifier: MulanPSL-2.0
"""What limits are called: those of phases, of the whole, of replies and answers, and the phased ones of a kind."""

from collections.abc import Mapping

from linli.core.words import Words, words
from linli.matters.kinds import FIRST_REPLY, SUPERVISION, WHOLE, Kind

LIMITS: Mapping[str, Words] = {
    "captured": words("受理", "Acceptance"), "filed": words("派遣", "Dispatch"), "dispatched": words("接收", "Receipt"), "handling": words("处置", "Handling"),
    "replied": words("送核查", "To verification"), "verifying": words("核查", "Verification"), WHOLE: words("全程办结", "The whole"),
    FIRST_REPLY: words("首次答复", "First reply"), SUPERVISION: words("督办答复", "Answer to the supervision"),
    "hotline": words("12345 办结", "Answer to the hotline"),
}


def limit_words(kind: Kind, name: str) -> Words:
    """What a limit is called; its bare name when the declaration of a phased one is gone."""
    stages = {one.name: one.words for found in kind.stages.values() for one in found}
    return LIMITS.get(name) or stages.get(name) or words(name, name)
