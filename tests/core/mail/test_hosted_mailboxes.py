"""The mail store's usage of hosted mailboxes."""

from __future__ import annotations

from mockmail.core.mail.mailboxes import Usage
from mockmail.core.mail.message import Delivery, Envelope, SentBy

ENVELOPE = Envelope(sender="a@example.com", recipients=("b@example.com",))


def test_mailbox_can_be_renamed_to_the_name_of_an_emptied_one(mail):
    emptied = mail.add(b"1234", ENVELOPE, SentBy(), [Delivery("postcard", "c", "c@example.com")])
    mail.add(b"12345", ENVELOPE, SentBy(), [Delivery("postcard", "b", "b@example.com")])
    mail.remove(emptied.id)

    mail.mailboxes.rename("postcard", "b", "c")
    mail.mailboxes.rename("postcard", "c", "c")

    assert mail.mailboxes.usage("postcard", "b") == Usage(0, 0)
    assert mail.mailboxes.usage("postcard", "c") == Usage(1, 5)


def test_renamed_mailbox_keeps_its_usage(mail):
    mail.add(b"Subject: hi\r\n\r\n", ENVELOPE, SentBy(), [Delivery("postcard", "b", "b@example.com")])

    mail.mailboxes.rename("postcard", "b", "c")

    assert mail.mailboxes.usage("postcard", "b") == Usage(0, 0)
    assert mail.mailboxes.usage("postcard", "c") == Usage(1, 15)
