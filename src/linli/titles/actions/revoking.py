# SPDX-License-Identifier: MulanPSL-2.0
"""Actions that end or restore a title: revocation proposed, the committee heard, decided by the city, appealed, judged by somebody who took no part."""

from django.db.models import Q

from linli.core import clock
from linli.core.actions import Call, Done, action
from linli.core.faults import Conflict, Invalid
from linli.core.fields import Field
from linli.core.words import words
from linli.elements import places
from linli.titles import register
from linli.titles.actions.reinspecting import AGAIN, settled
from linli.titles.after import cases
from linli.titles.after.cases import CASE, LEADS, RECTIFIES, REVOKES, VERSION, finds, last_day, locked, step
from linli.titles.models import RectificationItem

NOTHING_OPEN = words("复查没有发现没改好的事项，不能提出撤销。", "The re-check left nothing uncured; a revocation cannot be proposed.")
NOTHING_OPEN_REMEDY = words("请先逐项认定复查结果，或者保留称号。", "Judge the items by the re-check first, or keep the title.")
STILL_TIME = words("整改期限还没有到，不能提出撤销。", "The time for the rectification is not over; a revocation cannot be proposed.")
STILL_TIME_REMEDY = words("请等到期限以后，或者先复查。", "Wait for the end of the limit, or re-check first.")
HEARD_ALREADY = words("已经陈述过，时间是 {at}。", "The statement was made at {at}.")
NOT_HEARD = words("还没有听取居委会陈述，陈述期也没有到，不能决定。", "The committee has not been heard and the time for it is not over; nothing can be decided.")
NOT_HEARD_REMEDY = words("请等居委会陈述，或者等到陈述期以后。", "Wait for the committee's statement, or for the end of its time.")
APPEAL_OVER = words("申诉期已过，不能再申诉。", "The time for an appeal is over.")
APPEAL_OVER_REMEDY = words("可以从下一年度批次起重新申报。", "The community may apply anew from the next yearly round.")
BEFORE = words("撤销日期不能早于提出撤销的日期，也不能晚于今天。", "The day of revocation lies between the proposal and today.")
NO_DOCUMENT = words("恢复称号要写文号。", "Restoring a title needs the number of its document.")
JUDGEMENTS = (("restored", words("申诉成立，恢复称号", "Upheld: the title is restored")), ("upheld", words("申诉不成立，维持撤销", "Dismissed: the revocation stands")))
DOCUMENT = Field("document_no", words("撤销文号", "Number of the revoking document"), required=True, limit=60)
REASON = Field("reason", words("理由", "Reason"), "long_text", required=True, limit=1000)


@action("title.propose_revocation", words("提出撤销称号", "Propose to revoke the title"), ability=LEADS, subject="reinspection", finds=finds(LEADS),
        fields=(CASE, VERSION, REASON))
def propose(call: Call) -> Done:
    """After a re-check that left something uncured, or when the time went by without a report of every item. The committee is heard before anything is decided."""
    held, today = locked(call, "rectifying", "recheck"), clock.today()
    if held.state == "recheck":
        found = settled(held, AGAIN, "recheck")
        if not found.broken and not RectificationItem.objects.filter(case=held, is_cured=False).exists():
            raise Conflict(NOTHING_OPEN, NOTHING_OPEN_REMEDY, code="nothing_open")
    elif not cases.is_past(held) or not RectificationItem.objects.filter(case=held).filter(Q(remedied_at=None)).exists():
        raise Conflict(STILL_TIME, STILL_TIME_REMEDY, code="still_time")
    step(call, held, "lead", "revocation_proposed", text=call.given["reason"], day=today)
    cases.move(call, held, "proposed", last_day(cases.kind_of(held), "revocation_hearing_days", today))
    return Done(held.area, held.pk, {"reinspection": held.pk, "version": held.version})


@action("title.be_heard", words("居委会陈述", "State the committee's view"), ability=RECTIFIES, subject="reinspection", finds=finds(RECTIFIES), fields=(
    CASE, VERSION, Field("statement", words("陈述", "Statement"), "long_text", required=True, limit=2000)))
def be_heard(call: Call) -> Done:
    """What the committee says before the city decides, with its time."""
    held = locked(call, "proposed")
    if held.heard_at is not None:
        raise Conflict(HEARD_ALREADY.format(at=f"{clock.local(held.heard_at):%Y-%m-%d %H:%M}"), cases.WRONG_STATE_REMEDY, code="heard")
    held.heard_at = call.recorded_at
    step(call, held, "community", "heard", text=call.given["statement"])
    cases.touch(held)
    return Done(held.area, held.pk, {"reinspection": held.pk, "version": held.version})


@action("title.revoke", words("撤销称号", "Revoke the title"), ability=REVOKES, subject="reinspection", finds=finds(REVOKES), fields=(
    CASE, VERSION, DOCUMENT, Field("day", words("撤销日期", "Day of revocation"), "day", required=True), REASON))
def revoke(call: Call) -> Done:
    """The city ends the title and its plaque by a document. Never by who led the case; the counter of the ever named stays."""
    held, day = locked(call, "proposed"), call.given["day"]
    if held.heard_at is None and not cases.is_past(held):
        raise Conflict(NOT_HEARD, NOT_HEARD_REMEDY, code="not_heard")
    if not clock.local(held.steps.filter(step="revocation_proposed").latest("id").at).date() <= day <= clock.today():
        raise Invalid({"day": BEFORE})
    step(call, held, "decide", "revoked", text=call.given["reason"], document_no=call.given["document_no"], day=day)
    register.revoke(call, held.title, call.given["document_no"], day)
    cases.move(call, held, "revoked", last_day(cases.kind_of(held), "appeal_days", clock.today()))
    return Done(held.area, held.pk, {"reinspection": held.pk, "version": held.version})


@action("title.dismiss_revocation", words("不予撤销", "Do not revoke"), ability=REVOKES, subject="reinspection", finds=finds(REVOKES), fields=(CASE, VERSION, REASON))
def dismiss(call: Call) -> Done:
    """The city does not follow the proposal: the title is kept, with the reason."""
    held = locked(call, "proposed")
    if held.heard_at is None and not cases.is_past(held):
        raise Conflict(NOT_HEARD, NOT_HEARD_REMEDY, code="not_heard")
    step(call, held, "decide", "dismissed", text=call.given["reason"])
    cases.move(call, held, "kept")
    return Done(held.area, held.pk, {"reinspection": held.pk, "version": held.version})


@action("title.appeal", words("提出申诉", "Appeal"), ability=RECTIFIES, subject="reinspection", finds=finds(RECTIFIES), fields=(CASE, VERSION, REASON))
def appeal(call: Call) -> Done:
    """By the community, once, within the limit after the revocation."""
    held = locked(call, "revoked")
    if cases.is_past(held):
        raise Conflict(APPEAL_OVER, APPEAL_OVER_REMEDY, code="appeal_over")
    step(call, held, "community", "appealed", text=call.given["reason"])
    cases.move(call, held, "appealed", last_day(cases.kind_of(held), "appeal_answer_days", clock.today()))
    return Done(held.area, held.pk, {"reinspection": held.pk, "version": held.version})


@action("title.decide_appeal", words("审理申诉", "Judge an appeal"), ability=REVOKES, subject="reinspection", finds=finds(REVOKES), fields=(
    CASE, VERSION, Field("judgement", words("决定", "Judgement"), "choice", required=True, choices=JUDGEMENTS),
    Field("document_no", words("恢复称号的文号（申诉成立时填）", "Number of the restoring document (when upheld)"), limit=60), REASON))
def decide_appeal(call: Call) -> Done:
    """By somebody of the city who took no part before. Upheld, the title is restored and its row says so; the counter of the ever named never moves."""
    held, judgement, number = locked(call, "appealed"), call.given["judgement"], call.given["document_no"]
    if judgement == "restored" and not number:
        raise Invalid({"document_no": NO_DOCUMENT})
    step(call, held, "judge", judgement, text=call.given["reason"], document_no=number or "", day=clock.today())
    if judgement == "restored":
        register.restore(call, held.title, places.place_by_area(held.title.area), number, clock.today())
    cases.move(call, held, "restored" if judgement == "restored" else "final")
    return Done(held.area, held.pk, {"reinspection": held.pk, "version": held.version})
