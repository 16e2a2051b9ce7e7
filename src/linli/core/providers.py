# SPDX-License-Identifier: MulanPSL-2.0
"""Providers: who takes a letter off our hands, chosen by configuration: files (the default), an SMTP server, an HTTP gateway for short messages."""

import json
import smtplib
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import UUID

from django.conf import settings

from linli.core import letter_files
from linli.core.wordings import EMAIL, SMS

SECONDS = 15
"""How long one try may take (our choice)."""
MOST_ANSWER = 65_536


@dataclass(frozen=True)
class Outgoing:
    """One letter as a provider gets it: our number, address, title (empty for short messages), text, language."""

    pk: int
    client: UUID
    address: str
    title: str
    text: str
    language: str

    @property
    def values(self) -> dict[str, str]:
        """What the template of a gateway may name."""
        return {"id": str(self.client), "address": self.address, "text": self.text, "title": self.title}


@dataclass(frozen=True)
class Outcome:
    """What became of one try: taken with the provider's number, or not with a sentence that names no address; `is_final` is never tried again."""

    pk: int
    is_taken: bool
    number: str = ""
    trouble: str = ""
    is_final: bool = False


Provider = Callable[[Sequence[Outgoing]], Iterator[Outcome]]
"""Sends letters one after the other and tells of each at once, so that a kill in between repeats as few as possible."""


class Misconfigured(ValueError):
    """A setting of a provider is missing or wrong; the sentence names it."""


def to_files(letters: Sequence[Outgoing]) -> Iterator[Outcome]:
    """Write each letter as a file."""
    for one in letters:
        if one.title:
            content = bytes(letter_files.mail_of(one.client, settings.MAIL_FROM, {"address": one.address, "title": one.title, "text": one.text}, one.language))
        else:
            content = f"To: {one.address}\nId: {one.client}\n\n{one.text}\n".encode()
        try:
            letter_files.put(one.client, ".eml" if one.title else ".txt", content)
        except OSError as error:
            yield Outcome(one.pk, False, trouble=f"file: {error.strerror or type(error).__name__}")
        else:
            yield Outcome(one.pk, True)


def to_smtp(letters: Sequence[Outgoing]) -> Iterator[Outcome]:
    """Hand the letters to the SMTP server in one session; whatever breaks fails the letters that are left."""
    left = list(letters)
    try:
        with _session() as server:
            while left:
                yield _mailed(server, left[0])
                left.pop(0)
    except (OSError, smtplib.SMTPException) as error:
        for one in left:
            yield Outcome(one.pk, False, trouble=f"smtp: {type(error).__name__}")


def _session() -> smtplib.SMTP:
    if not settings.SMTP_HOST:
        raise OSError("LINLI_SMTP_HOST is not set")
    context = ssl.create_default_context()
    if settings.SMTP_SECURITY == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(settings.SMTP_HOST, settings.SMTP_PORT, timeout=SECONDS, context=context)
    else:
        server = smtplib.SMTP(settings.SMTP_HOST, settings.SMTP_PORT, timeout=SECONDS)
        if settings.SMTP_SECURITY == "starttls":
            server.starttls(context=context)
    if settings.SMTP_USER:
        server.login(settings.SMTP_USER, settings.LETTER_SECRETS.get("smtp_password", ""))
    return server


def _mailed(server: smtplib.SMTP, one: Outgoing) -> Outcome:
    try:
        mail = letter_files.mail_of(one.client, settings.MAIL_FROM, {"address": one.address, "title": one.title, "text": one.text}, one.language)
        server.send_message(mail)
    except smtplib.SMTPRecipientsRefused as error:
        code = next(iter(error.recipients.values()))[0] if error.recipients else 0
        return Outcome(one.pk, False, trouble=f"smtp {code}: recipient refused", is_final=500 <= code < 600)
    except smtplib.SMTPResponseException as error:
        return Outcome(one.pk, False, trouble=f"smtp {error.smtp_code}", is_final=500 <= error.smtp_code < 600)
    except ValueError:
        return Outcome(one.pk, False, trouble="smtp: this server takes no such address", is_final=True)
    return Outcome(one.pk, True, number=str(mail["Message-ID"]).strip("<>")[:80])


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A gateway that sends elsewhere is a wrong address: the key does not follow it."""

    def redirect_request(self, *more: Any) -> None:
        """Never."""


def to_gateway(letters: Sequence[Outgoing]) -> Iterator[Outcome]:
    """POST each short message to the configured gateway and read its answer."""
    opener = urllib.request.build_opener(_NoRedirect)
    for one in letters:
        try:
            request = gateway_request(one)
        except Misconfigured as wrong:
            yield Outcome(one.pk, False, trouble=str(wrong)[:200])
            continue
        try:
            with opener.open(request, timeout=settings.SMS_TIMEOUT) as answer:
                yield _understood(one, answer.read(MOST_ANSWER))
        except urllib.error.HTTPError as error:
            yield Outcome(one.pk, False, trouble=f"gateway: HTTP {error.code}")
        except (OSError, HTTPException, ValueError) as error:
            yield Outcome(one.pk, False, trouble=f"gateway: {type(error).__name__}")


def gateway_request(one: Outgoing) -> urllib.request.Request:
    """The request for one short message. Misconfigured names the setting that is missing or wrong."""
    parts = urlsplit(settings.SMS_URL)
    if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        raise Misconfigured("LINLI_SMS_URL must be an https address")
    name, _, value = settings.SMS_HEADER.partition(":")
    headers = {"Content-Type": "application/json" if settings.SMS_TYPE == "json" else "application/x-www-form-urlencoded", "User-Agent": "Linli"}
    if name.strip():
        headers[name.strip()] = value.strip().replace("{key}", settings.LETTER_SECRETS.get("sms_key", ""))
    return urllib.request.Request(settings.SMS_URL, data=body_of(one), headers=headers, method="POST")  # noqa: S310  the scheme is checked above


def body_of(one: Outgoing) -> bytes:
    """The body by its template: values are put in after the template is read, so that no text can break out of its place."""
    values = one.values | {"key": settings.LETTER_SECRETS.get("sms_key", "")}
    if settings.SMS_TYPE == "form":
        return urlencode([(name, _put(value, values)) for name, value in parse_qsl(settings.SMS_BODY, keep_blank_values=True)]).encode()
    try:
        template = json.loads(settings.SMS_BODY)
    except ValueError:
        raise Misconfigured("LINLI_SMS_BODY is not JSON") from None
    return json.dumps(_put(template, values), ensure_ascii=False).encode()


def _put(template: Any, values: Mapping[str, str]) -> Any:
    if isinstance(template, dict):
        return {name: _put(value, values) for name, value in template.items()}
    if isinstance(template, list):
        return [_put(one, values) for one in template]
    if isinstance(template, str):
        return values[template[1:-1]] if template[1:-1] in values and template[:1] + template[-1:] == "{}" else _mixed(template, values)
    return template


def _mixed(template: str, values: Mapping[str, str]) -> str:
    """A template with other signs beside its places, each filled once."""
    made, left = "", template
    while left:
        before, brace, after = left.partition("{")
        name, close, rest = after.partition("}")
        if not brace:
            return made + left
        made, left = (made + before + values[name], rest) if close and name in values else (made + before + brace, after)
    return made


def _understood(one: Outgoing, answer: bytes) -> Outcome:
    """Success is what LINLI_SMS_SUCCESS says (`code=0`: the value at that path of the answer); without it every 2xx."""
    try:
        found = json.loads(answer) if answer.strip() else {}
    except ValueError:
        found = {}
    if settings.SMS_SUCCESS and not matches(found, settings.SMS_SUCCESS):
        return Outcome(one.pk, False, trouble=f"gateway: the answer does not say {settings.SMS_SUCCESS}"[:200])
    number = at_path(found, settings.SMS_NUMBER) if settings.SMS_NUMBER else ""
    return Outcome(one.pk, True, number=str(number if number is not None else "")[:80])


def matches(found: Any, condition: str) -> bool:
    """`path=value`, or `path=one|other`: whether the value at the path is one of these."""
    path, _, wanted = condition.partition("=")
    return str(at_path(found, path)) in wanted.split("|")


def at_path(found: Any, path: str) -> Any:
    """The value at a dotted path (numbers count places of lists); None when there is none."""
    for name in path.split("."):
        if isinstance(found, list) and name.isdecimal() and int(name) < len(found):
            found = found[int(name)]
        elif isinstance(found, dict):
            found = found.get(name)
        else:
            return None
    return found


PROVIDERS: dict[tuple[str, str], Provider] = {
    (SMS, "file"): to_files, (EMAIL, "file"): to_files, (EMAIL, "smtp"): to_smtp, (SMS, "http"): to_gateway}
"""By channel and by the name that the setting gives."""


def chosen(channel: str) -> tuple[str, Provider | None]:
    """Name and provider of a channel; None when it is switched off or named wrongly."""
    name = settings.SMS_PROVIDER if channel == SMS else settings.MAIL_PROVIDER
    return name, PROVIDERS.get((channel, name))
