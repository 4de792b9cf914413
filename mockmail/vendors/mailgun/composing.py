"""The message that Mailgun makes of a request (docs/wire/mailgun.md 4 and 10)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mockmail.core.errors import HeadTooLong, NotAnAddress
from mockmail.core.mail import mime
from mockmail.core.mail.addresses import validate_address
from mockmail.core.mail.compose import Attachment, Mailbox, header_line
from mockmail.core.world import World
from mockmail.vendors.mailgun.errors import CHECK_DOCUMENTATION, MailgunError, parameter_error
from mockmail.vendors.mailgun.options import Options
from mockmail.vendors.mailgun.parameters import File

OWN_HEADERS = frozenset({
    "from", "to", "cc", "bcc", "subject", "date", "message-id", "reply-to", "mime-version", "content-type",
    "content-transfer-encoding", "return-path", "x-mailgun-variables",
})  # fmt: skip
"""The headers that `h:` does not set, or sets in another way."""

SENDING_IP = "198.61.254.2"

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, 5.6.2


def mailboxes(options: Options, field: str, texts: Sequence[str]) -> list[Mailbox]:
    """Return the mailboxes of a field: several values, and several addresses in each. Raise MailgunError."""
    try:
        found = [Mailbox(validate_address(address), name) for name, address in mime.mailboxes(texts)]
    except (NotAnAddress, HeadTooLong) as error:
        raise parameter_error(options, field, CHECK_DOCUMENTATION) from error
    if texts and not found:
        raise parameter_error(options, field, CHECK_DOCUMENTATION)
    return found


def check_header_names(names: Sequence[str]) -> None:
    """Raise MailgunError for a name that no header can have."""
    for name in names:
        if not _NAME.fullmatch(name):
            raise MailgunError(f"'h:{name:.80}' parameter is not the name of a header")


def attachments(attached: Sequence[File], inline: Sequence[File]) -> list[Attachment]:
    """Return the files of a message; the name of an inline file is its Content-ID."""
    return [
        *(Attachment(name=each.name, content=each.content, media_type=_media_type(each)) for each in attached),
        *(
            Attachment(name=each.name, content=each.content, media_type=_media_type(each), content_id=each.name)
            for each in inline
        ),
    ]


def tag_headers(tags: Sequence[str]) -> bytes:
    """Return the headers of tags, one for each."""
    return b"".join(header_line("X-Mailgun-Tag", tag).encode() for tag in tags)


def return_path(world: World, domain: str, recipients: Sequence[Mailbox]) -> str:
    """Return the envelope sender, which has the address of a single recipient in it."""
    numbers = f"{world.ids.hexadecimal(6)}.{world.ids.hexadecimal(6)}"
    written = recipients[0].address.replace("@", "=") if len(recipients) == 1 else "list"
    address = f"bounce+{numbers}-{written}@{domain}"
    try:
        return validate_address(address)
    except NotAnAddress:
        return f"bounce+{numbers}@{domain}"


def formatted(mailbox: Mailbox) -> str:
    """Return a mailbox as events show it."""
    return f"{mailbox.name} <{mailbox.address}>" if mailbox.name else mailbox.address


def _media_type(file: File) -> str:
    return file.media_type if all(map(_NAME.fullmatch, file.media_type.partition("/")[::2])) else "text/plain"
