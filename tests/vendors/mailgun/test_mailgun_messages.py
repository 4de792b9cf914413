"""Sending through Mailgun: forms, files, options, and what is refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n\x00\xff"


def test_message_arrives_as_mailgun_makes_it(send, mockmail):
    response = send(
        **{
            "from": "App <app@shop.example>",
            "to": ["Jane Doe <jane@example.org>, bob@example.org", "JANE@example.org"],
            "cc": "carol@example.org",
            "bcc": "archive@example.org",
            "html": "<b>x</b>",
            "o:tag": ["welcome", "Größe"],
            "h:X-Own": "yes",
            "h:Reply-To": "Help <help@example.com>",
            "v:user": "7",
        }
    )

    assert response.status_code == 200
    assert response.json()["message"] == "Queued. Thank you."
    message = mockmail.inbox.wait_for(to="jane@example.org")
    assert message.headers["Message-ID"] == response.json()["id"]
    assert (message.to, message.cc) == (["jane@example.org", "bob@example.org"], ["carol@example.org"])
    assert (message.text.strip(), message.html.strip()) == ("x", "<b>x</b>")
    assert message.headers.get_all("X-Mailgun-Tag") == ["welcome", "Größe"]
    assert message.headers["X-Mailgun-Variables"] == '{"user":"7"}'
    assert (message.headers["X-Own"], message.headers["Reply-To"]) == ("yes", "Help <help@example.com>")
    assert message.headers["Sender"] == "app=shop.example@example.com"
    assert message.envelope.sender.startswith("bounce+")
    assert message.envelope.recipients == (
        "jane@example.org",
        "bob@example.org",
        "carol@example.org",
        "archive@example.org",
    )
    assert b"archive@example.org" not in message.raw


def test_files_arrive_and_the_name_of_an_inline_file_is_its_content_id(send, mockmail):
    files = [
        ("attachment", ("a.txt", b"hello", "text/plain")),
        ("attachment", ("b.bin", PNG)),
        ("inline", ("dot.png", PNG, "image/png")),
    ]

    assert send(files=files, html='<img src="cid:dot.png">').status_code == 200

    attachments = mockmail.inbox[0].attachments
    found = {each.filename: (each.content_type, each.content, each.content_id) for each in attachments}
    assert found["a.txt"] == ("text/plain", b"hello", None)
    assert found["b.bin"][1] == PNG
    assert found["dot.png"] == ("image/png", PNG, "dot.png")


def test_file_name_beyond_ascii_is_read_as_utf_8(call, mockmail):
    body = (
        b'--b\r\nContent-Disposition: form-data; name="from"\r\n\r\na@example.com\r\n'
        b'--b\r\nContent-Disposition: form-data; name="to"\r\n\r\nb@example.com\r\n'
        b'--b\r\nContent-Disposition: form-data; name="text"\r\n\r\nx\r\n'
        b'--b\r\nContent-Disposition: form-data; name="attachment"; filename="\xc3\xa9t\xc3\xa9.txt"\r\n\r\nx\r\n'
        b"--b--\r\n"
    )

    call("POST", "/v3/example.com/messages", data=body, headers={"Content-Type": "multipart/form-data; boundary=b"})

    assert [each.filename for each in mockmail.inbox[0].attachments] == ["été.txt"]


def test_own_message_id_is_kept(send, mockmail):
    assert send(**{"h:Message-Id": "<own@example.com>"}).json()["id"] == "<own@example.com>"
    assert mockmail.inbox[0].headers["Message-ID"] == "<own@example.com>"


def test_own_sender_header_is_kept(send, mockmail):
    send(**{"from": "app@shop.example", "h:sender": "own@example.com"})

    assert mockmail.inbox[0].headers.get_all("Sender") == ["own@example.com"]


def test_line_breaks_make_no_header(send, mockmail):
    send(subject="a\r\nX-Evil: 1", **{"h:X-Own": "b\r\nX-Evil: 2", "o:tag": "c\r\nX-Evil: 3"})

    assert "X-Evil" not in mockmail.inbox[0].headers


def test_test_mode_keeps_the_message_and_sends_nothing(send, call, mockmail):
    assert send(**{"o:testmode": "yes"}).status_code == 200

    assert len(mockmail.inbox) == 0
    events = call("GET", "/v3/example.com/events").json()["items"]
    assert [(event["event"], event["flags"]["is-test-mode"]) for event in events] == [
        ("delivered", True),
        ("accepted", True),
    ]


def test_scheduled_message_is_sent_in_time_and_dropped_ones_never(send, call, mockmail):
    mockmail.clock.freeze(NOON)
    send(**{"o:deliverytime": "Sat, 31 Jan 2026 13:00:00 +0000"})
    [event] = call("GET", "/v3/example.com/events").json()["items"]
    assert event["message"]["scheduled-for"] == NOON.timestamp() + 3600

    mockmail.clock.advance(3600)
    assert len(mockmail.inbox) == 1
    send(**{"o:deliverytime": "Sat, 31 Jan 2026 15:00:00 +0000"})
    assert call("DELETE", "/v3/example.com/envelopes").json() == {"message": "done"}
    mockmail.clock.advance(7200)
    assert len(mockmail.inbox) == 1


def test_all_of_many_scheduled_messages_are_dropped(send, call, mockmail):
    mockmail.clock.freeze(NOON)
    to = [f"a{number}@example.org" for number in range(120)]
    send(to=to, **{"recipient-variables": "{}", "o:deliverytime": "Sat, 31 Jan 2026 13:00:00 +0000"})

    call("DELETE", "/v3/example.com/envelopes")

    mockmail.clock.advance(7200)
    states = {each["recipients"][0]["state"] for each in mockmail.mailgun.state()["messages"]}
    assert (len(mockmail.inbox), states) == (0, {"cancelled"})


@pytest.mark.parametrize(
    ("fields", "status", "message"),
    [
        ({"from": None}, 400, "'from' parameter is missing"),
        ({"from": "nobody"}, 400, "'from' parameter is not a valid address. please check documentation"),
        (
            {"to": ["jane@example.org", "nobody"]},
            400,
            "'to' parameter is not a valid address. please check documentation",
        ),
        ({"cc": "@"}, 400, "'cc' parameter is not a valid address. please check documentation"),
        ({"o:tag": ["x"] * 11}, 400, "'o:tag' parameter has too many values: at most 10 are allowed"),
        ({"o:tag": "x" * 129}, 400, "'o:tag' parameter is too long: at most 128 characters are allowed"),
        ({"o:deliverytime": "tomorrow"}, 400, "'o:deliverytime' parameter is not a date in RFC 2822 format"),
        (
            {"o:deliverytime": "Sat, 08 Feb 2026 12:00:01 +0000"},
            400,
            "'o:deliverytime' parameter is more than 7 days ahead",
        ),
        ({"o:testmode": "maybe"}, 400, "'o:testmode' parameter is not true or false"),
        ({"h:a b": "x"}, 400, "'h:a b' parameter is not the name of a header"),
        ({"h:Reply-To": "nobody"}, 400, "'h:Reply-To' parameter is not a valid address. please check documentation"),
        ({"attachment": "text"}, 400, "'attachment' parameter is not a file"),
        ({"t:variables": "[1]"}, 400, "'t:variables' parameter is not a valid JSON"),
        ({"recipient-variables": '{"a@b.c": 1}'}, 400, "'recipient-variables' parameter is not a valid JSON"),
        (
            {"to": [f"a{number}@example.org" for number in range(1001)]},
            400,
            "'to' parameter has too many recipients: at most 1000 are allowed",
        ),
    ],
)
def test_message_that_mailgun_refuses(send, mockmail, fields, status, message):
    mockmail.clock.freeze(NOON)

    refused = send(**fields)

    assert (refused.status_code, refused.json()) == (status, {"message": message})
    assert len(mockmail.inbox) == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"o:tag": ["x"] * 10},
        {"o:tag": "x" * 128},
        {"o:deliverytime": "Sat, 07 Feb 2026 12:00:00 +0000"},
        {"subject": None},
        {"unknown": "x", "o:unknown": "x"},
        {"to": [f"a{number}@example.org" for number in range(1000)]},
    ],
)
def test_message_at_a_bound_is_accepted(send, mockmail, fields):
    mockmail.clock.freeze(NOON)

    assert send(**fields).status_code == 200


@pytest.mark.mockmail(options={"mailgun": {"newer_errors": True}})
def test_newer_servers_name_parameters_without_quotes(send, mockmail):
    assert send(to=None).json() == {"message": "to parameter is missing"}


def test_domain_that_is_not_verified_or_disabled_may_not_send(send, mockmail):
    domain = {"name": "new.example", "created": "2026-01-31T12:00:00+00:00"}
    mockmail.mailgun.seed(
        identities=[domain, {**domain, "name": "off.example", "verified": True, "details": {"state": "disabled"}}]
    )

    refused = [send(domain=name) for name in ("new.example", "off.example")]

    assert [(each.status_code, each.json()["message"]) for each in refused] == [
        (403, "Domain new.example is not allowed to send: The domain is unverified."),
        (403, "Domain off.example is not allowed to send: The domain is disabled."),
    ]


def test_sandbox_domain_sends_to_authorized_recipients_only(send, mockmail):
    sandbox = "sandbox8a1cbb1d7f4d4ea1b9c3.mailgun.org"

    assert send(domain=sandbox, to="owner@example.com").status_code == 200
    assert send(domain=sandbox, to=["owner@example.com", "jane@example.org"]).status_code == 400


@pytest.mark.mockmail(options={"mailgun": {"sandbox_refuses_with_403": True}})
def test_newer_servers_refuse_other_recipients_of_a_sandbox_domain_with_403(send, mockmail):
    assert send(domain="sandbox8a1cbb1d7f4d4ea1b9c3.mailgun.org").status_code == 403


@pytest.mark.parametrize("auth", [None, ("api", "key-unknown"), ("other", "key-3ax6xnjp29jd6fds4gc373sgvjxteol0")])
def test_request_without_a_valid_key_is_forbidden(call, auth):
    refused = call("GET", "/mailgun/v3/domains", auth=auth)

    assert (refused.status_code, refused.text) == (401, "Forbidden")
    assert refused.headers["Content-Type"].startswith("text/plain")


def test_sending_key_may_only_send_from_its_domain(call, mockmail):
    mockmail.mailgun.seed(api_keys=[{"token": "key-sending", "domain": "example.com"}])
    message = {"from": "a@example.com", "to": "b@example.com", "text": "x"}
    auth = ("api", "key-sending")

    statuses = [
        call("POST", f"/v3/{domain}/messages", data=message, auth=auth).status_code
        for domain in ("example.com", "sandbox8a1cbb1d7f4d4ea1b9c3.mailgun.org")
    ]

    assert [*statuses, call("GET", "/v3/domains", auth=auth).status_code] == [200, 401, 401]


class TestBatch:
    """Each recipient has a message of its own, with its values."""

    def test_each_recipient_gets_its_values(self, send, call, mockmail):
        variables = {"jane@example.org": {"name": "Jane", "id": 1}, "BOB@example.org": {"name": "Bob"}}

        response = send(
            to=["Jane Doe <jane@example.org>", "bob@example.org"],
            subject="Hello %recipient.name%",
            text="%recipient.id% %recipient_email% %recipient_fname% %recipient% %other% 100%",
            html="<b>%recipient.name%</b>",
            **{
                "recipient-variables": json.dumps(variables),
                "v:user": "%recipient.id%",
                "h:X-Id": "%recipient.id%",
                "h:Reply-To": "%recipient.name%@example.com",
            },
        )

        jane, bob = mockmail.inbox
        assert {each.headers["Message-ID"] for each in mockmail.inbox} == {response.json()["id"]}
        assert (jane.subject, bob.subject) == ("Hello Jane", "Hello Bob")
        assert jane.text.strip() == "1 jane@example.org Jane Jane Doe <jane@example.org> %other% 100%"
        assert (jane.headers["X-Id"], jane.headers["Reply-To"]) == ("1", "Jane@example.com")
        assert bob.text.startswith("%recipient.id% bob@example.org")
        assert (jane.to, bob.to) == (["jane@example.org"], ["bob@example.org"])
        events = call("GET", "/v3/example.com/events?event=accepted").json()["items"]
        assert [each["user-variables"] for each in events] == [{"user": "%recipient.id%"}, {"user": "1"}]

    def test_batch_over_its_bound_is_refused_and_sends_nothing(self, send, mockmail, monkeypatch):
        monkeypatch.setattr("mockmail.vendors.mailgun.personalizing.LARGEST_BATCH", 3000)
        to = [f"a{number}@example.org" for number in range(10)]

        refused = send(to=to, text="x" * 300, **{"recipient-variables": "{}"})

        assert (refused.status_code, len(mockmail.inbox)) == (413, 0)
        assert "may have 3000 characters together" in refused.json()["message"]
        assert send(to=to, text="x", cc="carol@example.org", **{"recipient-variables": "{}"}).status_code == 413
        assert send(to=to, text="%recipient% " * 10, **{"recipient-variables": "{}"}).status_code == 413
        assert send(to=to[:3], text="x" * 100, **{"recipient-variables": "{}"}).status_code == 200


class TestMime:
    """Messages that the application composed."""

    MIME = (
        b"From: app@example.com\nTo: Everybody <all@example.org>\nBcc: hidden@example.org\nSubject: Hello\n"
        b'X-Mailgun-Tag: welcome\nX-Mailgun-Variables: {"user": 7}\n\nDear %recipient.name%\n'
    )

    def post(self, call, mime=MIME, to=("jane@example.org",), **fields):
        files = {"message": ("message.mime", mime)}
        return call("POST", "/v3/example.com/messages.mime", data={"to": list(to), **fields}, files=files)

    def test_message_arrives_as_it_was_composed(self, call, mockmail):
        response = self.post(call, **{"o:tag": "second"})

        message = mockmail.inbox[0]
        assert message.headers["Message-ID"] == response.json()["id"]
        assert message.headers["To"] == "Everybody <all@example.org>"
        assert message.envelope.recipients == ("jane@example.org",)
        assert message.headers.get_all("X-Mailgun-Tag") == ["second", "welcome"]
        assert "Bcc" not in message.headers
        [record] = mockmail.mailgun.state()["messages"]
        assert (record["tags"], record["metadata"]) == (["second", "welcome"], {"user": "7"})

    def test_id_of_the_message_is_kept(self, call):
        assert self.post(call, b"Message-ID: <own@x.org>\n" + self.MIME).json()["id"] == "<own@x.org>"

    def test_batch_fills_in_values(self, call, mockmail):
        variables = {"recipient-variables": json.dumps({"jane@example.org": {"name": "Jane"}})}

        self.post(call, to=("jane@example.org", "bob@example.org"), **variables)

        assert [each.text.strip() for each in mockmail.inbox] == ["Dear Jane", "Dear %recipient.name%"]

    def test_headers_of_the_message_act_like_parameters(self, call, mockmail):
        mockmail.clock.freeze(NOON)

        self.post(call, b"X-Mailgun-Deliver-By: Sat, 31 Jan 2026 13:00:00 +0000\n" + self.MIME)
        self.post(call, b"X-Mailgun-Drop-Message: yes\n" + self.MIME)

        assert len(mockmail.inbox) == 0
        mockmail.clock.advance(3600)
        assert len(mockmail.inbox) == 1

    def test_request_without_recipients_or_message_is_refused(self, call):
        without_to = self.post(call, to=())
        without_message = call("POST", "/v3/example.com/messages.mime", data={"to": "jane@example.org"})

        assert without_to.json() == {"message": "'to' parameter is missing"}
        assert without_message.json() == {"message": "'message' parameter is missing"}
