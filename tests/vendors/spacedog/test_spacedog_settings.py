"""`/1/settings`: SpaceDog's own SettingsResourceTest, and how its classes read documents (docs/wire/spacedog.md 5)."""

from __future__ import annotations

import pytest

DEFAULT = {"enableUserFullAccess": False, "mailgun": None, "smtp": None, "templates": None}
TEMPLATE = {
    "from": None,
    "to": None,
    "cc": None,
    "bcc": None,
    "subject": None,
    "text": None,
    "html": None,
    "model": None,
    "roles": None,
}


def test_settings_are_created_shown_and_deleted(superadmin, vince, guest):
    animals, jobs = {"lion": "Lion", "tiger": "Tiger"}, {"sailor": ["Sailor", "Marin"], "soldier": {"en": "Soldier"}}
    assert guest.get("/1/settings").status == 403
    assert vince.get("/1/settings").status == 403
    assert superadmin.get("/1/settings").json["results"] == {}
    assert superadmin.get("/1/settings/xxx").refused == (404, "[settings][xxx] not found in backend [test]", "404")
    assert guest.put("/1/settings/animals", animals).status == 403
    assert vince.put("/1/settings/animals", animals).status == 403
    assert superadmin.put("/1/settings/animals", animals).status == 201
    assert guest.get("/1/settings/animals").status == 403
    assert vince.get("/1/settings/animals").status == 403
    assert superadmin.get("/1/settings/animals").json == animals
    animals["puma"] = "Puma"
    assert superadmin.put("/1/settings/animals", animals).status == 200
    assert superadmin.get("/1/settings/animals").json == animals
    assert guest.delete("/1/settings/animals").status == 403
    assert superadmin.delete("/1/settings/animals").json == {"success": True, "status": 200}
    assert superadmin.get("/1/settings/animals").status == 404
    assert superadmin.put("/1/settings/jobs", jobs).status == 201
    assert superadmin.put("/1/settings/animals", animals).status == 201
    assert superadmin.get("/1/settings").json == {"jobs": jobs, "animals": animals}

    acl = {"acl": {"animals": {"read": ["key"], "update": ["user"]}}}
    assert superadmin.put("/1/settings/settings", acl).status == 201
    assert vince.get("/1/settings/animals").status == 403
    assert guest.get("/1/settings/animals").json == animals
    assert superadmin.get("/1/settings/animals").json == animals
    assert guest.delete("/1/settings/animals").status == 403
    assert vince.delete("/1/settings/animals").status == 200
    assert superadmin.delete("/1/settings/settings").status == 200
    assert vince.put("/1/settings/animals", animals).status == 403
    assert guest.get("/1/settings/animals").status == 403


def test_fields_are_shown_set_and_deleted(superadmin, vince, guest):
    assert guest.put("/1/settings/db/type", "x").status == 403
    assert vince.put("/1/settings/db/type", "x").status == 403
    assert superadmin.put("/1/settings/db/type", "mysql").status == 201
    assert superadmin.put("/1/settings/db/version", 12).status == 200
    assert superadmin.put("/1/settings/db/credentials", {"username": "tiger"}).json["version"] == 3
    assert superadmin.get("/1/settings/db").json == {
        "type": "mysql",
        "version": 12,
        "credentials": {"username": "tiger"},
    }
    assert guest.get("/1/settings/db/type").status == 403
    assert superadmin.get("/1/settings/db/type").body == b'"mysql"'
    assert superadmin.get("/1/settings/db/version").json == 12
    assert superadmin.get("/1/settings/db/XXX").body == b"null"
    assert superadmin.get("/1/settings/XXX/YYY").status == 404
    assert guest.delete("/1/settings/db/type").status == 403
    assert superadmin.delete("/1/settings/db/version").status == 200
    assert superadmin.put("/1/settings/db/credentials", None).status == 200
    assert superadmin.get("/1/settings/db").json == {"type": "mysql", "credentials": None}


def test_superdog_changes_settings_of_any_backend(superadmin, superdog):
    assert superdog.put("/1/settings/test", {"toto": 23}).status == 201
    assert superadmin.get("/1/settings/test").json == {"toto": 23}
    assert superdog.delete("/1/settings/test").status == 200


def test_admin_sees_mail_settings_with_an_acl_only(superadmin, admin):
    assert admin.get("/1/settings/mail").refused == (403, "[ADMIN][dave] has insufficient credentials", "403")
    superadmin.put("/1/settings/settings", {"acl": {"mail": {"read": ["admin"]}}})
    assert admin.get("/1/settings/mail").json == DEFAULT
    assert admin.put("/1/settings/mail", {}).status == 403


def test_stored_settings_have_every_field(superadmin):
    given = {"smtp": {"host": "h", "password": "secret"}, "templates": {"x": {"to": ["{{to}}"], "roles": ["a", "a"]}}}
    assert superadmin.put("/1/settings/mail", given).status == 201
    assert superadmin.get("/1/settings/mail").json == {
        "enableUserFullAccess": False,
        "mailgun": None,
        "smtp": {
            "host": "h",
            "login": None,
            "password": "secret",
            "startTlsRequired": False,
            "sslOnConnect": False,
        },
        "templates": {"x": {**TEMPLATE, "to": ["{{to}}"], "roles": ["a"]}},
    }
    assert superadmin.get("/1/settings/mail/smtp").json["host"] == "h"
    superadmin.put("/1/settings/mail", {})
    assert superadmin.get("/1/settings/mail").json == DEFAULT


MODEL = "io.spacedog.model"
MAIL, MAILGUN, TEMPLATE_CLASS = (
    f"[simple type, class {MODEL}.{name}]" for name in ("MailSettings", "MailSettings$MailGunSettings", "MailTemplate")
)
TEMPLATES = f"[map type; class java.util.LinkedHashMap, [simple type, class java.lang.String] -> {TEMPLATE_CLASS}]"
NOT_DESERIALIZED = "Can not deserialize instance of"
NOT_INSTANTIATED = "Can not instantiate value of type"
NO_TEXT = "no single-String constructor/factory method"
UNRECOGNIZED = "Unrecognized field"
NO_CREATOR = "problem: no suitable creator method found to deserialize from JSON integer number"
NO_BOOLEAN = "Can not construct instance of boolean from String value"
WELCOME = '["templates"]->java.util.LinkedHashMap["welcome"]'


@pytest.mark.parametrize(
    ("document", "cause", "chain"),
    [
        (
            {"nope": 1},
            (
                f'{UNRECOGNIZED} "nope" (class {MODEL}.MailSettings), not marked as ignorable (4 known properties: '
                '"enableUserFullAccess", "mailgun", "smtp", "templates"])'
            ),
            '["nope"]',
        ),
        (
            {"mailgun": {"port": 25}},
            (
                f'{UNRECOGNIZED} "port" (class {MODEL}.MailSettings$MailGunSettings), not marked as ignorable '
                '(2 known properties: "domain", "key"])'
            ),
            f'["mailgun"]->{MODEL}.MailGunSettings["port"]',
        ),
        (
            {"templates": {"welcome": {"to": "a@b.io"}}},
            f"{NOT_DESERIALIZED} java.util.ArrayList out of VALUE_STRING token",
            f'{WELCOME}->{MODEL}.MailTemplate["to"]',
        ),
        (
            {"templates": {"welcome": {"roles": ["a", []]}}},
            f"{NOT_DESERIALIZED} java.lang.String out of START_ARRAY token",
            f'{WELCOME}->{MODEL}.MailTemplate["roles"]->java.util.HashSet[1]',
        ),
        ({"smtp": []}, f"{NOT_DESERIALIZED} {MODEL}.MailSettings$SmtpSettings out of START_ARRAY token", '["smtp"]'),
        ({"mailgun": "x"}, f"{NOT_INSTANTIATED} {MAILGUN} from String value ('x'); {NO_TEXT}", '["mailgun"]'),
        (
            {"mailgun": 7},
            f"{NOT_INSTANTIATED} {MAILGUN} from Integral number (7); no single-int-arg constructor/factory method",
            '["mailgun"]',
        ),
        (
            {"mailgun": 1 << 31},
            (
                f"{NOT_INSTANTIATED} {MAILGUN} from Long integral number (2147483648); "
                "no single-long-arg constructor/factory method"
            ),
            '["mailgun"]',
        ),
        (
            {"mailgun": 1 << 63},
            f"Can not construct instance of {MODEL}.MailSettings$MailGunSettings, {NO_CREATOR}",
            '["mailgun"]',
        ),
        (
            {"mailgun": 1.5},
            (
                f"{NOT_INSTANTIATED} {MAILGUN} from Floating-point number (1.5); "
                "no one-double/Double-arg constructor/factory method"
            ),
            '["mailgun"]',
        ),
        (
            {"mailgun": True},
            (
                f"{NOT_INSTANTIATED} {MAILGUN} from Boolean value (true); "
                "no single-boolean/Boolean-arg constructor/factory method"
            ),
            '["mailgun"]',
        ),
        ({"templates": ""}, f"{NOT_INSTANTIATED} {TEMPLATES} from String value (''); {NO_TEXT}", '["templates"]'),
        (
            {"templates": 1},
            f"{NOT_DESERIALIZED} java.util.LinkedHashMap out of VALUE_NUMBER_INT token",
            '["templates"]',
        ),
        (
            {"templates": {"welcome": "y"}},
            f"{NOT_INSTANTIATED} {TEMPLATE_CLASS} from String value ('y'); {NO_TEXT}",
            WELCOME,
        ),
        (
            {"mailgun": {"key": {}}},
            f"{NOT_DESERIALIZED} java.lang.String out of START_OBJECT token",
            f'["mailgun"]->{MODEL}.MailGunSettings["key"]',
        ),
        (
            {"enableUserFullAccess": "TRUE"},
            f'{NO_BOOLEAN} \'TRUE\': only "true" or "false" recognized',
            '["enableUserFullAccess"]',
        ),
        (
            {"enableUserFullAccess": 0.0},
            f"{NOT_DESERIALIZED} boolean out of VALUE_NUMBER_FLOAT token",
            '["enableUserFullAccess"]',
        ),
        ([], f"{NOT_DESERIALIZED} {MODEL}.MailSettings out of START_ARRAY token", None),
        ("x", f"{NOT_INSTANTIATED} {MAIL} from String value ('x'); {NO_TEXT}", None),
    ],
)
def test_document_that_does_not_fit_its_class_is_refused(superadmin, document, cause, chain):
    answer = superadmin.put("/1/settings/mail", document)
    assert answer.refused == (400, "invalid [mail] settings", None)
    place = "" if chain is None else f" (through reference chain: {MODEL}.MailSettings{chain})"
    assert answer.error["cause"]["message"] == cause + place
    assert superadmin.get("/1/settings/mail").json == DEFAULT


LONG = "y" * 600
INT_RANGE = "out of range of int (-2147483648 - 2147483647)"


@pytest.mark.parametrize(
    ("field", "value", "cause"),
    [
        ("maximumInvalidChallenges", "x", "Can not construct instance of int from String value 'x': not a valid int"),
        (
            "maximumInvalidChallenges",
            " 99999999999 ",
            (
                "Can not construct instance of int from String value ' 99999999999 ': "
                f"Overflow: numeric value (99999999999) {INT_RANGE}"
            ),
        ),
        (
            "maximumInvalidChallenges",
            "1_0",
            "Can not construct instance of int from String value '1_0': not a valid int",
        ),
        ("maximumInvalidChallenges", 1e300, f"Numeric value (1e+300) {INT_RANGE}"),
        ("maximumInvalidChallenges", 99999999999, f"Numeric value (99999999999) {INT_RANGE}"),
        (
            "sessionMaximumLifetime",
            LONG,
            f"Can not construct instance of long from String value '{'y' * 500}]...[{'y' * 500}': not a valid long",
        ),
        (
            "sessionMaximumLifetime",
            1 << 63,
            "Numeric value (9223372036854775808) out of range of long (-9223372036854775808 - 9223372036854775807)",
        ),
        ("sessionMaximumLifetime", True, "Can not deserialize instance of long out of VALUE_TRUE token"),
    ],
)
def test_number_that_does_not_fit_its_type_is_refused(superadmin, field, value, cause):
    answer = superadmin.put("/1/settings/credentials", {field: value})

    assert answer.refused == (400, "invalid [credentials] settings", None)
    assert answer.error["cause"]["message"].startswith(cause)


@pytest.mark.parametrize(
    ("value", "stored"),
    [("5", 5), (" +5 ", 5), ("", 0), ("null", 0), (None, 0), (5.9, 5), (-5.9, -5)],
)
def test_number_is_converted_as_jackson_does(superadmin, value, stored):
    assert superadmin.put("/1/settings/credentials", {"maximumInvalidChallenges": value}).status in (200, 201)
    assert superadmin.get("/1/settings/credentials/maximumInvalidChallenges").json == stored


@pytest.mark.parametrize(
    ("value", "stored"), [("True", True), (" true ", True), ("False", False), ("null", False), ("", False), (7, True)]
)
def test_boolean_is_converted_as_jackson_does(superadmin, value, stored):
    assert superadmin.put("/1/settings/mail", {"enableUserFullAccess": value}).status == 201
    assert superadmin.get("/1/settings/mail/enableUserFullAccess").json is stored


def test_settings_that_are_null_are_a_server_failure(superadmin, mockmail):
    answer = superadmin.put("/1/settings/mail", None)

    assert answer.status == 500
    assert answer.error["type"] == "java.lang.NullPointerException"
    assert "message" not in answer.error
    assert mockmail.requests.crashes() == []


def test_settings_without_a_body_are_refused(superadmin):
    answer = superadmin.ask("PUT", "/1/settings/mail", b"")

    assert answer.refused == (400, "invalid [mail] settings", None)
    assert answer.error["cause"]["message"] == "No content to map due to end-of-input"


@pytest.mark.parametrize("body", [b"", b"{", b'{"smtp":', b"[" * 100_000, b"\xff\xfe", b"{'a': 1}", b"NaN"])
def test_body_that_is_not_an_object_is_refused(superadmin, body):
    for path in ("/1/settings/mail", "/1/settings/mail/smtp", "/1/settings/other", "/1/settings/other/field"):
        answer = superadmin.ask("PUT", path, body)
        assert answer.status == 400, path
        assert answer.in_dialect
        assert "code" not in answer.error


def test_scalar_of_another_type_is_converted(superadmin):
    superadmin.settings(smtp={"host": 1, "login": True, "sslOnConnect": "true"}, enableUserFullAccess=1)
    assert superadmin.get("/1/settings/mail").json["smtp"] == {
        "host": "1",
        "login": "true",
        "password": None,
        "startTlsRequired": False,
        "sslOnConnect": True,
    }
    assert superadmin.get("/1/settings/mail/enableUserFullAccess").json is True


def test_unchecked_field_makes_later_reads_fail(superadmin, admin):
    assert superadmin.put("/1/settings/mail/smtp", "nonsense").status == 200
    for answer in (
        superadmin.get("/1/settings/mail"),
        superadmin.get("/1/settings/mail/smtp"),
        superadmin.put("/1/settings/mail/mailgun", None),
        admin.mail(to="a@b.io", subject="s", text="t"),
    ):
        assert answer.status == 500
        assert answer.in_dialect
        assert answer.error["message"] == "error mapping [mail] settings to [MailSettings] class"
        assert answer.error["type"] == "java.lang.RuntimeException"
        assert answer.error["cause"]["type"] == "com.fasterxml.jackson.databind.JsonMappingException"
    assert superadmin.put("/1/settings/mail", {}).status == 200
    assert superadmin.get("/1/settings/mail").json == DEFAULT


def test_version_continues_for_a_minute_after_deletion(superadmin, mockmail):
    mockmail.clock.freeze()
    assert superadmin.put("/1/settings/mail", {}).json["version"] == 1
    assert superadmin.put("/1/settings/mail", {}).json["version"] == 2
    assert superadmin.delete("/1/settings/mail").status == 200
    answer = superadmin.put("/1/settings/mail", {})
    assert (answer.status, answer.json["version"]) == (201, 4)
    superadmin.delete("/1/settings/mail")
    mockmail.clock.advance(61)
    answer = superadmin.put("/1/settings/mail", {})
    assert (answer.status, answer.json["version"]) == (201, 1)


def test_all_settings_are_deleted_at_once(superadmin, admin):
    superadmin.settings(enableUserFullAccess=True)
    assert admin.delete("/1/settings").status == 403
    assert superadmin.delete("/1/settings").json == {"success": True, "status": 200}
    assert superadmin.get("/1/settings/mail").json == DEFAULT
    assert superadmin.get("/1/settings").json["total"] == 0
    assert superadmin.delete("/1/settings").status == 404


@pytest.mark.parametrize(
    ("query", "refused"),
    [
        ("from=1&size=1000", (400, "from + size is greater than 1000", "400")),
        ("from=x", (400, 'For input string: "x"', None)),
        ("size=99999999999999999999", (400, 'For input string: "99999999999999999999"', None)),
        ("from=-1", (400, "[from] parameter cannot be negative", None)),
    ],
)
def test_settings_are_paged_within_bounds(superadmin, query, refused):
    for name in ("a", "b", "c"):
        superadmin.put(f"/1/settings/{name}", {"n": name})
    assert list(superadmin.get("/1/settings?from=1&size=1").json) == ["b"]
    assert superadmin.get(f"/1/settings?{query}").refused == refused


def test_schema_settings_are_not_directly_updatable(superadmin):
    assert superadmin.put("/1/settings/schema", {}).refused == (
        400,
        "[schema] settings is not directly updatable",
        None,
    )


def test_credentials_settings_have_their_defaults(superadmin):
    assert superadmin.get("/1/settings/credentials/usernameRegex").json == r"[a-zA-Z0-9_%@+\-\.]{3,}"
    assert superadmin.put("/1/settings/credentials", {"sessionMaximumLifetime": 60, "unknown": 1}).status == 201
    assert superadmin.get("/1/settings/credentials").json["sessionMaximumLifetime"] == 60
    assert superadmin.put("/1/settings/credentials", {"sessionMaximumLifetime": 1 << 70}).status == 400


def test_each_backend_has_its_own_settings(superadmin, superdog):
    superadmin.settings(enableUserFullAccess=True)
    assert superdog.at("shop.spacedog.io").get("/1/settings/mail").json == DEFAULT
    assert superdog.at("test.spacedog.io:8443").get("/1/settings/mail").json["enableUserFullAccess"] is True


VALUE = "expected a valid value (number, String, array, object, 'true', 'false' or 'null')"
ESCAPED = "has to be escaped using backslash to be included in string value"
CLOSE = "Unexpected end-of-input: expected close marker for "


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("nonsense", "Unrecognized token 'nonsense': was expecting ('true', 'false' or 'null')"),
        ('{"smtp": nul}', "Unrecognized token 'nul': was expecting ('true', 'false' or 'null')"),
        ("{", f"{CLOSE}OBJECT"),
        ('{"smtp": {"host": "h"}, "templates": [', f"{CLOSE}ARRAY"),
        ('{"smtp": {"host": "h', "Unexpected end-of-input: was expecting closing quote for a string value"),
        ("{smtp: 1}", "Unexpected character ('s' (code 115)): was expecting double-quote to start field name"),
        ('{"smtp" 1}', "Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value"),
        (
            '{"smtp": {} "mailgun"}',
            "Unexpected character ('\"' (code 34)): was expecting comma to separate OBJECT entries",
        ),
        ('{"smtp": [1 2]}', "Unexpected character ('2' (code 50)): was expecting comma to separate ARRAY entries"),
        (
            '{"smtp": }',
            f"Unexpected character ('}}' (code 125)): {VALUE}",
        ),
        (
            '{"smtp": "a\tb"}',
            f"Illegal unquoted character ((CTRL-CHAR, code 9)): {ESCAPED}",
        ),
        ('{"smtp": "\\x"}', "Unrecognized character escape 'x' (code 120)"),
        (
            '{"smtp": NaN}',
            "Non-standard token 'NaN': enable JsonParser.Feature.ALLOW_NON_NUMERIC_NUMBERS to allow",
        ),
    ],
)
def test_invalid_json_is_refused_with_jacksons_message(superadmin, body, words):
    answer = superadmin.ask("PUT", "/1/settings/mail", body.encode())
    assert (answer.status, answer.error) == (400, {"message": "invalid [mail] settings", "cause": {"message": words}})
    assert superadmin.get("/1/settings").json["total"] == 0


def test_text_after_the_first_json_value_is_ignored(superadmin):
    body = b'\xef\xbb\xbf{"enableUserFullAccess": true} {"smtp": 5'
    headers = {"Content-Type": "application/json;charset=utf-8"}
    assert superadmin.ask("PUT", "/1/settings/mail", body, headers).status == 201
    assert superadmin.get("/1/settings/mail").json["enableUserFullAccess"] is True


def test_all_settings_are_deleted_by_superadmins_once(superadmin, admin):
    missing = superadmin.delete("/1/settings")
    superadmin.settings(enableUserFullAccess=True)

    assert missing.refused == (404, "no such index", None)
    assert admin.delete("/1/settings").status == 403
    assert superadmin.delete("/1/settings").json == {"success": True, "status": 200}

    assert superadmin.get("/1/settings").json == {"success": True, "status": 200, "took": 0, "total": 0, "results": {}}
    assert superadmin.put("/1/settings/mail", {}).json["version"] == 1
