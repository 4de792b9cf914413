"""Mailgun, as SpaceDog's answers show it: its status is the answer's, its words stand in `mailgun`.

Mailgun's own texts are assumed (docs/wire/spacedog.md 10).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from mockmail.core.mail.compose import HeadTooLong, Mailbox
from mockmail.core.mail.outgoing import Outcome, Send
from mockmail.core.vendor import Call
from mockmail.core.world import World
from mockmail.vendors.spacedog import addresses
from mockmail.vendors.spacedog.access import Caller
from mockmail.vendors.spacedog.addresses import BadAddress
from mockmail.vendors.spacedog.answer import Answer
from mockmail.vendors.spacedog.errors import IllegalArgument, ServerFailure
from mockmail.vendors.spacedog.options import Options
from mockmail.vendors.spacedog.outgoing import Mail, Recipients, message
from mockmail.vendors.spacedog.records import VENDOR, MailgunDomain

_DOMAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")


@dataclass(frozen=True, slots=True)
class Account:
    """A Mailgun account. platform: whether it is the platform's own, which always works."""

    domain: str | None
    key: str | None = None
    platform: bool = False


class Refused(Exception):
    """Mailgun's refusal. status, said: its answer."""

    def __init__(self, status: int, said: Any) -> None:
        super().__init__(said)
        self.status = status
        self.said = said


def send(call: Call[Caller, Options], account: Account, mail: Mail) -> Send | Answer:
    """Hand a mail over to Mailgun.

    Raises IllegalArgument for a key, a sender or a subject that is missing, ServerFailure for a domain that is.
    """
    if account.key is None and not account.platform:
        raise IllegalArgument("[password] is null")  # the key is the password of its HTTP Basic
    for name, value in (("from", mail.sender), ("subject", mail.subject)):
        if value is None:
            raise IllegalArgument(f"[form field {name}] is null")
    if account.domain is None:
        raise ServerFailure("", "java.lang.NullPointerException")  # as it is written into Mailgun's address
    try:
        return _accepted(call, account, mail)
    except Refused as refusal:
        return _answer(refusal.status, refusal.said)
    except HeadTooLong:
        return _answer(400, {"message": "message headers are too large"})


def _accepted(call: Call[Caller, Options], account: Account, mail: Mail) -> Send:
    domain = _checked_domain(call.world, call.options, account)
    sender = _listed(mail.sender, "from")
    recipients = Recipients(to=_listed(_last(mail.to), "to"), cc=_copies(mail.cc, "cc"), bcc=_copies(mail.bcc, "bcc"))
    if not mail.text and not mail.html:
        raise Refused(400, {"message": "Need at least one of 'text' or 'html' parameters specified"})
    message_id = _message_id(call.world, domain)

    def then(outcome: Outcome) -> Answer:
        if outcome.failure is not None:
            return _answer(400, {"message": outcome.failure.text})
        return _answer(200, {"id": message_id, "message": "Queued. Thank you."})

    return Send(message=message(call.world, mail, sender[0], recipients, message_id), then=then)


def _message_id(world: World, domain: str) -> str:
    """`<date.number.number@domain>`."""
    first, second = (world.ids.number(10_000, 99_999) for _ in range(2))
    return f"<{_digits(int(world.clock.timestamp()))}.{first}.{second}@{domain}>"


@lru_cache(maxsize=16)
def _digits(second: int) -> str:
    """A moment, in seconds since 1970, in digits; many messages of one second have the same."""
    return f"{datetime.fromtimestamp(second, UTC):%Y%m%d%H%M%S}"


def _checked_domain(world: World, options: Options, account: Account) -> str:
    domain = account.domain or ""
    if not account.platform and not options.mailgun_takes_any_key:
        _check_account(world, domain, account.key or "")
    if not _DOMAIN.fullmatch(domain):
        raise Refused(404, {"message": f"Domain not found: {domain}"})
    return domain


def _check_account(world: World, domain: str, key: str) -> None:
    domains = world.store.records(VENDOR, MailgunDomain)
    if domains.count("account", key) == 0:
        raise Refused(401, "Forbidden")
    found = domains.get(domain)
    if found is None or found.accountKey != key:
        raise Refused(404, {"message": f"Domain not found: {domain}"})


def _last(values: tuple[str, ...] | None) -> str | None:
    """Of several values under one name, the vendor's client sends the last."""
    return values[-1] if values else None


def _copies(values: tuple[str, ...] | None, name: str) -> tuple[Mailbox, ...]:
    value = _last(values)
    return () if value is None else _listed(value, name)


def _listed(text: str | None, name: str) -> tuple[Mailbox, ...]:
    if text is None or not text.strip():
        raise Refused(400, {"message": f"{name} parameter is missing"})
    try:
        found = tuple(addresses.several(text))
    except BadAddress:
        found = ()
    if not found:
        message = f"'{name}' parameter is not a valid address. please check documentation"
        raise Refused(400, {"message": message})
    return found


def _answer(status: int, said: Any) -> Answer:
    return Answer({"success": status < 400, "status": status, "mailgun": said}, status)  # noqa: PLR2004  # HTTP's
