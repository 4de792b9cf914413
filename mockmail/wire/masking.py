"""Show requests and their responses with secrets masked.

The journal keeps requests as they were sent. The control API, the console and failure messages mask them by the
operation that was called: see `Operation.secrets`. A request costs nothing until somebody looks at it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from html import escape
from typing import Any
from urllib.parse import quote, unquote_plus

from mockmail.core.charsets import in_charset
from mockmail.core.journal import Exchange
from mockmail.core.masking_rules import MASK, MaskingRules, looks_secret, masked_path
from mockmail.core.registry import Registry
from mockmail.core.request_content import read_params
from mockmail.wire.headers import charset_of
from mockmail.wire.secret_values import (
    Unreadable,
    Value,
    form_values,
    is_plain,
    json_values,
    multipart_values,
    xml_values,
)

WITHHELD = f"{MASK} (not shown: it cannot be decoded, and it may contain secrets)"
WITH_ECHO = f"{MASK} (not shown: it repeats secrets of the request)"

SHORTEST_ECHO = 4
"""The fewest characters of a secret that are looked for in the response: a shorter one is in other words too."""
SHORTEST_CREDENTIAL = 8
"""The fewest characters of a part of an Authorization header that are looked for; `Bearer` is shorter."""
MOST_ECHOES = 40
"""The most secrets of a request that are looked for in the response; with more of them, the response is not shown."""
LONGEST_PIECE = 24
"""The characters of a secret that may not be in the response even if the rest is cut off."""

SHOWN_HEADERS = frozenset({
    "accept", "accept-charset", "accept-encoding", "accept-language", "allow", "cache-control",
    "connection", "content-disposition", "content-encoding", "content-language", "content-length",
    "content-type", "date", "etag", "expect", "expires", "host", "if-match", "if-modified-since",
    "if-none-match", "last-modified", "origin", "retry-after", "sec-fetch-dest", "sec-fetch-mode",
    "sec-fetch-site", "server", "transfer-encoding", "upgrade", "user-agent", "vary", "via",
    "x-error-message", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto",
    "x-mockmail-sandbox", "x-request-id",
})  # fmt: skip
"""The headers whose values are shown. Any other header may contain a secret."""

FORM = "application/x-www-form-urlencoded"
_JSON = re.compile(r"(?:application|text)/(?:[\w.-]+\+)?json")
_XML = re.compile(r"(?:application|text)/(?:[\w.-]+\+)?xml")


class Masking:
    """Masks the exchanges of a server's journals, by the operations of its vendors."""

    def __init__(self, vendors: Registry) -> None:
        self._vendors = vendors
        self._rules: dict[tuple[str | None, str | None], MaskingRules] = {}

    def __call__(self, exchange: Exchange) -> MaskedExchange:
        """Return a view of an exchange without its secrets."""
        called = exchange.vendor, exchange.operation
        if called not in self._rules:
            self._rules[called] = self._rules_for(*called)
        return MaskedExchange(exchange, self._rules[called])

    def _rules_for(self, vendor_name: str | None, operation_name: str | None) -> MaskingRules:
        vendor = None if vendor_name is None else self._vendors.get(vendor_name)
        operations = vendor.operations if vendor is not None and vendor.is_usable else ()
        called = next((operation for operation in operations if operation.name == operation_name), None)
        return MaskingRules.of_unknown(operations) if called is None else MaskingRules.of_operation(called)


class MaskedExchange:
    """One request and its response, as text, with the values of secrets replaced by `***`."""

    def __init__(self, exchange: Exchange, rules: MaskingRules) -> None:
        self._exchange = exchange
        self._rules = rules.at(exchange.path)

    @property
    def path(self) -> str:
        """Return the path."""
        return self._path_and_secrets[0]

    @property
    def query(self) -> str:
        """Return the query."""
        return _replaced(self._exchange.query, self._query_values)

    @property
    def nearest(self) -> list[str]:
        """Return the nearest operations, whose reasons may repeat a part of the path."""
        return [_without(text, self._path_and_secrets[1]) for text in self._exchange.nearest]

    @property
    def crash(self) -> str | None:
        """Return the traceback of a crash, whose message may repeat a secret."""
        return None if self._exchange.crash is None else self._without_echoes(self._exchange.crash)

    @property
    def refusal(self) -> str | None:
        """Return why the request was refused, which may repeat a secret."""
        return None if self._exchange.refusal is None else self._without_echoes(self._exchange.refusal)

    @property
    def params(self) -> dict[str, Any]:
        """Return the parameters of the request, without those of a body that is not shown."""
        text = self.request_body
        values = {
            name: MASK if self._rules.is_secret(name) else masked_path(value, self._rules)[0]
            for name, value in self._exchange.path_values.items()
        }
        return read_params(
            path=self.path,
            path_values=values,
            query=self.query,
            content_type=self._exchange.content_type,
            body=b"" if text == WITHHELD else text.encode("utf-8", "surrogatepass"),
        )

    @property
    def request_headers(self) -> list[list[str]]:
        """Return the headers of the request."""
        return [[str(name), shown_header(name, value)] for name, value in self._exchange.request_headers.items()]

    @property
    def response_headers(self) -> list[list[str]]:
        """Return the headers of the response."""
        return [
            [name, self._without_echoes(shown_header(name, value))] for name, value in self._exchange.response_headers
        ]

    @property
    def request_body(self) -> str:
        """Return the body of the request; WITHHELD if it may contain secrets that cannot be found."""
        text, values = self._request
        return WITHHELD if values is None else _replaced(text, values)

    @property
    def response_body(self) -> str:
        """Return the body of the response, also without the request's secrets that it repeats."""
        content_type = _header(self._exchange.response_headers, "content-type")
        is_whole = self._rules.is_whole and self._exchange.method in ("GET", "HEAD")
        rules = replace(self._rules, is_whole=is_whole)
        text, values = _find(self._exchange.response_body, content_type, rules)
        if values is None and not content_type.startswith("text/plain"):
            return WITHHELD
        return self._without_echoes(_replaced(text, values or []))

    @cached_property
    def _path_and_secrets(self) -> tuple[str, list[str]]:
        return masked_path(self._exchange.path, self._rules)

    @cached_property
    def _query_values(self) -> list[Value]:
        return list(form_values(self._exchange.query, self._rules))

    @cached_property
    def _request(self) -> tuple[str, list[Value] | None]:
        content_type = _header(self._exchange.request_headers.items(), "content-type")
        return _find(self._exchange.request_body, content_type, self._rules)

    @cached_property
    def _sent(self) -> list[str]:
        """Return the secrets of the request, as they were sent and decoded; the whole body if it is withheld."""
        text, values = self._request
        sent = [*self._path_and_secrets[1], *_credentials(self._exchange.request_headers.items())]
        if values is None:
            sent += [text.strip(), self._exchange.request_body.decode("latin-1").strip()]
        else:
            sent += _spellings_in(text, values)
        return [*sent, *_spellings_in(self._exchange.query, self._query_values)]

    def _without_echoes(self, text: str) -> str:
        return _without(text, self._sent)


def shown_header(name: str, value: str) -> str:
    """Return the value of a header, masked unless headers with this name never contain a secret."""
    return value if name.lower() in SHOWN_HEADERS else MASK


def _find(body: bytes, content_type: str, rules: MaskingRules) -> tuple[str, list[Value] | None]:
    """Return the text of a body and the secrets in it; None for a body that is not shown."""
    text = _decoded(body, content_type)
    if not text.strip("\ufeff \t\r\n"):
        return text, []
    found: list[Value] = []
    for read in _readers(text, content_type, rules):
        try:
            found += read(text)
        except Unreadable:
            if rules.is_whole:
                return text, [Value(0, len(text), text.strip())]
            if rules.masks_unreadable:
                return text, None
    return text, found


def _readers(text: str, content_type: str, rules: MaskingRules) -> Iterator[Callable[[str], Iterator[Value]]]:
    """Return the readers of a body: for the format of its Content-Type, and for the format that it looks like.

    Clients often send the wrong Content-Type, and some vendors ignore it.
    """
    # A body that is perhaps in none of the formats is also given to `_unreadable`, so that it is not shown.
    media_type = content_type.partition(";")[0].strip().lower()
    first = text.lstrip("\ufeff \t\r\n")[:1]
    is_json = first in ("{", "[", '"', "'") or _JSON.fullmatch(media_type) is not None or is_plain(text)
    if is_json or rules.is_whole:
        yield lambda text: json_values(text, rules)
    if rules.is_whole:
        return
    if first == "<" or _XML.fullmatch(media_type):
        yield lambda text: xml_values(text, rules)
    elif media_type.startswith("multipart/"):
        yield lambda text: multipart_values(text, content_type, rules)
    elif media_type == FORM or not is_json or (not media_type and rules.masks_unreadable):
        yield lambda text: form_values(text, rules)
        if not is_json and (media_type not in ("", FORM) or "=" not in text or "content-disposition" in text.lower()):
            yield _unreadable
    if "\0" in text:
        yield _unreadable


def _unreadable(_: str) -> Iterator[Value]:
    raise Unreadable("neither a form, nor JSON, nor XML")


def _decoded(body: bytes, content_type: str) -> str:
    charset = charset_of(content_type) or "utf-8"
    try:
        return in_charset(body, "utf-16" if charset == "unicode" else charset)
    except (LookupError, ValueError):
        return body.decode("utf-8", "replace")


def _header(headers: Iterable[tuple[str, str]], name: str) -> str:
    return next((value for key, value in headers if key.lower() == name), "")


def _credentials(headers: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Return the values of the headers that authenticate, and their longer parts."""
    for name, value in headers:
        if name.lower() == "cookie":
            yield from (cookie.partition("=")[2].strip() for cookie in value.split(";"))
        elif looks_secret(name):
            yield from (part for part in (value, *value.split()) if len(part) >= SHORTEST_CREDENTIAL)


def _replaced(text: str, values: list[Value]) -> str:
    """Return a text with values masked; they may overlap."""
    parts, end = [], 0
    for start, stop, _ in sorted(values):
        if start >= end:
            parts += [text[end:start], MASK]
        end = max(end, stop)
    return "".join((*parts, text[end:]))


def _spellings_in(text: str, values: Iterable[Value]) -> Iterator[str]:
    for start, end, decoded in values:
        yield text[start:end]
        yield decoded


def _without(text: str, secrets: Iterable[str]) -> str:
    """Return a text without secrets in it, in any of the usual spellings."""
    sought = {secret for secret in secrets if len(secret) >= SHORTEST_ECHO and secret != MASK}
    if not sought or not text:
        return text
    if len(sought) > MOST_ECHOES:
        return WITH_ECHO
    for secret in sorted(sought, key=len, reverse=True):
        for spelling in _spellings_of(secret):
            text = text.replace(spelling, MASK)
        if len(secret) > LONGEST_PIECE and any(piece in text for piece in _spellings_of(secret[:LONGEST_PIECE])):
            return WITH_ECHO
    return text


def _spellings_of(secret: str) -> list[str]:
    decoded = unquote_plus(secret)
    texts = {secret, decoded, secret.encode("utf-8", "replace").decode("latin-1")}
    for text in list(texts):
        quoted = (json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1], repr(text)[1:-1])
        texts |= {*quoted, escape(text), escape(text, quote=False), quote(text, safe="")}
    texts |= {text.replace("/", "\\/") for text in texts}
    return sorted((text for text in texts if len(text) >= SHORTEST_ECHO), key=len, reverse=True)
