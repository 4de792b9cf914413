"""Addresses as javax.mail 1.5.6 reads them (InternetAddress), and lists of them as Mailgun does."""

from __future__ import annotations

import re
from functools import lru_cache

from mockmail.core.errors import MockMailError
from mockmail.core.mail.addresses import ascii_domain
from mockmail.core.mail.compose import Mailbox, NotAnAddress, header_address

_SPECIAL = '()<>@,;:\\"[]'
_PAIRS = {'"': '"', "<": ">", "(": ")"}
_LONGEST = 1000
_LONGEST_LIST = 250_000
_LONGEST_ORDINARY = 200
_ATEXT = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_PLAIN = rf"{_ATEXT}(?:\.{_ATEXT})*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*"
_ORDINARY = re.compile(rf"(?:([A-Za-z0-9 ]+) <({_PLAIN})>|({_PLAIN}))")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)


class BadAddress(MockMailError, ValueError):
    """A text that is no address. reason: javax.mail's words for why."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(f"{reason} in string ``{text}''")
        self.reason = reason
        self.text = text


def one(text: str) -> Mailbox:
    """The one address that a text must be. Raises BadAddress."""
    ordinary = _ordinary(text)
    if ordinary is not None:
        return ordinary
    found = _split(text)
    if len(found) != 1:
        raise BadAddress("Illegal address", text)
    return _mailbox(found[0])


def several(text: str) -> list[Mailbox]:
    """The addresses that a text lists, commas between them. Raises BadAddress."""
    ordinary = _ordinary(text)
    if ordinary is not None:
        return [ordinary]
    return [_mailbox(part) for part in _split(text)]


def _ordinary(text: str) -> Mailbox | None:
    """The mailbox that a text is, where it is one of those that most are: what else finds out, soon found."""
    return _read(text) if len(text) <= _LONGEST_ORDINARY and "=?" not in text else None


@lru_cache(maxsize=256)
def _read(text: str) -> Mailbox | None:
    found = _ORDINARY.fullmatch(text)
    return Mailbox(found[2] or found[3], (found[1] or "").strip()) if found else None


def _split(text: str) -> list[str]:
    """The parts between the commas that stand in no quotes, brackets or comments; blank ones are none.

    Raises BadAddress.
    """
    if len(text) > _LONGEST_LIST:
        raise BadAddress("Address too long", text[:_LONGEST])
    parts, begun, closing, escaped = [], 0, "", False
    for at, sign in enumerate(text):
        if escaped:
            escaped = False
        elif sign == "\\" and closing in ('"', ")"):
            escaped = True
        elif closing:
            closing = "" if sign == closing else closing
        elif sign in _PAIRS:
            closing = _PAIRS[sign]
        elif sign == ",":
            parts.append(text[begun:at])
            begun = at + 1
    parts.append(text[begun:])
    if closing == '"':
        raise BadAddress("Missing '\"'", text[:_LONGEST])
    return [part for part in parts if part.strip()]


def _mailbox(text: str) -> Mailbox:
    """A mailbox: an address, perhaps in angle brackets behind a name."""
    name, address = "", text.strip()
    if address.endswith(">") and "<" in address:
        name, _, address = address[:-1].rpartition("<")
        name, address = _unquoted(name.strip()), address.strip()
    local, at, domain = address.rpartition("@")
    if len(address) > _LONGEST:
        raise BadAddress("Address too long", text[:_LONGEST])
    if not at:
        raise BadAddress("Missing final '@domain'", text)
    _check_local(local, text)
    mailbox = Mailbox(f"{local}@{_ascii_domain(domain, text)}", name)
    try:
        header_address(mailbox)
    except NotAnAddress as error:
        raise BadAddress("Illegal address", text) from error
    return mailbox


def _check_local(local: str, text: str) -> None:
    if not local:
        raise BadAddress("Missing local name", text)
    if '"' in local:
        _check_quotes(local, text)
        return
    if any(sign <= " " or sign >= "\x7f" for sign in local):
        raise BadAddress("Local address contains control or whitespace", text)
    if any(sign in _SPECIAL for sign in local):
        raise BadAddress("Local address contains illegal character", text)
    _check_dots(local, "Local address", text)


def _check_quotes(local: str, text: str) -> None:
    """A quoted local part is quoted from its start to its end."""
    quoted = _QUOTED.match(local)
    if quoted is None:
        raise BadAddress("Quote not at start of local address", text)
    if quoted.end() < len(local):
        raise BadAddress("Quote not at end of local address", text)


def _ascii_domain(domain: str, text: str) -> str:
    """A domain as DNS has it. Raises BadAddress."""
    if not domain:
        raise BadAddress("Missing domain", text)
    if any(sign <= " " or sign == "\x7f" for sign in domain):
        raise BadAddress("Domain contains control or whitespace", text)
    if not all(sign.isalnum() or sign in "-." for sign in domain):
        raise BadAddress("Domain contains illegal character", text)
    _check_dots(domain, "Domain", text)
    try:
        return ascii_domain(domain)
    except UnicodeError as error:
        raise BadAddress("Domain contains illegal character", text) from error


def _check_dots(text: str, what: str, whole: str) -> None:
    if text.startswith("."):
        raise BadAddress(f"{what} starts with dot", whole)
    if text.endswith("."):
        raise BadAddress(f"{what} ends with dot", whole)
    if ".." in text:
        raise BadAddress(f"{what} contains dot-dot", whole)


def _unquoted(name: str) -> str:
    if len(name) > 1 and name.startswith('"') and name.endswith('"'):
        return name[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    return name
