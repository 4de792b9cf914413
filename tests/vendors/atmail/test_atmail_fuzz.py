"""Every request gets Zend XML and no 5xx."""

from __future__ import annotations

import re
from base64 import b64encode
from urllib.parse import quote_from_bytes, urlencode

import pytest
from http_client import send_bytes
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

ADMIN = b"Authorization: Basic " + b64encode(b"admin:changeme") + b"\r\n"
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
ACTIONS = [
    "users/authenticate",
    "users/permissionlist",
    "users/rolelist",
    "users/create",
    "users/update",
    "users/list",
    "users/view",
    "users/userpermissionrole",
    "users/delete",
    "accounts/create",
    "accounts/update",
    "accounts/view",
    "accounts/delete",
    "accounts/list",
    "aliases/create",
    "aliases/list",
    "aliases/delete",
    "domain/create",
    "domain/check",
    "domain/delete",
]
NUMBERS = ["userId", "accountId", "domainId", "id", "quota", "numUsers", "roleId", "userStatus", "start", "volume"]
ARRAYS = ["domainIds", "domainIds[]", "permissionIds", "permissionIds[0]", "permissionIds[a][b]"]
TEXTS = [
    *("username", "password", "fullname", "company", "emailAddress", "firstName", "lastName", "domainName"),
    *("AliasName", "AliasTo", "AliasType", "filter", "Domain"),
]
pytestmark = pytest.mark.mockmail(strict=False)  # most of what is sent here nobody serves


def cases(count: int):
    return settings(
        max_examples=count,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


def exchange(mockmail, sent: bytes, patience: float) -> tuple[int, bytes] | None:
    """Return status and body of the response; None for half a request, because a server may wait for the rest."""
    received = send_bytes(mockmail.url, sent, timeout=patience, ignored=(TimeoutError,))
    if not received:
        return None
    head, _, body = received.partition(b"\r\n\r\n")
    found = re.match(rb"HTTP/1\.1 ([0-9]{3}) ", head)
    assert found, received[:200]
    assert b"\r\ncontent-type: text/xml" in head.lower(), received[:500]
    return int(found[1]), body


def check(mockmail, sent: bytes, *, headless: bool = False, half: bool = False) -> None:
    """Check a response. headless: it is to a HEAD request; half: the request may be incomplete."""
    response = exchange(mockmail, sent, 0.5 if half else 30)
    if response is None:
        assert half, sent
        return
    status, body = response
    assert status < 500, (sent, body)
    if headless:
        return
    root = etree.fromstring(body, etree.XMLParser(recover=False, huge_tree=True, resolve_entities=False))
    element = root[0] if root.tag == "api" else root
    assert dict(root.attrib) == {"generator": "zend", "version": "1.0"}
    assert sorted(child.tag for child in element) == ["response", "status"]
    assert element.findtext("status") in ("success", "failed")
    assert element.find("response/message") is not None


def request(method: bytes, target: bytes, headers: bytes = ADMIN, body: bytes = b"") -> bytes:
    length = b"Content-Length: %d\r\n" % len(body) if body else b""
    return b"%s %s HTTP/1.1\r\nHost: x\r\n%s%sConnection: close\r\n\r\n%s" % (method, target, headers, length, body)


@cases(700)
@given(rest=st.binary(max_size=60), action=st.sampled_from(["", *ACTIONS]), escaped=st.booleans())
def test_any_path_gets_a_zend_response(mockmail, rest, action, escaped):
    target = f"/atmail/admin/index.php/api/{action}".encode() + b"/" + rest
    if escaped:
        target = f"/atmail/admin/index.php/api/{action}/{quote_from_bytes(rest)}".encode()

    check(mockmail, request(b"GET", target))


@cases(700)
@given(
    action=st.sampled_from(ACTIONS),
    body=st.binary(max_size=300)
    | st.builds(lambda name, value: name.encode() + b"=" + value, st.sampled_from(TEXTS), st.binary(max_size=80)),
    content_type=st.sampled_from(
        [
            b"application/x-www-form-urlencoded",
            b"application/x-www-form-urlencoded; charset=undefined",
            b"multipart/form-data",
            b"multipart/form-data; boundary=b",
            b'multipart/form-data; boundary="',
            b"application/json",
            b"",
        ]
    ),
    method=st.sampled_from([b"POST", b"PUT", b"DELETE", b"GET"]),
)
def test_any_body_gets_a_zend_response(mockmail, action, body, content_type, method):
    target = f"/admin/index.php/api/{action}/".encode()
    if b"boundary=b" in content_type:
        body = b"--b\r\nContent-Disposition: form-data; name=" + body + b"\r\n--b--\r\n"

    check(mockmail, request(method, target, ADMIN + b"Content-Type: " + content_type + b"\r\n", body))


@cases(700)
@given(
    name=st.sampled_from([b"Authorization", b"Content-Type", b"Content-Length", b"Transfer-Encoding", b"Cookie", b"X"]),
    value=st.binary(max_size=80).filter(lambda octets: not re.search(rb"[\r\n]", octets))
    | st.builds(lambda octets: b"Basic " + b64encode(octets), st.binary(max_size=40)),
    admin=st.booleans(),
)
def test_any_header_gets_a_zend_response(mockmail, name, value, admin):
    headers = (ADMIN if admin else b"") + name + b": " + value + b"\r\n"

    check(mockmail, request(b"POST", b"/atmail/admin/index.php/api/accounts/list/", headers), half=True)


def on_one_line(octets: bytes) -> bool:
    """Return whether the rest is still part of the same request, to the same vendor."""
    return not re.search(rb"[\s/]", octets)


@cases(500)
@given(
    method=st.binary(min_size=1, max_size=20).filter(on_one_line)
    | st.sampled_from([b"PATCH", b"OPTIONS", b"TRACE", b"HEAD", b"get"])
)
def test_any_method_gets_a_zend_response(mockmail, method):
    target = b"/atmail/admin/index.php/api/users/list/"

    check(mockmail, request(method, target), headless=method.upper() == b"HEAD", half=True)


numbers = st.one_of(
    st.sampled_from(["0", "1", "2", "10", "20", "-1", "1.5", "", "1,2,3", "99999999999999999999", "٣", "null"]),
    st.integers().map(str),
)
texts = st.one_of(
    st.sampled_from(
        [
            *("admin", "yourdomain.com", "account1@yourdomain.com", "@yourdomain.com", "a@", "Local", "Domain", ""),
            *("<x/>", "]]>", "\x00", "\ufffe", "a@b.c", "user1", "x" * 300, "%", "__proto__", "'; --"),
        ]
    ),
    st.text(max_size=20),
)
parameters = st.dictionaries(st.sampled_from(TEXTS), texts, max_size=5)
number_parameters = st.dictionaries(st.sampled_from([*NUMBERS, *ARRAYS]), numbers, max_size=4)


@cases(800)
@given(calls=st.lists(st.tuples(st.sampled_from(ACTIONS), parameters, number_parameters), min_size=1, max_size=4))
def test_any_sequence_of_calls_gets_zend_responses(mockmail, calls):
    mockmail.reset()

    for action, some, more in calls:
        body = urlencode({"username": "admin2", "password": "x"} | some | more, errors="surrogatepass").encode()
        check(mockmail, request(b"POST", f"/admin/index.php/api/{action}/".encode(), ADMIN + FORM, body))

    assert [crash.crash for crash in mockmail.requests.crashes()] == []
    # Whatever the calls did, the first admin is still there and the tree is in order.
    users = mockmail.atmail.state()["users"]
    assert users[0]["username"] == "admin"
    found = sorted(edge for user in users for edge in (user["leftEdge"], user["rightEdge"]))
    assert found == list(range(2 * len(users)))
