# SPDX-License-Identifier: MulanPSL-2.0
"""What could not be done, why, and what to do next: the one error that people and machines get to see."""

from collections.abc import Mapping
from typing import Any

from linli.core.words import Words, words

NOT_VISIBLE = words("没有找到这条记录，或者不在您的查看范围内。", "This record does not exist, or you may not see it.")
NOT_VISIBLE_REMEDY = words("请核对编号；如确属您的工作，请联系社区负责人调整您的岗位范围。",
                           "Check the number; if it is part of your work, ask your supervisor to adjust your post.")
NOT_ABLE = words("您当前的岗位不能做这一步。", "Your present post may not do this.")
NOT_ABLE_REMEDY = words("请切换岗位，或请有权限的同事办理。", "Change to another post, or ask a colleague who may.")
CONFLICT = words("这条记录刚刚被别人改过，或者已经不在这一步。",
                 "Somebody has just changed this record, or it has left this step.")
CONFLICT_REMEDY = words("请刷新后核对两个版本，再决定是否重新提交。",
                        "Reload, compare the two versions, then decide whether to submit again.")
INVALID = words("有内容没有填对，所以没有保存。", "Some of what was filled in is not right, so nothing was saved.")
INVALID_REMEDY = words("请按标出的提示修改后再提交。", "Correct the marked fields and submit again.")
TOO_MANY = words("操作太频繁，这一次没有办理。", "Too many tries in a short time; this one was not carried out.")
TOO_MANY_REMEDY = words("请在 {seconds} 秒后再试。", "Try again in {seconds} seconds.")


class Fault(Exception):
    """A refusal with a code for machines, a sentence that says what and why, and a remedy that says what next.

    `status` is the HTTP status with which a face answers; `fields` gives each wrong field its own sentence.
    """

    def __init__(self, code: str, message: Words, remedy: Words, status: int = 422,
                 fields: Mapping[str, Words] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.remedy = remedy
        self.status = status
        self.fields: dict[str, Words] = dict(fields or {})

    def as_json(self, language: str | None = None) -> dict[str, Any]:
        """`{"fault": {"code", "message", "remedy"[, "fields"]}}` in `language`; in the active one when None."""
        def text(sentence: Words) -> str:
            return sentence.in_language(language) if language else str(sentence)

        body: dict[str, Any] = {"code": self.code, "message": text(self.message), "remedy": text(self.remedy)}
        if self.fields:
            body["fields"] = {name: text(sentence) for name, sentence in self.fields.items()}
        return {"fault": body}

    def __str__(self) -> str:
        return f"{self.code}: {self.message} {self.remedy}"

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (type(self), self.code, self.message, self.remedy, self.status, self.fields, self.__dict__.copy())


class NotVisible(Fault):
    """404. Takes no argument: a record that is absent and one that is hidden give the same text, byte for byte."""

    def __init__(self) -> None:
        super().__init__("not_visible", NOT_VISIBLE, NOT_VISIBLE_REMEDY, 404)


class NotAble(Fault):
    """403: visible, but the actor's post may not do this."""

    def __init__(self, message: Words = NOT_ABLE, remedy: Words = NOT_ABLE_REMEDY, code: str = "not_able") -> None:
        super().__init__(code, message, remedy, 403)


class Conflict(Fault):
    """409: wrong phase, or the record changed since it was read."""

    def __init__(self, message: Words = CONFLICT, remedy: Words = CONFLICT_REMEDY, code: str = "conflict") -> None:
        super().__init__(code, message, remedy, 409)


class Invalid(Fault):
    """422: fields filled in wrongly; `Invalid({"phone": words(...)})` says which and why."""

    def __init__(self, fields: Mapping[str, Words] | None = None, message: Words = INVALID,
                 remedy: Words = INVALID_REMEDY, code: str = "invalid") -> None:
        super().__init__(code, message, remedy, 422, fields)


class TooMany(Fault):
    """429: too many tries; `retry_after` is in seconds and belongs into the Retry-After header."""

    def __init__(self, retry_after: int = 60, message: Words = TOO_MANY, remedy: Words = TOO_MANY_REMEDY,
                 code: str = "too_many") -> None:
        super().__init__(code, message, remedy.format(seconds=retry_after), 429)
        self.retry_after = retry_after


def _again(kind: type[Fault], code: str, message: Words, remedy: Words, status: int,
           fields: Mapping[str, Words], more: Mapping[str, Any]) -> Fault:
    """The same fault after pickling (a worker process hands it on), without running a subclass's own constructor."""
    fault = kind.__new__(kind)
    Fault.__init__(fault, code, message, remedy, status, fields)
    fault.__dict__.update(more)
    return fault
