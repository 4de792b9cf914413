"""Encodings of requests, and the responses to invalid ones: always Zend XML."""

from __future__ import annotations

import pytest

from mockmail.core.errors import InvalidFault

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
def test_parameter_is_read_from_path_query_or_form(atmail, method, path, body):
    response = atmail.send(method, API + path, body, FORM if body else None)

    assert response.outcome == (200, "success", "yourdomain.com exists")


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_form_is_read_from_post_and_put_only_as_in_php(atmail, method):
    response = atmail.send(method, f"{API}/domain/check/", b"domainName=yourdomain.com", FORM)

    assert response.outcome == (400, "failed", "Invalid Method Call to domaincheck. Missing argument(s): domainName.")


def test_body_without_content_type_has_no_parameters_as_in_php(atmail):
    response = atmail.send("POST", f"{API}/domain/check/", b"domainName=yourdomain.com", {"Content-Type": None})

    assert response.outcome == (400, "failed", "Invalid Method Call to domaincheck. Missing argument(s): domainName.")


@pytest.mark.parametrize("content_type", ["APPLICATION/X-WWW-Form-URLencoded", f"{FORM['Content-Type']};charset=utf-8"])
def test_content_type_of_a_form_is_case_insensitive_and_may_have_parameters(atmail, content_type):
    body = b"domainName=yourdomain.com"

    response = atmail.send("POST", f"{API}/domain/check/", body, {"Content-Type": content_type})

    assert response.status == "success"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"domainName[]=yourdomain.com", "Array does not exist"),
        (b"domainName[0]=yourdomain.com", "Array does not exist"),
        (b"domainName=a.com&domainName[x]=yourdomain.com", "Array does not exist"),
        (b"domainName[]=a.com&domainName=yourdomain.com", "yourdomain.com exists"),
    ],
)
def test_array_in_place_of_a_text_is_the_word_array_as_in_php(atmail, body, message):
    assert atmail.send("POST", f"{API}/domain/check/", body, FORM).message == message
    assert atmail.send("GET", f"{API}/domain/check/?{body.decode()}").message == message


def test_array_in_place_of_an_integer_is_refused(atmail):
    response = atmail.send("POST", f"{API}/users/view/", b"userId[]=1", FORM)

    assert response.outcome == (200, "failed", "userId is not an integer")


@pytest.mark.parametrize("name", ["domainName[", "domainName]", "[domainName]"])
def test_name_with_half_a_pair_of_brackets_is_another_parameter(atmail, name):
    response = atmail.send("GET", f"{API}/domain/check/?{name}=yourdomain.com")

    assert response.message.endswith("Missing argument(s): domainName.")


def test_multipart_form_is_read_without_its_files(atmail):
    body = (
        b'--b\r\nContent-Disposition: form-data; name="username"\r\n\r\nanna@yourdomain.com\r\n'
        b'--b\r\nContent-Disposition: form-data; name="firstName"\r\n\r\nAnna & L\xc3\xa9a\r\n'
        b'--b\r\nContent-Disposition: form-data; name="lastName"; filename="a.txt"\r\n\r\na file is none\r\n--b--\r\n'
    )
    headers = {"Content-Type": "multipart/form-data; boundary=b"}

    response = atmail.send("POST", f"{API}/accounts/create", body, headers)

    row = response.results["accounts"]
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
def test_body_of_another_type_has_no_parameters(atmail, content_type, body):
    response = atmail.send("POST", f"{API}/users/create", body, {"Content-Type": content_type})

    message = "Missing argument(s): password." if body == b"username" else "Missing argument(s): username, password."
    assert response.body == DECLARATION + (
        b'<api generator="zend" version="1.0"><usercreate><response><message>Invalid Method Call to usercreate. '
        + message.encode()
        + b"</message></response><status>failed</status></usercreate></api>\n"
    )
    assert response.http == 400


@pytest.mark.parametrize(
    ("content_type", "body", "why"),
    [
        ("multipart/form-data", b"--b\r\n\r\n--b--", "not multipart, or without a boundary"),
        ("multipart/form-data; boundary=b", b"", "no line is the boundary 'b' with two hyphens before it"),
        ("application/x-www-form-urlencoded", b"a=1&" * 10_001, "more than 10000 fields"),
    ],
)
def test_broken_form_is_a_fault(atmail, content_type, body, why):
    response = atmail.send("POST", f"{API}/domain/check", body, {"Content-Type": content_type})

    assert response.outcome == (400, "failed", f"The form cannot be read: {why}")
    assert response.element.tag == "domaincheck"


def test_invalid_utf_8_is_replaced(atmail):
    response = atmail.send("POST", f"{API}/domain/check", b"domainName=\xff%fe.com", FORM)
    path = atmail.send("GET", f"{API}/domain/check/domainName/%ff.com")
    query = atmail.send("GET", f"{API}/domain/check?domainName=%ff.com")

    assert response.message == "\ufffd\ufffd.com does not exist"
    assert path.message == query.message == "\ufffd.com does not exist"


def test_echoed_markup_is_escaped(atmail):
    name = "</message><status>success</status>&amp;]]>\x1b"

    response = atmail.post("domain/check", domainName=name)

    assert response.status == "failed"
    assert response.message == "</message><status>success</status>&amp;]]>\ufffd does not exist"


def test_missing_parameters_are_listed(atmail):
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
        response = atmail.post(action)
        method = response.element.tag
        assert response.outcome == (400, "failed", f"Invalid Method Call to {method}. Missing argument(s): {names}.")


def test_parameter_name_in_another_case_is_ignored(atmail):
    assert atmail.post("domain/check", domainname="yourdomain.com").http == 400


@pytest.mark.parametrize("value", ["1.0", "1e3", "one", "0x1", "1" * 20, "\u0661", "--1", "1 2"])
def test_id_that_is_not_an_integer_is_refused(atmail, value):
    assert atmail.post("users/view", userId=value).outcome == (200, "failed", "userId is not an integer")


@pytest.mark.parametrize("value", ["01", "+1", " 1 "])
def test_id_with_sign_zeros_or_blanks_is_read(atmail, value):
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
def test_unknown_method_is_the_librarys_fault(atmail, path, root, message):
    response = atmail.send("GET", API + path)

    assert response.root.tag == root
    assert dict(response.root.attrib) == {"generator": "zend", "version": "1.0"}
    assert [child.tag for child in response.root] == ["response", "status"]
    assert response.outcome == (400, "failed", message)
    assert response.headers["Content-Type"] == "text/xml"


@pytest.mark.mockmail(strict=False)
def test_path_outside_the_api_is_404(atmail):
    response = atmail.send("GET", "/admin/index.php/apis/users/list")

    assert response.root.tag == "rest"
    assert response.outcome == (404, "failed", "there is no such path")


@pytest.mark.mockmail(strict=False)
@pytest.mark.parametrize("method", ["PATCH", "OPTIONS", "TRACE", "PROPFIND"])
def test_other_http_method_is_405(atmail, method):
    response = atmail.send(method, f"{API}/users/list/")

    assert (response.http, response.headers["Allow"]) == (405, "DELETE, GET, POST, PUT")
    assert response.element.tag == "userlist"
    assert response.message == f"{method} is not a method of this path: DELETE, GET, POST, PUT"


def test_head_response_has_no_body(atmail):
    response = atmail.send("HEAD", f"{API}/users/list/")

    assert (response.http, response.body, response.headers["Content-Type"]) == (200, b"", "text/xml")


def test_injected_fault_has_the_fault_form(mockmail, atmail):
    mockmail.faults.add("atmail", operation="account.create", status=503, message="down", headers={"Retry-After": "9"})

    response = atmail.post("accounts/create", username="a@yourdomain.com")

    assert response.outcome == (503, "failed", "down")
    assert response.headers["Retry-After"] == "9"
    assert response.element.tag == "accountcreate"
    assert atmail.get("accounts/list").results == ""


@pytest.mark.parametrize("status", [402, 418, 505])
def test_status_that_the_vendor_never_shows_is_refused_as_a_fault(mockmail, status):
    with pytest.raises(InvalidFault, match=f"atmail never responds with status {status}"):
        mockmail.faults.add("atmail", status=status)


def test_rate_limit_counts_each_admin_alone(mockmail, atmail):
    anna, _ = atmail.new_admin("anna")
    mockmail.faults.limit("atmail", calls=1)

    assert atmail.get("users/authenticate").http == 200
    assert anna.get("users/authenticate").http == 200
    assert atmail.get("users/authenticate").http == 429
    assert atmail.get("users/authenticate").headers["Retry-After"]


def test_empty_value_has_two_tags_and_an_empty_list_one(atmail):
    assert b"<message></message><results/>" in atmail.get("accounts/list").body
    assert b"<message></message><results/>" in atmail.get("users/list").body
    assert b"<message></message><results/>" in atmail.get("aliases/list").body
    assert b"<results></results>" in atmail.get("users/authenticate").body
    atmail.new_account()
    assert b"<forward></forward><autoReply></autoReply>" in atmail.get("accounts/list").body


def test_document_is_a_declaration_and_one_line(atmail):
    response = atmail.post("domain/check", domainName="a.com")

    assert response.body == DECLARATION + (
        b'<api generator="zend" version="1.0"><domaincheck><status>failed</status><response>'
        b"<message>a.com does not exist</message><results></results></response></domaincheck></api>\n"
    )
    assert response.headers["Content-Type"] == "text/xml"
    assert response.headers["Server"] == "Apache"


def test_path_below_the_vendors_prefix_is_served(atmail):
    response = atmail.send("GET", f"/atmail{API}/domain/check/domainName/yourdomain.com")

    assert response.message == "yourdomain.com exists"


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
def test_text_over_255_characters_is_refused(atmail, action, name, given, outcome):
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
def test_array_over_10000_values_is_refused(atmail, separator, most, words):
    def create(count: int):
        body = f"username=anna&password=x&domainIds[]={separator.join(['1'] * count)}".encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return atmail.send("POST", f"{API}/users/create/", body, headers)

    assert create(most + 1).message == words
    assert create(most).outcome == (200, "success", "2")
    assert atmail.post("users/view", userId=2).results["Domains"] == {"key_0": "yourdomain.com"}


def test_comma_lists_of_one_array_are_counted_together(atmail):
    halves = [",".join(["1"] * 5_000), ",".join(["1"] * 5_001)]

    response = atmail.post("users/create", username="anna", password="x", domainIds=halves)

    assert response.outcome == (200, "failed", "domainIds has too many values")


@pytest.mark.parametrize(
    ("action", "outcome"),
    [
        ("accounts/view", (200, "failed", "Account does not exist")),
        ("accounts/update", (400, "failed", "User does not exist")),
        ("accounts/delete", (200, "failed", "Single match for User id was not found.")),
        ("domain/delete", (200, "failed", "Domain does not exist")),
    ],
)
def test_request_without_id_and_name_finds_nothing(atmail, action, outcome):
    assert atmail.post(action).outcome == outcome
    assert atmail.post(action, accountId="", username="", domainId="", domainName="").outcome == outcome
