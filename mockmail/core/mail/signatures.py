"""Verify the DKIM-Signature of a message with a key that a test gives. Nothing is looked up in the DNS."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from mockmail.core.errors import InvalidValue
from mockmail.core.mail.mime import end_of_head

if TYPE_CHECKING:
    from mockmail.core.mail.message import Message

LONGEST_KEY = 10_000
"""The longest public key, in characters."""

LONGEST_HEAD = 64 << 10
"""The bytes of headers of a message whose signature is verified: dkimpy takes quadratic time for folded lines."""

MOST_SIGNATURES = 10

INSTALL = "DKIM is not checked, because dkimpy is not installed: pip install 'mockmail[dkim]'."

_PEM = re.compile(r"\s*-----BEGIN (?:RSA )?PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END (?:RSA )?PUBLIC KEY-----\s*")
_BLANKS = re.compile(rb"[ \t]{200}")
_BLANKS_OF_HEADERS = re.compile(rb"\s{200}")


def check_signature(message: Message, key: str) -> str | None:
    """Return why no DKIM-Signature of a message fits the key; None if one does.

    key: see `Message.checks`. Raise InvalidValue for a text that is not a key.
    """
    record = _record(key)
    if "DKIM-Signature" not in message.headers:
        return "There is no DKIM-Signature header."
    if _is_slow_to_verify(message.raw):
        return f"DKIM is not checked: the headers have more than {LONGEST_HEAD} bytes, or 200 blanks stand in a row."
    try:
        import dkim
    except ModuleNotFoundError:
        return INSTALL

    def find_key(name: bytes, *, timeout: int = 0) -> bytes:
        return record

    failures: list[str] = []
    for number in range(len(message.headers.undecoded("DKIM-Signature"))):
        if number == MOST_SIGNATURES:
            break
        try:
            if dkim.DKIM(message.raw, minkey=512).verify(idx=number, dnsfunc=find_key):
                return None
            failures.append("the signature does not fit the message or the key")
        except (dkim.DKIMException, ValueError, LookupError, TypeError) as error:
            failures.append(str(error)[:200] or type(error).__name__)
    return f"The DKIM-Signature does not verify: {'; '.join(dict.fromkeys(failures))}."


def _is_slow_to_verify(raw: bytes) -> bool:
    # dkimpy removes blanks in quadratic time.
    end = end_of_head(raw, 0, len(raw))
    return end > LONGEST_HEAD or bool(_BLANKS.search(raw) or _BLANKS_OF_HEADERS.search(raw, 0, end))


def _record(key: str) -> bytes:
    if len(key) <= LONGEST_KEY:
        if found := _PEM.fullmatch(key):
            return b"v=DKIM1; k=rsa; p=" + "".join(found[1].split()).encode()
        tags = _tags(key)
        if _is_base64(tags.get("p", "")):
            return key.strip().encode("ascii", "replace")
    raise InvalidValue(
        f"dkim_key must be a public key as PEM (-----BEGIN PUBLIC KEY-----) or as the text of its DNS record "
        f"(v=DKIM1; k=rsa; p=...), of at most {LONGEST_KEY} characters, not {key[:60]!r}"
    )


def _tags(record: str) -> Mapping[str, str]:
    pairs = (tag.partition("=") for tag in record.split(";"))
    return {name.strip(): "".join(value.split()) for name, _, value in pairs}


def _is_base64(text: str) -> bool:
    try:
        return bool(base64.b64decode(text, validate=True))
    except ValueError:
        return False
