"""A mail before it is sent: its fields, its addresses, its message.

Addresses are read as javax.mail 1.5.6 does (InternetAddress), lists of them as Mailgun does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mockmail.core.errors import MockMailError
from mockmail.core.mail.addresses import ascii_domain
from mockmail.core.mail.compose import Draft, Mailbox, NotAnAddress, compose, header_address
from mockmail.core.mail.outgoing import Outgoing
from mockmail.core.world import World

Recipients = Sequence[tuple[Mailbox, ...]]
"""The mailboxes of to, cc and bcc."""

MAX_ADDRESS = 1000
MAX_LIST = 250_000

_QUOTE = r'"(?:[^"\\]|\\.)*+(?:"|(?P<unclosed>\\?\Z))'
_PART = re.compile(rf'(?:[^,"<(]|{_QUOTE}|<[^>]*+>?|\((?:[^)\\]|\\.)*+\\?\)?)++', re.DOTALL)
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_DOTS = {r"^\.": "starts with dot", r"\.\Z": "ends with dot", r"\.\.": "contains dot-dot"}
_LOCAL_ERRORS = {
    r"[^!-~]": "contains control or whitespace",
    r'[()<>@,;:\\"\[\]]': "contains illegal character",
    **_DOTS,
}
_DOMAIN_ERRORS = {r"[\0- \x7f]": "contains control or whitespace", r"[^\w.-]|_": "contains illegal character", **_DOTS}


@dataclass(slots=True, kw_only=True)
class Mail:
    """The fields of a form or of a rendered template. None: the field is missing."""

    sender: str | None = None
    to: tuple[str, ...] | None = None
    cc: tuple[str, ...] | None = None
    bcc: tuple[str, ...] | None = None
    subject: str | None = None
    text: str | None = None
    html: str | None = None


class BadAddress(MockMailError, ValueError):
    """Raised for a text that is not an address. reason: the words of javax.mail."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(f"{reason} in string ``{text}''")
        self.reason = reason


def compose_message(
    world: World, mail: Mail, sender: Mailbox, recipients: Recipients, message_id: str, *, mixed: bool = False
) -> Outgoing:
    """Return the message and its envelope; recipients of blind copies are in the envelope only.

    mixed: whether a single body is put into multipart/mixed. Raise HeadTooLong.
    """
    to, cc, bcc = recipients
    draft = Draft(
        sender=sender,
        to=to,
        cc=cc,
        subject=mail.subject,
        text=mail.text or None,
        html=mail.html or None,
        message_id=message_id,
        mixed=mixed,
    )
    addresses = tuple(dict.fromkeys(mailbox.address for mailbox in (*to, *cc, *bcc)))
    return Outgoing(sender=sender.address, recipients=addresses, raw=compose(world, draft))


def parse_address(text: str) -> Mailbox:
    """Return the mailbox in a text that must have exactly one. Raise BadAddress."""
    found = _split(text)
    if len(found) != 1:
        raise BadAddress("Illegal address", text)
    return _mailbox(found[0])


def parse_addresses(text: str) -> tuple[Mailbox, ...]:
    """Return the mailboxes in a text, which are separated by commas. Raise BadAddress."""
    return tuple(_mailbox(part) for part in _split(text))


def _split(text: str) -> list[str]:
    # Commas in quotes, brackets and comments do not count; blank parts are left out.
    if len(text) > MAX_LIST:
        raise BadAddress("Address too long", text[:MAX_ADDRESS])
    parts = list(_PART.finditer(text))
    if parts and parts[-1]["unclosed"] is not None:
        raise BadAddress("Missing '\"'", text[:MAX_ADDRESS])
    return [part.group() for part in parts if part.group().strip()]


def _mailbox(text: str) -> Mailbox:
    name, address = "", text.strip()
    if address.endswith(">") and "<" in address:
        name, _, address = address[:-1].rpartition("<")
        name, address = _unquoted(name.strip()), address.strip()
    local, at, domain = address.rpartition("@")
    if len(address) > MAX_ADDRESS:
        raise BadAddress("Address too long", text[:MAX_ADDRESS])
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
        quoted = _QUOTED.match(local)
        if quoted is None:
            raise BadAddress("Quote not at start of local address", text)
        if quoted.end() < len(local):
            raise BadAddress("Quote not at end of local address", text)
        return
    _check(local, "Local address", _LOCAL_ERRORS, text)


def _ascii_domain(domain: str, text: str) -> str:
    if not domain:
        raise BadAddress("Missing domain", text)
    _check(domain, "Domain", _DOMAIN_ERRORS, text)
    try:
        return ascii_domain(domain)
    except UnicodeError as error:
        raise BadAddress("Domain contains illegal character", text) from error


def _check(part: str, name: str, errors: Mapping[str, str], text: str) -> None:
    for pattern, error in errors.items():
        if re.search(pattern, part):
            raise BadAddress(f"{name} {error}", text)


def _unquoted(name: str) -> str:
    if len(name) > 1 and name.startswith('"') and name.endswith('"'):
        return name[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    return name
