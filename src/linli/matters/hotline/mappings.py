# SPDX-License-Identifier: MulanPSL-2.0
"""Which column means what: the fields of an order, the headings by which they are guessed (拟), and what goes back."""

from collections.abc import Mapping, Sequence

from linli.core.words import Words, words
from linli.matters.models import HotlineMapping

SOURCE = "12345"
FIELDS: Mapping[str, Words] = {
    "number": words("工单编号", "Order number"), "received_at": words("受理时间", "Received at"), "words": words("诉求内容", "Words"),
    "asks": words("诉求类型", "Type of request"), "category": words("问题分类", "Category"), "address": words("事发地址", "Address"),
    "community": words("社区", "Community"), "name": words("来电人", "Caller"), "phone": words("联系电话", "Phone"),
    "return_due": words("退单时限", "May go back until"), "answer_due": words("办结时限", "To be answered until"), "secret": words("是否保密", "Secrecy asked"),
}
NEEDED = ("number", "received_at", "words")
GUESSES: Mapping[str, Sequence[str]] = {
    "number": ("工单编号", "工单号", "编号", "受理编号", "流水号", "单号"), "received_at": ("受理时间", "来电时间", "登记时间", "派单时间", "创建时间"),
    "words": ("诉求内容", "问题描述", "内容", "反映内容", "主要内容", "工单内容"), "asks": ("诉求类型", "工单类型", "事项类型", "类型"),
    "category": ("问题分类", "诉求分类", "内容分类", "分类", "类别"), "address": ("事发地址", "地址", "事发地点", "发生地点"),
    "community": ("社区", "所属社区", "承办社区", "村居"), "name": ("来电人", "姓名", "诉求人", "联系人", "市民姓名"),
    "phone": ("联系电话", "来电号码", "电话", "手机", "联系方式"), "return_due": ("退单时限", "退单截止时间", "退回时限"),
    "answer_due": ("办结时限", "办理时限", "截止时间", "要求办结时间", "反馈时限", "处理时限"), "secret": ("是否保密", "保密", "信息保密"),
}
"""Headings seen as likely. Source: our choice, proposed (拟): no form of a city was found, each city maps its own once."""
ANSWERS: Mapping[str, Words] = {
    "number": words("工单编号", "Order number"), "result": words("办理结果", "Result"), "reply": words("答复内容", "What was done"),
    "ended_at": words("办结时间", "Ended at"), "contacted": words("是否联系", "Contacted"), "satisfied": words("是否满意", "Satisfied"),
    "unit": words("承办单位", "Handling unit"), "our_number": words("本平台编号", "Our number"),
}
DEFAULT_ANSWERS = [[name, label.zh] for name, label in ANSWERS.items()]


def mapping_of(area: int, source: str) -> HotlineMapping | None:
    """What was chosen last for a source at a place, inside the sight in force; None when nobody did."""
    found: HotlineMapping | None = HotlineMapping.objects.filter(area=area, source=source).first()
    return found


def guessed(headings: Sequence[str], remembered: Mapping[str, str]) -> dict[str, str]:
    """Field to heading: as it was chosen last where that column is there, else by the likely headings."""
    found = {}
    for name in FIELDS:
        before = remembered.get(name)
        if before is not None and before in headings:
            found[name] = before
        elif not remembered and (guess := next((one for one in GUESSES[name] if one in headings), None)):
            found[name] = guess
    return found
