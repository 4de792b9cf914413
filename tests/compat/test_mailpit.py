"""Mailpit's API: the shapes of its documents, and what is different here on purpose."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest

SCRIPTED = "<p onclick='x()'>Hi</p><script>alert(1)</script><img src='cid:none'>"


def test_list_has_the_fields_of_a_messages_summary(mockmail, ask, deliver):
    mockmail.clock.freeze(datetime(2026, 1, 31, 12, tzinfo=UTC))
    message_id = deliver("Welcome", user="jane", files={"a.pdf": b"%PDF"})

    found = ask("GET", "/api/v1/messages").json

    [message] = found.pop("messages")
    assert found == {
        "total": 1,
        "unread": 1,
        "count": 1,
        "messages_count": 1,
        "messages_unread": 1,
        "start": 0,
        "tags": [],
    }
    size = message.pop("Size")
    assert size == len(mockmail.inbox[0].raw)
    assert message == {
        "ID": message_id,
        "MessageID": "",
        "Read": False,
        "From": {"Name": "Shop", "Address": "shop@example.com"},
        "To": [{"Name": "Doe, Jane", "Address": "jane@example.com"}],
        "Cc": [],
        "Bcc": [],
        "ReplyTo": [],
        "Subject": "Welcome",
        "Created": "2026-01-31T12:00:00.000Z",
        "Username": "jane",
        "Tags": [],
        "Attachments": 1,
        "Snippet": "Hello Welcome",
    }


def test_message_has_the_fields_of_a_message_and_becomes_read(ask, deliver):
    headers = {
        "Message-ID": "<1@shop>",
        "Date": "Sat, 31 Jan 2026 13:00:00 +0100",
        "Cc": "cc@example.com",
        "List-Unsubscribe": "<https://example.com/u>, <mailto:u@example.com>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    hidden = ["jane@example.com", "cc@example.com", "hidden@example.com"]
    message_id = deliver(html="<b>Hi</b>", headers=headers, to=hidden, files={"a.pdf": b"%PDF"})

    message = ask("GET", f"/api/v1/message/{message_id}").json

    assert list(message) == [
        "ID", "MessageID", "From", "To", "Cc", "Bcc", "ReplyTo", "ReturnPath", "Subject", "ListUnsubscribe", "Date",
        "Tags", "Username", "Text", "HTML", "Size", "Inline", "Attachments",
    ]  # fmt: skip
    assert (message["MessageID"], message["ReturnPath"]) == ("1@shop", "bounce@example.com")
    assert message["Bcc"] == [{"Name": "", "Address": "hidden@example.com"}]
    assert message["Date"] == "2026-01-31T12:00:00.000Z"
    assert message["ListUnsubscribe"] == {
        "Header": headers["List-Unsubscribe"],
        "Links": ["https://example.com/u", "mailto:u@example.com"],
        "Errors": "",
        "HeaderPost": "List-Unsubscribe=One-Click",
    }
    assert (message["Text"].strip(), message["HTML"].strip()) == ("Hello Welcome", "<b>Hi</b>")
    assert message["Attachments"] == [
        {
            "PartID": "2",
            "FileName": "a.pdf",
            "ContentType": "application/pdf",
            "ContentID": "",
            "Size": 4,
            "Checksums": {name.upper(): hashlib.new(name, b"%PDF").hexdigest() for name in ("md5", "sha1", "sha256")},
        }
    ]
    assert ask("GET", "/api/v1/messages").json["messages"][0]["Read"] is True


def test_parts_are_numbered_as_mailpit_numbers_them(ask, deliver):
    alone = deliver(text="Alone")
    nested = deliver(html="<b>Hi</b>", text="Hi", files={"a.pdf": b"%PDF"})

    def part(message_id, number):
        return ask("GET", f"/api/v1/message/{message_id}/part/{number}").body.strip()

    assert part(alone, "0") == b"Alone"
    assert [part(nested, number) for number in ("1.1", "1.2", "2")] == [b"Hi", b"<b>Hi</b>", b"%PDF"]
    assert ask("GET", f"/api/v1/message/{nested}/part/3").status == 404


def test_raw_has_exactly_the_sent_bytes(mockmail, ask, deliver):
    message_id = deliver()

    shown = ask("GET", f"/api/v1/message/{message_id}/raw")
    saved = ask("GET", "/api/v1/message/latest/raw?dl=1")

    assert shown.body == saved.body == mockmail.inbox[0].raw
    assert shown.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert saved.headers["Content-Disposition"] == f'attachment; filename="{message_id}.eml"'


def test_latest_is_the_newest_message_or_the_newest_that_a_query_finds(ask, deliver):
    first, second = deliver("First"), deliver("Second")

    assert ask("GET", "/api/v1/message/latest").json["ID"] == second
    assert ask("GET", "/api/v1/message/latest?query=subject:first").json["ID"] == first
    assert ask("GET", "/api/v1/message/latest?query=subject:third").status == 404
    assert ask("GET", "/view/latest").headers["Location"] == f"/view/{second}.txt"


def test_list_and_search_have_pages(ask, deliver):
    ids = [deliver(f"Mail {number}") for number in range(4)][::-1]

    def page(path):
        found = ask("GET", path).json
        return [message["ID"] for message in found["messages"]], found["messages_count"]

    assert page("/api/v1/messages?start=1&limit=2") == (ids[1:3], 4)
    assert page("/api/v1/messages?limit=0") == (ids, 4)
    assert page("/api/v1/search?query=subject:mail&start=3&limit=2") == (ids[3:], 4)
    assert ask("GET", "/api/v1/messages?start=-1").status == 400
    assert ask("GET", "/api/v1/messages?limit=ten").text == "limit must be a whole number, 0 or more, not 'ten'\n"


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("from:shop@example.com", ["b", "a"]),
        ("to:jane -subject:a", ["b"]),
        ("!subject:a", ["b"]),
        ('"hello b"', ["b"]),
        ("is:unread", ["b"]),
        ("-is:unread", ["a"]),
        ("is:read", ["a"]),
        ("tag:Red", ["a"]),
        ("is:tagged", ["a"]),
        ("!tag:red hello", ["b"]),
        ("nothing", []),
    ],
)
def test_search_takes_mailpits_syntax(ask, deliver, query, wanted):
    from urllib.parse import quote

    first, _ = deliver("a"), deliver("b")
    ask("PUT", "/api/v1/tags", json={"IDs": [first], "Tags": ["red"]})
    ask("PUT", "/api/v1/messages", json={"IDs": [first], "Read": True})

    found = ask("GET", f"/api/v1/search?query={quote(query)}").json

    assert [message["Subject"] for message in found["messages"]] == wanted


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "Error: no search query"),
        ("hello%20color:red", "'color' at character 7 is not a field"),
        ("is:blue", "is must be read, unread or tagged"),
        ("to:", "to: at character 1 has no value"),
        ("subject:a%22b", "the quote inside"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_search_that_cannot_be_answered_is_refused_and_deletes_nothing(ask, deliver, method, query, said):
    deliver()

    answer = ask(method, f"/api/v1/search?query={query}")

    assert (answer.status, said in answer.text) == (400, True)
    assert ask("GET", "/api/v1/messages").json["total"] == 1


@pytest.mark.parametrize("body", [b"{", b'["x"]', b'{"IDs": "x"}', b'{"Ids": [1]}', b'{"id": ["x"]}', b"\xff"])
def test_malformed_delete_is_refused_and_deletes_nothing(ask, deliver, body):
    deliver()

    answer = ask("DELETE", "/api/v1/messages", body, headers={"Content-Type": "application/json"})

    assert answer.status == 400
    assert ask("GET", "/api/v1/messages").json["total"] == 1


def test_delete_removes_the_named_messages_or_all(ask, deliver):
    first, second = deliver("a"), deliver("b")
    deliver("c")

    assert ask("DELETE", "/api/v1/messages", json={"ids": [first, "unknown"]}).text == "ok"
    assert ask("GET", f"/api/v1/message/{first}").status == 404
    ask("DELETE", "/api/v1/search?query=subject:b")
    assert ask("GET", f"/api/v1/message/{second}").status == 404
    assert ask("DELETE", "/api/v1/messages", json={"IDs": []}).text == "ok"
    assert ask("GET", "/api/v1/messages").json["total"] == 0


def test_marks_of_removed_messages_are_forgotten(mockmail, ask, deliver):
    for removal in ("clear", "reset", "remove"):
        message_id = deliver()
        ask("PUT", "/api/v1/messages", json={"Read": True})
        ask("PUT", "/api/v1/tags", json={"IDs": [message_id], "Tags": ["red"]})
        assert ask("GET", "/api/v1/info").json["Tags"] == {"red": 1}

        if removal == "clear":
            mockmail.inbox.clear()
        elif removal == "reset":
            mockmail.reset()
        else:
            ask("DELETE", f"/_mockmail/messages/{message_id}")

        deliver()
        found = ask("GET", "/api/v1/info").json
        assert (found["Messages"], found["Unread"], found["Tags"]) == (1, 1, {})
        mockmail.inbox.clear()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"From": {"Email": "nobody"}}, "invalid From address: 'nobody'"),
        ({"To": [{"Email": "a@b\r\nBcc: x@y.z"}]}, "invalid To address"),
        ({"Headers": {"Subject": "x"}}, 'cannot overwrite header: "Subject"'),
        ({"Headers": {"X Y": "x"}}, "is not the name of a header"),
        ({"Attachments": [{"Filename": "a", "Content": "!"}]}, "must be base64"),
        ({"Attachments": [{"Filename": "a", "Content": "", "ContentType": "a/b\r\nX: y"}]}, "ContentType must be"),
        ({"Tags": ["a/b"]}, "a tag must have"),
        ({"Tags": [f"t{number}" for number in range(21)]}, "at most 20 tags"),
        ({"Subjekt": "x"}, "'Subjekt' is unknown"),
        ({"To": "jane@example.com"}, "To must be a list of objects"),
    ],
)
def test_send_refuses_an_invalid_message_and_keeps_nothing(ask, change, said):
    answer = ask("POST", "/api/v1/send", json={"From": {"Email": "shop@example.com"}, **change})

    assert (answer.status, list(answer.json)) == (400, ["Error"])
    assert said in answer.json["Error"]
    assert ask("GET", "/api/v1/messages").json["total"] == 0


def test_send_writes_no_header_that_a_value_brings(mockmail, ask):
    body = {
        "From": {"Email": "shop@example.com", "Name": "Shop\r\nX-Evil: 1"},
        "Subject": "Hi\r\nX-Evil: 1",
        "Headers": {"X-Note": "a\r\nX-Evil: 1"},
        "Attachments": [{"Filename": "a\r\nX-Evil: 1", "Content": "aGk=", "ContentID": "<a>\r\nX-Evil: 1"}],
    }

    assert ask("POST", "/api/v1/send", json=body).status == 200
    assert b"\nX-Evil" not in mockmail.inbox[0].raw


def test_message_that_was_sent_is_delivered_as_by_smtp(mockmail, ask):
    ask(
        "POST",
        "/api/v1/send",
        json={
            "From": {"Email": "shop@example.com"},
            "To": [{"Email": "jane@example.com"}],
            "Bcc": ["hidden@example.com"],
            "Attachments": [{"Filename": "a.txt", "Content": "data:text/plain;base64,aGk="}],
        },
    )

    [message] = mockmail.inbox
    assert message.envelope.recipients == ("jane@example.com", "hidden@example.com")
    assert "hidden" not in message.raw.decode()
    assert [(file.filename, file.content_type, file.content) for file in message.attachments] == [
        ("a.txt", "text/plain", b"hi")
    ]


def test_views_and_parts_run_nothing_in_a_browser(ask, deliver):
    message_id = deliver(html=SCRIPTED)

    view = ask("GET", f"/view/{message_id}.html")
    part = ask("GET", f"/api/v1/message/{message_id}/part/2")

    assert view.headers["Content-Type"] == "text/html; charset=utf-8"
    assert view.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'; img-src data:;")
    assert part.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert part.headers["Content-Disposition"] == "attachment"
    assert view.headers["X-Content-Type-Options"] == part.headers["X-Content-Type-Options"] == "nosniff"
    assert ask("GET", f"/view/{deliver()}.html").status == 404


def test_view_has_no_link_elements(ask, deliver):
    message_id = deliver(html="<link rel=preconnect href=//x.example><p>Hello</p>")

    assert ask("GET", f"/view/{message_id}.html").text.startswith(
        "<x-link rel=preconnect href=//x.example><p>Hello</p>"
    )


def test_view_shows_an_image_as_often_as_there_is_room(ask, monkeypatch):
    from mockmail.core.mail import preview

    image = "data:image/png;base64,aGVsbG8="
    monkeypatch.setattr(preview, "MOST_IMAGE_BYTES", 2 * len(image))
    sent = ask(
        "POST",
        "/api/v1/send",
        json={
            "From": {"Email": "shop@example.com"},
            "HTML": "<img src='cid:logo'>" * 3 + "<img src='cid:other'>",
            "Attachments": [{"Content": "aGVsbG8=", "ContentType": "image/png", "ContentID": "logo"}],
        },
    ).json

    shown = ask("GET", f"/view/{sent['ID']}.html").text

    assert [shown.count(image), shown.count("cid:logo"), shown.count("cid:other")] == [2, 1, 1]


@pytest.mark.parametrize("query", ["a " * 101, "a" * 8001])
def test_query_over_a_bound_is_refused(ask, query):
    assert ask("PUT", "/api/v1/messages", json={"Search": query, "Read": True}).status == 400


@pytest.mark.mockmail(strict=False)
def test_chaos_is_smtp_faults(mockmail, ask):
    ask("POST", "/_mockmail/smtp/faults", json={"stage": "rcpt", "code": 451})
    given = {"recipient": {"errorCode": 550, "probability": 25}}

    said = ask("PUT", "/api/v1/chaos", json=given).json

    assert said["Recipient"] == {"ErrorCode": 550, "Probability": 25}
    faults = ask("GET", "/_mockmail/smtp/faults").json["faults"]
    assert [(f["stage"], f["code"], f["probability"], f["times"]) for f in faults] == [
        ("rcpt", 451, 1.0, 1),
        ("rcpt", 550, 0.25, None),
    ]
    assert ask("PUT", "/api/v1/chaos", json={"Sender": {"ErrorCode": 200, "Probability": 1}}).status == 400
    assert ask("PUT", "/api/v1/chaos", json={"Sender": {"ErrorCode": 451, "Probability": 101}}).status == 400
    assert ask("GET", "/api/v1/chaos").json["Recipient"]["Probability"] == 25


def test_each_sandbox_has_its_own_messages_and_marks(ask, deliver):
    deliver()
    ask("PUT", "/api/v1/messages", json={"Read": True})

    assert ask("GET", "/~other/api/v1/messages").json["total"] == 0
    assert ask("GET", "/api/v1/info", headers={"X-Mockmail-Sandbox": "other"}).json["Messages"] == 0
    sent = ask("POST", "/~other/api/v1/send", json={"From": {"Email": "a@example.com"}, "HTML": "<p>"}).json
    assert ask("GET", f"/api/v1/message/{sent['ID']}").status == 404
    assert ask("GET", "/~other/view/latest").headers["Location"] == f"/~other/view/{sent['ID']}.html"
    assert ask("GET", "/~other/api/v1/messages").json["unread"] == 1


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
def test_probes_say_ok(ask, path):
    assert (ask("GET", path).status, ask("GET", path).text) == (200, "ok")


def test_wrong_method_names_the_right_ones(ask):
    answer = ask("POST", "/api/v1/messages")

    assert (answer.status, answer.headers["Allow"]) == (405, "GET, PUT, DELETE")
