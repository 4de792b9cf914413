"""Envelopes, content negotiation, and invalid requests (docs/wire/onlyoffice.md 3, 4 and 6)."""

from __future__ import annotations

import gzip
import json
import re

import pytest

from mockmail.core.errors import InvalidFault

SMTP = "/api/2.0/smtpsettings/smtp"
SETTINGS = {"host": "mail.example.com", "senderAddress": "notify@example.com", "senderDisplayName": "Postman"}
JSON = "application/json; charset=utf-8"
PROBLEM = "application/problem+json; charset=utf-8"


def test_link_is_the_requested_url(docspace, mockmail):
    assert docspace.get(SMTP + "?a=1").document["links"] == [{"href": f"{mockmail.url}{SMTP}?a=1", "action": "GET"}]
    prefixed = docspace.get("/onlyoffice" + SMTP).document["links"][0]["href"]
    assert prefixed == f"{mockmail.onlyoffice.url}{SMTP}"


@pytest.mark.parametrize("path", ["/API/2.0/SmtpSettings/SMTP", SMTP + "/", "/onlyoffice/api/2.0/smtpsettings/smtp"])
def test_path_is_case_insensitive_and_may_end_in_a_slash(docspace, path):
    assert docspace.get(path).status == 200


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        (None, JSON),
        ("*/*", JSON),
        ("application/json", JSON),
        ("text/json", "text/json; charset=utf-8"),
        ("text/*", "text/json; charset=utf-8"),
        ("text/plain", JSON),
        ("application/xml", JSON),
        ("text/json, */*;q=0.1", JSON),
        ("text/json;q=0.2, application/json;q=0.9", JSON),
        ("application/json;q=0.2, text/json;q=0.9", "text/json; charset=utf-8"),
        ("text/json;q=0", JSON),
        ("text/json;q=much", JSON),
        (",;q=,", JSON),
        ("TEXT/JSON", "text/json; charset=utf-8"),
    ],
)
def test_accept_selects_the_json_media_type(docspace, accept, content_type):
    response = docspace.get(SMTP, Accept=accept)
    assert (response.status, response.headers["Content-Type"]) == (200, content_type)
    assert response.result["isDefaultSettings"] is True


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("fields=port", {"port": 0}),
        ("fields=port,enableSSL,nothing", {"port": 0, "enableSSL": False}),
        ("fields=port&fields=enableSSL", {"port": 0, "enableSSL": False}),
        ("fields[]=port&fields[]=enableSSL", {"port": 0, "enableSSL": False}),
        ("FIELDS=port", {"port": 0}),
        ("fields=port,enableSSL&fields=enableAuth", {"enableAuth": False}),
        ("fields[]=port,enableSSL", {}),
        ("fields=port.number", {"port": 0}),
        ("fields=", {}),
        ("fieldset=port", None),
        ("fields=PORT", {}),
        ("fields=%FF%zz", {}),
    ],
)
def test_fields_selects_members(docspace, query, shown):
    document = docspace.get(f"{SMTP}?{query}").document
    whole = docspace.get(SMTP).result
    assert (document["response"], document["count"], document["status"]) == (whole if shown is None else shown, 1, 0)


def test_fields_selects_nested_members_and_list_elements(docspace):
    docspace.post("/api/2.0/keys", {"name": "tests"})
    keys = docspace.get("/api/2.0/keys?fields=name,createBy.displayName")
    assert keys.result == [{"name": "tests", "createBy": {"displayName": "Olive Owner"}}]
    assert docspace.get("/api/2.0/keys?fields=createBy").result[0]["createBy"] == {
        "id": "66faa6e4-f133-11ea-b126-00ffeec8b4ef",
        "displayName": "Olive Owner",
        "hasAvatar": False,
        "isAnonim": False,
    }


def test_fields_does_not_change_a_boolean(docspace):
    assert docspace.get("/api/2.0/authentication?fields=host").result is True


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "Application/JSON; charset=UTF-8",
        "text/json",
        "application/vnd.docspace+json",
        'application/json;charset="utf-8"',
    ],
)
def test_json_content_type_is_accepted(docspace, content_type):
    assert docspace.post(SMTP, SETTINGS, Content_Type=content_type).status == 200


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=latin-1",
        "application/+json/x",
        "text/vnd.docspace+json",
        ";;;",
    ],
)
def test_other_content_type_is_415(docspace, content_type):
    response = docspace.post(SMTP, SETTINGS, Content_Type=content_type)
    assert (response.status, response.headers["Content-Type"]) == (415, PROBLEM)
    assert response.result == {
        "type": "https://tools.ietf.org/html/rfc9110#section-15.5.16",
        "title": "Unsupported Media Type",
        "status": 415,
        "traceId": response.result["traceId"],
    }
    assert (response.document["status"], response.document["statusCode"]) == (0, 200)


def test_utf_16_named_by_the_content_type_is_read(docspace):
    body = json.dumps(SETTINGS | {"senderDisplayName": "通知"}, ensure_ascii=False).encode("utf-16")
    response = docspace.post(SMTP, body, Content_Type="application/json; charset=utf-16")
    assert response.result["senderDisplayName"] == "通知"


@pytest.mark.parametrize("body", [None, b"{}"])
def test_post_without_content_type_is_unsupported(docspace, body):
    response = docspace.request("POST", SMTP, body, Content_Type=None)
    assert (response.status, response.result["title"]) == (415, "Unsupported Media Type")


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_body_of_a_request_without_parameters_is_not_read(docspace, method):
    form = "application/x-www-form-urlencoded"
    assert docspace.request(method, SMTP, b"host=h&port=1", Content_Type=form).status == 200
    assert docspace.request(method, SMTP, b"{", Content_Type="application/json").status == 200


def test_byte_order_mark_is_skipped(docspace):
    assert docspace.post(SMTP, b"\xef\xbb\xbf" + json.dumps(SETTINGS).encode()).status == 200


PLACE = " Path: $ | LineNumber: {} | BytePositionInLine: {}."
IN = " Path: $.{} | LineNumber: {} | BytePositionInLine: {}."
NO_TOKENS = (
    "The input does not contain any JSON tokens. "
    "Expected the input to start with a valid JSON token, when isFinalBlock is true."
)
OPEN_AT_THE_END = (
    "Expected depth to be zero at the end of the JSON payload. "
    "There is an open JSON object or array that should be closed."
)
STRING = "a JSON string. The string should be correctly escaped."
TRAILING = "contains a trailing comma at the end which is not supported in this mode. Change the reader options."
NO_NAME = "Expected start of a property name or value, but instead reached end of data."
NO_DIGIT = "Expected a digit ('0'-'9'), but instead reached end of data."
AFTER_POINT = "immediately after a decimal point ('.'). Expected a digit ('0'-'9')."
AFTER_SIGN = "immediately after a sign character ('+' or '-'). Expected a digit ('0'-'9')."
SETTINGS_DTO = "ASC.Web.Api.ApiModel.ResponseDto.SmtpSettingsDto"
CONVERTED = "The JSON value could not be converted to {}. Path: {} | LineNumber: {} | BytePositionInLine: {}."


@pytest.mark.parametrize(
    ("body", "key", "message"),
    [
        (b"", "", "A non-empty request body is required."),
        (b"null", "", "A non-empty request body is required."),
        (b" \n", "$", f"{NO_TOKENS}{PLACE.format(1, 0)}"),
        (b"<xml/>", "$", "'<' is an invalid start of a value." + PLACE.format(0, 0)),
        (
            b"nonsense",
            "$",
            "'nonsense' is an invalid JSON literal. Expected the literal 'null'." + PLACE.format(0, 1),
        ),
        (
            b'{"enableSSL": tru}',
            "$.enableSSL",
            "'tru}' is an invalid JSON literal. Expected the literal 'true'." + IN.format("enableSSL", 0, 17),
        ),
        (b"{host: 1}", "$", "'h' is an invalid start of a property name. Expected a '\"'." + PLACE.format(0, 1)),
        (b'{"host" 1}', "$", "'1' is invalid after a property name. Expected a ':'." + PLACE.format(0, 8)),
        (
            b'{"host": "h" "port": 1}',
            "$",
            "'\"' is invalid after a value. Expected either ',', '}', or ']'." + PLACE.format(0, 13),
        ),
        (
            b'{"host": "h',
            "$.host",
            f"Expected end of string, but instead reached end of data.{IN.format('host', 0, 11)}",
        ),
        (b'{"host": "a\nb"}', "$.host", f"'0x0A' is invalid within {STRING}{IN.format('host', 0, 11)}"),
        (
            b'{"host": "\\x"}',
            "$.host",
            f"'x' is an invalid escapable character within {STRING}{IN.format('host', 0, 11)}",
        ),
        (b'{"host":\n "h", "port":', "$.port", f"{OPEN_AT_THE_END}{IN.format('port', 1, 13)}"),
        (b'{"host": "h"', "$", f"{OPEN_AT_THE_END}{PLACE.format(0, 12)}"),
        (b'{"port": NaN}', "$.port", "'N' is an invalid start of a value." + IN.format("port", 0, 9)),
        (
            b'{"a b": {"c": [}}',
            "$['a b']",
            "'}' is an invalid start of a value. Path: $['a b'] | LineNumber: 0 | BytePositionInLine: 15.",
        ),
        (
            b'{} {"port": 1}',
            "$",
            "'{' is invalid after a single JSON value. Expected end of data." + PLACE.format(0, 3),
        ),
        (b'{"host": "h",}', "$", f"The JSON object {TRAILING}{PLACE.format(0, 13)}"),
        (b'{"host": "h",\n }', "$", f"The JSON object {TRAILING}{PLACE.format(1, 1)}"),
        (b'{"a": [1,]}', "$.a", f"The JSON array {TRAILING}{IN.format('a', 0, 9)}"),
        (b'{"a": {"b": 1,}}', "$.a", f"The JSON object {TRAILING}{IN.format('a', 0, 14)}"),
        (b'{"host": "h",,}', "$", "',' is an invalid start of a property name. Expected a '\"'." + PLACE.format(0, 13)),
        (b'{"a": [1,,2]}', "$.a", "',' is an invalid start of a value." + IN.format("a", 0, 9)),
        (b'{"host": "h",', "$", f"{NO_NAME}{PLACE.format(0, 12)}"),
        (b'{"host": "h", ', "$", f"{NO_NAME}{PLACE.format(0, 14)}"),
        (b'{"a": [1,', "$.a", f"{NO_NAME}{IN.format('a', 0, 8)}"),
        (b'{"host"', "$", "Expected a value, but instead reached end of data." + PLACE.format(0, 7)),
        (b'{"host": "h"]', "$", "']' is invalid without a matching open." + PLACE.format(0, 12)),
        (b'{"a": [1}', "$.a", "'}' is invalid without a matching open." + IN.format("a", 0, 8)),
        (b'{"a": {]', "$.a", "']' is an invalid start of a property name. Expected a '\"'." + IN.format("a", 0, 7)),
        (b'{"port": 025}', "$.port", "Invalid leading zero before '2'." + IN.format("port", 0, 10)),
        (b'{"port": -01}', "$.port", "Invalid leading zero before '1'." + IN.format("port", 0, 11)),
        (b'{"port": 1.}', "$.port", f"'}}' is invalid within a number, {AFTER_POINT}{IN.format('port', 0, 11)}"),
        (b'{"port": 1e}', "$.port", f"'}}' is invalid within a number, {AFTER_SIGN}{IN.format('port', 0, 11)}"),
        (b'{"port": 1e+}', "$.port", f"'}}' is invalid within a number, {AFTER_SIGN}{IN.format('port', 0, 12)}"),
        (b'{"port": -}', "$.port", f"'}}' is invalid within a number, {AFTER_SIGN}{IN.format('port', 0, 10)}"),
        (
            b'{"port": 25x}',
            "$.port",
            "'x' is an invalid end of a number. Expected a delimiter." + IN.format("port", 0, 11),
        ),
        (
            b'{"port": 0x19}',
            "$.port",
            "'x' is an invalid end of a number. Expected a delimiter." + IN.format("port", 0, 10),
        ),
        (
            b'{"port": 2.5x}',
            "$.port",
            "'x' is an invalid end of a number. Expected 'E' or 'e'." + IN.format("port", 0, 12),
        ),
        (
            b'{"port": 2e5.}',
            "$.port",
            "'.' is an invalid end of a number. Expected a delimiter." + IN.format("port", 0, 12),
        ),
        (
            b'{"port": 25',
            "$.port",
            "'5' is an invalid end of a number. Expected a delimiter." + IN.format("port", 0, 11),
        ),
        (b'{"port": -', "$.port", f"{NO_DIGIT}{IN.format('port', 0, 10)}"),
        (b'{"port": 1.', "$.port", f"{NO_DIGIT}{IN.format('port', 0, 11)}"),
        (b'{"port": 1e', "$.port", f"{NO_DIGIT}{IN.format('port', 0, 11)}"),
        (b'{"port": +1}', "$.port", "'+' is an invalid start of a value." + IN.format("port", 0, 9)),
        (
            b'{"host": "\\u12"}',
            "$.host",
            f"'\"' is not a hex digit following '\\u' within {STRING}{IN.format('host', 0, 14)}",
        ),
        (
            b'{"host": "\\u12g4"}',
            "$.host",
            f"'g' is not a hex digit following '\\u' within {STRING}{IN.format('host', 0, 14)}",
        ),
        (
            b'{"host": "\\u12',
            "$.host",
            f"Expected end of string, but instead reached end of data.{IN.format('host', 0, 14)}",
        ),
        (b'{"ho\nst": 1}', "$", f"'0x0A' is invalid within {STRING}{PLACE.format(0, 4)}"),
        (
            "{é: 1}".encode(),
            "$",
            "'0xC3' is an invalid start of a property name. Expected a '\"'." + PLACE.format(0, 1),
        ),
        (
            b'{"host": "h"} // end',
            "$",
            "'/' is invalid after a single JSON value. Expected end of data." + PLACE.format(0, 14),
        ),
        (
            b'{"Port": 1, "host": "h" /* */}',
            "$",
            "'/' is invalid after a value. Expected either ',', '}', or ']'." + PLACE.format(0, 24),
        ),
        # The first error in the order of the text is reported, whatever its kind.
        (b"[1,]", "$", CONVERTED.format(SETTINGS_DTO, "$", 0, 1)),
        (b"[1}", "$", CONVERTED.format(SETTINGS_DTO, "$", 0, 1)),
        (b'"text" x', "$", CONVERTED.format(SETTINGS_DTO, "$", 0, 6)),
        (b'{"host": 5, "port": 1.}', "$.host", CONVERTED.format("System.String", "$.host", 0, 10)),
        (b'{"host": [1}', "$.host", CONVERTED.format("System.String", "$.host", 0, 10)),
        (b'{"port": "x", }', "$.port", CONVERTED.format("System.Nullable`1[System.Int32]", "$.port", 0, 12)),
        (b'{"port": 70000, }', "$", f"The JSON object {TRAILING}{PLACE.format(0, 16)}"),
        (b'{"host": "\xff"}', "$", "Cannot transcode invalid UTF-8 JSON text to UTF-16 string."),
        (b"[1]", "$", CONVERTED.format(SETTINGS_DTO, "$", 0, 1)),
        (b'"text"', "$", CONVERTED.format(SETTINGS_DTO, "$", 0, 6)),
        (b"\n  5", "$", CONVERTED.format(SETTINGS_DTO, "$", 1, 3)),
        (b'{"host": 5}', "$.host", CONVERTED.format("System.String", "$.host", 0, 10)),
        (b'{"host": {}}', "$.host", CONVERTED.format("System.String", "$.host", 0, 10)),
        (b'{"host":\n[ "h"]}', "$.host", CONVERTED.format("System.String", "$.host", 1, 1)),
        (b'{"host": "\\ud800"}', "$.host", CONVERTED.format("System.String", "$.host", 0, 17)),
        (b'{"Port": "x"}', "$.Port", CONVERTED.format("System.Nullable`1[System.Int32]", "$.Port", 0, 12)),
        (b'{"port": 2.5}', "$.port", CONVERTED.format("System.Nullable`1[System.Int32]", "$.port", 0, 12)),
        (b'{"port": true}', "$.port", CONVERTED.format("System.Nullable`1[System.Int32]", "$.port", 0, 13)),
        (b'{"port": 2147483648}', "$.port", CONVERTED.format("System.Nullable`1[System.Int32]", "$.port", 0, 19)),
        (b'{"port": 1e999}', "$.port", CONVERTED.format("System.Nullable`1[System.Int32]", "$.port", 0, 14)),
        (b'{"enableSSL": null}', "$.enableSSL", CONVERTED.format("System.Boolean", "$.enableSSL", 0, 18)),
        (b'{"enableSSL": "true"}', "$.enableSSL", CONVERTED.format("System.Boolean", "$.enableSSL", 0, 20)),
        (b'{"useNtlm":\r\n 1}', "$.useNtlm", CONVERTED.format("System.Boolean", "$.useNtlm", 1, 2)),
    ],
)
def test_invalid_body_is_a_problem_document_in_the_envelope(docspace, mockmail, body, key, message):
    response = docspace.post(SMTP, body)
    assert (response.status, response.headers["Content-Type"]) == (400, PROBLEM)
    trace_id = response.result["traceId"]
    assert re.fullmatch("00-[0-9a-f]{32}-[0-9a-f]{16}-00", trace_id)
    assert response.document == {
        "response": {
            "type": "https://tools.ietf.org/html/rfc9110#section-15.5.1",
            "title": "One or more validation errors occurred.",
            "status": 400,
            "errors": {key: [message]},
            "traceId": trace_id,
        },
        "count": 1,
        "links": [{"href": f"{mockmail.url}{SMTP}", "action": "POST"}],
        "status": 1,
        "statusCode": 400,
    }
    assert "smtp_settings" not in mockmail.onlyoffice.state()


@pytest.mark.parametrize(
    ("body", "path", "kind", "position"),
    [
        (b'{"a":' * 100_000, "$.a", "object", 160),
        (b'{"a":' + b"[" * 100_000, "$.a", "array", 36),
        (b'{"a":' + b"[" * 33 + b"]" * 33 + b"}", "$.a", "array", 36),
    ],
)
def test_body_nested_too_deep_is_refused(docspace, body, path, kind, position):
    response = docspace.post(SMTP, body)
    message = f"The maximum configured depth of 32 has been exceeded. Cannot read next JSON {kind}."
    place = f"Path: {path} | LineNumber: 0 | BytePositionInLine: {position}."
    assert (response.status, response.errors) == (400, {path: [f"{message} {place}"]})


@pytest.mark.parametrize(
    ("body", "path", "kind"),
    [(b"[" * 100_000, "$", SETTINGS_DTO), (b'{"host":' + b"[" * 33, "$.host", "System.String")],
)
def test_array_for_another_type_is_refused_before_its_depth(docspace, body, path, kind):
    response = docspace.post(SMTP, body)
    place = CONVERTED.format(kind, path, 0, body.index(b"[") + 1)
    assert (response.status, response.errors) == (400, {path: [place]})


@pytest.mark.parametrize("before", ['"port":"x",' * 90_000, '"a":{"b":1},' * 45_000])
def test_position_is_found_among_tens_of_thousands_of_members(docspace, before):
    body = "{" + before + '"port": "x"'
    response = docspace.post(SMTP, f'{body}, "host": "h"}}'.encode())
    place = CONVERTED.format("System.Nullable`1[System.Int32]", "$.port", 0, len(body))
    assert (response.status, response.errors) == (400, {"$.port": [place]})


@pytest.mark.parametrize(
    "last",
    [
        '"b": "\\"port"',
        '"b": {"port": 1}',
        '"b": ["port"]',
        '"b": ["port", 1]',
        '"port"    :"y"',
        '"b": "port", "c": {"d": 1}',
        '"b": {"c": "\\"port"}, "d": 1',
    ],
)
def test_member_is_reported_if_its_name_occurs_elsewhere_too(docspace, last):
    body = '{"port": "x",' + '"a": 1,' * 20_000 + last + "}"
    response = docspace.post(SMTP, body.encode())
    assert (response.status, list(response.errors)) == (400, ["$.port"])
    assert response.errors["$.port"][0].startswith(
        "The JSON value could not be converted to System.Nullable`1[System.Int32]. Path: $.port | LineNumber: 0 | "
    )


def test_text_of_ten_megabytes_is_too_long(docspace, mockmail):
    response = docspace.save(host="h" * 10_000_000)
    assert response.errors == {"Host": ["The field Host must be a string with a maximum length of 255."]}
    assert "smtp_settings" not in mockmail.onlyoffice.state()


@pytest.mark.parametrize("number", ["9" * 5000, "-" + "9" * 5000, "1" * 4301, "9" * 1_000_000])
def test_number_of_thousands_of_digits_is_not_a_port(docspace, number):
    before = f'{{"host": "{"9" * 5000}", "port": {number}'
    response = docspace.post(SMTP, f'{before}, "x": 1}}'.encode())
    place = CONVERTED.format("System.Nullable`1[System.Int32]", "$.port", 0, len(before))
    assert (response.status, response.errors) == (400, {"$.port": [place]})


def test_megabytes_of_the_longest_readable_numbers_are_read(docspace):
    numbers = ",".join(["9" * 4300] * 1000)
    response = docspace.post(SMTP, f'{{"a": [{numbers}], "port": "x"}}'.encode())
    assert (response.status, list(response.errors)) == (400, ["$.port"])


def test_number_of_thousands_of_digits_in_unknown_member_is_ignored(docspace):
    endless = "9" * 5000
    given = json.dumps(SETTINGS)[:-1] + f', "a": {endless}, "b": -{endless}.5, "c": 1e{endless}, "d": 1e-{endless}, '
    response = docspace.post(SMTP, f'{given}"senderDisplayName": "{endless[:200]}"}}'.encode())
    assert (response.status, response.result["senderDisplayName"]) == (200, endless[:200])


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("PUT", SMTP, (405, "DELETE, GET, POST")),
        ("HEAD", SMTP, (405, "DELETE, GET, POST")),
        ("POST", SMTP + "/test", (405, "GET")),
        ("HEAD", SMTP + "/test", (405, "GET")),
        ("OPTIONS", SMTP, (405, "DELETE, GET, POST")),
        ("PUT", "/onlyoffice/api/2.0/keys", (405, "GET, POST")),
        ("GET", "/onlyoffice/api/2.0/smtp", (404, None)),
        ("GET", "/onlyoffice/%ff/%", (404, None)),
        ("PATCH", "/onlyoffice" + SMTP, (405, "DELETE, GET, POST")),
    ],
)
@pytest.mark.mockmail(strict=False)
def test_unknown_path_or_method_has_no_body(docspace, mockmail, method, path, expected):
    response = docspace.request(method, path)
    assert (response.body, response.status, response.headers["Allow"]) == (b"", *expected)
    assert len(mockmail.inbox) == 0


def test_compressed_body_is_not_unpacked(docspace):
    response = docspace.post(SMTP, gzip.compress(b"{}"), Content_Encoding="gzip")

    assert response.status == 400
    assert "gzip" not in str(response.document)


@pytest.mark.parametrize("status", [400, 402, 429, 500, 503])
def test_injected_fault_is_in_the_error_envelope(docspace, mockmail, status):
    mockmail.faults.add("onlyoffice", operation="smtp.show", status=status, message="Out of order")
    response = docspace.get(SMTP)
    assert (response.status, response.headers["Content-Type"]) == (status, JSON)
    assert response.document == {
        "error": {"message": "Out of order", "type": None, "stack": None, "hresult": 0},
        "status": 1,
        "statusCode": status,
    }


@pytest.mark.parametrize("status", [406, 409, 422, 501])
def test_fault_that_docspace_never_shows_is_refused(mockmail, status):
    with pytest.raises(InvalidFault, match=f"onlyoffice never responds with status {status}"):
        mockmail.faults.add("onlyoffice", status=status)


@pytest.mark.mockmail(options={"onlyoffice": {"error_style": "2.x"}})
def test_injected_fault_in_2x_has_no_nulls(docspace, mockmail):
    mockmail.faults.add("onlyoffice", operation="smtp.show", status=503, message="Out of order")

    response = docspace.get(SMTP)

    assert response.document == {
        "error": {"message": "Out of order", "hresult": 0},
        "status": 1,
        "statusCode": 503,
    }


def test_any_origin_is_allowed(docspace):
    assert docspace.get(SMTP, Origin="https://app.example").headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in docspace.get(SMTP).headers
    asked = {"Origin": "https://app.example", "Access_Control_Request_Method": "DELETE"}
    response = docspace.request("OPTIONS", SMTP, **asked, Access_Control_Request_Headers="authorization")
    assert (response.status, response.body) == (204, b"")
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Access-Control-Allow-Methods"] == "DELETE"
    assert response.headers["Access-Control-Allow-Headers"] == "authorization"


@pytest.mark.mockmail(strict=False)
def test_preflight_of_another_path_is_404(docspace):
    asked = {"Origin": "https://app.example", "Access_Control_Request_Method": "GET"}
    assert docspace.request("OPTIONS", "/onlyoffice/elsewhere", **asked).status == 404
