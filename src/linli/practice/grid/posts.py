# SPDX-License-Identifier: MulanPSL-2.0
"""The posts of the grid: who reports, files, handles and verifies; nobody handles and verifies in one post."""

from linli.core.words import words
from linli.elements.posts import Role, declare

declare(Role(
    "gridworker", words("网格员", "Grid worker"),
    frozenset({"matter.report", "matter.patrol", "matter.self_handle", "matter.verify", "matter.see", "evidence.add", "results.see", "round.walk", "track.keep",
               "record.see", "record.keep", "resident.see", "resident.keep",
               "organisation.see", "thing.see", "thing.keep", "responsibility.see", "responsibility.hold",
               "person.reveal", "person.claim", "person.give_code", "consent.record",
               "quality.see", "quality.mend", "quality.check"}),
    level=frozenset({"community", "grid"}),
))
declare(Role(
    "dispatcher", words("街道调度员", "Street dispatcher"),
    frozenset({
        "matter.report", "matter.file", "matter.refuse", "matter.dispatch", "matter.close", "matter.ask", "matter.reveal", "matter.see",
        "evidence.add", "results.see", "journal.see", "alarm.take", "export.make",
        "matter.call_back", "letter.resend", "matter.publish_words", "route.see", "route.edit", "route.publish",
        "matter.reveal_secret", "matter.take_chat", "hotline.import", "hotline.answer", "matter.return_order", "duty.edit",
        "matter.decide_request", "matter.resume", "matter.answer_supervision", "matter.merge", "matter.split",
        "grid.assign", "post.hand_over", "round.see", "round.answer",
        "record.see",
        "organisation.see", "organisation.keep", "thing.see", "thing.keep", "responsibility.see", "responsibility.assign",
        "quality.see", "quality.open", "quality.measure", "quality.draw",
        "survey.see", "survey.enter",
        "template.see", "template.keep", "template.fill",
    }),
    level=frozenset({"street", "district"}),
))
declare(Role(
    "handler", words("处置人员", "Handler"),
    frozenset({
        "matter.receive", "matter.return", "matter.handle", "matter.reply", "matter.assign", "matter.ask", "matter.reveal", "matter.see", "evidence.add",
        "matter.reach", "matter.ask_extension", "matter.ask_pause", "matter.withdraw_request", "matter.resume", "matter.answer_supervision",
    }),
    level=frozenset({"district", "street", "community"}), needs_organisation=True,
))
declare(Role(
    "verifier", words("核查员", "Verifier"),
    frozenset({"matter.verify", "matter.see", "evidence.add"}),
    level=frozenset({"district", "street", "community"}), needs_organisation=True,
))
