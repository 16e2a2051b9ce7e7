# SPDX-License-Identifier: MulanPSL-2.0
"""What the screen says, in both languages: `words("中文", "English")` is read in the reader's language when it is shown."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.translation import get_language

CHINESE = "zh-hans"
ENGLISH = "en"


@dataclass(frozen=True, repr=False)
class Words(Promise):
    """One sentence or label in Chinese and in English.

    `str()` answers in the active language: English for `en` and its regions, Chinese for every other one and
    when no language is active. It is never marked safe: `__html__` answers escaped text.
    """

    zh: str
    en: str

    def __post_init__(self) -> None:
        if not self.zh or not self.en:
            raise ValueError(f"words need both languages: {self.zh!r}, {self.en!r}")

    def in_language(self, language: str | None) -> str:
        """The text in `language` (`zh-hans`, `en`, `en-gb`, ...); Chinese when None or unknown."""
        primary = (language or CHINESE).replace("_", "-").split("-", 1)[0].lower()
        return self.en if primary == ENGLISH else self.zh

    def format(self, *values: object, **named: object) -> "Words":
        """These words with `{name}` filled in, in both languages; a value that is itself Words is put in in kind."""
        return Words(self.zh.format(*_in(CHINESE, values), **_named(CHINESE, named)),
                     self.en.format(*_in(ENGLISH, values), **_named(ENGLISH, named)))

    def as_dict(self) -> dict[str, str]:
        """Both languages, for a machine that keeps them: `{"zh": ..., "en": ...}`."""
        return {"zh": self.zh, "en": self.en}

    def _both(self, change: Callable[[str, str], str]) -> "Words":
        return Words(change(self.zh, CHINESE), change(self.en, ENGLISH))

    def __str__(self) -> str:
        return self.in_language(get_language())

    def __repr__(self) -> str:
        return f"words({self.zh!r}, {self.en!r})"

    def __html__(self) -> str:
        return escape(str(self))

    def __format__(self, specification: str) -> str:
        return format(str(self), specification)

    def __len__(self) -> int:
        return len(str(self))

    def __bool__(self) -> bool:
        return True

    def __contains__(self, part: object) -> bool:
        return str(part) in str(self)

    def __lt__(self, other: object) -> bool:
        return str(self) < str(other)

    def __add__(self, other: object) -> "Words":
        return self._both(lambda text, language: text + text_in(language, other))

    def __radd__(self, other: object) -> "Words":
        return self._both(lambda text, language: text_in(language, other) + text)

    def __mod__(self, values: object) -> "Words":
        """Django's way of filling in an error: `%(name)s` from a mapping, `%s` from a tuple or one value."""
        return self._both(lambda text, language: text % _filling(language, values))


def words(zh: str, en: str) -> Words:
    """The two-language text made of `zh` (first) and `en`; ValueError when either is empty."""
    return Words(zh, en)


def text_in(language: str | None, value: object) -> str:
    """`value` as text in `language`: words in that language, anything else through `str`."""
    return value.in_language(language) if isinstance(value, Words) else str(value)


def _in(language: str, values: tuple[object, ...]) -> list[object]:
    return [value.in_language(language) if isinstance(value, Words) else value for value in values]


def _named(language: str, values: Mapping[str, object]) -> dict[str, object]:
    return dict(zip(values, _in(language, tuple(values.values())), strict=True))


def _filling(language: str, values: object) -> object:
    if isinstance(values, Mapping):
        return _named(language, values)
    if isinstance(values, tuple):
        return tuple(_in(language, values))
    return _in(language, (values,))[0]
