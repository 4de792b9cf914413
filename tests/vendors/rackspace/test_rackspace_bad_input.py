"""Bad input gets the vendor's own error, in the requested format."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.vendors.rackspace.conftest import COMPANY
from tests.vendors.rackspace.signed_client import Client, SignedResponse

SIX = f"{COMPANY}/ex/mailboxes/apiexmailbox6"
FORM = "application/x-www-form-urlencoded"
FORM_ONLY = "The request body must be submitted in Content-Type: application/x-www-form-urlencoded"


@pytest.mark.parametrize("media_type", ["application/json", "text/xml", "text/plain"])
@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", f"{SIX}1"), ("PUT", SIX), ("POST", f"{SIX}/permissions/x"), ("PUT", f"{SIX}/permissions/x")],
)
def test_other_content_type_than_a_form_is_refused(api: Client, method: str, path: str, media_type: str):
    reply = api.send(method, path, b'{"permission": "both", "city": "x"}', {"Content-Type": media_type})
    assert reply.fault == (400, "badRequestFault", FORM_ONLY)


@pytest.mark.mockmail(options={"rackspace": {"json_on_form_routes": True}})
def test_json_is_read_with_the_option(api: Client):
    reply = api.send("PUT", SIX, b'{"city": "Blacksburg"}', {"Content-Type": "application/json"})
    assert reply.status == 200
    assert api.get(SIX).json["contactInfo"]["city"] == "Blacksburg"


@pytest.mark.parametrize(
    ("charset", "sent"),
    [
        ("; charset=utf-8", b"Orl%C3%A9ans"),
        ("; charset=ISO-8859-1", b"Orl%E9ans"),
        ('; charset="windows-1252"', b"Orl\xe9ans"),
        ("; boundary=x;charset=iso-8859-15 ", b"Orl%E9ans"),
        ("; charset=punycode", b"Orl%C3%A9ans"),
        ("; charset=iso-8859-99", b"Orl%C3%A9ans"),
    ],
)
def test_form_is_read_in_its_charset(api: Client, charset: str, sent: bytes):
    assert api.send("PUT", SIX, b"city=" + sent, {"Content-Type": f"{FORM}{charset}"}).status == 200
    assert api.get(SIX).json["contactInfo"]["city"] == "Orléans"


def test_form_with_bytes_outside_its_charset_is_refused(api: Client):
    fault = api.send("PUT", SIX, b"city=Orl%E9ans", {"Content-Type": f"{FORM}; charset=us-ascii"}).fault
    assert fault == (400, "badRequestFault", "Invalid form: bytes that are not us-ascii")


@pytest.mark.parametrize("body", [b"city=%", b"city=%zz", b"city=%ff", b"city=\xff\xfe", b"&".join([b"a=b"] * 10_002)])
def test_malformed_form_is_refused(api: Client, body: bytes):
    status, name, _ = api.send("PUT", SIX, body, {"Content-Type": FORM}).fault
    assert (status, name) == (400, "badRequestFault")
    assert api.get(SIX).json["contactInfo"]["city"] == ""


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff",
        b'{"password": "Secret13!@#", "size": ' + b"9" * 5000 + b"}",
        b"null",
        b"[" * 100_000,
        b'{"a":' * 5000,
        b'{"password": NaN}',
        b"1e999",
    ],
)
def test_malformed_json_is_refused(api: Client, body: bytes):
    headers = {"Content-Type": "application/json"}
    status, name, _ = api.send("POST", f"{COMPANY}/rs/mailboxes/joe", body, headers).fault
    assert (status, name) == (400, "badRequestFault")


def test_lone_surrogate_is_replaced(api: Client):
    body = json.dumps({"password": "Secret13!@#", "notes": "\ud800", "emailForwardingAddresses": ["a@b.example"]})
    path = f"{COMPANY}/rs/mailboxes/joe"
    assert api.send("POST", path, body.encode(), {"Content-Type": "application/json"}).status == 200
    assert api.get(path).json["contactInfo"]["notes"] == "?"
    assert api.get(path, Accept="text/xml").status == 200


def test_field_of_ten_megabytes_is_kept_whole(api: Client):
    api.ok("PUT", SIX, {"notes": "x" * 10_000_000})
    assert len(api.get(SIX).json["contactInfo"]["notes"]) == 10_000_000


def test_display_name_of_ten_megabytes_is_refused(api: Client):
    assert api.put(SIX, {"displayName": "x" * 10_000_000}).fault == (400, "badRequestFault", "Invalid display name")


JOE = f"{COMPANY}/rs/mailboxes/joe"


@pytest.mark.parametrize(
    ("method", "path", "field", "fault"),
    [
        ("PUT", f"{SIX}/spam/blocklist", "addList", "badRequestFault"),
        ("PUT", f"{SIX}/spam/ipsafelist", "removeList", "badRequestFault"),
        ("POST", JOE, "emailForwardingAddresses", "validationFault"),
    ],
)
def test_form_field_with_more_than_a_thousand_addresses_is_refused(
    api: Client, method: str, path: str, field: str, fault: str
):
    most = ",".join(f"a{number}@b.example" for number in range(1000))
    more = api.call(method, path, {"password": "Secret123!@#", field: f"{most},x@b.example"}, {})
    assert more.fault == (400, fault, f"Invalid value for field: {field}")
    api.ok(method, path, {"password": "Secret123!@#", field: most})


def test_json_field_with_more_than_a_thousand_addresses_is_refused(api: Client):
    body = {"password": "Secret123!@#", "emailForwardingAddresses": ["a@b.example"] * 1001}
    reply = api.send("POST", JOE, json.dumps(body).encode(), {"Content-Type": "application/json"})
    assert reply.fault == (400, "validationFault", "Invalid value for field: emailForwardingAddresses")


@pytest.mark.mockmail(strict=False)
@pytest.mark.parametrize("accept", ["application/json", "text/xml"])
def test_unknown_method_is_405_with_allow(api: Client, accept: str):
    reply = api.send("PATCH", SIX, None, {"Accept": accept})
    assert (reply.status, reply.headers["allow"]) == (405, "DELETE, GET, POST, PUT")
    assert reply.headers["x-error-message"].startswith("PATCH")
    assert b"appsFault" in reply.body


@pytest.mark.mockmail(strict=False)
@pytest.mark.parametrize("path", ["/nothing", f"{SIX}/nothing", "/customers/me/domains/example.com/ex"])
def test_unknown_path_is_404(api: Client, path: str):
    status, name, _ = api.get(path).fault
    assert (status, name) == (404, "itemNotFoundFault")


def test_line_break_in_a_path_adds_no_header(api: Client):
    reply = api.delete(f"{SIX}/emailaddresses/x%0d%0aSet-Cookie:%20a=b@example.com")
    assert "set-cookie" not in reply.headers
    assert reply.status == 404
    taken = api.post(f"{SIX}/emailaddresses/%C3%BC%0d%0a@example.com")
    assert taken.fault == (400, "badRequestFault", "Invalid email address")


def is_the_vendors(reply: SignedResponse) -> bool:
    """Return whether a response has the vendor's form; a fault is in the body and in a header."""
    if reply.status in (200, 204):
        return reply.body == b"" or reply.body[:1] in (b"{", b"<")
    if reply.body.startswith(b"<"):
        root = reply.xml
        return root.tag.endswith("Fault") and root.get("code") == str(reply.status)
    [(name, fault)] = reply.json.items()
    return name.endswith("Fault") and fault["code"] == reply.status and "x-error-message" in reply.headers


def visible(least: int, most: int) -> st.SearchStrategy[str]:
    characters = st.characters(min_codepoint=0x21, max_codepoint=0xFF, exclude_characters="\x7f\x85\xa0#")
    return st.text(characters, min_size=least, max_size=most)


PATHS = st.one_of(
    visible(0, 40).map(lambda text: f"/{text}"),
    visible(1, 20).map(lambda text: f"{COMPANY}/ex/mailboxes/{text}"),
    visible(1, 20).map(lambda text: f"{COMPANY}/ex/mailboxes?{text}"),
    st.tuples(st.sampled_from(["size", "offset", "contains", "startswith", "enabled", "fields"]), visible(0, 10)).map(
        lambda pair: f"{COMPANY}/ex/mailboxes?{pair[0]}={pair[1]}"
    ),
    visible(1, 20).map(lambda text: f"{SIX}/emailaddresses/{text}"),
    visible(1, 20).map(lambda text: f"{SIX}/permissions/{text}"),
    visible(1, 20).map(lambda text: f"{SIX}/spam/blocklist/{text}"),
    visible(1, 20).map(lambda text: f"{COMPANY}/rs/mailboxes/{text}"),
    st.sampled_from([SIX, f"{SIX}/spam/settings", f"{SIX}/spam/ipsafelist", f"{SIX}/activesyncmobileservice"]),
    visible(1, 20).map(lambda text: f"{COMPANY}/rs/aliases/{text}"),
    visible(1, 20).map(lambda text: f"{COMPANY}/ex/distributionlists/{text}"),
    visible(1, 20).map(lambda text: f"{COMPANY}/ex/distributionlists?marker={text}"),
    visible(1, 20).map(lambda text: f"/admins/{text}"),
    st.sampled_from([f"{COMPANY}/spam/settings", f"{COMPANY}/catchalladdress", f"{COMPANY}/ex/distributionlists"]),
)
BODIES = st.one_of(
    st.none(),
    st.binary(max_size=200),
    st.dictionaries(
        st.sampled_from(
            [
                "displayName",
                "password",
                "size",
                "enabled",
                "permission",
                "filterlevel",
                "addList",
                "aliasEmails",
                "address",
            ]
        ),
        st.text(max_size=20),
    ).map(lambda fields: "&".join(f"{name}={value}" for name, value in fields.items()).encode("utf-8", "replace")),
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=9)),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=9), inner),
    ).map(lambda value: json.dumps(value).encode()),
)


@pytest.mark.mockmail(strict=False)
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS", "FOO"]),
    path=PATHS,
    body=BODIES,
    accept=st.one_of(st.sampled_from(["text/xml", "application/json"]), visible(0, 20)),
    media_type=st.one_of(
        st.sampled_from([FORM, "application/json", "text/xml", "multipart/form-data; boundary=a"]), visible(0, 20)
    ),
    signed=st.one_of(st.none(), visible(0, 60)),
)
def test_random_request_gets_a_response_of_the_vendor(
    *,
    api: Client,
    mockmail: Any,
    method: str,
    path: str,
    body: bytes | None,
    accept: str,
    media_type: str,
    signed: str | None,
):
    headers = {"Accept": accept, "Content-Type": media_type}
    if signed is not None:
        headers["X-Api-Signature"] = signed
    reply = api.send(method, path, body, headers)
    assert reply.status < 500
    assert method == "HEAD" or is_the_vendors(reply), reply
    assert mockmail.requests.crashes() == []
