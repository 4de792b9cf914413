"""What may stand in a header as an address."""

from __future__ import annotations

from email import message_from_bytes, policy

import pytest

from mockmail.core.mail.compose import Draft, Mailbox, NotAnAddress, compose
from mockmail.core.vendor import Registry
from mockmail.core.world import World


def written(address):
    return compose(World(Registry()), Draft(sender=Mailbox("a@example.com"), to=[Mailbox(address)], text="Hello"))


@pytest.mark.parametrize("address", ["a.b+c@example.com", "o'hara@example.com", "a/b=c@x", " a@example.com "])
def test_what_is_an_address_stands_there_as_it_is(address):
    header = message_from_bytes(written(address), policy=policy.default)["To"]
    assert [one.addr_spec for one in header.addresses] == [address.strip()]
    assert header.defects == ()


@pytest.mark.parametrize(
    "address",
    [
        "", "a", "@", "a@", "@b", "a@b@c", ".a@b", "a.@b", "a..b@c", "a@.b", "a@b.", "a@b..c", 'a"b@c', 'a@b"c',
        "a b@c", "a\r\nBcc: x@y", "a@b\x00", "a\x85@b", "a\ud800@b", "=?utf-8?q?x?=@b", "<a@b>", "a,b@c", "a@[1.2.3.4]",
    ],
)  # fmt: skip
def test_what_is_none_is_refused(address):
    with pytest.raises(NotAnAddress):
        written(address)


def test_an_address_beyond_ascii_goes_as_it_is():
    assert "To: 李雷@例え.example\r\n".encode() in written("李雷@例え.example")
