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


def test_the_mailboxes_of_a_prefix_are_told_at_once(mail):
    assert mail.usages("postcard", "a/") == {}
    held = [("postcard", "a/1"), ("postcard", "a/2"), ("postcard", "a/"), ("postcard", "a0"), ("other", "a/1")]
    for vendor, mailbox in held:
        envelope = Envelope(sender="a@example.com", recipients=("b@example.com",))
        mail.add(b"Subject: hi\r\n\r\n", envelope, SentBy(), [Delivery(vendor, mailbox, "b@example.com")])
    mail.forget_mailbox("postcard", "a/2")

    assert mail.usages("postcard", "a/") == {"a/1": Usage(1, 15), "a/": Usage(1, 15)}
