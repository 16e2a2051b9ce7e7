# SPDX-License-Identifier: MulanPSL-2.0
"""The occasions on which a reporter is written to, with the wording that is shipped; the administrator publishes his own."""

from collections.abc import Mapping

from django.conf import settings

from linli.core.wordings import Occasion, declare
from linli.core.words import Words, words

CODE = "1234-7KQ2M-9XR4T"
ADDRESS = settings.FOLLOW_ADDRESS.format(code=CODE)
COMMON: Mapping[str, tuple[Words, Words]] = {
    "category": (words("问题类别", "what the problem is"), words("供水井盖异常", "Water cover broken")),
    "number": (words("编号", "number"), words("LL000001234", "LL000001234")),
    "code": (words("查询码", "query code"), words(CODE, CODE)),
    "address": (words("查询网址", "address of the story"), words(ADDRESS, ADDRESS)),
    "place": (words("社区", "community"), words("槐安社区", "Huai'an community")),
}
REMEDY = {"remedy": (words("可以去哪里办",
                           "where to go instead"), words("请拨打 12345 便民热线，由市级统一转办。", "Please call the 12345 hotline, which passes it on."))}
QUESTION = {"question": (words("办理人员的问题", "the staff's question"), words("井盖在几号楼门口？", "In front of which building?"))}
ANSWER = {"answer": (words("办理人员的答复", "the staff's answer"), words("井盖已更换，周围已清理。", "The cover was replaced and the place cleaned."))}

FOOT = words("\n\n办理进度：{address}\n查询码：{code}\n\n这封信由系统发出，请勿直接回复。不想再收到，可在上面的网页里关闭。",
             "\n\nWhere it stands: {address}\nQuery code: {code}\n\nThis letter was sent by the system; please do not reply. To stop these letters, use the page above.")


def _declare(order: int, name: str, label: Words, sms: Words, title: Words, email: Words, more: Mapping[str, tuple[Words, Words]] | None = None) -> Occasion:
    needs = ("code", *(more or {}))
    return declare(Occasion(f"matter.{name}", label, {**COMMON, **(more or {})}, sms, title, email + FOOT, needs=needs, order=order))


RECEIVED = _declare(
    10, "received", words("收到上报", "Report received"),
    words("【邻里】已收到您反映的{category}（{number}）。查询码 {code}，凭它查进度，请保存。",
          "[Linli] We have your report of {category} ({number}). Keep the code {code} to follow it."),
    words("已收到您反映的{category}（{number}）", "We have your report of {category} ({number})"),
    words("您好：\n\n您反映的{place}“{category}”已经收到，编号 {number}。工作人员会尽快决定是否受理，结果会再告诉您。",
          "Hello,\n\nwe have your report of “{category}” in {place}, number {number}. Staff will decide on it soon and we will write again."))
ACCEPTED = _declare(
    20, "accepted", words("已受理", "Accepted"),
    words("【邻里】您反映的{category}（{number}）已受理，正在安排办理。查询码 {code}。", "[Linli] Your report of {category} ({number}) is accepted. Code {code}."),
    words("您反映的{category}已受理（{number}）", "Your report of {category} is accepted ({number})"),
    words("您好：\n\n您反映的{place}“{category}”已受理立案，正在派给有职责的单位办理。",
          "Hello,\n\nyour report of “{category}” in {place} is accepted and goes to the competent unit."))
REFUSED = _declare(
    30, "refused", words("不予受理", "Not accepted"),
    words("【邻里】您反映的{category}（{number}）不予受理。{remedy}查询码 {code}。",
          "[Linli] Your report of {category} ({number}) is not accepted. {remedy} Code {code}."),
    words("您反映的{category}不予受理（{number}）", "Your report of {category} is not accepted ({number})"),
    words("您好：\n\n您反映的{place}“{category}”不予受理，原因可在查询页查看。\n您可以这样办：{remedy}",
          "Hello,\n\nyour report of “{category}” in {place} is not accepted; the page says why.\nWhat you can do: {remedy}"), REMEDY)
MERGED = _declare(
    33, "merged", words("已合并办理", "Merged"),
    words("【邻里】您反映的{category}（{number}）与另一件是同一问题，已合并办理。查询码 {code} 照样能查结果。",
          "[Linli] Your report of {category} ({number}) is dealt with together with another one of the same. Code {code} still shows the result."),
    words("您反映的{category}已与同一问题合并办理（{number}）", "Your report of {category} is dealt with together with another ({number})"),
    words("您好：\n\n您反映的{place}“{category}”与正在办理的另一件是同一问题，现在一起办理。您的查询码照样有效：能看到结果、回答提问、评价，也可以要求重新办理。",
          "Hello,\n\nyour report of “{category}” in {place} is the same problem as another one and is dealt with together with it. Your code works as before: "
          "you see the result, answer, rate, and may ask for it to be done again."))
PARTED = _declare(
    36, "parted", words("恢复单独办理", "By itself again"),
    words("【邻里】您反映的{category}（{number}）已恢复单独办理。请凭查询码 {code} 查进度。",
          "[Linli] Your report of {category} ({number}) is dealt with by itself again. Code {code}."),
    words("您反映的{category}已恢复单独办理（{number}）", "Your report of {category} is dealt with by itself again ({number})"),
    words("您好：\n\n您反映的{place}“{category}”先前与另一件合并办理，经核对不是同一问题，现在恢复单独办理，时限从合并时剩下的时间接着算。",
          "Hello,\n\nyour report of “{category}” in {place} had been merged with another one. They are not the same, so it is dealt with by itself again, "
          "with the time that was left when it was merged."))
ASKED = _declare(
    40, "asked", words("向您提问", "A question"),
    words("【邻里】关于您反映的{category}（{number}），想问您：{question}请凭查询码 {code} 回答。",
          "[Linli] About your report ({number}): {question} Please answer by the code {code}."),
    words("关于您反映的{category}，有一个问题（{number}）", "A question about your report of {category} ({number})"),
    words("您好：\n\n办理您反映的“{category}”时，想问您：\n\n{question}\n\n打开下面的网页就能回答，不需要账号，也可以附照片。",
          "Hello,\n\nabout your report of “{category}” the staff ask:\n\n{question}\n\nOpen the page below to answer; no account is needed, photos are welcome."), QUESTION)
ANSWERED = _declare(
    50, "answered", words("已答复", "Answered"),
    words("【邻里】您反映的{category}（{number}）已答复：{answer}查询码 {code}。",
          "[Linli] Your report ({number}) is answered: {answer} Code {code}."),
    words("您反映的{category}已有答复（{number}）", "Your report of {category} is answered ({number})"),
    words("您好：\n\n办理单位对您反映的“{category}”答复如下：\n\n{answer}\n\n接下来由没有参与处置的人员到现场核查，通过后才会结案。",
          "Hello,\n\nthe unit answers your report of “{category}”:\n\n{answer}\n\nSomebody who did not handle it verifies next; only then is it closed."), ANSWER)
CLOSED = _declare(
    60, "closed", words("已结案，请评价", "Closed, please rate"),
    words("【邻里】您反映的{category}（{number}）已结案。请凭查询码 {code} 评价；没办好可要求重新办理。",
          "[Linli] Your report of {category} ({number}) is closed. Rate it by the code {code}, or ask for it to be done again."),
    words("您反映的{category}已结案，请您评价（{number}）", "Your report of {category} is closed, please rate it ({number})"),
    words("您好：\n\n您反映的{place}“{category}”已核查通过并结案。请您评一评，没有默认分，如实说就好。如果没有办好，可以在同一页要求重新办理。",
          "Hello,\n\nyour report of “{category}” in {place} was verified and closed. Please rate it; nothing is chosen beforehand. If it is not done, say so there."))
REOPENED = _declare(
    70, "reopened", words("重新办理", "Re-opened"),
    words("【邻里】您反映的{category}（{number}）已转回办理单位重新办理，结果再告诉您。查询码 {code}。",
          "[Linli] Your report of {category} ({number}) is being done again. Code {code}."),
    words("您反映的{category}已重新办理（{number}）", "Your report of {category} is being done again ({number})"),
    words("您好：\n\n您反映的{place}“{category}”已转回原办理单位重新办理。办好后要再次核查才能结案。",
          "Hello,\n\nyour report of “{category}” in {place} went back to its unit. It is verified anew before it is closed."))
CALL_BACK = _declare(
    80, "call_back", words("回访没有联系上", "Call-back not reached"),
    words("【邻里】回访您反映的{category}（{number}）没有联系上您。请凭查询码 {code} 告诉我们办好没有。",
          "[Linli] We could not reach you about {category} ({number}). Tell us by the code {code} whether it is done."),
    words("回访没有联系上您（{number}）", "We could not reach you ({number})"),
    words("您好：\n\n为了了解“{category}”是否真正办好，我们回访过您，没有联系上。您可以在下面的网页评价，或要求重新办理。",
          "Hello,\n\nwe tried to reach you to learn whether “{category}” is really done. On the page below you may rate it or ask for it to be done again."))
