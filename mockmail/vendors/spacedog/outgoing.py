"""A mail on its way to a provider, before it is a message."""

from __future__ import annotations

from dataclasses import dataclass

from mockmail.core.mail.compose import Draft, Mailbox, compose
from mockmail.core.mail.outgoing import Outgoing
from mockmail.core.world import World


@dataclass(slots=True, kw_only=True)
class Mail:
    """What to send, as the form's fields or the rendered template have it. None: it did not come."""

    sender: str | None = None
    to: tuple[str, ...] | None = None
    cc: tuple[str, ...] | None = None
    bcc: tuple[str, ...] | None = None
    subject: str | None = None
    text: str | None = None
    html: str | None = None


@dataclass(slots=True, kw_only=True)
class Recipients:
    """To whom it goes."""

    to: tuple[Mailbox, ...] = ()
    cc: tuple[Mailbox, ...] = ()
    bcc: tuple[Mailbox, ...] = ()

    @property
    def addresses(self) -> tuple[str, ...]:
        """The envelope's recipients, each once."""
        return tuple(dict.fromkeys(one.address for one in (*self.to, *self.cc, *self.bcc)))


def message(
    world: World, mail: Mail, sender: Mailbox, recipients: Recipients, message_id: str, *, mixed: bool = False
) -> Outgoing:
    """The message and its envelope; who gets a blind copy is in the envelope alone.

    mixed: whether a body that stands alone is a part all the same. Raises HeadTooLong.
    """
    draft = Draft(
        sender=sender,
        to=recipients.to,
        cc=recipients.cc,
        subject=mail.subject,
        text=mail.text or None,
        html=mail.html or None,
        message_id=message_id,
        mixed=mixed,
    )
    return Outgoing(sender=sender.address, recipients=recipients.addresses, raw=compose(world, draft))
