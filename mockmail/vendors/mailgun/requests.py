"""What a request to send has, checked: its domain, recipients, time and variables (docs/wire/mailgun.md 3 and 4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from mockmail.core.mail.compose import Mailbox
from mockmail.core.senders.records import Identity, Recipient, RecipientKind, SentMessage
from mockmail.vendors.mailgun.authentication import MailgunCall
from mockmail.vendors.mailgun.composing import return_path
from mockmail.vendors.mailgun.errors import SANDBOX_ONLY, MailgunError, domain_not_found, parameter_error
from mockmail.vendors.mailgun.parameters import Sending
from mockmail.vendors.mailgun.personalizing import RECIPIENT_COST, Personalizer
from mockmail.vendors.mailgun.rendering import json_object
from mockmail.wire.json_text import write_json

MOST_RECIPIENTS = 1000
MOST_TAGS = 10
LONGEST_TAG = 128
FURTHEST = timedelta(days=7)
QUEUED = "Queued. Thank you."

Addressed = Mapping[RecipientKind, Sequence[Mailbox]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SendRequest:
    """A request to send. message_id: in angle brackets. personalizer: of a batch, in which each `to` has a message."""

    call: MailgunCall
    domain: Identity
    params: Sending
    message_id: str
    addressed: Addressed
    due: datetime | None
    personalizer: Personalizer | None

    @classmethod
    def of(cls, call: MailgunCall, params: Sending, addressed: Addressed, message_id: str = "") -> SendRequest:
        """Return a request that Mailgun accepts. Raise MailgunError."""
        domain = find_domain(call)
        if not domain.verified or domain.details.get("state") == "disabled":
            state = "disabled" if domain.verified else "unverified"
            raise MailgunError(f"Domain {domain.name} is not allowed to send: The domain is {state}.", 403)
        addressed = _without_duplicates(addressed)
        if sum(map(len, addressed.values())) > MOST_RECIPIENTS:
            raise parameter_error(call.options, "to", f"has too many recipients: at most {MOST_RECIPIENTS} are allowed")
        _check_sandbox(call, domain, addressed)
        if len(params.tags) > MOST_TAGS:
            raise parameter_error(call.options, "o:tag", f"has too many values: at most {MOST_TAGS} are allowed")
        if any(len(tag) > LONGEST_TAG for tag in params.tags):
            raise parameter_error(call.options, "o:tag", f"is too long: at most {LONGEST_TAG} characters are allowed")
        return cls(
            call=call,
            domain=domain,
            params=params,
            message_id=message_id or _new_id(call, domain),
            addressed=addressed,
            due=_due(call, params.delivery_time),
            personalizer=_personalizer(call, params.recipient_variables),
        )

    @property
    def result(self) -> dict[str, str]:
        """Return the response."""
        return {"id": self.message_id, "message": QUEUED}

    @property
    def groups(self) -> list[list[Mailbox]]:
        """Return the recipients in `to` of each message."""
        to = list(self.addressed["to"])
        return [to] if self.personalizer is None else [[each] for each in to]

    def fill(self, text: str, to: Sequence[Mailbox]) -> str:
        """Return a text with the values of the recipient of a message in a batch."""
        return text if self.personalizer is None else self.personalizer.fill(text, to[0])

    def variables(self, to: Sequence[Mailbox]) -> dict[str, str]:
        """Return the variables `v:` of a message."""
        return {name: self.fill(text, to) for name, text in self.params.variables.items()}

    def record(
        self, to: Sequence[Mailbox], *, sender: str, subject: str, details: dict[str, Any], **more: Any
    ) -> SentMessage:
        """Return the record of a message. details: what the vendor's documents show besides. more: other fields."""
        if self.personalizer is not None:
            copies = len(self.addressed["cc"]) + len(self.addressed["bcc"])
            self.personalizer.count(details["size"] + RECIPIENT_COST * copies)
        call, domain = self.call, self.domain.name
        key = call.world.ids.token(44)
        kinds: Addressed = {**self.addressed, "to": to}
        return SentMessage(
            id=key,
            request=self.message_id,
            scope=domain,
            at=call.world.clock.now().isoformat(),
            operation=call.operation.name,
            sender=sender,
            envelope_sender=return_path(call.world, domain, to),
            recipients=tuple(
                Recipient(address=mailbox.address, name=mailbox.name, kind=kind)
                for kind, found in kinds.items()
                for mailbox in found
            ),
            subject=subject,
            tags=tuple(dict.fromkeys(self.params.tags)),
            scheduled_at=None if self.due is None else self.due.isoformat(),
            is_test=self.params.test_mode,
            details={"url": f"{call.request.base_url}/v3/domains/{domain}/messages/{key}", **details},
            **more,
        )


def find_domain(call: MailgunCall) -> Identity:
    """Return the domain in the path. Raise MailgunError."""
    name = call.path["domain"]
    found = call.records(Identity).get(name.lower())
    if found is None:
        raise domain_not_found(name)
    return found


def variables_header(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the header that tells of variables, if there are any."""
    return {"X-Mailgun-Variables": write_json(dict(variables)).decode()} if variables else {}


def _new_id(call: MailgunCall, domain: Identity) -> str:
    return f"<{call.world.clock.now():%Y%m%d%H%M%S}.{call.world.ids.hexadecimal(16)}@{domain.name}>"


def _without_duplicates(addressed: Addressed) -> Addressed:
    seen: set[str] = set()
    return {
        kind: [each for each in found if not (each.address.lower() in seen or seen.add(each.address.lower()))]  # type: ignore[func-returns-value]
        for kind, found in addressed.items()
    }


def _check_sandbox(call: MailgunCall, domain: Identity, addressed: Addressed) -> None:
    if domain.details.get("type") != "sandbox":
        return
    authorized = {str(address).lower() for address in domain.details.get("authorized", ())}
    if any(each.address.lower() not in authorized for found in addressed.values() for each in found):
        raise MailgunError(SANDBOX_ONLY, 403 if call.options.sandbox_refuses_with_403 else 400)


def _due(call: MailgunCall, text: str | None) -> datetime | None:
    if text is None or not text.strip():
        return None
    try:
        due = parsedate_to_datetime(text)
        due = due.replace(tzinfo=UTC) if due.tzinfo is None else due.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError) as error:
        raise parameter_error(call.options, "o:deliverytime", "is not a date in RFC 2822 format") from error
    if due > call.world.clock.now() + FURTHEST:
        raise parameter_error(call.options, "o:deliverytime", f"is more than {FURTHEST.days} days ahead")
    return due


def _personalizer(call: MailgunCall, text: str | None) -> Personalizer | None:
    if text is None:
        return None
    refusal = str(parameter_error(call.options, "recipient-variables", "is not a valid JSON"))
    variables = json_object(text or "{}", refusal)
    if not all(isinstance(values, dict) for values in variables.values()):
        raise MailgunError(refusal)
    return Personalizer({address.lower(): values for address, values in variables.items()})
