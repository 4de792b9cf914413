"""Directory objects: show, create, modify, delete."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from urllib.parse import quote

import pytest

from mockmail.core.errors import SeedError

JOHN = "CN=John Smith,CN=Users,DC=example,DC=com"
JANE = "CN=Jane Doe,OU=Sales,DC=example,DC=com"


def values(**properties):
    return [{"propertyName": name, "propertyType": "String", "values": given} for name, given in properties.items()]


def create(adaxes, object_type="user", container="OU=Sales,DC=example,DC=com", **properties):
    body = {"createIn": container, "objectType": object_type, "properties": values(**properties)}
    return adaxes.call("POST", "/api/directoryObjects", body)


def get(adaxes, identifier, properties=""):
    return adaxes.call(
        "GET", f"/api/directoryObjects?directoryObject={quote(identifier)}&properties={quote(properties)}"
    )


def test_created_user_gets_mail_and_logs_in(mockmail, adaxes):
    assert (
        create(adaxes, cn=["Jane Doe"], mail=["jane@example.com"], sAMAccountName=["jane"], unicodePwd=["pw"]).json[
            "actualObjectDN"
        ]
        == JANE
    )
    jane = get(adaxes, JANE, "mail,UNICODEPWD,nothing").json
    assert jane["properties"] == {"mail": ["jane@example.com"]}
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", jane["guid"])
    assert adaxes.send_mail(jane["guid"]).status == 200
    assert mockmail.inbox[0].envelope.recipients == ("jane@example.com",)
    assert adaxes.log_in("EXAMPLE\\jane", "pw").status == 200


def test_modified_user_has_the_new_values(mockmail, adaxes):
    body = {"directoryObject": JOHN, "properties": values(MAIL=["new@example.com"], title=[], unicodePwd=["pw"])}
    assert adaxes.call("PATCH", "/api/directoryObjects", body).json["actualObjectDN"] == JOHN
    assert get(adaxes, JOHN, "mail,title,department").json["properties"] == {
        "mail": ["new@example.com"],
        "department": ["Marketing"],
    }
    assert adaxes.send_mail("S-1-5-21-3635565734-1729062999-1822655016-1627").status == 200
    assert mockmail.inbox[0].envelope.recipients == ("new@example.com",)
    assert adaxes.log_in("jsmith@example.com", "pw").status == 200


def test_deleted_object_is_not_found_by_any_identifier(adaxes):
    assert adaxes.call("DELETE", f"/api/directoryObjects?DIRECTORYOBJECT={quote(JOHN)}").json["actualObjectDN"] == JOHN
    for name in (JOHN, "7a4267ce-d354-44e7-8bd6-c681f1284a41", "S-1-5-21-3635565734-1729062999-1822655016-1627"):
        assert get(adaxes, name).status == 404


def test_name_that_is_taken_fails_the_creation(adaxes):
    answer = create(adaxes, container="cn=users,dc=example,dc=com", cn=["john smith"])
    assert answer.status == 200
    assert answer.json["resultType"] == 1
    assert answer.json["exception"] == {
        "message": "The object 'CN=john smith,cn=users,dc=example,dc=com' already exists."
    }


@pytest.mark.mockmail(options={"adaxes": {"failures": "http"}})
def test_failed_creation_is_http_500_by_option(adaxes):
    answer = create(adaxes, container="cn=users,dc=example,dc=com", cn=["john smith"])
    assert (answer.status, answer.json) == (
        500,
        {
            "message": "The object 'CN=john smith,cn=users,dc=example,dc=com' already exists.",
            "code": "operationFailed",
        },
    )


def test_organizational_unit_has_its_type_code_and_no_account(adaxes):
    assert create(adaxes, "organizationalUnit", "DC=example,DC=com", name=["Sales, west"]).json["actualObjectDN"] == (
        "OU=Sales\\, west,DC=example,DC=com"
    )
    unit = get(adaxes, "OU=Sales\\2c west,DC=example,DC=com").json
    assert (unit["displayName"], unit["objectTypeCode"]) == ("Sales, west", 0)
    assert "accountStatus" not in unit


@pytest.mark.parametrize(
    ("written", "known", "code"),
    [
        ("USER", "user", 2),
        ("Computer", "computer", 4),
        ("Group", "group", 3),
        ("ORGANIZATIONALUNIT", "organizationalUnit", 0),
        ("Contact", "contact", 1),
        ("PRINTQUEUE", "printQueue", 1),
        ("martian", "martian", 1),
    ],
)
def test_object_type_is_case_insensitive(mockmail, adaxes, written, known, code):
    dn = create(adaxes, written, "DC=example,DC=com", name=["made"]).json["actualObjectDN"]
    mockmail.adaxes.seed(directoryObjects=[{"dn": "CN=seeded,DC=example,DC=com", "objectType": written}])
    for shown in (get(adaxes, dn).json, get(adaxes, "CN=seeded,DC=example,DC=com").json):
        assert (shown["objectType"], shown["objectTypeCode"]) == (known, code)
        assert ("accountStatus" in shown) == (known in ("user", "computer"))
    assert dn == ("OU=made,DC=example,DC=com" if code == 0 else "CN=made,DC=example,DC=com")
    assert ("objectsid" in get(adaxes, dn, "objectSid").json["properties"]) == (code > 1)


def test_naming_properties_are_those_of_the_dn(adaxes):
    change = {"directoryObject": JOHN, "properties": values(cn=["Somebody else"], objectSid=["S-1-1"])}
    adaxes.call("PATCH", "/api/directoryObjects", change)
    names = "cn,Name,distinguishedName,objectGUID,objectSid,ou"
    assert get(adaxes, JOHN, names).json["properties"] == {
        "cn": ["John Smith"],
        "name": ["John Smith"],
        "distinguishedname": [JOHN],
        "objectguid": ["7a4267ce-d354-44e7-8bd6-c681f1284a41"],
        "objectsid": ["S-1-5-21-3635565734-1729062999-1822655016-1627"],
    }
    create(adaxes, "organizationalUnit", "DC=example,DC=com", name=["Sales, west"])
    assert get(adaxes, "OU=Sales\\2c west,DC=example,DC=com", names).json["properties"]["ou"] == ["Sales, west"]


@pytest.mark.parametrize("spelled", ["0b4d238a-62fc-4088-0ff3-4ae2b108eed4", "{0B4D238A-62FC-4088-0FF3-4AE2B108EED4}"])
def test_container_can_be_named_by_its_guid(mockmail, adaxes, spelled):
    unit = {"guid": "0b4d238a-62fc-4088-0ff3-4ae2b108eed4", "objectType": "organizationalUnit"}
    mockmail.adaxes.seed(directoryObjects=[{"dn": "OU=My Organizational Unit,DC=example,DC=com"} | unit])
    made = create(adaxes, container=spelled, cn=["Jane Doe"]).json
    assert made["actualObjectDN"] == "CN=Jane Doe,OU=My Organizational Unit,DC=example,DC=com"


@pytest.mark.parametrize(("before", "repeated", "after"), [("CN", " ", "x"), ("CN=a", " ", ",DC=x"), ("", "CN=", "")])
def test_container_of_a_million_characters_is_refused(adaxes, before, repeated, after):
    answer = create(adaxes, container=before + repeated * 1_000_000 + after, cn=["Jane Doe"])
    assert (answer.status, list(answer.json["modelState"])) == (400, ["createIn"])


def test_object_with_a_too_long_dn_is_not_created(mockmail, adaxes):
    unit = ",".join(["OU=" + "o" * 60] * 63)
    assert create(adaxes, container=unit, cn=["n" * 64]).json["exception"] == {
        "message": "A value for the attribute was not in the acceptable range of values."
    }
    made = create(adaxes, container=unit, cn=["n" * 60]).json["actualObjectDN"]
    assert get(adaxes, made).json["dn"] == made
    assert len(mockmail.adaxes.state()["directoryObjects"]) == 3


def test_seeded_dn_that_is_too_long_is_refused_with_a_short_error(mockmail):
    with pytest.raises(SeedError) as refused:
        mockmail.adaxes.seed(directoryObjects=[{"dn": "CN=" + "n" * 10_000_000}])
    assert len(str(refused.value)) < 1000


def test_unknown_guid_of_a_container_is_not_found(mockmail, adaxes):
    answer = create(adaxes, container="0b4d238a-62fc-4088-0ff3-4ae2b108eed4", cn=["Jane Doe"])
    assert (answer.status, answer.json["code"]) == (404, "notFound")
    assert len(mockmail.adaxes.state()["directoryObjects"]) == 2


def test_new_object_without_name_or_container_is_refused(adaxes):
    nameless, homeless = create(adaxes, title=["Clerk"]), create(adaxes, container="here", cn=["x"])
    assert (nameless.status, list(nameless.json["modelState"])) == (400, ["properties"])
    assert (homeless.status, list(homeless.json["modelState"])) == (400, ["createIn"])


def test_name_over_64_characters_is_out_of_range(mockmail, adaxes):
    assert create(adaxes, cn=["é" * 64]).json["resultType"] == 0
    for length in (65, 10_000_000):
        answer = create(adaxes, cn=["n" * length]).json
        assert (answer["resultType"], answer["actualObjectDN"]) == (1, None)
        assert answer["exception"] == {
            "message": "A value for the attribute was not in the acceptable range of values."
        }
    assert len(mockmail.adaxes.state()["directoryObjects"]) == 3


ALIASES = "proxyAddresses"


@pytest.mark.parametrize(
    ("operation", "given", "left"),
    [
        ("Update", ["smtp:new@example.com"], ["smtp:new@example.com"]),
        (None, ["smtp:new@example.com"], ["smtp:new@example.com"]),
        ("Update", [], None),
        ("Append", ["smtp:new@example.com"], ["SMTP:john@example.com", "smtp:j@example.com", "smtp:new@example.com"]),
        ("append", ["smtp:john@EXAMPLE.com"], ["SMTP:john@example.com", "smtp:j@example.com"]),
        (3, ["smtp:new@example.com"], ["SMTP:john@example.com", "smtp:j@example.com", "smtp:new@example.com"]),
        ("Delete", ["smtp:J@example.com", "smtp:nobody@example.com"], ["SMTP:john@example.com"]),
        ("ADS_PROPERTY_DELETE", ["SMTP:john@example.com", "smtp:j@example.com"], None),
        ("Clear", ["smtp:j@example.com"], None),
        (1, None, None),
        (0, ["smtp:new@example.com"], ["SMTP:john@example.com", "smtp:j@example.com"]),
    ],
)
def test_property_operation_changes_the_values(adaxes, operation, given, left):
    change = {"propertyName": "ProxyAddresses", "propertyType": "String", "values": given, "Operation": operation}
    first = {"propertyName": ALIASES, "values": ["SMTP:john@example.com", "smtp:j@example.com"]}
    body = {"directoryObject": JOHN, "Properties": [first, change]}
    assert adaxes.call("PATCH", "/api/directoryObjects", body).json["resultType"] == 0
    assert get(adaxes, JOHN, ALIASES).json["properties"].get("proxyaddresses") == left


@pytest.mark.parametrize("operation", ["Multiply", 5, -1, True, 1.5, [], {}, ""])
def test_unknown_property_operation_is_refused(adaxes, operation):
    change = {"propertyName": "title", "values": ["x"], "operation": operation}
    answer = adaxes.call("PATCH", "/api/directoryObjects", {"directoryObject": JOHN, "properties": [change]})
    assert (answer.status, answer.json["modelState"]) == (
        400,
        {"properties[0].operation": ["Expected one of None, Clear, Update, Append, Delete."]},
    )
    assert get(adaxes, JOHN, "title").json["properties"] == {"title": ["Marketing analyst"]}


def test_password_status_has_the_time_of_the_change(mockmail, adaxes):
    assert get(adaxes, JOHN).json["passwordStatus"] == {
        "whenChanged": None,
        "expirationStatus": 1,
        "expirationDate": None,
    }
    mockmail.clock.freeze(datetime(2026, 6, 30, 12, tzinfo=UTC))
    body = {"directoryObject": JOHN, "properties": values(unicodePwd=["pw"])}
    assert adaxes.call("PATCH", "/api/directoryObjects", body).status == 200
    assert get(adaxes, JOHN).json["passwordStatus"]["whenChanged"] == "2026-06-30T12:00:00.0000000Z"


def test_password_is_not_changed_by_operation_none(adaxes):
    change = {"propertyName": "unicodePwd", "values": ["pw"], "operation": "None"}
    assert (
        adaxes.call("PATCH", "/api/directoryObjects", {"directoryObject": JOHN, "properties": [change]}).status == 200
    )
    assert adaxes.log_in("jsmith@example.com", "pw").status == 403


@pytest.mark.parametrize(
    ("properties", "place"),
    [
        ("mail", "properties"),
        (["mail"], "properties[0]"),
        ([{"values": ["x"]}], "properties[0].propertyName"),
        ([{"propertyName": "mail", "values": "x"}], "properties[0].values"),
        ([{"propertyName": "mail", "values": [["x"]]}], "properties[0].values"),
    ],
)
def test_invalid_properties_are_refused_with_their_position(adaxes, properties, place):
    answer = adaxes.call("PATCH", "/api/directoryObjects", {"directoryObject": JOHN, "properties": properties})
    assert (answer.status, list(answer.json["modelState"])) == (400, [place])


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_infinite_number_is_refused_as_a_value(mockmail, adaxes, method):
    place = '"createIn": "DC=x", "objectType": "user"' if method == "POST" else f'"directoryObject": "{JOHN}"'
    given = '{"propertyName": "cn", "values": ["x"]}, {"propertyName": "title", "values": [1, -1e999]}'
    answer = adaxes.call(method, "/api/directoryObjects", f'{{{place}, "properties": [{given}]}}'.encode())
    assert (answer.status, list(answer.json["modelState"])) == (400, ["properties[1].values"])
    assert b"Infinity" not in json.dumps(mockmail.adaxes.state()).encode()


def test_invalid_seed_is_refused_with_field_and_expectation(mockmail):
    with pytest.raises(SeedError, match="distinguished name"):
        mockmail.adaxes.seed(directoryObjects=[{"dn": "Jane"}])
    with pytest.raises(SeedError, match="expirationDate"):
        mockmail.adaxes.seed(directoryObjects=[{"dn": "CN=Jane", "expirationDate": "tomorrow"}])
    with pytest.raises(SeedError, match="security"):
        mockmail.adaxes.seed(mailSettings=[{"host": "x", "security": "magic"}])
    with pytest.raises(SeedError, match=r"guid: expected one such as .*, got 'zzz'"):
        mockmail.adaxes.seed(directoryObjects=[{"dn": "CN=Jane", "guid": "zzz"}])
    with pytest.raises(SeedError, match=r"sid: expected one such as S-1-.*, got 'S-2'"):
        mockmail.adaxes.seed(directoryObjects=[{"dn": "CN=Jane", "sid": "S-2"}])
    for port, bound in ((-1, ">= 1"), (0, ">= 1"), (65536, "<= 65535")):
        with pytest.raises(SeedError, match=f"port: expected an integer {bound}, got {port}"):
            mockmail.adaxes.seed(mailSettings=[{"host": "x", "port": port}])


@pytest.mark.parametrize("guid", ["{7A4267CE-D354-44E7-8BD6-C681F1284A42}", "7a4267ced35444e78bd6c681f1284a42"])
def test_guid_and_sid_can_be_seeded_in_any_spelling(mockmail, adaxes, guid):
    mockmail.adaxes.seed(directoryObjects=[{"dn": JANE, "guid": guid, "sid": "s-1-5-21-7"}])
    assert get(adaxes, "7a4267ce-d354-44e7-8bd6-c681f1284a42").json["dn"] == JANE
    assert get(adaxes, "S-1-5-21-7").json["guid"] == "7a4267ce-d354-44e7-8bd6-c681f1284a42"


def test_object_seeded_without_guid_gets_one(mockmail, adaxes):
    mockmail.adaxes.seed(directoryObjects=[{"dn": JANE}])
    guid = get(adaxes, JANE).json["guid"]
    assert get(adaxes, guid).json["dn"] == JANE
