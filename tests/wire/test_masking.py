"""Secrets are masked in requests and responses when they are shown."""

from __future__ import annotations

from time import perf_counter

import pytest
from multidict import CIMultiDict, CIMultiDictProxy

from mockmail.core.journal import Exchange
from mockmail.core.masking_rules import MaskingRules
from mockmail.core.operation import Operation
from mockmail.wire.masking import MOST_ECHOES, WITH_ECHO, WITHHELD, MaskedExchange, shown_header

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
XML = "text/xml"
MULTIPART = "multipart/form-data; boundary=b"
PART = "--b\r\nContent-Disposition: form-data; {}\r\n\r\n{}\r\n"


def operation(*secrets, path="/things/{id}/{field}", not_secret=()):
    """Return an operation that declares secrets."""
    return Operation(
        name="thing.put",
        methods=("PUT",),
        path=path,
        handler=print,
        source="tests",
        secrets=secrets,
        not_secret=not_secret,
    )


def masked(body=b"", content_type=JSON, called=None, response=b"", response_type=JSON, **fields):
    """Return the masked view of a request to an operation."""
    exchange = Exchange(
        id=1,
        at=None,
        method="PUT",
        path=fields.pop("path", "/things/1/name"),
        request_headers=CIMultiDictProxy(CIMultiDict({"Content-Type": content_type, **fields.pop("headers", {})})),
        request_body=body if isinstance(body, bytes) else body.encode(),
        response_headers=(("Content-Type", response_type),),
        response_body=response if isinstance(response, bytes) else response.encode(),
        **fields,
    )
    return MaskedExchange(exchange, MaskingRules.of_operation(called or operation("password")))


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("username=admin&password=changeme&x=1", "username=admin&password=***&x=1"),
        ("user%5Bpassword%5D=changeme&x=1", "user%5Bpassword%5D=***&x=1"),
        ("user[password]=change%20me", "user[password]=***"),
        ("user.password=a", "user.password=***"),
        ("p%61ssword=a&password=b", "p%61ssword=***&password=***"),
        ("password=&x=1", "password=&x=1"),
        ("password=a=b&x", "password=***&x"),
        ("hotkeys=a&key_0=b&monkey=c", "hotkeys=a&key_0=b&monkey=c"),
        ("key=a&api_key=b&smtpPass=c&x", "key=***&api_key=***&smtpPass=***&x"),
        ("x=1&passwo", "x=1&passwo"),
        ("password=%C3", "password=***"),
    ],
)
def test_secret_fields_of_a_form_are_masked(body, shown):
    assert masked(body, FORM).request_body == shown


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ('{"password": "changeme", "x": 1}', '{"password": "***", "x": 1}'),
        ('{"password": "it\'s so"}', '{"password": "***"}'),
        ('{"password": "a \\" b", "x": "y"}', '{"password": "***", "x": "y"}'),
        ('{"password": 12345, "x": 1}', '{"password": ***, "x": 1}'),
        ('{"password": "cut off', '{"password": "***'),
        ('{"password": "", "x": "y"}', '{"password": "", "x": "y"}'),
        ('{"x": "cut off', '{"x": "cut off'),
        ('{"x": "cut \\', '{"x": "cut \\'),
        ('{"x": [1, {"passwo', '{"x": [1, {"passwo'),
        ("{'password': 'he said \"so\"'}", "{'password': '***'}"),
        ('{"password": null, "passwords": {"a": true}}', '{"password": null, "passwords": {"a": true}}'),
        ('{"password": {"a": ["b", 1]}, "x": {"a": "b"}}', '{"password": {"a": ["***", ***]}, "x": {"a": "b"}}'),
        ('{"accessToken":"abc","expiresIn":5}', '{"accessToken":"***","expiresIn":5}'),
        ('{"pass\\u0077ord":"a","\\u0070assword":"b"}', '{"pass\\u0077ord":"***","\\u0070assword":"***"}'),
        ('{"x": "\\ud83d\\ude00", "password": "\\ud83d"}', '{"x": "\\ud83d\\ude00", "password": "***"}'),
        ("{password: abc, 'x': 1,}", "{password: ***, 'x': 1,}"),
        ('[{"a": 1}, {"password": "x"}]', '[{"a": 1}, {"password": "***"}]'),
        ('{"x": 1} // password: y', '{"x": 1} ***'),
        ('{"x": 1, /* secret */ "y": 2}', '{"x": 1, *** "y": 2}'),
        ('\ufeff {"password":"a"}', '\ufeff {"password":"***"}'),
        ('"changeme"', '"***"'),
        ("{}", "{}"),
        ("", ""),
        (" \r\n", " \r\n"),
    ],
)
def test_secret_members_of_json_are_masked(body, shown):
    assert masked(body).request_body == shown


@pytest.mark.parametrize(
    "body",
    ['{"a" "b"}', '{"a":1}{"password":"b"}', '{"a":1]', "}", '{"a":}', '{"a":1 2}', "[1,,2]", '"a" "b"', "a b",
     '{"password" "b"}', '{:"b"}', "{}&password=b", ",", "[:]"],
)  # fmt: skip
def test_broken_json_is_withheld(body):
    assert masked(body).request_body == WITHHELD


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("<user><password>a&amp;b</password><x>1</x></user>", "<user><password>***</password><x>1</x></user>"),
        ("<password><![CDATA[a<b]]></password>", "<password>***</password>"),
        ("<password><![CDATA[cut", "<password>***"),
        ("<password>cut", "<password>***"),
        ("<r:password type='t'>a</r:password>", "<r:password type='***'>***</r:password>"),
        ("<password></password>", "<password></password>"),
        ("<password/>", "<password/>"),
        ('<user password="two words" name="x"/>', '<user password="***" name="x"/>'),
        ("<a><password>b<c d='e'>f</c>g</password>h</a>", "<a><password>***<c d='***'>***</c>***</password>h</a>"),
        ("<a><PassWord >b</PassWord ></a>", "<a><PassWord >***</PassWord ></a>"),
        ("<a><!-- password: b --><c/></a>", "<a>***<c/></a>"),
        ('<?xml version="1.0"?>\n<a xmlns="urn:x"><key_0>b</key_0></a>\n', None),
        ("<a><b>c</b", None),
        ("<a><name>c</na", None),
        ("<a><name>c</name><passwo", None),
        ("<a><b>c<", None),
        ("<a><b>c</", None),
        ("<a><![CDA", None),
        ('<a b="c', None),
    ],
)
def test_secret_elements_and_attributes_of_xml_are_masked(body, shown):
    assert masked(body, XML).request_body == (body if shown is None else shown)


@pytest.mark.parametrize(
    "body",
    [
        '<!DOCTYPE a [<!ENTITY p "secret">]><a>&p;</a>',
        "<a password=b>c</a>",
        "<a>b</c>",
        "</a>",
        "<a/>password",
        "<a/>&password=b",
        "<?password b?><a/>",
        "<a <b>",
        "a",
    ],
)
def test_broken_xml_is_withheld(body):
    assert masked(body, XML).request_body == WITHHELD


@pytest.mark.parametrize(
    ("parameters", "shown"),
    [
        ('name="password"', 'Content-Disposition: form-data; name="password"\r\n\r\n***'),
        ("name=password", "Content-Disposition: form-data; name=password\r\n\r\n***"),
        ('name="file"; filename="x.txt"', 'Content-Disposition: form-data; name="file"; filename="x.txt"\r\n\r\nvalue'),
        ('name="x"\r\nContent-Type: a/b', 'Content-Disposition: form-data; name="x"\r\nContent-Type: a/b\r\n\r\nvalue'),
        ("name*=utf-8''pass%77ord", "***"),
        ('name*0="pass"; name*1="word"', "***"),
        ('name="pass\\word"', "***"),
        ('name="=?utf-8?q?password?="', "***"),
        ('name="x"; name="password"', "***"),
        ('name="x"\r\nContent-Disposition: form-data; name="password"', "***"),
        ('name="x"\r\n ; name="password"', "***"),
        ("", "***"),
    ],
)
def test_parts_with_secret_or_unusual_names_are_masked(parameters, shown):
    body = PART.format('name="a"', "b") + PART.format(parameters, "value") + PART.format('name="c"', "d") + "--b--"

    first, last = PART.format('name="a"', "b"), PART.format('name="c"', "d")
    assert masked(body, MULTIPART).request_body == f"{first}--b\r\n{shown}\r\n{last}--b--"


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (PART.format('name="password"', "value")[:-4], PART.format('name="password"', "***")[:-2]),
        ("--b\r\n\r\nvalue\r\n\r\nmore\r\n--b--", "--b\r\n***\r\n--b--"),
        ("password\r\n" + PART.format('name="a"', "b"), "***\r\n" + PART.format('name="a"', "b") + ""),
        (PART.format('name="a"', "b") + "--b--\r\npassword", PART.format('name="a"', "b") + "--b--\r\n***"),
        ("--other\r\n", WITHHELD),
        ('{"password": "a"}', WITHHELD),
    ],
)
def test_multipart_that_is_cut_off_or_unusual_is_masked(body, shown):
    assert masked(body, MULTIPART).request_body == shown


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("text/plain", "password: changeme"),
        ("text/plain", "a=b&password=changeme"),
        ("application/octet-stream", "a=b"),
        ("", "changeme"),
        (FORM, "changeme"),
        (FORM, PART.format('name="password"', "changeme")),
        (JSON, '{"password":"a"}'.encode("utf-16")),
        ("application/json; charset=nonsense", '{"password":"a"}'.encode("utf-16")),
        (FORM, b"a=b\0c"),
    ],
)
def test_body_of_another_format_is_withheld_from_operations_with_secrets_only(content_type, body):
    assert masked(body, content_type).request_body == WITHHELD
    without = masked(body, content_type, operation()).request_body
    assert without != WITHHELD
    assert isinstance(body, bytes) or "password" not in body or "password: " in body or "***" in without or (
        "form-data" in body
    )  # fmt: skip


@pytest.mark.parametrize("charset", ["utf-16", "utf-16le", "iso-8859-1", "utf-7"])
def test_body_in_another_charset_is_decoded(charset):
    body = '{"user":"é","password":"changeme"}'.encode(charset)

    assert masked(body, f"{JSON}; charset={charset}").request_body == '{"user":"é","password":"***"}'


@pytest.mark.parametrize(
    ("content_type", "body", "shown"),
    [
        (FORM, '{"password": "a"}', '{"password": "***"}'),
        ("", '{"password": "a"}', '{"password": "***"}'),
        ("text/plain", " <password>a</password>", " <password>***</password>"),
        (FORM, '"&password=a"', '"***'),
        (JSON, "password=changeme", "***"),
    ],
)
def test_wrong_content_type_does_not_show_a_secret(content_type, body, shown):
    assert masked(body, content_type).request_body == shown


@pytest.mark.parametrize(
    ("declared", "path", "body", "shown"),
    [
        (("*",), "/things/1/x", '"a"', '"***"'),
        (("*",), "/things/1/x", "a b", "***"),
        (("*",), "/things/1/x", "a=b", "***"),
        (("*",), "/things/1/x", '{"a":"b"}', '{"a":"***"}'),
        (("{field}",), "/things/1/smtp.password", '"a"', '"***"'),
        (("{field}",), "/~box/vendor/things/1/p%61ssword/", '"a"', '"***"'),
        (("{field}",), "/things/1/name", '"a"', '"a"'),
        (("{field}",), "/things/password/name", '"a"', '"a"'),
        (("@name",), "/things/1/x", '[{"name":"Password","v":"a"},{"name":"b","v":"c"}]', None),
    ],
)
def test_each_kind_of_declaration_is_followed(declared, path, body, shown):
    expected = '[{"name":"Password","v":"***"},{"name":"b","v":"c"}]' if shown is None else shown
    assert masked(body, called=operation(*declared), path=path).request_body == expected


def test_name_that_is_declared_not_secret_is_shown():
    called = operation("password", not_secret=("passwordRegex",))

    assert masked('{"passwordRegex":"a","PASSWORDREGEX":"b","password":"c"}', called=called).request_body == (
        '{"passwordRegex":"a","PASSWORDREGEX":"b","password":"***"}'
    )


def test_declared_name_that_does_not_look_secret_is_masked():
    assert masked("ID=1&idea=2", FORM, operation("id"), query="Id=3&x=4").request_body == "ID=***&idea=2"
    assert masked(called=operation("id"), query="Id=3&x=4&password=5").query == "Id=***&x=4&password=***"


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/api/create/username/a/password/so/quota/1", "/api/create/username/a/password/***/quota/1"),
        ("/api/create/PassWord/so%2Fmuch", "/api/create/PassWord/***"),
        ("/api/create/p%61ssword%5B%5D/a", "/api/create/p%61ssword%5B%5D/***"),
        ("/api/create/password/password/b", "/api/create/password/***/***"),
        ("/api/create/password/", "/api/create/password/"),
        ("/api/create/password", "/api/create/password"),
    ],
)
def test_secret_pair_of_a_path_is_masked(path, shown):
    assert masked(path=path, called=operation(path="/api/create/{pairs*}")).path == shown


def test_path_without_pairs_is_unchanged():
    assert masked(path="/credentials/me/password/x").path == "/credentials/me/password/x"


@pytest.mark.parametrize(
    "response",
    [
        '{"error":"code [%s] is invalid"}',
        '{"error":"%s","x":["%s"]}',
        "the code %s is invalid",
    ],
)
@pytest.mark.parametrize("secret", ["changeme", 'a"b/c', "a\\u0062c", "p\u00e4ss", "<&'>"])
def test_secret_that_a_response_repeats_is_masked(secret, response):
    body = b'{"password":"' + secret.replace('"', '\\"').encode() + b'"}'
    escaped = secret.replace('"', '\\"')

    shown = masked(body, response=response.replace("%s", escaped), response_type="text/plain").response_body

    assert shown == response.replace("%s", "***")


def test_response_with_a_part_of_a_long_secret_is_withheld():
    secret = "0123456789" * 10

    assert masked(f"password={secret}", FORM, response=f'{{"error":"{secret[:60]}..."}}').response_body == WITH_ECHO


@pytest.mark.parametrize(("count", "is_shown"), [(MOST_ECHOES, True), (MOST_ECHOES + 1, False)])
def test_response_to_very_many_secrets_is_withheld(count, is_shown):
    body = "&".join(f"password=secret{number}" for number in range(count))

    shown = masked(body, FORM, response='{"x":"y"}').response_body

    assert shown == ('{"x":"y"}' if is_shown else WITH_ECHO)


def test_short_secret_does_not_mask_other_words():
    assert masked("password=ab", FORM, response='{"label":"absent"}').response_body == '{"label":"absent"}'


def test_secret_of_the_request_is_masked_in_crash_nearest_and_headers():
    shown = masked(
        '{"password":"changeme"}',
        path="/things/password/topsecret",
        called=operation("password", path="/things/{pairs*}"),
        crash="KeyError: 'changeme' 'sent-in-a-header'",
        nearest=["'topsecret' is one segment too many"],
        headers={"Authorization": "Bearer sent-in-a-header"},
    )

    assert shown.crash == "KeyError: '***' '***'"
    assert shown.nearest == ["'***' is one segment too many"]
    assert ["Authorization", "***"] in shown.request_headers


def test_only_headers_known_to_hold_no_secret_are_shown():
    given = [("Content-Type", "text/xml"), ("Authorization", "Basic eA=="), ("X-Whatever", "1")]
    assert [shown_header(name, value) for name, value in given] == ["text/xml", "***", "***"]


def test_request_without_an_operation_is_masked_by_the_secrets_of_all():
    exchange = Exchange(id=1, at=None, method="GET", path="/x", query="id=1&a=2", request_body=b"unknown")

    shown = MaskedExchange(exchange, MaskingRules.of_unknown([operation("id"), operation("*", "@name")]))

    assert (shown.query, shown.request_body) == ("id=***&a=2", WITHHELD)


def test_python_shows_no_secret_of_an_exchange_by_itself():
    exchange = Exchange(id=7, at=None, method="GET", path="/api/password/changeme", request_body=b"changeme")

    assert repr(exchange) == "<Exchange 7: GET /api/password/*** -> 0 (- unmatched)>"
    assert exchange.request_body == b"changeme"


SIZE = 65536
HARMLESS = '{"a":1},'
HOSTILE = {
    JSON: ["[", '{"a":', '{"propertyName":"password","v":', '"', "\\", "/*", "//", "/", " ", ":", '{"a', "'", "a"],
    FORM: ["&", "=", "%61=b&", "%", "a[", ".", "_", "key", "password=1&", "a", "+"],
    XML: ["<a>", "<", "<a b='c'", "<!--", "<![CDATA[", "<a ", 'b="', "</", "&", "<a/", "<?xml "],
    MULTIPART: ["--b\r\n", "\r\n", "--b", "Content-Disposition:", '\nContent-Disposition: form-data; name="', "-", " "],
}


@pytest.mark.parametrize(("content_type", "unit"), [(kind, unit) for kind, units in HOSTILE.items() for unit in units])
def test_masking_a_hostile_body_takes_about_as_long_as_a_harmless_one(content_type, unit):
    def seconds(body, kind):
        started = perf_counter()
        view = masked(body[:SIZE], kind, operation("password", "@propertyName"), response=body[:SIZE])
        assert view.request_body is not None
        assert view.response_body is not None
        return perf_counter() - started

    harmless = seconds("[" + HARMLESS * (SIZE // len(HARMLESS)), JSON)
    heads = {JSON: '{"a":', FORM: "a=", XML: "<r>", MULTIPART: "--b\r\nContent-Disposition: form-data; name="}

    for head in ("", heads[content_type]):
        assert seconds(head + unit * (SIZE // len(unit) + 1), content_type) < 20 * harmless
