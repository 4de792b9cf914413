"""What the mail store knows of hosted mailboxes."""

from __future__ import annotations

from mockmail.core.mail.message import Delivery, Envelope, SentBy
from mockmail.core.mail.store import Usage


def test_a_renamed_mailbox_keeps_what_it_held(mail):
    envelope = Envelope(sender="a@example.com", recipients=("b@example.com",))
    mail.add(b"Subject: hi\r\n\r\n", envelope, SentBy(), [Delivery("postcard", "b", "b@example.com")])

    mail.rename_mailbox("postcard", "b", "c")

    assert mail.usage("postcard", "b") == Usage(0, 0)
    assert mail.usage("postcard", "c") == Usage(1, 15)
