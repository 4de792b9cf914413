"""Mask secrets in requests and responses before they are shown."""

from __future__ import annotations

import re
from collections.abc import Iterable

MASK = "***"

# The headers whose values are shown. Any other header may contain a secret.
_SHOWN = frozenset({
    "accept", "accept-charset", "accept-encoding", "accept-language", "allow", "cache-control",
    "connection", "content-disposition", "content-encoding", "content-language", "content-length",
    "content-type", "date", "etag", "expect", "expires", "host", "if-match", "if-modified-since",
    "if-none-match", "last-modified", "origin", "retry-after", "sec-fetch-dest", "sec-fetch-mode",
    "sec-fetch-site", "server", "transfer-encoding", "upgrade", "user-agent", "vary", "via",
    "x-error-message", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto",
    "x-mockmail-sandbox", "x-request-id",
})  # fmt: skip

# These patterns are compiled on first use, because compiling them takes a good part of a server's start.
# Every repetition is bounded or can match in only one way, so that no body causes quadratic time.
_AROUND = rb"[\w.\[\]%-]{0,64}"
_SECRET = rb"(?:passw(?:or)?d|passphrase|secret|token|signature|credential|api_?key|session|\bkey\b)"
_NAME = _AROUND + _SECRET + _AROUND
_FIELD = rb"(?:^|[&?\s])" + _NAME + rb"="
_FORM = rb"(%b\")[^\"<>]*|(%b')[^'<>]*|(%b)[^&\s]*" % (_FIELD, _FIELD, _FIELD)
_COLON = rb"[\"']\s{0,9}:\s{0,9}"
# "password":
_MEMBER = rb"[\"']" + _NAME + _COLON
# "password": 12
_NUMBER = rb"([\"']" + _AROUND + _SECRET + _COLON + rb")-?[0-9][\w.+-]{0,40}"
_JSON = rb"(%b\")(?:[^\"\\]|\\.)*|(%b')(?:[^'\\]|\\.)*|%b" % (_MEMBER, _MEMBER, _NUMBER)
_CDATA = rb"<!\[CDATA\[(?s:.*?)(?:\]\]>|\Z)"
_XML = rb"(<(?:\w{1,64}:)?" + _NAME + rb"(?:\s[^<>]{0,500})?>)(?:" + _CDATA + rb"|[^<]+)"
# The lines after a part's Content-Disposition, to the empty line before its value.
_HEAD = rb"[^\r\n]{0,200}\r?\n(?:[^\r\n]{1,200}\r?\n){0,9}\r?\n"
# name="password" and its value
_PART = rb"(name=\"?" + _NAME + rb"\"?" + _HEAD + rb")[^\r\n]*"

# In a path of names and values (`/username/joe/password/secret`), the segment after the name of a secret.
_SEGMENT = re.compile(r"(/(?:\w{0,32}passw(?:or)?d|passphrase|secret|token)/)[^/]+", re.IGNORECASE)


def headers(pairs: Iterable[tuple[str, str]]) -> list[list[str]]:
    """Return headers with the values of those that may contain a secret masked."""
    return [[name, value if name.lower() in _SHOWN else MASK] for name, value in pairs]


def body(content: bytes) -> bytes:
    """Return a body with the values of secret fields masked, in forms, JSON, XML and multipart."""
    for pattern in (_PART, _FORM, _JSON, _XML):
        content = re.sub(pattern, _masked, content, flags=re.IGNORECASE)
    return content


def path(text: str) -> str:
    """Return a path of names and values with the values of secret names masked."""
    return _SEGMENT.sub(rf"\g<1>{MASK}", text)


def query(text: str) -> str:
    """Return a query string with the values of secret fields masked."""
    masked = re.sub(_FORM, _masked, text.encode("utf-8", "replace"), flags=re.IGNORECASE)
    return masked.decode("utf-8", "replace")


def _masked(found: re.Match[bytes]) -> bytes:
    return b"".join(part for part in found.groups() if part is not None) + MASK.encode()
