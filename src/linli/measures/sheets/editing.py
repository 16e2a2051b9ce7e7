# SPDX-License-Identifier: MulanPSL-2.0
"""The actions on a draft: begun from nothing, from a version or from a file; edited part by part; the last change taken back; dropped."""

from collections.abc import Mapping
from typing import Any

from linli.core.actions import Call, Done, action
from linli.core.faults import Conflict, Invalid
from linli.core.fields import Field
from linli.core.words import Words, words
from linli.measures.declarations import find_measure, measures
from linli.measures.models import Draft
from linli.measures.scoring import scorer
from linli.measures.sheets import checking, drafts
from linli.measures.sheets.checking import AWAITED, BAR, DIMENSION, GENERAL, INDICATOR, INSPECTED, MEASURED, NECESSARY, SURVEYED, SYSTEM
from linli.measures.sheets.drafts import DRAFT, NUMBER, VERSION, finding
from linli.measures.sheets.files import LARGEST

MARKS = (("statute", words("法规规定", "set by statute")), ("published", words("已公布", "published")), ("proposed", words("拟", "proposed")))
BASES = ((MEASURED, words("由日常记录计算", "computed from the daily records")), (AWAITED, words("等其他系统的记录", "records come with another system")),
         (INSPECTED, words("需要到现场看", "needs eyes on site")), (SURVEYED, words("由居民抽样调查得出", "comes from a sampled survey")))
SECTIONS = ((DIMENSION, words("维度", "Dimension")), (INDICATOR, words("指标", "Indicator")), (NECESSARY, words("必备条件", "Necessary condition")),
            (SYSTEM, words("等待的系统", "Awaited system")))
NEEDED = words("从空白起草时要填{label}。", "Fill in {label} to begin from nothing.")
NEEDS_NUMBER = words("请填新版本的版本号。", "Give the new version a number.")
NOTHING_TO_LOAD = words("请选一个文件，或把内容粘贴进来。", "Choose a file or paste its content.")
NO_STEP = words("没有可以撤销的一步。", "There is no step to take back.")
NO_STEP_REMEDY = words("只能撤销最近的一步。", "Only the last step can be taken back.")

FILE = Field("file", words("标准文件（TOML）", "Standard file (TOML)"), "file")
TEXT = Field("text", words("或者粘贴文件内容", "Or paste the content of the file"), "long_text", limit=LARGEST)
CODE = Field("code", words("标准编号", "Code of the standard"), limit=checking.LONGEST_CODE, help=words("同一标准的各版本用同一个编号。", "The versions of one standard share it."))
ISSUE = Field("number", words("版本号", "Version number"), limit=checking.LONGEST_VERSION)
NAME_ZH = Field("zh", words("中文名称", "Name in Chinese"), limit=120)
NAME_EN = Field("en", words("英文名称", "Name in English"), limit=200)
SOURCE = Field("source", words("出处", "Source"), required=True, limit=300)
ROW = Field("row", words("原编号", "Present code"), limit=20)
ROW_CODE = Field("code", words("编号", "Code"), required=True, limit=20)
ROW_ZH = Field("zh", words("中文名称", "Name in Chinese"), required=True, limit=200)
ROW_EN = Field("en", words("英文名称", "Name in English"), required=True, limit=300)
POINTS = Field("points", words("分值", "Points"), required=True, limit=20, help=words("例如 1.5", "For example 1.5"))
MARK = Field("mark", words("这个数从哪来", "Whence this number"), "choice", required=True, choices=MARKS)


@action(DRAFT, words("起草标准", "Begin a draft of a standard"), ability=DRAFT, subject="standard_draft", fields=(
    Field("standard", words("复制哪一版", "Copy which version"), "integer", low=1), FILE, TEXT, CODE, ISSUE, NAME_ZH, NAME_EN))
def begin(call: Call) -> Done:
    """A draft from a file, from a published version, or from nothing. What the file holds is kept as it is, faults and all."""
    content = drafts.read_file(call.given)
    if content is None:
        content = _copied(call) if call.given["standard"] else _bare(call)
    held = Draft(made_by=call.actor.account, made_at=call.recorded_at, content=content, version=0)
    drafts.keep(call, held, content)
    held.previous = None
    held.save(update_fields=["previous"])
    return drafts.done(held, is_new=True, code=held.code, number=held.number)


def _copied(call: Call) -> dict[str, Any]:
    held = drafts.version_of(call.given["standard"])
    if not call.given["number"]:
        raise Invalid({"number": NEEDS_NUMBER})
    return {**held.content, "version": call.given["number"], "valid_from": drafts.first_day(held.content["code"]).isoformat()}


def _bare(call: Call) -> dict[str, Any]:
    wrong = {one.name: NEEDED.format(label=one.label) for one in (CODE, ISSUE, NAME_ZH, NAME_EN) if not call.given[one.name]}
    if wrong:
        raise Invalid(wrong)
    given = call.given
    return {"code": given["code"], "version": given["number"], "zh": given["zh"], "en": given["en"], "proposed": True,
            "valid_from": drafts.first_day(given["code"]).isoformat(), "dimension": [], "indicator": []}


@action("standard.load_draft", words("用文件替换草案", "Replace a draft by a file"), ability=DRAFT, subject="standard_draft", finds=finding(DRAFT),
        fields=(NUMBER, VERSION, FILE, TEXT))
def load(call: Call) -> Done:
    """The content of a file in place of the draft's; the last step can be taken back."""
    held, content = drafts.opened(call), drafts.read_file(call.given)
    if content is None:
        raise Invalid({"file": NOTHING_TO_LOAD})
    return drafts.keep(call, held, content)


@action("standard.set_general", words("修改标准的基本信息", "Change the general data"), ability=DRAFT, subject="standard_draft", finds=finding(DRAFT), fields=(
    NUMBER, VERSION, Field("code", CODE.label, required=True, limit=CODE.limit, help=CODE.help), Field("number", ISSUE.label, required=True, limit=ISSUE.limit),
    Field("zh", NAME_ZH.label, required=True, limit=120), Field("en", NAME_EN.label, required=True, limit=200), SOURCE,
    Field("valid_from", words("生效日期", "Valid from"), "day", required=True),
    Field("proposed", words("整份标准是拟稿", "The whole standard is a proposal"), "truth", required=True)))
def set_general(call: Call) -> Done:
    """Names, source and first day."""
    held, given = drafts.opened(call), call.given
    content = {**held.content, "code": given["code"], "version": given["number"], "zh": given["zh"], "en": given["en"], "source": given["source"],
               "valid_from": given["valid_from"].isoformat(), "proposed": given["proposed"]}
    drafts.refuse_faults(content, GENERAL, "", {"version": "number"})
    return drafts.keep(call, held, content)


@action("standard.set_bar", words("修改达标线", "Change the bar"), ability=DRAFT, subject="standard_draft", finds=finding(DRAFT), fields=(
    NUMBER, VERSION, Field("total", words("总分达到多少", "Points needed in all"), limit=20, help=words("不填就是没有达标线。", "Left empty there is no bar.")),
    Field("share", words("每个维度达到其分值的几成", "Share of its points that each dimension needs"), limit=20, help=words("例如 0.70", "For example 0.70")),
    Field("mark", MARK.label, "choice", choices=MARKS), Field("source", SOURCE.label, limit=300)))
def set_bar(call: Call) -> Done:
    """The bar of points; without a total there is none."""
    held, given = drafts.opened(call), call.given
    content = {name: value for name, value in held.content.items() if name != BAR}
    if given["total"]:
        before = held.content.get(BAR) if isinstance(held.content.get(BAR), dict) else {}
        content[BAR] = _without(_marked({**(before or {}), "total": given["total"], "dimension": given["share"], "source": given["source"]},
                                        given["mark"] or "proposed", "proposed", "mark"))
        drafts.refuse_faults(content, BAR, "", {"dimension": "share", "proposed": "mark"})
    return drafts.keep(call, held, content)


@action("standard.set_dimension", words("修改维度", "Change a dimension"), ability=DRAFT, subject="standard_draft", finds=finding(DRAFT),
        fields=(NUMBER, VERSION, ROW, ROW_CODE, ROW_ZH, ROW_EN, POINTS, MARK))
def set_dimension(call: Call) -> Done:
    """A dimension with its points; indicators follow when its code changes."""
    given = call.given
    values = _marked({"code": given["code"], "zh": given["zh"], "en": given["en"], "points": given["points"]}, given["mark"], "proposed", "mark")
    return _set(call, DIMENSION, values, {"proposed": "mark"})


@action("standard.set_condition", words("修改必备条件", "Change a necessary condition"), ability=DRAFT, subject="standard_draft", finds=finding(DRAFT),
        fields=(NUMBER, VERSION, ROW, ROW_CODE, ROW_ZH, ROW_EN, SOURCE))
def set_condition(call: Call) -> Done:
    """A necessary condition; the indicators say which of them decide it."""
    return _set(call, NECESSARY, {name: call.given[name] for name in ("code", "zh", "en", "source")}, {})


@action("standard.set_system", words("修改等待的系统", "Change an awaited system"), ability=DRAFT, subject="standard_draft", finds=finding(DRAFT),
        fields=(NUMBER, VERSION, ROW, ROW_CODE, ROW_ZH, ROW_EN))
def set_system(call: Call) -> Done:
    """A system whose records some indicators wait for."""
    return _set(call, SYSTEM, {name: call.given[name] for name in ("code", "zh", "en")}, {})


def _measures() -> list[tuple[str, Words]]:
    return [(one.code, words(f"{one.code} {one.words.zh}（第 {one.version} 版）", f"{one.code} {one.words.en} (version {one.version})")) for one in measures()]


INDICATOR_FIELDS = (
    ROW_CODE, Field("dimension", words("所在维度", "Dimension"), required=True, limit=20),
    Field("zh", ROW_ZH.label, limit=200, help=words("由记录计算的可以不填，用度量的名称。", "May be empty for a computed one, which has its measure's.")),
    Field("en", ROW_EN.label, limit=300), Field("basis", words("靠什么得出", "What it rests on"), "choice", required=True, choices=BASES),
    Field("measure", words("度量", "Measure"), "choice", choices=_measures), Field("system", words("等哪个系统", "Awaited system"), limit=20),
    POINTS, Field("points_mark", words("分值从哪来", "Whence the points"), "choice", required=True, choices=MARKS),
    Field("scoring", words("得分办法", "Scoring"), limit=60, help=words(
        "lin .80→.95（从 80% 起得分，95% 得满分）、inv .15→.03、bool、steps 4、ded 0.5 each；不计分的不填。",
        "lin .80→.95 (points from 80%, full at 95%), inv .15→.03, bool, steps 4, ded 0.5 each; empty where it is only watched.")),
    Field("scoring_mark", words("得分办法从哪来", "Whence the scoring"), "choice", choices=MARKS),
    Field("duty", words("责任单位", "Who is responsible"), limit=80, help=words("用逗号隔开，例如 ZZ, MZ", "Commas between, for example ZZ, MZ")),
    Field("source", SOURCE.label, required=True, limit=500),
    Field("norms", words("依据的规范", "Norms it rests on"), limit=300, help=words("规范库里的编号，条款写在 # 后面，逗号隔开，例如 law:JWH#7",
                                                                          "Codes of the norms library, the clause behind #, commas between: law:JWH#7")),
    Field("necessary", words("决定哪个必备条件", "Decides the condition"), limit=20),
    Field("necessary_when", words("怎样算满足", "When the condition holds"), limit=6, help=words(
        "full（得满分才算满足）、some（得到一部分就算满足），或最低比例，例如 0.60", "full (wholly reached), some (reached at all), or the least share, for example 0.60")),
    Field("evidence", words("佐证材料", "Evidence"), limit=300),
)


@action("standard.set_indicator", words("修改指标", "Change an indicator"), ability=DRAFT, subject="standard_draft", finds=finding(DRAFT),
        fields=(NUMBER, VERSION, ROW, *INDICATOR_FIELDS))
def set_indicator(call: Call) -> Done:
    """An indicator with all that it says; keys of the file that no field shows stay as they are."""
    given = call.given
    plain = ("code", "dimension", "zh", "en", "basis", "points", "scoring", "source", "necessary", "necessary_when", "evidence")
    values: dict[str, Any] = {name: given[name] for name in plain}
    values |= {"duty": _listed(given["duty"]), "norms": _listed(given["norms"]), "system": given["system"] if given["basis"] == AWAITED else None}
    held = find_measure(given["measure"] or "") if given["basis"] == MEASURED else None
    values |= {"measure": given["measure"] if given["basis"] == MEASURED else None, "version": held.version if held else None}
    values = _marked(values, given["points_mark"], "points_proposed", "points_mark")
    values = _marked(values, given["scoring_mark"] or "proposed" if given["scoring"] else None, "scoring_proposed", "scoring_mark")
    if given["scoring"]:
        _refuse_scoring(given["scoring"])
    return _set(call, INDICATOR, values, {"points_proposed": "points_mark", "scoring_proposed": "scoring_mark", "version": "measure"})


def _refuse_scoring(text: str) -> None:
    try:
        scorer(text)
    except ValueError as error:
        raise Invalid({"scoring": checking.WRONG_SCORING.format(text=text, error=str(error))}) from None


def _listed(text: str | None) -> list[str] | None:
    return [one.strip() for one in (text or "").replace("，", ",").split(",") if one.strip()] or None


def _marked(values: dict[str, Any], mark: str | None, flag: str, name: str) -> dict[str, Any]:
    """The values with the mark of a number as the file writes it: a flag, and for what is not proposed whence it comes."""
    return {**values, flag: None if mark is None else mark == "proposed", name: mark if mark in checking.SURE else None}


def _without(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None}


def _set(call: Call, section: str, values: Mapping[str, Any], fields: Mapping[str, str]) -> Done:
    held, code = drafts.opened(call), call.given["row"] or ""
    before = drafts.row_of(held.content, section, code) if code else {}
    row = _without({**before, **values})
    content = drafts.with_row(held.content, section, code, row)
    drafts.refuse_faults(content, section, row["code"], fields)
    return drafts.keep(call, held, content, section=section)


@action("standard.remove_row", words("删去一行", "Remove a row"), ability=DRAFT, subject="standard_draft", finds=finding(DRAFT), fields=(
    NUMBER, VERSION, Field("section", words("哪一部分", "Section"), "choice", required=True, choices=SECTIONS), Field("row", ROW_CODE.label, required=True, limit=20)))
def remove(call: Call) -> Done:
    """Take a row out; the last step can be taken back."""
    held = drafts.opened(call)
    return drafts.keep(call, held, drafts.without_row(held.content, call.given["section"], call.given["row"]))


@action("standard.undo_draft", words("撤销上一步", "Take the last step back"), ability=DRAFT, subject="standard_draft", finds=finding(DRAFT), fields=(NUMBER, VERSION))
def undo(call: Call) -> Done:
    """The content as it was before the last change; done twice, the change is there again."""
    held = drafts.opened(call)
    if held.previous is None:
        raise Conflict(NO_STEP, NO_STEP_REMEDY, code="no_step")
    return drafts.keep(call, held, held.previous)


@action("standard.drop_draft", words("放弃草案", "Drop a draft"), ability=DRAFT, subject="standard_draft", finds=finding(DRAFT), fields=(NUMBER, VERSION))
def drop(call: Call) -> Done:
    """Nothing comes of it; it stays readable."""
    held = drafts.opened(call)
    held.state = "dropped"
    drafts.touched(call, held)
    held.save()
    return drafts.done(held)
