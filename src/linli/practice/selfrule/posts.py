# SPDX-License-Identifier: MulanPSL-2.0
"""The posts of the residents' committee."""

from linli.core.words import words
from linli.elements.posts import Role, declare

declare(Role(
    "director", words("居委会主任", "Director of the residents' committee"),
    frozenset({"matter.report", "matter.self_handle", "matter.take_chat", "matter.see", "matter.reveal", "evidence.add", "results.see", "journal.see", "alarm.take", "export.make",
               "grid.assign", "post.hand_over", "round.see", "round.answer",
               "record.see", "record.keep", "resident.see", "resident.keep",
               "organisation.see", "organisation.keep", "thing.see", "thing.keep", "responsibility.see", "responsibility.assign", "responsibility.hold",
               "person.reveal", "person.claim", "person.give_code", "consent.record", "claim.answer",
               "quality.see", "quality.mend", "quality.measure", "quality.draw", "quality.check",
               "intake.bring", "template.see", "template.keep", "template.fill",
               "fund.see", "fund.spend", "proof.keep",
               "title.see", "title.apply",
               "title.rectify", "norm.see",
               "guard.explain"}),
    level=frozenset({"community"}),
))
