# SPDX-License-Identifier: MulanPSL-2.0
"""The loop of a matter as a table: phases, who acts in which, what leads where. Anyone can read it."""

from dataclasses import dataclass

from linli.core.words import Words, words

PHASES: dict[str, Words] = {
    "captured": words("已上报", "Reported"),
    "filed": words("已受理立案", "Accepted and filed"),
    "dispatched": words("已派遣", "Dispatched"),
    "handling": words("处置中", "Being handled"),
    "replied": words("已反馈", "Replied"),
    "verifying": words("核查中", "Being verified"),
    "closed": words("已结案", "Closed"),
    "archived": words("已归档", "Archived"),
    "refused": words("不予受理", "Not accepted"),
    "merged": words("已并案", "Merged"),
    "self_handled": words("就地办结", "Settled on the spot"),
}
OPEN = ("captured", "filed", "dispatched", "handling", "replied", "verifying")
ENDED = ("closed", "archived", "refused", "merged", "self_handled")
EXITS = ("refused", "merged", "self_handled")
LOOP = ("captured", "filed", "dispatched", "handling", "replied", "verifying", "closed")
"""The steps shown to people, in order."""

PAUSABLE = ("captured", "filed", "dispatched", "handling")
"""Phases whose clock may stand still for a typed reason."""
WATCHED = tuple(phase for phase in OPEN if phase != "replied")
"""Phases in which a matter stands for a while: the head may take it up in each."""

PAUSES: dict[str, Words] = {
    "waiting_reporter": words("等待上报人答复", "Waiting for the reporter"),
    "force_majeure": words("不可抗力", "Force majeure"),
    "suspension": words("挂账", "On the slow list"),
}
"""Typed reasons of a pause (matters-and-measures.md part 3)."""

SOURCES: dict[str, Words] = {
    "resident": words("居民上报", "Reported by a resident"),
    "patrol": words("巡查发现", "Found on patrol"),
    "office": words("部门交办", "Given by an office"),
    "history": words("外系统历史", "History of another system"),
    "withdrawn": words("已撤回的导入", "Import that was withdrawn"),
    "hotline": words("12345 热线", "The 12345 hotline"),
    "chat": words("微信群等群聊", "A chat group"),
}


@dataclass(frozen=True)
class MoveRule:
    """One permitted step: an action, from where to where, by which ability, under which guards.

    Guards are names in matters/guards.py. `reason` asks for one of the kind's typed reasons. `through` is a phase
    passed in the same transaction.
    """

    action: str
    words: Words
    source: str
    target: str
    ability: str | None
    guards: tuple[str, ...] = ()
    reason: bool = False
    through: str = ""


FOR_OTHERS = "matter.report_for_others"
"""The ability of another system's key: it reports for people who reported there."""

UNIT = ("of_the_unit",)
OF_HOTLINE = ("of_the_hotline", "in_return_limit")
INDEPENDENT = ("never_handled", "not_the_unit")
"""核查 is never done by anyone who handled in any round, nor by a handling unit (house.md part 3, Matters)."""
AGAIN = ("not_too_often",)
"""What every re-opening obeys; it starts a new round, so that closing needs a new verification (matters/kinds.py, laws)."""
CALLED = ("call_back_is_open", "took_no_part")
BY_REPORTER = frozenset({"matter.rate", "matter.object"})
"""The moves that need no ability: the reporter's own, by query code."""


def _inside(action: str, label: Words, guards: tuple[str, ...], *phases: str, ability: str = "") -> tuple[MoveRule, ...]:
    """The rules of what happens within phases (handling when none is named) and leaves the matter where it is."""
    return tuple(MoveRule(action, label, phase, phase, ability or action, guards) for phase in phases or ("handling",))


WORKS = (*UNIT, "never_verified_beside")
WAITS = ("waits_for_parts",)
PARTS_DONE = ("was_split", "parts_ended")
BEFORE_MERGING = ("stands_alone", "nobody_waits_for_an_answer")
"""What is supervised is answered first: a merging is no way round the accountable head."""

MOVES: tuple[MoveRule, ...] = (
    MoveRule("matter.file", words("受理立案", "Accept and file"), "captured", "filed", "matter.file"),
    MoveRule("matter.categorise", words("改类别", "Change the category"), "captured", "captured", "matter.file"),
    MoveRule("matter.refuse", words("不予受理", "Do not accept"), "captured", "refused", "matter.refuse", reason=True),
    MoveRule("matter.dispatch", words("派遣", "Dispatch"), "filed", "dispatched", "matter.dispatch", ("not_for_the_head",)),
    MoveRule("matter.decide", words("负责人指定单位", "The head names the unit"), "filed", "dispatched", "matter.decide", ("for_the_head",)),
    MoveRule("matter.receive", words("接收", "Receive"), "dispatched", "handling", "matter.receive", WORKS),
    MoveRule("matter.return", words("退回", "Return"), "dispatched", "filed", "matter.return", (*UNIT, "not_decided"), reason=True),
    MoveRule("matter.assign", words("确定承办人", "Give it to a worker"), "handling", "handling", "matter.assign", UNIT),
    MoveRule("matter.handle", words("记录处置", "Record handling"), "handling", "handling", "matter.handle", WORKS),
    MoveRule("matter.reply", words("反馈并送核查", "Reply and send to verification"), "handling", "verifying", "matter.reply",
             (*WORKS, "has_evidence"), through="replied"),
    MoveRule("matter.verify", words("核查", "Verify"), "verifying", "verifying", "matter.verify", (*INDEPENDENT, "not_yet_passed")),
    MoveRule("matter.close", words("结案", "Close"), "verifying", "closed", "matter.close", ("is_passed", "no_answer_due")),
    MoveRule("matter.rate", words("评价", "Rate"), "closed", "closed", None, ("not_yet_rated",)),
    MoveRule("matter.object", words("要求重新办理", "Ask for it to be done again"), "closed", "handling", None, ("in_rating_window", *AGAIN)),
    MoveRule("matter.call_back", words("记录回访", "Record a call-back"), "closed", "closed", "matter.call_back", CALLED),
    MoveRule("matter.call_back", words("回访后重新办理", "Call-back, done again"), "closed", "handling", "matter.call_back", (*CALLED, *AGAIN)),
    MoveRule("matter.archive", words("归档", "Archive"), "closed", "archived", "matter.archive"),
    *_inside("matter.reach", words("报告阶段完成", "Report a stage as reached"), (*UNIT, "has_stages")),
    *_inside("matter.ask_extension", words("申请延期", "Ask for an extension"), (*UNIT, "nothing_asked")),
    *_inside("matter.ask_pause", words("申请停钟或挂账", "Ask for a pause"), (*UNIT, "nothing_asked", "runs")),
    *_inside("matter.withdraw_request", words("撤回申请", "Withdraw the request"), (*UNIT, "something_asked")),
    *_inside("matter.decide_request", words("审批申请", "Decide the request"), ("asked_shortly",)),
    *_inside("matter.decide_suspension", words("审批挂账", "Decide on the slow list"), ("asked_for_long",)),
    *_inside("matter.resume", words("恢复计时", "Let the clock run on"), ("stands_still", "unit_or_decider"), *PAUSABLE),
    *_inside("matter.supervise", words("督办", "Supervise"), ("not_supervised",), *WATCHED),
    *_inside("matter.escalate", words("超时自动督办", "Escalated by itself"), ("not_supervised",), *WATCHED),
    *_inside("matter.answer_supervision", words("书面答复督办", "Answer the supervision"), ("answer_due", "unit_or_office"), *WATCHED),
    *_inside("matter.accept_supervision", words("认可或再问", "Accept the answer or ask again"), ("answered",), *WATCHED, ability="matter.supervise"),
    *(MoveRule("matter.hear", words("外部系统来函", "Word from another system"), phase, phase, FOR_OTHERS) for phase in PHASES if phase != "replied"),
    *(MoveRule("matter.merge", words("并案", "Merge into another"), phase, "merged", "matter.merge", BEFORE_MERGING, reason=True) for phase in OPEN),
    *(MoveRule("matter.unmerge", words("撤销并案", "Undo the merging"), "merged", phase, "matter.merge", ("was_merged",)) for phase in OPEN),
    MoveRule("matter.split", words("拆分", "Split off a part"), "filed", "handling", "matter.split"),
    MoveRule("matter.split", words("拆分", "Split off a part"), "handling", "handling", "matter.split", WAITS),
    MoveRule("matter.dispatch", words("派遣", "Dispatch"), "handling", "dispatched", "matter.dispatch", ("stands_without_unit",)),
    MoveRule("matter.unsplit", words("撤销拆分", "Undo the split"), "handling", "filed", "matter.split", WAITS, reason=True),
    MoveRule("matter.gather", words("各部分已办结", "All parts have ended"), "handling", "verifying", "matter.gather", PARTS_DONE),
    MoveRule("matter.gather", words("各部分均未受理", "No part was accepted"), "handling", "filed", "matter.gather", PARTS_DONE),
    MoveRule("matter.refuse", words("不予受理", "Do not accept"), "filed", "refused", "matter.refuse", ("is_a_part",), reason=True),
)
DRAWN = (*INDEPENDENT, "is_drawn")
"""A job settled on the spot that was drawn is looked at by somebody of another unit."""
MOVES = (
    *MOVES,
    *(MoveRule("matter.return_order", words("退回 12345", "Send back to the hotline"), phase, "refused", "matter.return_order", OF_HOTLINE, reason=True)
      for phase in ("captured", "filed")),
    MoveRule("matter.check_settled", words("抽查就地办结", "Check a job settled on the spot"), "self_handled", "self_handled", "matter.verify", DRAWN),
    MoveRule("matter.check_settled", words("抽查不合格，转派遣", "Spot check failed, to be dispatched"), "self_handled", "filed", "matter.verify", DRAWN),
)
REWORK = MoveRule("matter.verify", words("核查不合格，退回处置", "Verification failed, back to handling"), "verifying", "handling",
                  "matter.verify", (*INDEPENDENT, "not_yet_passed"))
"""The other end of `matter.verify`: passed=false."""

ALONG: tuple[MoveRule, ...] = (
    MoveRule("matter.report", words("上报", "Reported"), "", "captured", None),
    MoveRule("matter.join", words("上报人说明是同一件，已并案", "The reporter said that it is the same; merged"), "captured", "merged", None),
    MoveRule("matter.split", words("拆分立项，待派遣", "Split off, to be dispatched"), "", "filed", "matter.split"),
    MoveRule("matter.split", words("拆分立项并派遣", "Split off and dispatched"), "", "dispatched", "matter.split"),
    MoveRule("matter.unsplit", words("拆分已撤销，并回整件", "The split was undone; back into the whole"), "filed", "merged", "matter.split"),
    MoveRule("matter.unsplit", words("拆分已撤销，并回整件", "The split was undone; back into the whole"), "dispatched", "merged", "matter.split"),
)
"""Steps that nobody chooses on the matter itself: how it begins, and what it goes through along with another one."""

OWNERS: dict[str, str] = {
    "captured": "matter.file",
    "filed": "matter.dispatch",
    "dispatched": "matter.receive",
    "handling": "matter.reply",
    "replied": "matter.verify",
    "verifying": "matter.verify",
}
"""Open phase to the ability whose holders must act next: nobody's matter does not exist."""
