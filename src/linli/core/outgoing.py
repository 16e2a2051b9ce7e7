# SPDX-License-Identifier: MulanPSL-2.0
"""Asking addresses outside: https only, hosts from a list, no private network, no redirect, little time, few bytes."""

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

CHUNK = 65_536
SECONDS = 20
"""How long one request may take altogether (our choice)."""
LONGEST_URL = 2_000


class Unreachable(Exception):
    """Nothing was fetched; the text says why in a few words and names no person. `is_final` is not worth another try."""

    def __init__(self, why: str, *, is_final: bool = False) -> None:
        super().__init__(why)
        self.is_final = is_final


@dataclass(frozen=True)
class Fetched:
    """What came."""

    content: bytes
    media_type: str


def host_of(url: str) -> str:
    """The host of an https address, in lower case; empty for anything else: other schemes, other ports, names with a password."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    is_plain = parts.scheme == "https" and port in (None, 443) and parts.username is None and parts.password is None
    is_clean = url.isascii() and url.isprintable() and " " not in url and len(url) <= LONGEST_URL
    return (parts.hostname or "").lower().rstrip(".") if is_plain and is_clean else ""


def is_listed(url: str, hosts: Collection[str]) -> bool:
    """True if the address may be asked: its host stands on the list, letter for letter."""
    return bool(host := host_of(url)) and host in hosts


def fetch(url: str, *, hosts: Collection[str], most: int, seconds: float = SECONDS, types: Collection[str] = ()) -> Fetched:
    """GET an address. Unreachable when it is not on the list, resolves to a private network, redirects, is too slow, too large or of another type.

    The connection goes to the very address that was checked: asking the name again could lead elsewhere.
    """
    if not is_listed(url, hosts):
        raise Unreachable("host is not on the list", is_final=True)
    end, parts = time.monotonic() + seconds, urlsplit(url)
    connection = _Pinned(host_of(url), public_address(host_of(url)), seconds)
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("GET", path, headers={"User-Agent": "Linli", "Accept": ", ".join(types) or "*/*", "Accept-Encoding": "identity"})
        answer = connection.getresponse()
        if answer.status != 200:
            raise Unreachable(f"HTTP {answer.status}", is_final=300 <= answer.status < 500 and answer.status not in (408, 425, 429))
        found = answer.headers.get_content_type()
        if types and found not in types:
            raise Unreachable(f"type {found[:60]}", is_final=True)
        return Fetched(_read(answer, most, end), found)
    except (OSError, http.client.HTTPException) as error:
        raise Unreachable(type(error).__name__) from error
    finally:
        connection.close()


def _read(answer: http.client.HTTPResponse, most: int, end: float) -> bytes:
    held: list[bytes] = []
    size = 0
    while chunk := answer.read1(CHUNK):
        size += len(chunk)
        if size > most:
            raise Unreachable(f"more than {most} bytes", is_final=True)
        if time.monotonic() > end:
            raise Unreachable("too slow")
        held.append(chunk)
    if answer.length:
        raise Unreachable("cut off")
    return b"".join(held)


def public_address(host: str) -> str:
    """An address of the host. Unreachable when it has none, or when any of its addresses lies in a network that is not public."""
    try:
        found = socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable("name not found") from error
    addresses = [str(one[4][0]) for one in found]
    if not addresses or not all(is_public(one) for one in addresses):
        raise Unreachable("not a public address", is_final=True)
    return addresses[0]


def is_public(address: str) -> bool:
    """True for an address of the public internet; false for loopback, private, link-local, multicast, reserved and mapped ones."""
    try:
        one = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return False
    if isinstance(one, ipaddress.IPv6Address):
        inner = one.ipv4_mapped or one.sixtofour or (one.teredo[1] if one.teredo else None)
        if inner is not None:
            return False
        if one in ipaddress.ip_network("64:ff9b::/96"):
            return False
    return one.is_global and not one.is_multicast


class _Pinned(http.client.HTTPSConnection):
    """A connection to a checked address, with the certificate of the host's name."""

    def __init__(self, host: str, address: str, seconds: float) -> None:
        super().__init__(host, timeout=seconds, context=ssl.create_default_context())
        self._address, self._seconds = address, seconds

    def connect(self) -> None:
        """Connect to the checked address, never to what the name says now."""
        plain = socket.create_connection((self._address, 443), self._seconds)
        try:
            self.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise
