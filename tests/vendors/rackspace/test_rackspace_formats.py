"""Formats of responses and faults (docs/wire/rackspace.md 1.4, 1.7, 1.8)."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest

from mockmail.core.faults import InvalidFault
from tests.vendors.rackspace.conftest import COMPANY
from tests.vendors.rackspace.signed_client import Client

SIX = f"{COMPANY}/ex/mailboxes/apiexmailbox6"
XML = "text/xml; charset=utf-8"
JSON = "application/json; charset=utf-8"


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("text/xml", XML),
        ("application/xml", XML),
        ("TEXT/XML", XML),
        ("application/json", JSON),
        ("json", JSON),
        ("", JSON),
        ("*/*", JSON),
        ("application/json;q=0.1, text/xml", XML),
        ("text/xml;q=0.5, application/json;q=0.9", JSON),
        ("text/html, text/xml;q=0, application/json;q=0.3", JSON),
        ("text/xml; charset=utf-8", XML),
    ],
)
def test_accept_header_selects_the_format(api: Client, accept: str, media_type: str):
    shown = api.get(SIX, Accept=accept)
    assert (shown.status, shown.headers["content-type"]) == (200, media_type)
    missing = api.get(f"{SIX}6", Accept=accept)
    assert (missing.status, missing.headers["content-type"]) == (404, media_type)
    assert missing.body.startswith(b"<?xml" if media_type == XML else b"{")


def test_read_with_an_unknown_accept_is_406(api: Client):
    assert api.get(SIX, Accept="text/html").fault == (406, "appsFault", "Invalid format")


@pytest.mark.parametrize("accept", ["txt/xml", "text/html", "nonsense;;q=,"])
def test_write_with_an_unknown_accept_succeeds(api: Client, accept: str):
    reply = api.put(SIX, {"city": "Blacksburg"}, Accept=accept)
    assert (reply.status, reply.body) == (200, b"")


def test_xml_document_begins_like_the_samples_of_the_page(api: Client):
    assert api.get(SIX, Accept="text/xml").body.startswith(
        b'<?xml version="1.0" encoding="utf-8"?>\n'
        b'<mailbox xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        b' xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns="urn:xml:mailbox"><name>apiexmailbox6</name>'
    )


def test_xml_with_special_characters_is_well_formed(api: Client):
    text = "R&D <b> \"quoted\" 'ü' \U0001f600 \x07"
    api.ok("PUT", SIX, {"department": text})
    namespace = "{urn:xml:mailbox}"
    root = api.get(SIX, Accept="text/xml").xml
    assert root.findtext(f"{namespace}contactInfo/{namespace}department") == text.replace("\x07", "\ufffd")
    assert api.get(SIX).json["contactInfo"]["department"] == text


def test_json_escapes_slashes(api: Client):
    assert b'"lastLogin":"2\\/12\\/2010 1:00:00 AM"' in api.get(SIX).body


def test_response_has_the_headers_of_the_vendors_servers(api: Client):
    headers = api.get(SIX).headers
    assert (headers["server"], headers["cache-control"]) == ("Microsoft-IIS/7.0", "private")


def test_fault_has_the_time_of_the_clock_in_the_vendors_zone(api: Client, mockmail: Any):
    mockmail.clock.freeze(dt.datetime(2014, 4, 11, 20, 3, 24, tzinfo=dt.UTC))
    assert api.get(f"{SIX}6").body == (
        b'{"itemNotFoundFault":{"message":"Mailbox Not Found","details":"4/11/2014 3:03:24 PM",'
        b'"resourceType":"Mailbox","code":404}}'
    )


def test_fault_in_xml_has_its_own_root_and_namespace(api: Client):
    reply = api.get(f"{SIX}6", Accept="text/xml")
    root = reply.xml
    namespace = "{urn:xml:itemNotFoundFault}"
    assert (root.tag, root.get("code")) == (f"{namespace}itemNotFoundFault", "404")
    assert [element.tag.removeprefix(namespace) for element in root] == ["message", "details", "resourceType"]
    assert root.findtext(f"{namespace}message") == reply.headers["x-error-message"] == "Mailbox Not Found"


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (400, (400, "badRequestFault", "told")),
        (403, (403, "unauthorizedFault", "told")),
        (404, (404, "itemNotFoundFault", "told")),
        (409, (409, "appsFault", "told")),
        (413, (413, "appsFault", "told")),
        (500, (500, "appsFault", "told")),
        (503, (503, "appsFault", "told")),
    ],
)
def test_injected_fault_has_the_vendors_name_and_format(
    api: Client, mockmail: Any, status: int, expected: tuple[int, str, str]
):
    mockmail.faults.add("rackspace", operation="mailbox.show", status=status, message="told", times=2)
    assert api.get(SIX).fault == expected
    reply = api.get(SIX, Accept="text/xml")
    assert (reply.status, reply.xml.get("code")) == (expected[0], str(expected[0]))
    assert api.get(SIX).status == 200


@pytest.mark.parametrize("status", [401, 415, 429])
def test_fault_with_a_status_that_the_vendor_never_sends_is_refused(mockmail: Any, status: int):
    with pytest.raises(InvalidFault, match=f"rackspace never responds with status {status}"):
        mockmail.faults.add("rackspace", operation="mailbox.show", status=status)


def test_head_is_a_get_without_a_body(api: Client):
    reply = api.send("HEAD", SIX, None, {})
    assert (reply.status, reply.body, reply.headers["content-type"]) == (200, b"", JSON)
    assert re.fullmatch("[1-9][0-9]+", reply.headers["content-length"])


def test_header_has_a_long_message_on_one_line(api: Client, mockmail: Any):
    mockmail.faults.add("rackspace", operation="mailbox.show", status=500, message="two\r\nX-Lines: ü" + "x" * 20_000)
    reply = api.get(SIX)
    assert (reply.status, "x-lines" in reply.headers) == (500, False)
    assert reply.json["appsFault"]["message"].startswith("two\r\nX-Lines: ü")
    assert reply.headers["x-error-message"] == "two  X-Lines: ?" + "x" * 485
