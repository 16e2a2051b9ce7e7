# SPDX-License-Identifier: MulanPSL-2.0
"""Passwords: what is too weak, one-time passwords, and a check that takes as long for an unknown name as for a known one."""

import secrets
from functools import lru_cache

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import CommonPasswordValidator

from linli.core.words import Words, words

SHORTEST = 10
"""Characters. Source: our choice, above the 8 that GB/T 22239-2019 assessments usually ask for."""
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""No sign that is read for another one (0 o, 1 l i)."""
TOO_SHORT = words("密码至少要有 {least} 个字符，现在有 {found} 个。", "A password needs at least {least} characters; this one has {found}.")
TOO_COMMON = words("这个密码太常见，很容易被猜到，请换一个。", "This password is too common and easily guessed. Please choose another.")
TOO_ALIKE = words("密码里不要包含用户名或姓名。", "The password must not contain the user name or the person's name.")
TOO_PLAIN = words("密码里不同的字符太少，请混合使用字母、数字和符号。", "The password uses too few different characters. Mix letters, digits and signs.")


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    return frozenset(CommonPasswordValidator().passwords)


def weakness(password: str, *known: str) -> Words | None:
    """The sentence that says why the password is too weak; None when it will do. `known` are the account's names."""
    if len(password) < SHORTEST:
        return TOO_SHORT.format(least=SHORTEST, found=len(password))
    lowered = password.lower()
    if lowered in _common():
        return TOO_COMMON
    if any(name and name.lower() in lowered for name in known):
        return TOO_ALIKE
    return TOO_PLAIN if len(set(lowered)) < 5 else None


def one_time_password() -> str:
    """Four groups of four letters: about 79 random bits."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))


def hashed(password: str) -> str:
    """The stored form, by the first hasher of the settings."""
    return make_password(password)


@lru_cache(maxsize=1)
def _nobody() -> str:
    return make_password("nobody has this password")


def is_right(password: str, stored: str | None) -> bool:
    """True if it is the password. For an unknown account (None) the same work is done and the answer is False."""
    right = check_password(password, stored or _nobody())
    return right and stored is not None
