# SPDX-License-Identifier: MulanPSL-2.0
"""The installation's keyring, read once from the secret file."""

from functools import lru_cache

from django.conf import settings

from linli.core.protection import Keyring


@lru_cache(maxsize=1)
def keyring() -> Keyring:
    """The keys of this installation; ValueError with a sentence when the secret file is wrong."""
    return Keyring.from_secrets(settings.KEYS, settings.KEYS["suite"])
