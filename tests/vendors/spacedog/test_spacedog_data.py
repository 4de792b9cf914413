"""`/1/schema` and `/1/data`: the objects that templates name (docs/wire/spacedog.md 11)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

NAME = {"name": {"_type": "string"}}
NO_INDEX = (404, "no such index", None)
EMPTY = {"took": 0, "total": 0, "results": []}


@pytest.fixture
def keep_schema(superadmin):
    """Keep the schema of a type, with the permissions of each role."""

    def keep(acl=None, type_name="dog", **fields):
        root = {**NAME, **fields} if acl is None else {**NAME, **fields, "_acl": acl}
        answer = superadmin.put(f"/1/schema/{type_name}", {type_name: root})
        assert answer.status in (200, 201), answer.body

    return keep


def test_schema_is_created_replaced_shown_and_deleted(superadmin, guest):
    created = superadmin.put("/1/schema/dog", {"dog": NAME})
    replaced = superadmin.post("/1/schema/dog/", {"dog": {**NAME, "age": {"_type": "integer"}}})

    assert (created.status, replaced.status) == (201, 200)
    assert created.json == {
        "success": True,
        "status": 201,
        "id": "dog",
        "type": "schema",
        "location": f"{superadmin.url}/1/schema/dog",
    }
    assert created.headers["x-spacedog-object-id"] == "dog"
    assert guest.get("/1/schema/dog").json == {"dog": {**NAME, "age": {"_type": "integer"}}}
    superadmin.put("/1/schema/cat", {"cat": NAME})
    assert list(guest.get("/1/schema").json) == ["dog", "cat"]

    assert superadmin.delete("/1/schema/dog").json == {"success": True, "status": 200}
    assert superadmin.delete("/1/schema/dog").refused == NO_INDEX
    assert guest.get("/1/schema/dog").refused == NO_INDEX
    assert list(guest.get("/1/schema").json) == ["cat"]


def test_backend_without_schemas_has_an_empty_document(guest):
    assert guest.get("/1/schema").json == {}


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_users_cannot_change_schemas(vince, method):
    refused = (403, "[USER][vince] has insufficient credentials", "403")

    assert vince.ask(method, "/1/schema/dog", b"{}").refused == refused


@pytest.mark.parametrize(
    ("schema", "message", "code"),
    [
        ({}, "field [dog] required", "400"),
        ({"dog": None}, "field [dog] required", "400"),
        ({"dog": "x"}, "invalid type [string] for schema field [dog]. Must be [OBJECT]", "400"),
        ({"dog": NAME, "cat": NAME}, "invalid field [cat]: expected fields [dog]", "400"),
        ({"dog": {"_type": "string"}}, "invalid schema type [string]", "400"),
        ({"dog": {}}, "no fields in sub object [dog]", "400"),
        ({"dog": {"_id": 1, **NAME}}, "invalid type [number] for schema field [_id]. Must be [STRING]", "400"),
        ({"dog": {"": {}, **NAME}}, "schema object field [dog] contains empty field names", "400"),
        ({"dog": {"name": [1]}}, "invalid schema [[1]] for field [name]", "400"),
        ({"dog": {"name": {"_type": "nope"}}}, "invalid type [nope] for field [name]", "400"),
        ({"dog": {"name": {"_type": "String"}}}, "invalid type [String] for property [name]", None),
        ({"dog": {"name": {"_type": "string", "x": {}}}}, "invalid field [x]: expected fields []", "400"),
        ({"dog": {"name": {"x": {}}}}, "no fields in sub object [x]", "400"),
        (
            {"dog": {"name": {"_type": "string", "_array": 1}}},
            "invalid type [number] for schema field [_array]. Must be [BOOLEAN]",
            "400",
        ),
        ({"dog": {"_acl": {"key": ["fly"]}, **NAME}}, "invalid schema [_acl] json field", None),
        ({"dog": {"_acl": {"key": "create"}, **NAME}}, "invalid schema [_acl] json field", None),
        ([], "not a json object but [ARRAY]", None),
    ],
)
def test_invalid_schema_is_refused_and_not_kept(superadmin, schema, message, code):
    assert superadmin.put("/1/schema/dog", schema).refused == (400, message, code)
    assert superadmin.get("/1/schema/dog").refused == NO_INDEX


def test_schema_without_a_body_or_with_a_reserved_name_is_refused(superadmin):
    assert superadmin.ask("PUT", "/1/schema/dog").refused == (400, "no default schema for type [dog]", None)
    for refused in (superadmin.put("/1/schema/settings", {}), superadmin.get("/1/schema/settings")):
        assert refused.refused == (400, "schema name [settings] is reserved", None)


def test_permissions_of_schemas_are_settings_that_only_schemas_change(superadmin, keep_schema):
    assert superadmin.get("/1/settings/schema").json == {"acl": {}}
    keep_schema({"key": ["create", "create"]})
    keep_schema(type_name="cat")

    acl = superadmin.get("/1/settings/schema/acl").json
    assert acl["dog"] == {"key": ["create"]}
    assert acl["cat"]["admin"] == ["create", "update_all", "search", "delete_all"]
    assert superadmin.put("/1/settings/schema", {}).refused == (
        400,
        "[schema] settings is not directly updatable",
        None,
    )

    superadmin.delete("/1/schema/dog")
    assert list(superadmin.get("/1/settings/schema").json["acl"]) == ["cat"]


def test_object_is_created_with_meta_data_and_shown(guest, keep_schema, mockmail):
    mockmail.clock.freeze(datetime(2018, 4, 25, 10, tzinfo=UTC))
    keep_schema({"key": ["create", "read_all"]})

    created = guest.post("/1/data/dog", {"name": "Rex", "meta": {"createdBy": "evil"}})

    own = created.json["id"]
    assert created.json == {
        "success": True,
        "status": 201,
        "id": own,
        "type": "dog",
        "location": f"{guest.url}/1/data/dog/{own}",
        "version": 1,
    }
    assert created.headers["x-spacedog-object-id"] == own
    now = "2018-04-25T10:00:00.000Z"
    assert guest.get(f"/1/data/dog/{own}").json == {
        "name": "Rex",
        "meta": {
            "createdBy": "default",
            "updatedBy": "default",
            "createdAt": now,
            "updatedAt": now,
            "id": own,
            "type": "dog",
            "version": 1,
        },
    }


def test_object_has_the_id_of_the_parameter_or_of_its_schema(vince, keep_schema):
    keep_schema()
    keep_schema(type_name="cat", _id="tag.id", tag={"id": {"_type": "string"}})

    assert vince.post("/1/data/dog?id=rex", {"name": "Rex"}).json["id"] == "rex"
    assert vince.post("/1/data/dog?id=rex", {"name": "Rex 2"}).json["version"] == 2
    assert vince.post("/1/data/cat?id=tom", {"tag": {"id": 7}}).json["id"] == "7"
    assert vince.post("/1/data/cat", {"name": "Tom"}).refused == (
        400,
        "id path [tag.id] of type [cat] is null or missing",
        None,
    )


@pytest.mark.parametrize(
    ("source", "field", "path"),
    [
        ({"nope": 1}, "nope", "dog"),
        ({"_acl": {}}, "_acl", "dog"),
        ({"owners": [{"name": "a"}, {"nope": 1}]}, "nope", "owners"),
    ],
)
def test_object_with_a_field_outside_its_schema_is_refused(vince, keep_schema, source, field, path):
    keep_schema(owners={"_array": True, **NAME}, anything={"_type": "stash"})

    said = f"mapping set to strict, dynamic introduction of [{field}] within [{path}] is not allowed"
    assert vince.post("/1/data/dog", source).refused == (400, said, None)
    assert vince.post("/1/data/dog", {"owners": {"name": "a"}, "anything": {"x": [1]}}).status == 201


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "[JSON body] is null or empty"),
        (b"[]", "not a json object but [ARRAY]"),
        (b"nonsense", "error deserializing JSON string [nonsense]"),
    ],
)
def test_object_that_is_no_object_is_refused(vince, keep_schema, body, message):
    keep_schema()

    assert vince.ask("POST", "/1/data/dog", body).refused == (400, message, None)


def test_type_without_a_schema_is_unknown(vince, guest):
    assert vince.post("/1/data/dog", {"name": "Rex"}).refused == NO_INDEX
    assert vince.get("/1/data/dog").refused == NO_INDEX
    assert guest.get("/1/data/dog/rex").refused == NO_INDEX


def test_default_permissions_are_by_level(guest, vince, admin, keep_schema):
    keep_schema()
    vince.post("/1/data/dog?id=rex", {"name": "Rex"})

    assert guest.post("/1/data/dog", {}).refused == (403, "forbidden to create [dog] objects", "403")
    assert guest.get("/1/data/dog").refused == (403, "forbidden to search [dog] objects", "403")
    assert guest.get("/1/data/dog/rex").status == 200
    assert guest.delete("/1/data/dog/rex").refused == (403, "forbidden to delete [dog] objects", "403")
    assert admin.get("/1/data/dog").json["total"] == 1
    assert admin.delete("/1/data/dog/rex").json == {"success": True, "status": 200}
    assert admin.delete("/1/data/dog/rex").refused == (404, "[dog][rex] not found in backend [test]", "404")
    assert vince.delete("/1/data/dog/rex").refused == (404, "object [rex] of type [dog] not found", "404")


def test_owner_has_the_permissions_for_own_objects(vince, admin, guest, keep_schema):
    keep_schema({"user": ["create", "read", "delete"], "admin": ["create"]})
    vince.post("/1/data/dog?id=mine", {})
    admin.post("/1/data/dog?id=other", {})

    assert vince.get("/1/data/dog/mine").status == 200
    assert vince.get("/1/data/dog/other").refused == (403, "not the owner of [dog][other] object", "403")
    assert guest.get("/1/data/dog/mine").refused == (403, "forbidden to read [dog] objects", "403")
    assert vince.delete("/1/data/dog/other").refused == (
        403,
        "not the owner of object of type [dog] and id [other]",
        "403",
    )
    assert vince.delete("/1/data/dog/mine").status == 200


def test_objects_that_the_caller_may_search_are_listed(guest, vince, keep_schema, mockmail):
    assert guest.get("/1/data").json == EMPTY
    assert vince.get("/1/data").json == EMPTY
    keep_schema()
    keep_schema({"admin": ["create"]}, type_name="cat")
    mockmail.spacedog.seed(objects=[{"backendId": "test", "type": "bird", "id": "b", "source": {"wings": 2}}])
    for name in ("a", "b", "c"):
        vince.post(f"/1/data/dog?id={name}", {"name": name})

    listed = vince.get("/1/data").json

    assert listed["total"] == 3
    assert [found["meta"]["id"] for found in listed["results"]] == ["a", "b", "c"]
    assert vince.get("/1/data/bird").json["results"][0]["wings"] == 2
    page = vince.get("/1/data/dog?from=1&size=1").json
    assert (page["total"], [found["name"] for found in page["results"]]) == (3, ["b"])
    assert page["results"][0]["meta"]["score"] == 1.0
    assert guest.get("/1/data").json == EMPTY
    assert vince.get("/1/data?from=1000").refused == (400, "from + size must be less than or equal to 1000", "400")


def test_deleted_schema_or_backend_has_no_objects(vince, superadmin, keep_schema, mockmail):
    keep_schema()
    vince.post("/1/data/dog?id=rex", {})
    superadmin.delete("/1/schema/dog")
    keep_schema()
    assert vince.get("/1/data/dog").json["total"] == 0

    superadmin.delete("/1/backend")

    state = mockmail.spacedog.state()
    assert {table: state.get(table, []) for table in ("schemas", "objects")} == {"schemas": [], "objects": []}


def test_template_names_an_object_of_a_type_without_objects(superadmin, guest, keep_schema):
    keep_schema()
    template = {"to": ["a@b.io"], "subject": "s", "text": "t", "model": {"pet": "dog"}, "roles": ["key"]}
    superadmin.settings(templates={"x": template})

    answer = guest.post("/1/mail/template/x", {"pet": "rex"})

    assert answer.refused == (404, "object [rex] of type [dog] not found", "404")


def test_page_goes_on_over_the_types(vince, keep_schema):
    for type_name in ("cat", "dog", "fox"):
        keep_schema(type_name=type_name)
        for number in (1, 2):
            vince.post(f"/1/data/{type_name}?id={type_name}{number}", {})

    def ids(page: str) -> list[str]:
        answer = vince.get(f"/1/data?{page}").json
        assert answer["total"] == 6
        return [found["meta"]["id"] for found in answer["results"]]

    assert ids("size=0") == []
    assert ids("size=3") == ["cat1", "cat2", "dog1"]
    assert ids("from=3&size=2") == ["dog2", "fox1"]
    assert ids("from=5") == ["fox2"]
    assert ids("from=6") == []
