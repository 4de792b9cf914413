"""Addresses in headers, the two forms of a domain, and hosts."""

from __future__ import annotations

from contextlib import closing
from email import message_from_bytes, policy

import pytest

from mockmail.core.mail.addresses import (
    address_forms,
    domain_forms,
    has_ascii_local_part,
    is_host,
    validate_address,
    with_ascii_domain,
)
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
def test_valid_address_is_unchanged(address):
    header = message_from_bytes(written(address), policy=policy.default)["To"]
    assert [address.addr_spec for address in header.addresses] == [address.strip()]
    assert header.defects == ()


@pytest.mark.parametrize(
    "address",
    [
        "", "a", "@", "a@", "@b", "a@b@c", ".a@b", "a.@b", "a..b@c", "a@.b", "a@b.", "a@b..c", 'a"b@c', 'a@b"c',
        "a b@c", "a\r\nBcc: x@y", "a@b\x00", "a\x85@b", '"a"b@c', '""@c', '"a\r\nb"@c', '"a\\"@c', 'x"a"@c',
        '"é"@c', "a\ud800@b", "=?utf-8?q?x?=@b", "<a@b>", "a,b@c", "a@[1.2.3.4]",
    ],
)  # fmt: skip
def test_malformed_address_is_refused(address):
    with pytest.raises(NotAnAddress):
        written(address)


def test_address_of_more_than_1000_characters_is_refused():
    longest = "a" * 988 + "@example.com"

    assert validate_address(longest) == longest
    with pytest.raises(NotAnAddress):
        validate_address(f"a{longest}")


def test_non_ascii_address_is_unchanged():
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
def test_non_ascii_domain_is_converted_to_ascii(address, ascii_domain):
    assert with_ascii_domain(address) == ascii_domain


@pytest.mark.parametrize("address", ["a@" + "é" * 64, "a@é..b", "é" * 1_000_000, "a@" + "é" * 1_000_000])
def test_domain_without_ascii_form_is_refused(address):
    with pytest.raises(NotAnAddress):
        with_ascii_domain(address)


def test_only_non_ascii_local_part_needs_smtputf8():
    assert has_ascii_local_part("joerg@müller.example")
    assert not has_ascii_local_part("jörg@example.com")


@pytest.mark.parametrize(
    ("text", "forms"),
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
def test_address_has_a_form_for_each_form_of_its_domain(text, forms):
    assert address_forms(text) == forms


def test_domain_of_more_than_100_characters_has_no_other_form():
    longest = f"{'é' * 49}.{'é' * 50}"

    assert [len(form) for form in domain_forms(longest)] == [100, len(longest.encode("idna"))]
    assert domain_forms(f"é{longest}") == [f"é{longest}"]


@pytest.mark.parametrize(
    "text",
    [
        "mail.example.com",
        "mail.example.com.",
        "localhost",
        "a_b",
        "-",
        "xn--mller-kva.de",
        "müller.de",
        "日本。jp",
        "127.0.0.1",
        "::1",
        "[::1]",
        "[1:2:3:4:5:6:7:8]",
        "a" * 63 + ".de",
        ".".join(["a" * 62] * 4) + "b",
        ".".join(["a" * 63] * 3) + f".{'b' * 61}.",
        "::1%" + "a" * 250,
    ],
)
def test_host_name_or_ip_address_is_a_host(text):
    assert is_host(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "..",
        "a..b",
        "。",
        "a b",
        " mail.example.com",
        "mail.example.com\n",
        "mail\r\nX",
        "\0",
        "a\x7f",
        "mail.example.com:587",
        "http://mail.example.com",
        "user@host",
        "*",
        "[mail.example.com]",
        "::1::",
        "[::1",
        "::1]",
        "::1%" + "a" * 251,
        "a" * 64 + ".de",
        "é" * 64,
        ".".join(["a" * 62] * 4) + "bcd",
        "é" * 1_000_000,
        "\ud800",
    ],
    ids=lambda text: repr(text[:20]),
)
def test_malformed_host_is_not_a_host(text):
    assert not is_host(text)
