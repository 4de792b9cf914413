"""What may stand in a header as an address."""

from __future__ import annotations

from contextlib import closing
from email import message_from_bytes, policy

import pytest

from mockmail.core.mail.addresses import has_ascii_local_part, spellings, with_ascii_domain
from mockmail.core.mail.compose import Draft, Mailbox, NotAnAddress, compose
from mockmail.core.registry import Registry
from mockmail.core.world import World


def written(address):
    with closing(World(Registry())) as world:
        return compose(world, Draft(sender=Mailbox("a@example.com"), to=[Mailbox(address)], text="Hello"))


@pytest.mark.parametrize(
    "address",
    [
        "a.b+c@example.com", "o'hara@example.com", "a/b=c@x", " a@example.com ", '"john doe"@example.com', '"a@b"@c',
        '"a\\"b"@c', '"<a>, b;c"@example.com',
    ],
)  # fmt: skip
def test_what_is_an_address_stands_there_as_it_is(address):
    header = message_from_bytes(written(address), policy=policy.default)["To"]
    assert [one.addr_spec for one in header.addresses] == [address.strip()]
    assert header.defects == ()


@pytest.mark.parametrize(
    "address",
    [
        "", "a", "@", "a@", "@b", "a@b@c", ".a@b", "a.@b", "a..b@c", "a@.b", "a@b.", "a@b..c", 'a"b@c', 'a@b"c',
        "a b@c", "a\r\nBcc: x@y", "a@b\x00", "a\x85@b", '"a"b@c', '""@c', '"a\r\nb"@c', '"a\\"@c', 'x"a"@c',
        '"é"@c', "a\ud800@b", "=?utf-8?q?x?=@b", "<a@b>", "a,b@c", "a@[1.2.3.4]",
    ],
)  # fmt: skip
def test_what_is_none_is_refused(address):
    with pytest.raises(NotAnAddress):
        written(address)


def test_an_address_beyond_ascii_goes_as_it_is():
    assert "To: 李雷@例え.example\r\n".encode() in written("李雷@例え.example")


@pytest.mark.parametrize(
    ("address", "ascii_domain"),
    [
        ("jörg@müller.example", "jörg@xn--mller-kva.example"),
        ("a@例え.テスト", "a@xn--r8jz45g.xn--zckzah"),
        ("a@Example.com", "a@Example.com"),
        ("jörg@example.com", "jörg@example.com"),
    ],
)
def test_a_domain_is_written_as_dns_has_it(address, ascii_domain):
    assert with_ascii_domain(address) == ascii_domain


@pytest.mark.parametrize("address", ["a@" + "é" * 64, "a@é..b", "é" * 1_000_000, "a@" + "é" * 1_000_000])
def test_a_domain_that_dns_cannot_have_is_none(address):
    with pytest.raises(NotAnAddress):
        with_ascii_domain(address)


def test_a_local_part_beyond_ascii_needs_smtputf8():
    assert has_ascii_local_part("joerg@müller.example")
    assert not has_ascii_local_part("jörg@example.com")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a@müller.example", ["a@müller.example", "a@xn--mller-kva.example"]),
        ("a@xn--mller-kva.example", ["a@xn--mller-kva.example", "a@müller.example"]),
        ("@müller", ["@müller", "@xn--mller-kva"]),
        ("müller.example", ["müller.example", "xn--mller-kva.example"]),
        ("jörg@example.com", ["jörg@example.com"]),
        ("a@xn--\xe9", ["a@xn--\xe9"]),
        ("a@xn--99999999999", ["a@xn--99999999999"]),
        ("é" * 5000, ["é" * 5000]),
    ],
)
def test_an_address_is_spelled_in_two_ways(text, written):
    assert spellings(text) == written
