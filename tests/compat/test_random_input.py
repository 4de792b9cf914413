"""Random input to Mailpit's send and search: each request is answered, and what was sent can be read."""

from __future__ import annotations

import base64
from email import message_from_bytes
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

SETTINGS = settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])

TEXTS = st.one_of(
    st.text(max_size=10),
    st.text("\r\n\0\ud800\u2028é=?,;<>\"'()@ \t", max_size=10),
    st.sampled_from(["=?utf-8?q?a?=", "a" * 1100, "é" * 600, "X-Evil: 1\r\n\r\nbody", "cid:a", "\U0001f600"]),
)
ADDRESSES = st.one_of(st.sampled_from(["jane@example.com", "é@example.com", '"a b"@x.example', "a@[::1]", ""]), TEXTS)
ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=6,
)
PEOPLE = st.lists(st.fixed_dictionaries({"Email": ADDRESSES}, optional={"Name": TEXTS}), max_size=3)
CONTENTS = st.one_of(st.binary(max_size=30).map(lambda content: base64.b64encode(content).decode()), TEXTS)
ATTACHMENTS = st.lists(
    st.fixed_dictionaries(
        {"Content": CONTENTS},
        optional={
            "Filename": TEXTS,
            "ContentID": TEXTS,
            "ContentType": st.sampled_from(["", "text/plain", "message/rfc822", "multipart/mixed", "text/html", "é/x"]),
        },
    ),
    max_size=2,
)
NAMES = st.one_of(st.sampled_from(["X-Note", "Subject", "Received", "Content-Type", "Resent-To", "X" * 200]), TEXTS)
MESSAGES = st.fixed_dictionaries(
    {"From": st.fixed_dictionaries({"Email": ADDRESSES}, optional={"Name": TEXTS})},
    optional={
        "To": PEOPLE,
        "Cc": PEOPLE,
        "Bcc": st.lists(ADDRESSES, max_size=3),
        "ReplyTo": PEOPLE,
        "Subject": TEXTS,
        "Text": TEXTS,
        "HTML": TEXTS,
        "Tags": st.lists(TEXTS, max_size=3),
        "Headers": st.dictionaries(NAMES, TEXTS, max_size=3),
        "Attachments": ATTACHMENTS,
    },
)
FIELDS = ("From", "To", "Cc", "Bcc", "ReplyTo", "Subject", "Text", "HTML", "Tags", "Headers", "Attachments")
BROKEN = st.builds(lambda good, name, value: good | {name: value}, MESSAGES, st.sampled_from(FIELDS), ANYTHING)
QUERIES = st.lists(
    st.one_of(
        TEXTS,
        st.builds(
            "{}{}:{}".format,
            st.sampled_from(["", "-", "!"]),
            st.sampled_from(["to", "subject", "is", "tag", "has", "before", "larger", "header", "none"]),
            st.one_of(TEXTS, st.sampled_from(["read", "attachment", "2026-01-31", "1d", "1k", "x-note=a"])),
        ),
        st.sampled_from(['"', "(", ")", "OR", "NOT", "-"]),
    ),
    max_size=8,
).map(lambda words: quote(" ".join(words), errors="surrogatepass"))


@pytest.mark.mockmail(strict=False)
@SETTINGS
@given(st.one_of(MESSAGES, BROKEN))
def test_random_message_is_refused_or_can_be_read_in_every_way(mockmail, ask, document):
    mockmail.inbox.clear()

    answer = ask("POST", "/api/v1/send", json=document)

    if answer.status == 400:
        assert list(answer.json) == ["Error"]
        assert len(mockmail.inbox) == 0
        return
    assert answer.status == 200
    message_id = answer.json["ID"]
    assert ask("GET", "/api/v1/messages").json["messages"][0]["ID"] == message_id
    for path in ("", "/headers", "/raw"):
        assert ask("GET", f"/api/v1/message/{message_id}{path}").status == 200
    assert ask("GET", f"/view/{message_id}.html").status in (200, 404)
    assert ask("GET", f"/_mockmail/messages/{message_id}").status == 200
    assert "X-Evil" not in message_from_bytes(mockmail.inbox[0].raw)


@pytest.mark.mockmail(strict=False)
@SETTINGS
@given(QUERIES)
def test_random_query_finds_messages_or_is_refused(mockmail, ask, query):
    if len(mockmail.inbox) == 0:
        ask("POST", "/api/v1/send", json={"From": {"Email": "a@example.com"}, "Subject": "Hi", "Text": "read"})

    assume(len(query) < 8000)  # a longer request line is refused
    answer = ask("GET", f"/api/v1/search?query={query}")

    if answer.status == 400:
        assert answer.text.endswith("\n")
    else:
        assert answer.status == 200
        assert answer.json["messages_count"] in (0, 1)
