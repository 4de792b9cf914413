"""How a call may be made, and what is answered to what is none: always Zend XML."""

from __future__ import annotations

import pytest

API = "/admin/index.php/api"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/domain/check/", b"domainName=yourdomain.com"),
        ("POST", "/domain/check", b"domainName=yourdomain.com"),
        ("POST", "/domain/check", b"domainName=yourdomain%2ecom"),
        ("POST", "/domain/check", b"nonsense=1&domainName=other.com&domainName=yourdomain.com&&=&%"),
        ("PUT", "/domain/check/", b"domainName=yourdomain.com"),
        ("DELETE", "/domain/check/", b"domainName=yourdomain.com"),
        ("GET", "/domain/check/?domainName=yourdomain.com", None),
        ("GET", "/domain/check?domainName=yourdomain.com", None),
        ("DELETE", "/domain/check/?domainName=yourdomain.com", None),
        ("GET", "/domain/check/domainName/yourdomain.com/", None),
        ("GET", "/domain/check/domainName/yourdomain.com", None),
        ("GET", "/domain/check/odd/1/domainName/yourdomain.com/left", None),
        ("GET", "/domain/check/domainName/%79ourdomain.com", None),
        ("POST", "/domain/check/domainName/yourdomain.com?domainName=b.com", b"domainName=c.com"),
        ("POST", "/domain/check/?domainName=yourdomain.com", b"domainName=c.com"),
    ],
)
def test_a_parameter_may_come_in_the_path_the_query_or_a_form(atmail, method, path, body):
    answer = atmail.ask(method, API + path, body, FORM if body else None)

    assert answer.outcome == (200, "success", "yourdomain.com exists")


def test_multipart_forms(atmail):
    body = (
        b'--b\r\nContent-Disposition: form-data; name="username"\r\n\r\nanna@yourdomain.com\r\n'
        b'--b\r\nContent-Disposition: form-data; name="firstName"\r\n\r\nAnna & L\xc3\xa9a\r\n'
        b'--b\r\nContent-Disposition: form-data; name="lastName"; filename="a.txt"\r\n\r\na file is none\r\n--b--\r\n'
    )
    headers = {"Content-Type": "multipart/form-data; boundary=b"}

    answer = atmail.ask("POST", f"{API}/accounts/create", body, headers)

    row = answer.results["accounts"]
    assert (row["username"], row["firstName"], row["lastName"]) == ("anna@yourdomain.com", "Anna & Léa", "")


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b'{"username": "a@yourdomain.com"}'),
        ("text/xml", b"<username>a@yourdomain.com</username>"),
        ("text/plain", b"username=a@yourdomain.com"),
        ("application/octet-stream", b"\x00\xff"),
        ("nonsense", b"username=a@yourdomain.com"),
        ("application/x-www-form-urlencoded", b""),
        ("application/x-www-form-urlencoded", b"\x00\xff\xfe"),
        ("application/x-www-form-urlencoded", b"&&&==="),
        ("application/x-www-form-urlencoded", b"username"),
    ],
)
def test_a_body_that_is_no_form_has_no_parameters(atmail, content_type, body):
    answer = atmail.ask("POST", f"{API}/users/create", body, {"Content-Type": content_type})

    message = "Missing argument(s): password." if body == b"username" else "Missing argument(s): username, password."
    assert answer.body == DECLARATION + (
        b'<api generator="zend" version="1.0"><usercreate><response><message>Invalid Method Call to usercreate. '
        + message.encode()
        + b"</message></response><status>failed</status></usercreate></api>\n"
    )
    assert answer.http == 400


@pytest.mark.parametrize(
    ("content_type", "body", "why"),
    [
        ("multipart/form-data", b"--b\r\n\r\n--b--", "not multipart, or without a boundary that stands in it"),
        ("multipart/form-data; boundary=b", b"", "not multipart, or without a boundary that stands in it"),
        ("application/x-www-form-urlencoded", b"a=1&" * 10_001, "more than 10000 fields"),
    ],
)
def test_a_form_that_cannot_be_read(atmail, content_type, body, why):
    answer = atmail.ask("POST", f"{API}/domain/check", body, {"Content-Type": content_type})

    assert answer.outcome == (400, "failed", f"The form cannot be read: {why}")
    assert answer.element.tag == "domaincheck"


def test_bytes_that_are_not_utf_8_are_replaced(atmail):
    answer = atmail.ask("POST", f"{API}/domain/check", b"domainName=\xff%fe.com", FORM)
    path = atmail.ask("GET", f"{API}/domain/check/domainName/%ff.com")
    query = atmail.ask("GET", f"{API}/domain/check?domainName=%ff.com")

    assert answer.message == "\ufffd\ufffd.com does not exist"
    assert path.message == query.message == "\ufffd.com does not exist"


def test_markup_in_an_echo_is_text(atmail):
    name = "</message><status>success</status>&amp;]]>\x1b"

    answer = atmail.post("domain/check", domainName=name)

    assert answer.status == "failed"
    assert answer.message == "</message><status>success</status>&amp;]]>\ufffd does not exist"


def test_the_calls_with_required_parameters_say_which_are_missing(atmail):
    missing = {
        "users/create": "username, password",
        "users/update": "userId",
        "users/view": "userId",
        "users/userpermissionrole": "userId",
        "users/delete": "userId",
        "accounts/create": "username",
        "aliases/create": "AliasName, AliasTo, AliasType",
        "domain/create": "domainName",
        "domain/check": "domainName",
    }
    for action, names in missing.items():
        answer = atmail.post(action)
        method = answer.element.tag
        assert answer.outcome == (400, "failed", f"Invalid Method Call to {method}. Missing argument(s): {names}.")


def test_parameter_names_are_as_the_page_spells_them(atmail):
    assert atmail.post("domain/check", domainname="yourdomain.com").http == 400


@pytest.mark.parametrize("value", ["1.0", "1e3", "one", "0x1", "1" * 20, "\u0661", "--1", "1 2"])
def test_an_id_that_is_no_integer(atmail, value):
    assert atmail.post("users/view", userId=value).outcome == (200, "failed", "userId is not an integer")


@pytest.mark.parametrize("value", ["01", "+1", " 1 "])
def test_an_id_as_loosely_as_php_reads_one(atmail, value):
    assert atmail.post("users/view", userId=value).results["username"] == "admin"


@pytest.mark.mockmail(strict=False)
@pytest.mark.parametrize(
    ("path", "root", "message"),
    [
        ("/users/promote", "userpromote", "Unknown Method 'userpromote'."),
        ("/users/Create", "userCreate", "Unknown Method 'userCreate'."),
        ("/accounts/authenticate", "accountauthenticate", "Unknown Method 'accountauthenticate'."),
        ("/domains/check", "domainscheck", "Unknown Method 'domainscheck'."),
        ("/mail/send/now/1", "mailsend", "Unknown Method 'mailsend'."),
        ("/users/a%20b", "rest", "Unknown Method 'usera b'."),
        ("/users/%3Cx%3E", "rest", "Unknown Method 'user<x>'."),
        ("/users/{urn:x}y", "rest", "Unknown Method 'user{urn:x}y'."),
        ("/users/%00", "rest", "Unknown Method 'user\ufffd'."),
        ("/1users/x", "rest", "Unknown Method '1usersx'."),
        ("/users/", "rest", "No Method Specified."),
        ("/users//", "rest", "No Method Specified."),
        ("/users", "rest", "No Method Specified."),
        ("", "rest", "No Method Specified."),
    ],
)
def test_a_method_that_is_not_there_is_the_librarys_fault(atmail, path, root, message):
    answer = atmail.ask("GET", API + path)

    assert answer.root.tag == root
    assert dict(answer.root.attrib) == {"generator": "zend", "version": "1.0"}
    assert [child.tag for child in answer.root] == ["response", "status"]
    assert answer.outcome == (400, "failed", message)
    assert answer.headers["Content-Type"] == "text/xml"


@pytest.mark.mockmail(strict=False)
def test_a_path_outside_the_api(atmail):
    answer = atmail.ask("GET", "/admin/index.php/apis/users/list")

    assert answer.root.tag == "rest"
    assert answer.outcome == (404, "failed", "there is no such path")


@pytest.mark.mockmail(strict=False)
@pytest.mark.parametrize("method", ["PATCH", "OPTIONS", "TRACE", "PROPFIND"])
def test_other_methods(atmail, method):
    answer = atmail.ask(method, f"{API}/users/list/")

    assert (answer.http, answer.headers["Allow"]) == (405, "DELETE, GET, POST, PUT")
    assert answer.element.tag == "userlist"
    assert answer.message == f"{method} is not a method of this path: DELETE, GET, POST, PUT"


def test_head_has_no_body(atmail):
    answer = atmail.ask("HEAD", f"{API}/users/list/")

    assert (answer.http, answer.body, answer.headers["Content-Type"]) == (200, b"", "text/xml")


def test_injected_faults_are_faults(mockmail, atmail):
    mockmail.faults.add("atmail", operation="account.create", status=503, message="down", headers={"Retry-After": "9"})

    answer = atmail.post("accounts/create", username="a@yourdomain.com")

    assert answer.outcome == (503, "failed", "down")
    assert answer.headers["Retry-After"] == "9"
    assert answer.element.tag == "accountcreate"
    assert atmail.get("accounts/list").results == ""


def test_each_admin_has_a_rate_limit_of_its_own(mockmail, atmail):
    anna, _ = atmail.new_admin("anna")
    mockmail.faults.limit("atmail", calls=1)

    assert atmail.get("users/authenticate").http == 200
    assert anna.get("users/authenticate").http == 200
    assert atmail.get("users/authenticate").http == 429
    assert atmail.get("users/authenticate").headers["Retry-After"]


def test_empty_values_have_two_tags_and_empty_lists_one(atmail):
    assert b"<message></message><results/>" in atmail.get("accounts/list").body
    assert b"<message></message><results/>" in atmail.get("users/list").body
    assert b"<message></message><results/>" in atmail.get("aliases/list").body
    assert b"<results></results>" in atmail.get("users/authenticate").body
    atmail.new_account()
    assert b"<forward></forward><autoReply></autoReply>" in atmail.get("accounts/list").body


def test_a_document_is_a_declaration_and_one_line(atmail):
    answer = atmail.post("domain/check", domainName="a.com")

    assert answer.body == DECLARATION + (
        b'<api generator="zend" version="1.0"><domaincheck><status>failed</status><response>'
        b"<message>a.com does not exist</message><results></results></response></domaincheck></api>\n"
    )
    assert answer.headers["Content-Type"] == "text/xml"
    assert answer.headers["Server"] == "Apache"


def test_a_vendor_has_its_own_prefix_too(atmail):
    answer = atmail.ask("GET", f"/atmail{API}/domain/check/domainName/yourdomain.com")

    assert answer.message == "yourdomain.com exists"


@pytest.mark.parametrize(
    ("action", "name", "given", "outcome"),
    [
        ("domain/check", "domainName", {}, (200, "failed", f"{'a' * 255} does not exist")),
        ("accounts/view", "username", {}, (200, "failed", "Account does not exist")),
        ("accounts/update", "firstName", {"accountId": 9}, (400, "failed", "User does not exist")),
        ("aliases/create", "AliasTo", {"AliasName": "a@b.c", "AliasType": "x"}, None),
        ("aliases/list", "filter", {}, (200, "success", "")),
        ("users/update", "password", {"userId": 9}, (200, "failed", "User does not exist")),
    ],
)
def test_a_text_is_as_long_as_a_column_and_no_longer(atmail, action, name, given, outcome):
    fits = atmail.post(action, **given, **{name: "a" * 255})
    larger = atmail.post(action, **given, **{name: "a" * 256})
    largest = atmail.post(action, **given, **{name: "a" * 1_000_000})

    assert fits.outcome == (outcome or (200, "failed", "AliasType must be Local, Deliver or Domain"))
    assert larger.outcome == largest.outcome == (200, "failed", f"{name} is too long")


@pytest.mark.parametrize(
    ("separator", "most", "words"),
    [
        (",", 10_000, "domainIds has too many values"),
        ("&domainIds[]=", 9_998, "The form cannot be read: more than 10000 fields"),
    ],
)
def test_an_array_has_as_many_values_as_a_form_has_fields_and_no_more(atmail, separator, most, words):
    def create(count: int):
        body = f"username=anna&password=x&domainIds[]={separator.join(['1'] * count)}".encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return atmail.ask("POST", f"{API}/users/create/", body, headers)

    assert create(most + 1).message == words
    assert create(most).outcome == (200, "success", "2")
    assert atmail.post("users/view", userId=2).results["Domains"] == {"key_0": "yourdomain.com"}


def test_comma_lists_of_one_array_are_counted_together(atmail):
    halves = [",".join(["1"] * 5_000), ",".join(["1"] * 5_001)]

    answer = atmail.post("users/create", username="anna", password="x", domainIds=halves)

    assert answer.outcome == (200, "failed", "domainIds has too many values")


@pytest.mark.parametrize(
    ("action", "outcome"),
    [
        ("accounts/view", (200, "failed", "Account does not exist")),
        ("accounts/update", (400, "failed", "User does not exist")),
        ("accounts/delete", (200, "failed", "Single match for User id was not found.")),
        ("domain/delete", (200, "failed", "Domain does not exist")),
    ],
)
def test_what_is_named_in_neither_of_two_ways_is_not_there(atmail, action, outcome):
    assert atmail.post(action).outcome == outcome
    assert atmail.post(action, accountId="", username="", domainId="", domainName="").outcome == outcome
