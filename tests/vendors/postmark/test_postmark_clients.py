"""Postmark driven by its clients from PyPI."""

from __future__ import annotations

import base64

import pytest
from postmarker.core import PostmarkClient
from postmarker.exceptions import ClientError

PNG = b"\x89PNG\r\n\x1a\n and so on"


@pytest.fixture
def client(mockmail):
    token = mockmail.postmark.credentials["server_token"]
    return PostmarkClient(server_token=token, root_api_url=f"{mockmail.url}/")


def test_a_sent_message_arrives_with_both_bodies_and_attachments(client, mockmail):
    result = client.emails.send(
        From="App <app@example.com>",
        To="Jane <jane@example.org>, bob@example.org",
        Bcc="archive@example.org",
        Subject="Grüße",
        TextBody="plain",
        HtmlBody='<b>rich</b> <img src="cid:dot.png">',
        ReplyTo="help@example.com",
        Tag="welcome",
        Metadata={"user": "7"},
        Attachments=[
            {"Name": "a.txt", "Content": base64.b64encode(b"hello").decode(), "ContentType": "text/plain"},
            {
                "Name": "dot.png",
                "Content": base64.b64encode(PNG).decode(),
                "ContentType": "image/png",
                "ContentID": "cid:dot.png",
            },
        ],
    )

    assert (result["ErrorCode"], result["Message"], result["To"]) == (
        0,
        "OK",
        "Jane <jane@example.org>, bob@example.org",
    )
    message = mockmail.inbox.wait_for(to="jane@example.org")
    assert message.subject == "Grüße"
    assert message.text.strip() == "plain"
    assert message.envelope.recipients == ("jane@example.org", "bob@example.org", "archive@example.org")
    assert b"archive@example.org" not in message.raw
    assert f"Message-ID: <{result['MessageID']}@mtasv.net>".encode() in message.raw
    assert b"X-PM-Tag: welcome" in message.raw
    assert b"X-PM-Metadata-user: 7" in message.raw
    assert b"Reply-To: help@example.com" in message.raw
    assert b"Content-ID: <dot.png>" in message.raw
    assert [attachment.content for attachment in message.attachments if attachment.filename == "a.txt"] == [b"hello"]


def test_a_batch_gives_each_message_its_own_result(client, mockmail):
    good = {"From": "a@example.com", "To": "x@example.org", "TextBody": "x"}

    results = client.emails.send_batch(good, good | {"To": "nobody"}, good | {"To": "y@example.org"})

    assert [result["ErrorCode"] for result in results] == [0, 300, 0]
    assert results[1]["Message"] == "Invalid 'To' address: 'nobody'."
    assert [message.envelope.recipients for message in mockmail.inbox] == [("x@example.org",), ("y@example.org",)]


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"From": "a@elsewhere.org"}, 400, r"The 'From' address you supplied \(a@elsewhere.org\) is not a Sender"),
        ({"From": "a@localhost"}, 300, "Invalid 'From' address: 'a@localhost'."),
        ({"To": ""}, 300, "Zero recipients specified"),
        ({"Metadata": {"k" * 21: "v"}}, 300, "Invalid metadata content"),
        ({"Subject": "x" * 2001}, 300, "Invalid 'Subject': it is too long"),
    ],
)
def test_an_invalid_message_is_refused_and_not_sent(client, mockmail, change, code, words):
    message = {"From": "a@example.com", "To": "b@example.org", "TextBody": "x"} | change

    with pytest.raises(ClientError, match=rf"\[{code}\] {words}"):
        client.emails.send(**message)

    assert len(mockmail.inbox) == 0


def test_an_unknown_token_is_refused(mockmail):
    client = PostmarkClient(server_token="00000000-0000-0000-0000-000000000000", root_api_url=f"{mockmail.url}/")

    with pytest.raises(ClientError, match=r"\[10\] Request does not contain a valid Server token."):
        client.emails.send(From="a@example.com", To="b@example.org", TextBody="x")


def test_the_test_token_validates_and_sends_nothing(mockmail):
    client = PostmarkClient(server_token="POSTMARK_API_TEST", root_api_url=f"{mockmail.url}/")

    result = client.emails.send(From="a@anywhere.org", To="b@example.org", TextBody="x")

    assert result["Message"] == "Test job accepted"
    assert len(mockmail.inbox) == 0


def test_an_injected_fault_looks_like_postmark(client, mockmail):
    mockmail.faults.add("postmark", operation="email.send", status=500, message="Internal Server Error")

    with pytest.raises(ClientError, match=r"\[500\] Internal Server Error"):
        client.emails.send(From="a@example.com", To="b@example.org", TextBody="x")

    with pytest.raises(ValueError, match="postmark never responds with status 403"):
        mockmail.faults.add("postmark", status=403)
