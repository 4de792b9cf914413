"""MailHog's API: the shapes of its documents, and what is different here on purpose."""

from __future__ import annotations

import smtplib
from datetime import UTC, datetime

import pytest


def test_message_has_the_fields_of_mailhog(mockmail, ask, deliver):
    mockmail.clock.freeze(datetime(2026, 1, 31, 12, tzinfo=UTC))
    message_id = deliver("Grüße", text="Hi", to=["jane@example.com", "x@example.com"])

    [message] = ask("GET", "/api/v2/messages").json["items"]

    jane, other = ({"Relays": None, "Mailbox": name, "Domain": "example.com", "Params": ""} for name in ("jane", "x"))
    content = message.pop("Content")
    assert content["Headers"]["Subject"] == ["=?utf-8?q?Gr=C3=BC=C3=9Fe?="]
    assert (content["Body"], content["Size"], content["MIME"]) == ("Hi\r\n", len(mockmail.inbox[0].raw), None)
    assert message == {
        "ID": message_id,
        "From": {"Relays": None, "Mailbox": "bounce", "Domain": "example.com", "Params": ""},
        "To": [jane, other],
        "Created": "2026-01-31T12:00:00.000Z",
        "MIME": None,
        "Raw": {
            "From": "bounce@example.com",
            "To": ["jane@example.com", "x@example.com"],
            "Data": mockmail.inbox[0].raw.decode(),
            "Helo": "client.test",
        },
    }


def test_parts_keep_their_headers_and_their_encoding(ask, deliver):
    message_id = deliver(html="<b>Hi</b>", text="Hi", files={"a.pdf": b"%PDF"})

    parts = ask("GET", f"/api/v1/messages/{message_id}").json["MIME"]["Parts"]

    assert [next(iter(part["Headers"])) for part in parts[0]["MIME"]["Parts"]] == ["Content-Type"] * 2
    assert [part["Body"].strip() for part in parts[0]["MIME"]["Parts"]] == ["Hi", "<b>Hi</b>"]
    assert parts[1]["Headers"]["Content-Disposition"] == ['attachment; filename="a.pdf"']
    assert parts[1]["Body"].strip() == "JVBERg=="


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("kind=from&query=shop@example.com", ["b", "a"]),
        ("kind=to&query=jane@example.com&limit=1", ["b"]),
        ("kind=to&query=jane@example.com&start=1", ["a"]),
        ("kind=containing&query=Hello%20a", ["a"]),
        ("kind=containing&query=nothing", []),
    ],
)
def test_search_finds_messages(ask, deliver, query, wanted):
    deliver("a")
    deliver("b")

    found = ask("GET", f"/api/v2/search?{query}").json

    assert [message["Content"]["Headers"]["Subject"] for message in found["items"]] == [[name] for name in wanted]
    assert found["count"] == len(wanted)
    assert found["total"] == (2 if "kind=containing" not in query else len(wanted))


@pytest.mark.parametrize("query", ["", "kind=from", "kind=body&query=x", "kind=containing&query=%21%21", "query=x"])
def test_search_that_cannot_be_answered_is_refused(ask, query):
    assert ask("GET", f"/api/v2/search?{query}").status == 400


def test_list_is_bounded_in_messages_and_bytes(ask, deliver, monkeypatch):
    from mockmail.compat import mailhog

    monkeypatch.setattr(mailhog, "MOST_LISTED", 2)
    for number in range(3):
        deliver(f"Mail {number}")
    assert [ask("GET", "/api/v2/messages?limit=9").json[name] for name in ("total", "count")] == [3, 2]

    monkeypatch.setattr(mailhog, "MOST_BYTES", 1)
    rest = ask("GET", "/api/v2/messages?start=1").json
    assert (rest["count"], rest["items"][0]["Content"]["Headers"]["Subject"]) == (1, ["Mail 1"])


def test_first_version_shows_downloads_and_deletes_one_message(mockmail, ask, deliver):
    message_id = deliver()

    assert ask("GET", f"/api/v1/messages/{message_id}").json["ID"] == message_id
    saved = ask("GET", f"/api/v1/messages/{message_id}/download")
    assert (saved.body, saved.headers["Content-Type"]) == (mockmail.inbox[0].raw, "message/rfc822")
    assert ask("DELETE", f"/api/v1/messages/{message_id}").status == 200
    assert ask("DELETE", f"/api/v1/messages/{message_id}").status == 404
    assert ask("GET", f"/api/v1/messages/{message_id}").body == b"null"


def test_release_and_outgoing_servers_are_refused_with_the_reason(ask, deliver):
    release = ask("POST", f"/api/v1/messages/{deliver()}/release", json={"Host": "127.0.0.1", "Port": "25"})

    assert (release.status, release.text) == (501, "release is not emulated: no mail leaves mockmail\n")
    assert ask("GET", "/api/v2/outgoing-smtp").status == 501


def test_document_of_nested_parts_repeats_no_body_at_each_level(mockmail, ask):
    levels, text = 90, b"x" * 900 + b"\r\n"
    head = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(levels))
    raw = b"Subject: Deep\r\n" + head + b"\r\n" + text * 100
    with smtplib.SMTP(mockmail.smtp_host, mockmail.smtp_port, "client.test", timeout=20) as smtp:
        smtp.sendmail("shop@example.com", "jane@example.com", raw)

    shown = ask("GET", "/api/v2/messages").body

    assert len(shown) < 4 * len(raw)


@pytest.mark.mockmail(strict=False)
def test_jim_is_smtp_faults(mockmail, ask, deliver):
    assert ask("GET", "/api/v2/jim").status == ask("PUT", "/api/v2/jim").status == 404
    given = {"AcceptChance": 0.75, "DisconnectChance": 0.1, "LinkSpeedAffect": 0.5, "RejectSenderChance": 1}

    assert ask("POST", "/api/v2/jim", json=given).status == 201

    assert ask("POST", "/api/v2/jim", json=given).status == 400
    faults = ask("GET", "/_mockmail/smtp/faults").json["faults"]
    assert [(f["stage"], f["disconnect"], f["throttle"], f["code"], f["probability"], f["times"]) for f in faults] == [
        ("connect", True, None, None, 0.25, None),
        ("connect", False, 1024, None, 0.5, None),
        *((stage, True, None, None, 0.1, None) for stage in ("ehlo", "mail", "rcpt", "data")),
        ("mail", False, None, 550, 1.0, None),
    ]
    assert ask("GET", "/api/v2/jim").json == given | {
        "LinkSpeedMin": 1024,
        "LinkSpeedMax": 10240,
        "RejectRecipientChance": 0.0,
        "RejectAuthChance": 0.0,
    }
    assert ask("PUT", "/api/v2/jim", json={"RejectRecipientChance": 1}).status == 200
    with pytest.raises(smtplib.SMTPRecipientsRefused, match="Rejected by Jim"):
        deliver()
    assert ask("DELETE", "/api/v2/jim").status == 200
    assert ask("GET", "/_mockmail/smtp/faults").json["faults"] == []
    deliver()


@pytest.mark.mockmail(strict=False)
@pytest.mark.parametrize("ended", ["reset", "clear"])
def test_jim_is_off_when_his_faults_were_removed(mockmail, ask, ended):
    ask("POST", "/api/v2/jim", json={"RejectSenderChance": 1})

    if ended == "reset":
        mockmail.reset()
    else:
        ask("DELETE", "/_mockmail/smtp/faults")

    assert ask("GET", "/api/v2/jim").status == 404
    assert ask("POST", "/api/v2/jim").status == 201


@pytest.mark.parametrize(
    "given",
    [
        {"AcceptChance": 2},
        {"LinkSpeedMin": 0},
        {"LinkSpeedMin": 9, "LinkSpeedMax": 8},
        {"Chance": 1},
        {"RejectAuthChance": "1"},
    ],
)
def test_chance_that_jim_cannot_have_is_refused(ask, given):
    assert ask("POST", "/api/v2/jim", json=given).status == 400
    assert ask("GET", "/_mockmail/smtp/faults").json["faults"] == []
