# SPDX-License-Identifier: MulanPSL-2.0
"""Indicators of the grid's work: D3-08 to D3-12 of the draft standard, and the quality figures GV-01 to GV-06."""

from django.db.models import Q

from linli.core.words import words
from linli.measures.declarations import CUT_OFF, PERCENT, Measure, declare, within
from linli.practice import facts as _matters  # noqa: F401  the fact set has to stand before its measures
from linli.practice.counting import CLOSED, DROPPED, MERGED, SHOULD_CLOSE
from linli.practice.grid import facts as _grids  # noqa: F401  the same

EXACT = words("逐件计数，无抽样误差。", "Exact count, no sampling error.")
NOT_ACCEPTED = words("不予受理和已合并的事项不计。", "Refused and merged matters are left out.")
EXISTING = words("截止日已停用的网格不计。", "Grids no longer in use on the day of the cut-off are left out.")
RATED_LATE = words("逐件计数；结案后的评价随到随计。", "Exact count; a rating given after closing counts when it comes.")
DAY = Q()

declare(Measure(
    code="D3-08", version=1, words=words("网格划分规范率", "Grids well formed"), fact="grids",
    numerator=Q(has_boundary=True), denominator=Q(), period=DAY, unit=PERCENT,
    source="policy.md 3.4 D3-08 (memory-unsure)", proposed=True, better="up",
    counted=words("截止日有生效边界的网格，占全部存续网格。", "Grids with a boundary in force on the day of the cut-off, of all grids that exist."),
    left_out=words("规模（户数）标准尚无官方数据，暂不评判；", "The size band in households has no official source yet and is not judged. ") + EXISTING,
    error=words("逐个计数；边界是否重叠在导入时检查。", "Exact count; overlap of boundaries is checked when they are imported."),
))
declare(Measure(
    code="D3-09", version=1, words=words("网格员配备率", "Grids with a worker"), fact="grids",
    numerator=Q(is_staffed=True), denominator=Q(), period=DAY, unit=PERCENT,
    source="policy.md 3.4 D3-09; law:BZ 7", proposed=False, better="up",
    counted=words("截止日至少有一名在岗网格员的网格，占全部存续网格。", "Grids with at least one worker in post on the day of the cut-off, of all grids that exist."),
    left_out=EXISTING, error=EXACT,
))
declare(Measure(
    code="D3-10", version=1, words=words("巡查到位率", "Rounds walked"), fact="round_days",
    numerator=Q(), denominator=Q(), period="over_at", part="walked", whole="planned", unit=PERCENT,
    source="policy.md 3.4 D3-10; S:JZT2 (two a day)", proposed=True, better="up",
    counted=words("期内应巡的上午、下午中，有确认结束的巡查的。", "Of the mornings and afternoons to be walked in the period, those with a confirmed round."),
    left_out=words("同“每日两巡到位率”；只看网格，不用于个人排序。", "As for days with both rounds; it is about grids and orders no persons."),
    error=words("逐次计数；断网后补传的巡查在到达时计入当天。", "Exact count; a round that arrives late counts for its day when it comes."),
))
declare(Measure(
    code="D3-11", version=1, words=words("网格事件按期办结率", "Grid events closed on time"), fact="matters",
    numerator=CLOSED & Q(is_on_time=True), denominator=Q(kind="grid_event"), period=SHOULD_CLOSE, exclusions=DROPPED, unit=PERCENT,
    source="policy.md 3.4 D3-11; 5.5", proposed=True, better="up",
    counted=words("期内按期结案的网格事件，占应结案件：期内已结案的，加上截止时超期未结的。",
                  "Grid events closed on time in the period, of those that should be closed: closed in the period, plus open past the limit at the cut-off."),
    left_out=NOT_ACCEPTED, error=EXACT,
))
declare(Measure(
    code="D3-12", version=1, words=words("反馈核查率", "Feedback and verification"), fact="matters",
    numerator=Q(replied_at__isnull=False, verifications__gte=1, failures=0), denominator=Q(), period="closed_at", exclusions=DROPPED,
    unit=PERCENT, source="policy.md 3.4 D3-12; SEED steps", proposed=True, better="up",
    counted=words("期内结案、已反馈、经核查且没有返工的事项，占期内结案的事项。",
                  "Matters closed in the period that were replied to, verified, and never failed a verification, of all closed in the period."),
    left_out=NOT_ACCEPTED, error=EXACT,
))
declare(Measure(
    code="GV-07", version=1, words=words("每日两巡到位率", "Days with both rounds"), fact="round_days",
    numerator=Q(has_morning=True, has_afternoon=True), denominator=Q(), period="over_at", unit=PERCENT,
    source="policy.md 5.1 (two patrols a day)", proposed=True, better="up",
    counted=words("期内有人负责的网格，每个工作日算一个应巡日；上午、下午都有确认结束的巡查的，占全部应巡日。",
                  "Each working day of a grid that somebody looked after counts as one day to be walked; those with a confirmed round both in the morning and in the afternoon."),
    left_out=words("无人负责的日子不计（另有告警）；非工作日，以及社区第一次巡查以前的日子不计；窗口时间（拟）以外的巡查不计为上、下午巡查。只看网格，不用于个人排序。",
                   "Days without anybody are left out (they ring an alarm), and so are free days and days before the community's first round; rounds outside the windows (proposed) count for neither. "
                   "It is about grids and orders no persons."),
    error=words("逐日计数；手机断网后补传的巡查在到达时计入当天。", "Exact count by day; a round that arrives late from a phone counts for its day when it comes."),
))
declare(Measure(
    code="GV-08", version=1, words=words("巡查上报属实率", "Reports of rounds found to be so"), fact="round_reports",
    numerator=Q(filed_at__isnull=False), denominator=Q(filed_at__isnull=False) | Q(is_not_found=True), period="reported_at", unit=PERCENT,
    source="our choice: verified quality instead of a count of finds (boundaries.md, Workers)", proposed=True, better="up",
    counted=words("期内巡查中上报、已有结论的事项中，受理立案的；以“现场核实未发现所述问题”不予受理的只计入分母。",
                  "Of matters reported on rounds in the period that have been decided, those accepted; those refused because nothing was found on site count in the denominator only."),
    left_out=words("尚未受理的，以及以其他原因不予受理的不计。上报多少不影响本指标。",
                   "Matters not yet decided and those refused for other reasons are left out. How many are reported does not move it."),
    error=EXACT,
))
declare(Measure(
    code="GV-09", version=1, words=words("随手办抽查合格率", "Jobs settled on the spot found to be so"), fact="settled",
    numerator=Q(is_passed=True), denominator=Q(), period="checked_at", unit=PERCENT,
    source="our choice: what workers settle themselves is checked by a drawn sample (matters-and-measures.md 3)", proposed=True, better="up",
    counted=words("期内经他单位人员抽查的随手办结事项中，合格的。", "Of jobs settled on the spot that somebody of another unit checked in the period, those found right."),
    left_out=words("没有抽中和还没有抽查的不计；随手办结的事项不计入结案率、按期率等任何比率。",
                   "Jobs not drawn or not yet checked are left out; jobs settled on the spot count in no rate of closing or timeliness."),
    error=words("按月种子抽样（拟 5%），每件概率相同。", "Drawn by the month's seed (5 %, proposed), each with the same chance."),
))
declare(Measure(
    code="GV-01", version=1, words=words("他人他单位核查率", "Verified by another person of another unit"), fact="matters",
    numerator=Q(is_verified_by_other=True), denominator=Q(), period="closed_at", exclusions=DROPPED, unit=PERCENT,
    source="matters-and-measures.md 6.4", proposed=True, better="up",
    counted=words("期内结案、由处置人和处置单位以外的人核查的事项，占期内结案的事项。",
                  "Matters closed in the period and verified by neither a handler nor a handling unit, of all closed in the period."),
    left_out=NOT_ACCEPTED, error=EXACT,
))
declare(Measure(
    code="GV-02", version=1, words=words("返工率", "Rework"), fact="matters",
    numerator=Q(failures__gte=1), denominator=Q(verifications__gte=1), unit=PERCENT,
    period=CLOSED | Q(reported_at__lt=CUT_OFF, failures__gte=1) & (Q(closed_at=None) | Q(closed_at__gte=CUT_OFF)), exclusions=DROPPED,
    source="matters-and-measures.md 6.4", proposed=True, better="down",
    counted=words("核查未通过过的事项，占经过核查的事项；未结案的返工件也计入。",
                  "Matters that failed a verification, of those verified; a failed one that is still open counts too."),
    left_out=NOT_ACCEPTED, error=words("逐件计数；一件返工多次只计一次。", "Exact count; a matter that failed twice counts once."),
))
declare(Measure(
    code="GV-03", version=1, words=words("首次答复及时率", "First reply within the limit"), fact="matters",
    numerator=Q(is_reply_on_time=True), denominator=Q(is_contactable=True, first_reply_due_at__isnull=False), unit=PERCENT,
    period=within("reported_at") & (Q(first_reply_at__isnull=False) | Q(first_reply_due_at__lt=CUT_OFF)), exclusions=MERGED,
    source="matters-and-measures.md 6.4", proposed=True, better="up",
    counted=words("期内上报、可联系上报人的事项中，在时限内作了首次答复的；已答复的和超期未答复的都计入分母。",
                  "Of matters reported in the period whose reporter can be reached, those first answered within the limit; "
                  "answered ones and unanswered ones past the limit are both counted."),
    left_out=words("不可联系上报人的事项、尚在答复时限内的事项，以及已合并的事项不计（合并后按一件计）。",
                   "Reporters who cannot be reached, matters still within the limit and merged ones (counted once) are left out."),
    error=EXACT,
))
declare(Measure(
    code="GV-04", version=1, words=words("满意率", "Satisfied"), fact="matters",
    numerator=Q(rating__lte=2), denominator=Q(rating__isnull=False), period="closed_at", exclusions=DROPPED, unit=PERCENT,
    source="matters-and-measures.md 6.4; five levels, 1 is best (GB/T 39046)", proposed=True, better="up", beside="GV-06",
    counted=words("期内结案并有评价的事项中，评价为非常满意或满意的（五级中的前两级）。",
                  "Of matters closed in the period and rated, those rated in the best two of five levels."),
    left_out=words("未评价的事项不计，也不默认好评；多人上报合并为一件的，取各人评分的中位数（偶数个取较差的一个）。请与评价参与率一起看。",
                   "Unrated matters are left out and never taken as good; where several reports were merged, the middle score counts, "
                   "of two the worse. Read it with the answer rate."),
    error=RATED_LATE,
))
declare(Measure(
    code="GV-05", version=1, words=words("巡查发现占比", "Found by patrol"), fact="matters",
    numerator=Q(source="patrol"), denominator=Q(source__in=["patrol", "resident"], is_public_category=True), period="reported_at",
    exclusions=DROPPED, unit=PERCENT, source="matters-and-measures.md 6.4; policy.md 5.5", proposed=True, better="up",
    counted=words("公共场所看得见的类别中，巡查发现的事项占巡查发现与居民上报之和。",
                  "In categories visible in public, matters found by patrol, of those found by patrol or reported by residents."),
    left_out=words("机关转来的事项，以及不予受理、已合并的事项不计。", "Matters passed on by offices, and refused and merged ones, are left out."),
    error=EXACT,
))
declare(Measure(
    code="GV-06", version=1, words=words("评价参与率", "Answer rate of ratings"), fact="matters",
    numerator=Q(rating__isnull=False), denominator=Q(source="resident"), period="closed_at", exclusions=DROPPED, unit=PERCENT,
    source="matters-and-measures.md 6.4 (answer rate beside satisfied)", proposed=True, better="up",
    counted=words("期内结案的居民上报事项中，上报人作了评价的。", "Of residents' reports closed in the period, those that the reporter rated."),
    left_out=words("巡查发现和机关转来的事项没有可评价的上报人，不计。", "Matters found by patrol or passed on by offices have no reporter to rate them."),
    error=RATED_LATE,
))
