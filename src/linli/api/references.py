# SPDX-License-Identifier: MulanPSL-2.0
"""docs/reference: rights, actions, kinds, measures and fields as pages, written from the declarations and from nothing else."""

from collections.abc import Iterable, Sequence

from django.conf import settings

from linli.api import documents
from linli.api.descriptions import TERMS
from linli.api.gate import api
from linli.core import registry
from linli.core.actions import Action
from linli.core.fields import Field
from linli.core.system_actors import SECTION, SystemActor
from linli.core.words import Words
from linli.elements.posts import OWN, Role, all_roles
from linli.matters.kinds import FIRST_REPLY, WHOLE, Kind, Term, Watch, all_kinds
from linli.matters.phases import PHASES
from linli.measures.declarations import Measure, fact_of, measures

FOLDER = settings.ROOT / "docs" / "reference"
MADE = "<!-- 由声明生成，请勿手改：./linli check --write / Written from the declarations: ./linli check --write -->"
TERM_NAMES = {WHOLE: "全程 Whole", FIRST_REPLY: "首次答复 First reply"}
WATCH_NAMES = {
    "escalate": "超时后转督办 Escalated after", "escalate_urgent": "紧急时限超时后转督办 Escalated after, urgent limits", "answer": "督办答复 Answer to a supervision",
    "wait": "等上报人答复最长 Waiting for the reporter, at most", "reopened": "重新办理至少保留 Left after re-opening, at least"}
CLASSES = (
    ("0", "公开", "open"), ("1", "内部", "internal"), ("1b", "姓名、住处等，范围内可见", "names and dwellings, plain under sight"),
    ("2", "证件、电话、账号，加密保存", "numbers and phones, encrypted"), ("3", "敏感，逐次登记查看", "sensitive, each look journalled"),
    ("4", "密封，指定人员", "sealed, named persons"),
)
SIGHTS = {
    "post": "岗位范围 the range of the post", "this_record": "仅这一条记录 this one record",
    "place_named_in_input": "所填的社区 the community named in the input", "whole_subtree": "全市 the whole city",
}


def pages() -> dict[str, str]:
    """File name to text of every page; asks no database."""
    return {
        "openapi.json": documents.text_of(api), "rights.md": _rights(), "actions.md": _actions(), "kinds.md": _kinds(), "measures.md": _measures(),
        "fields.md": _fields(),
    }


def _page(title: str, *parts: str) -> str:
    return "\n\n".join((f"# {title}", MADE, *(part for part in parts if part))) + "\n"


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def _cell(value: object) -> str:
    text = f"{value.zh} {value.en}" if isinstance(value, Words) else str(value)
    return text.replace("|", "\\|").replace("\n", " ")


def _all_actions() -> list[Action]:
    return registry.everything("action")


def _rights() -> str:
    roles: list[Role] = all_roles()
    system: list[SystemActor] = registry.everything(SECTION)
    rows = [(f"`{one.name}`", one.words.zh, *(("●" if one.ability is None or one.ability in role.abilities or _is_own(one) else "") for role in roles),
             "●" if one.ability is None else "", " ".join(actor.name for actor in system if one.ability in actor.abilities)) for one in _all_actions()]
    head = ("动作 Action", "", *(f"{role.words.zh}<br>{role.name}" for role in roles), "公众<br>public", "系统<br>system")
    reading = sorted({ability for role in roles for ability in role.abilities} - {one.ability for one in _all_actions()})
    reads = [(f"`{one}`", *("●" if one in role.abilities else "" for role in roles)) for one in reading]
    wide = [(f"`{one.name}`", SIGHTS[one.sight]) for one in _all_actions() if one.sight != "post"]
    return _page(
        "权限表 Rights", "谁可以办理哪个动作。看不见的记录一律 404，看得见但无权 403。\n\nWho may do which action. What is not visible is 404, visible but not able 403.",
        _table(head, rows), "## 其他权限 Other abilities", _table(("权限 Ability", *(role.name for role in roles)), reads),
        "## 不用岗位范围的动作 Actions under another sight than the post's",
        "只有这些动作在岗位范围以外读写，且只到所列的范围。\n\nOnly these read and write outside the range of the post, and no further than stated.",
        _table(("动作 Action", "范围 Sight"), wide), "## 岗位 Roles",
        _table(("岗位 Role", "", "层级 Levels", "看个人信息 Sees personal data", "看记录 Sees records"),
               [(f"`{role.name}`", role.words, " ".join(sorted(role.level)), "●" if role.see_personal else "", "●" if role.has_sight else "") for role in roles]))


def _is_own(one: Action) -> bool:
    """True for what everybody who is signed in may do for himself."""
    return one.ability in OWN


def _actions() -> str:
    return _page("动作 Actions", "`POST /api/v1/actions/<动作 action>`；每个动作另可给 `occurred_at`。Each action also takes `occurred_at`.",
                 *(_action(one) for one in _all_actions()))


def _action(one: Action) -> str:
    rows = [(f"`{field.name}`", field.label, field.kind, "●" if field.required else "", _limit(field), field.protection.class_number, kind)
            for field, kind in documents.fields_of(one)]
    who = f"`{one.ability}`" if one.ability else "任何人 anybody"
    parts = [f"## `{one.name}` {one.words.zh} {one.words.en}", (one.body.__doc__ or "").strip(),
             f"权限 Ability: {who} · 范围 Sight: {SIGHTS[one.sight]} · 记录 Subject: `{one.subject}`"]
    if rows:
        parts.append(_table(("字段 Field", "", "类型 Kind", "必填 Required", "限度 Limit", "类别 Class", "事项种类 Of kind"), rows))
    return "\n\n".join(parts)


def _limit(field: Field) -> str:
    if field.kind in ("integer", "area"):
        return f"{'' if field.low is None else field.low}…{'' if field.high is None else field.high}"
    if field.kind in ("text", "long_text", "secret", "evidence"):
        return str(field.limit)
    return ", ".join(value for value, _ in field.declared()) if field.kind in ("choice", "choices") else ""


def _kinds() -> str:
    return _page("事项种类 Kinds of matter", "拟 = 数值待确认。拟 marks a number that waits for confirmation.", *(_kind(one) for one in all_kinds()))


def _kind(one: Kind) -> str:
    fields = [(f"`{field.name}`", field.label, field.kind, "●" if field.required else "", "●" if field.filter else "", _limit(field),
               field.protection.class_number) for field in one.fields]
    terms = [_term(TERM_NAMES.get(name) or _cell(PHASES[name]), term) for name in TERMS if (term := one.term(name))]
    terms += [_term(f"处置 Handling `{code}`", term) for code, term in sorted(one.category_terms.items())]
    terms += [_term(f"全程 Whole `{code}`", term) for code, term in sorted(one.category_wholes.items())]
    terms += [_term(f"处置 Handling `{code}` · {stage.words.zh} {stage.words.en} `{stage.name}`", stage.term)
              for code, stages in sorted(one.stages.items()) for stage in stages]
    terms += [_term(WATCH_NAMES[name], term) for name, term in one.watch.terms.items()]
    moves = [(rule.words, f"`{rule.action}`", rule.source, rule.target, f"`{rule.ability}`" if rule.ability else "查询码 query code",
              " ".join(rule.guards), rule.through) for rule in (*one.moves, one.rework)]
    reasons = [(f"`{rule.action}`", f"`{reason.code}`", reason.words, reason.remedy)
               for rule in one.moves if rule.reason for reason in one.reasons(rule.action)]
    parts = [
        f"## {one.words.zh} {one.words.en} `{one.name}`", f"{one.about.zh}\n\n{one.about.en}",
        f"系统 Systems: {' '.join(one.systems)} · 分类 Categories: `{one.scheme}` · 处置后照片 Photos after handling: {one.photos}",
        "### 字段 Fields" if fields else "",
        _table(("字段 Field", "", "类型 Kind", "必填 Required", "可筛选 Filter", "选项 Choices", "类别 Class"), fields) if fields else "",
        "### 时限 Limits", _table(("步骤 Step", "时限 Limit", "", "依据 Basis"), terms),
        _watch(one.watch), "### 步骤 Moves", _table(("", "动作 Action", "从 From", "到 To", "权限 Ability", "条件 Guards", "经过 Through"), moves),
        "### 原因 Reasons", _table(("动作 Action", "代码 Code", "原因 Reason", "建议 Remedy"), reasons),
    ]
    return "\n\n".join(part for part in parts if part)


def _watch(watch: Watch) -> str:
    return (f"剩余 {watch.warn_percent}% 时预警；每个时限最多延期 {watch.extensions} 次，总共不超过原时限的 {watch.extension_percent}%；停钟最长 {watch.pause_days} 天，"
            f"挂账最长 {watch.suspension_days} 天（均为拟）。\n\nWarned when {watch.warn_percent}% is left; at most {watch.extensions} extensions of a limit, "
            f"together at most {watch.extension_percent}% of it; a pause at most {watch.pause_days} days, the slow list at most {watch.suspension_days} (all proposed).")


def _term(name: str, term: Term) -> tuple[object, ...]:
    return name, f"{term.amount} {_cell(term.unit.label)}", "拟" if term.proposed else "", term.basis


def _measures() -> str:
    return _page("指标 Measures", "每个数都按同一条件打开它所计的记录。Every figure opens onto the records it counts.", *(_measure(one) for one in measures()))


def _measure(one: Measure) -> str:
    fact = fact_of(one.fact)
    rows = [
        ("计什么 Counted", one.counted), ("不计什么 Left out", one.left_out), ("误差 Error", one.error), ("事实 Facts", fact.words),
        ("单位 Unit", one.unit.zh), ("趋向 Better", {"up": "升 up", "down": "降 down"}[one.better]), ("来源 Source", one.source),
        ("版本 Version", one.version), ("一并看 Beside", one.beside or "—"),
    ]
    mark = " 拟" if one.proposed else ""
    return f"## {one.code} {one.words.zh} {one.words.en}{mark}\n\n" + _table(("", ""), rows)


def _fields() -> str:
    rows = [(f"`{one.name}`", f"`{field.name}`", field.label, field.protection.class_number, field.protection.value)
            for one in _all_actions() for field, _kind_name in documents.fields_of(one)]
    return _page("字段的保护类别 Protection class of every field", _table(("类别 Class", "", ""), CLASSES),
                 _table(("动作 Action", "字段 Field", "", "类别 Class", ""), rows))
