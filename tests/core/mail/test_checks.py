"""What servers and readers of mail may refuse or show wrongly in a message."""

from __future__ import annotations

import base64
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from mockmail.core.errors import InvalidValue
from mockmail.core.mail import signatures
from mockmail.core.mail.message import Envelope, Message, SentBy

HEAD = b"From: a@example.com\r\nDate: Fri, 02 Jan 2026 00:00:00 +0000\r\nMessage-ID: <1@example.com>\r\n"


def checks(raw: bytes, **options: str) -> list[tuple[str, str]]:
    envelope = Envelope(sender="a@example.com", recipients=("b@example.com",))
    message = Message("m1", 1, datetime(2026, 1, 2, tzinfo=UTC), raw, envelope, SentBy())
    return [(finding.check, finding.text) for finding in message.checks(**options)]


def test_message_as_the_standards_want_it_has_no_findings():
    assert checks(HEAD + b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nTo: Jane <jane@example.com>\r\n\r\nhi\r\n") == []


@pytest.mark.parametrize(
    ("header", "check", "text"),
    [
        ("To: jane", "address", "To has 'jane', which is not an address."),
        ("Cc: Jane <jane@>", "address", "Cc has 'jane@', which is not an address."),
        ("Subject: =?utf-8?b?broken", "", ""),
        (
            "Subject: =?nope-1?q?x?=",
            "encoded-word",
            "Subject has an encoded word that cannot be decoded: '=?nope-1?q?x?='.",
        ),
        (
            f"Subject: =?utf-8?q?{'x' * 64}?=",
            "encoded-word",
            "Subject has an encoded word of more than 75 characters.",
        ),
    ],
)
def test_broken_header_is_found(header, check, text):
    if not check:
        check, text = "encoded-word", "Subject has an encoded word that cannot be decoded: '=?utf-8?b?broken'."
    assert checks(HEAD + f"{header}\r\n\r\nhi\r\n".encode()) == [(check, text)]


def test_longest_encoded_word_is_not_found():
    assert checks(HEAD + f"Subject: =?utf-8?q?{'x' * 63}?=\r\n\r\nhi\r\n".encode()) == []


def test_html_without_plain_text_is_found():
    found = checks(HEAD + b"Content-Type: text/html\r\n\r\n<p>hi</p>\r\n")

    assert [check for check, _ in found] == ["text-alternative"]


@pytest.fixture(scope="module")
def signer():
    """Return a function that signs a message, and the public key."""
    dkim = pytest.importorskip("dkim", reason="dkimpy is not installed: install mockmail[dkim]")
    made = ["openssl", "genrsa", "-traditional", "1024"]
    try:
        private = subprocess.run(made, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("openssl cannot make a key")
    public = subprocess.run(["openssl", "rsa", "-pubout"], input=private, capture_output=True, check=True).stdout
    return lambda raw: dkim.sign(raw, b"s1", b"example.com", private, include_headers=[b"from", b"date"]) + raw, public


def test_signature_that_fits_the_key_passes(signer):
    sign, public = signer
    record = "v=DKIM1; k=rsa; p=" + "".join(public.decode().splitlines()[1:-1])

    signed = sign(HEAD + b"\r\nhi\r\n")

    assert checks(signed, dkim_key=public.decode()) == []
    assert checks(signed, dkim_key=record) == []


def test_signature_of_a_changed_message_is_found(signer):
    sign, public = signer

    [(check, text)] = checks(sign(HEAD + b"\r\nhi\r\n").replace(b"\r\nhi\r\n", b"\r\nho\r\n"), dkim_key=public.decode())

    assert (check, text.startswith("The DKIM-Signature does not verify: ")) == ("dkim", True)


def test_missing_signature_is_found_only_with_a_key(signer):
    _, public = signer

    assert checks(HEAD + b"\r\nhi\r\n") == []
    assert checks(HEAD + b"\r\nhi\r\n", dkim_key=public.decode()) == [("dkim", "There is no DKIM-Signature header.")]


def test_signature_is_not_checked_where_that_is_slow(signer):
    sign, public = signer
    at_the_bound, beyond = (HEAD + b"\r\n" + b" " * blanks + b"x\r\n" for blanks in (199, 200))

    assert checks(sign(at_the_bound), dkim_key=public.decode()) == []
    [(_, text)] = checks(sign(beyond), dkim_key=public.decode())
    assert text == "DKIM is not checked: the headers have more than 65536 bytes, or 200 blanks stand in a row."


def test_check_without_the_library_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "dkim", None)
    key = "v=DKIM1; p=" + base64.b64encode(b"key").decode()

    found = checks(HEAD + b"DKIM-Signature: v=1\r\n\r\nhi\r\n", dkim_key=key)

    assert found == [("dkim", signatures.INSTALL)]
    assert "pip install 'mockmail[dkim]'" in signatures.INSTALL


@pytest.mark.parametrize("key", ["", "secret", "v=DKIM1; p=", "v=DKIM1; p=!", "p=" + "A" * signatures.LONGEST_KEY])
def test_text_that_is_no_key_is_refused(key):
    with pytest.raises(InvalidValue, match="dkim_key must be a public key as PEM"):
        checks(HEAD + b"\r\n", dkim_key=key)
