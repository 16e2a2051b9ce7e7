# SPDX-License-Identifier: MulanPSL-2.0
"""Tags and filters of all templates: words in both languages, times, numbers, shares, icons, library files."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django import template
from django.template.base import FilterExpression, Parser, Token
from django.template.context import Context
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from linli.core import registry
from linli.core.words import CHINESE, ENGLISH, text_in, words
from linli.ui import libraries, saying

register = template.Library()

CHINESE_ONLY = re.compile(r"[^A-Za-z]*[\u3400-\u9fff][^A-Za-z]*")


@register.simple_tag
def w(zh: str, en: str, **named: object) -> str:
    """The text in the reader's language with `{name}` filled in; escaped where it is shown.

    A literal of a template comes marked as safe; adding an empty string takes that mark off.
    """
    said = words("" + zh, "" + en)
    return "" + str(said.format(**named) if named else said)


def _or_nothing(say: Callable[[Any], object], value: Any) -> object:
    return saying.NOTHING if value is None or value == "" else say(value)


@register.filter
def moment(value: datetime | None) -> object:
    """2026年11月23日 09:30; a dash for None."""
    return _or_nothing(saying.moment, value)


@register.filter
def day(value: date | datetime | None) -> object:
    """2026年11月23日; a dash for None."""
    return _or_nothing(saying.day, value)


@register.filter
def hour(value: datetime | None) -> object:
    """09:30; a dash for None."""
    return _or_nothing(saying.hour, value)


@register.filter
def duration(value: timedelta | int | None) -> object:
    """3天4小时; a dash for None."""
    return _or_nothing(saying.duration, value)


@register.filter
def due_in(value: datetime | None) -> object:
    """还剩 2天3小时; a dash for None."""
    return _or_nothing(saying.due_in, value)


@register.filter
def number(value: int | Decimal | None) -> object:
    """12,345; a dash for None."""
    return _or_nothing(saying.number, value)


@register.filter
def percent(value: Fraction | None) -> object:
    """85.3% from an exact share; a dash for None (nothing to divide by)."""
    return _or_nothing(saying.percent, value)


@register.filter
def in_zh(value: object) -> str:
    """The Chinese of words."""
    return text_in(CHINESE, value)


@register.filter
def in_en(value: object) -> str:
    """The English of words."""
    return text_in(ENGLISH, value)


@register.filter
def spoken(value: object) -> SafeString | str:
    """The text; on an English page one that stands in Chinese only is marked as Chinese, so that it is read aloud as such."""
    text = "" + str(value)
    is_foreign = (get_language() or CHINESE).startswith(ENGLISH) and CHINESE_ONLY.fullmatch(text)
    return format_html('<span lang="zh-Hans">{}</span>', text) if is_foreign else text


@register.filter
def words_of(value: Any, known: Mapping[Any, object] | str) -> object:
    """What a stored English word is called on screen: from a mapping, or from the one declared in section "words" by that name."""
    mapping = registry.get("words", known) if isinstance(known, str) else known
    return (mapping or {}).get(value, value)


@register.simple_tag
def time_of(value: datetime | None) -> SafeString | str:
    """A moment as a `time` element that machines read too."""
    if value is None:
        return saying.NOTHING
    return SafeString(f'<time datetime="{value.isoformat()}">{saying.moment(value)}</time>')


@register.simple_tag
def icon(name: str) -> SafeString:
    """One drawing of our own sheet of icons; hidden from screen readers, because words stand beside it."""
    return format_html('<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>', static("ui/icons.svg"), name)


@register.simple_tag
def lib(name: str, file: str) -> str:
    """The address of one file of a front-end library."""
    return static(libraries.path_of(name, file))


class AgainNode(template.Node):
    """A block of the page printed a second time."""

    def __init__(self, name: FilterExpression) -> None:
        self.name = name

    def render(self, context: Context) -> SafeString:
        """The block's text as the page fills it; empty when the page has no such block."""
        blocks = context.render_context.get(BLOCK_CONTEXT_KEY)
        block = blocks.get_block(self.name.resolve(context)) if blocks else None
        return SafeString(block.render(context).strip()) if block else SafeString("")


@register.tag
def again(parser: Parser, token: Token) -> AgainNode:
    """`{% again "title" %}` prints the block `title` here too."""
    _, name = token.split_contents()
    return AgainNode(parser.compile_filter(name))
