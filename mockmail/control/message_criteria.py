"""Select the messages of a control call: by the criteria of a search, or by the id in the path."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import Meta, field

from mockmail.control.route import ControlRequest, Fields
from mockmail.core.errors import InvalidValue, Problem
from mockmail.core.mail.criteria import Criteria
from mockmail.core.mail.message import Message
from mockmail.core.mail.store import MailStore


class MessageCriteria(Fields, frozen=True, kw_only=True):
    """The criteria for messages; a message must match every given field."""

    query: Annotated[
        str | None,
        Meta(
            description="words, terms such as `to:` and `subject:`, quotes, `-`, `OR` and brackets; see docs/search.md"
        ),
    ] = None
    to: Annotated[str | None, Meta(description="a recipient's address, or a part of one")] = None
    from_: Annotated[str | None, Meta(description="a sender's address, or a part of one")] = field(
        name="from", default=None
    )
    subject: Annotated[str | None, Meta(description="a part of the subject")] = None
    text: Annotated[str | None, Meta(description="words of the body")] = None
    after: Annotated[str | None, Meta(description="the id of a message; only messages that arrived after it match")] = (
        None
    )


def criteria_of(mail: MailStore, given: MessageCriteria) -> Criteria:
    """Return the criteria that are described. Raise InvalidValue if `after` is the id of no message."""
    cursor = cursor_of(mail, "after", given.after) if given.after else 0
    return Criteria(
        to=given.to, sender=given.from_, subject=given.subject, text=given.text, query=given.query, after=cursor
    )


def has_criteria(given: MessageCriteria) -> bool:
    """Return whether there are criteria. Raise InvalidValue for an empty one, which would match all messages."""
    fields: dict[str, object] = msgspec.to_builtins(given)
    check_not_empty(fields)
    return any(value is not None for value in fields.values())


def check_not_empty(fields: Mapping[str, object]) -> None:
    """Raise InvalidValue for a text without a character, which a search ignores and a removal must not."""
    for name, value in fields.items():
        if isinstance(value, str) and not value.strip():
            raise InvalidValue(f"{name} is empty: leave it out if all messages are meant")


def cursor_of(mail: MailStore, field: str, message_id: str) -> int:
    """Return the cursor of the message that a field names. Raise InvalidValue."""
    message = mail.get(message_id)
    if message is None:
        raise InvalidValue(f"{field}: there is no message {message_id[:80]!r}")
    return message.cursor


def message_of(request: ControlRequest) -> Message:
    """Return the message that the path names. Raise Problem (404)."""
    message = request.world.mail.get(request.path["id"])
    if message is None:
        raise no_message(request)
    return message


def no_message(request: ControlRequest) -> Problem:
    """Return the error about an id that no message has."""
    return Problem(404, f"there is no message {request.path['id'][:80]!r} in the sandbox {request.sandbox!r}")
