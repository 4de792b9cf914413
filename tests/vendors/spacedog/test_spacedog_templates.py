"""`POST /1/mail/template/{name}`: roles, parameters and the mail sent (docs/wire/spacedog.md 7)."""

from __future__ import annotations

import pytest

PATH = "/1/mail/template/welcome"


def test_unknown_template_is_refused(guest, superadmin):
    refused = (404, "mail template [nope] not found", "404")
    assert guest.post("/1/mail/template/nope", {}).refused == refused
    superadmin.settings(templates={"welcome": {}})
    assert guest.post("/1/mail/template/nope", {}).refused == refused


@pytest.mark.parametrize(
    ("roles", "allowed"),
    [
        (None, ""),
        ([], ""),
        (["key"], "guest"),
        (["user"], "vince"),
        (["admin"], "admin superadmin superdog"),
        (["super_admin"], "superadmin superdog"),
        (["user", "admin"], "vince admin superadmin superdog"),
    ],
)
def test_only_callers_with_a_role_of_the_template_may_send_it(
    *, make_template, guest, vince, admin, superadmin, superdog, roles, allowed
):
    make_template(roles=roles)
    callers = {"guest": guest, "vince": vince, "admin": admin, "superadmin": superadmin, "superdog": superdog}
    assert [name for name, caller in callers.items() if caller.post(PATH, {}).status == 200] == allowed.split()
    statuses = {name: caller.post(PATH, {}).status for name, caller in callers.items()}
    assert {status for name, status in statuses.items() if name not in allowed.split()} <= {403}


def test_template_with_a_custom_role_can_be_sent_by_callers_with_that_role(make_template, vince, admin):
    make_template(roles=["sender"])
    assert vince.post(PATH, {}).status == 403
    own = vince.get("/1/credentials/me").json["id"]
    assert admin.ask("PUT", f"/1/credentials/{own}/roles/sender").status == 200
    assert vince.post(PATH, {}).status == 200


def test_roles_are_checked_before_the_body(make_template, vince):
    make_template()
    assert vince.ask("POST", PATH, b"nonsense").status == 403


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "[JSON] is null or empty"),
        (b"nonsense", "error deserializing JSON string [nonsense]"),
        (b"[1]", "error deserializing JSON string [[1]]"),
        (b'"x"', 'error deserializing JSON string ["x"]'),
        (b'{"a":1}', "no parameter authorized for this template"),
    ],
)
def test_unreadable_body_or_unauthorized_parameter_is_refused(make_template, guest, mockmail, body, message):
    make_template()
    assert guest.ask("POST", PATH, body).refused == (400, message, None)
    assert len(mockmail.inbox) == 0


NO_TEXT = "no single-String constructor/factory method"
MAP = (
    "[map type; class java.util.LinkedHashMap, [simple type, class java.lang.Object] -> "
    "[simple type, class java.lang.Object]]"
)


@pytest.mark.parametrize(
    ("body", "cause", "java_type"),
    [
        (
            b"[1]",
            "Can not deserialize instance of java.util.LinkedHashMap out of START_ARRAY token",
            "databind.JsonMapping",
        ),
        (
            b'"x"',
            f"Can not instantiate value of type {MAP} from String value ('x'); {NO_TEXT}",
            "databind.JsonMapping",
        ),
        (
            b"{'a': 1}",
            "Unexpected character (''' (code 39)): was expecting double-quote to start field name",
            "core.JsonParse",
        ),
    ],
)
def test_body_that_is_no_map_is_refused_with_jacksons_reason(make_template, guest, body, cause, java_type):
    make_template()

    answer = guest.ask("POST", PATH, body, {"x-spacedog-debug": "true"})

    assert answer.status == 400
    assert answer.error["cause"]["message"] == cause
    assert answer.error["cause"]["type"] == f"com.fasterxml.jackson.{java_type}Exception"


@pytest.mark.parametrize("body", [b"{}", b"null"])
def test_template_with_a_model_is_sent_without_parameters(make_template, guest, sent, body):
    make_template(model={"name": "string"}, text="Hi {{ name }}!")
    assert guest.ask("POST", PATH, body, {"Content-Type": "text/plain"}).status == 200
    assert sent().get_content().startswith("Hi !\n")


@pytest.mark.parametrize(
    ("type_name", "value", "java"),
    [
        ("string", 1, "Integer"),
        ("string", ["a"], "ArrayList"),
        ("integer", "1", "String"),
        ("integer", 1 << 31, "Long"),
        ("integer", True, "Boolean"),
        ("long", 1, "Integer"),
        ("long", 1 << 63, "BigInteger"),
        ("float", 1.5, "Double"),
        ("double", 1, "Integer"),
        ("boolean", "true", "String"),
        ("array", {}, "LinkedHashMap"),
        ("object", [], "ArrayList"),
    ],
)
def test_parameter_of_the_wrong_type_is_refused(make_template, guest, type_name, value, java):
    make_template(model={"x": type_name})
    assert guest.post(PATH, {"x": value}).refused == (400, f"parameter value type [x][{java}] invalid", None)


@pytest.mark.parametrize(
    ("type_name", "value", "printed"),
    [
        ("string", "é<", "é&lt;"),
        ("integer", 2147483647, "2147483647"),
        ("long", 2147483648, "2147483648"),
        ("double", 1.5e10, "1.5E10"),
        ("boolean", False, "false"),
        ("array", [1, "a"], "[1, a]"),
        ("object", {"a": None}, "{a=null}"),
    ],
)
def test_parameter_of_the_right_type_is_printed(*, make_template, guest, sent, type_name, value, printed):
    make_template(model={"x": type_name}, text="{{ x }}!", subject="{{ x }}")
    assert guest.post(PATH, {"x": value}).status == 200
    message = sent()
    assert message.get_content().startswith(f"{printed}!\n")
    assert message["Subject"] == printed


def test_null_for_a_simple_type_is_a_null_pointer_error(make_template, guest, mockmail):
    make_template(model={"x": "string"})
    answer = guest.post(PATH, {"x": None})
    assert answer.status == 500
    assert answer.in_dialect
    assert answer.error["type"] == "java.lang.NullPointerException"
    assert isinstance(answer.error["trace"], list)
    assert "message" not in answer.error
    assert mockmail.requests.crashes() == []


def test_parameter_missing_from_the_model_is_refused(make_template, guest):
    make_template(model={"x": "string"})
    assert guest.post(PATH, {"y": "a"}).refused == (400, "parameter [y] is not authorized", None)


@pytest.mark.parametrize(
    ("value", "refused"),
    [
        ("nope", (404, "object [nope] of type [order] not found", "404")),
        (1, (400, "parameter value [x][1] is invalid", None)),
        (None, (400, "parameter value [x][null] is invalid", None)),
    ],
)
def test_unknown_object_is_refused(make_template, guest, mockmail, value, refused):
    mockmail.spacedog.seed(objects=[{"backendId": "test", "type": "order", "id": "1"}])
    make_template(model={"x": "order"})
    assert guest.post(PATH, {"x": value}).refused == refused


def test_unknown_type_is_refused(make_template, guest, mockmail):
    mockmail.spacedog.seed(objects=[{"backendId": "other", "type": "order", "id": "1"}])
    make_template(model={"x": "order"})
    assert guest.post(PATH, {"x": "1"}).refused == (400, "parameter type [x][order] not found", None)


@pytest.mark.parametrize("name", ["from", "to", "cc", "bcc", "subject", "text", "html"])
def test_property_that_fails_to_render_is_named_in_the_error(make_template, guest, mockmail, name):
    template = "{{ 1 / 0 }}"
    make_template(**{name: [template] if name in ("to", "cc", "bcc") else template})
    answer = guest.post(PATH, {})
    assert answer.refused == (400, f"error rendering template property [{name}]", None)
    assert answer.error["cause"] == {"message": "/ by zero"}
    assert len(mockmail.inbox) == 0


def test_addresses_are_escaped_unless_the_template_uses_raw(make_template, guest, sent):
    smtp = {"smtp": {"host": "h"}}
    make_template(smtp, model={"to": "string"}, to=["{{ to | raw }}"])
    assert guest.post(PATH, {"to": "Jane <jane@example.com>"}).status == 200
    assert sent()["To"] == "Jane <jane@example.com>"
    make_template(smtp, model={"to": "string"}, to=["{{ to }}"])
    answer = guest.post(PATH, {"to": "Jane <jane@example.com>"})
    assert answer.status == 400
    assert "Jane &lt;jane@example.com&gt;" in answer.error["message"]


def test_mailgun_gets_only_the_last_of_several_recipients(make_template, guest, sent, mockmail):
    make_template(to=["a@example.com", "b@example.com"])
    assert guest.post(PATH, {}).status == 200
    assert mockmail.inbox[0].envelope.recipients == ("b@example.com",)
    make_template({"smtp": {"host": "h"}}, to=["a@example.com", "b@example.com"])
    assert guest.post(PATH, {}).status == 200
    assert sent(2)["To"] == "a@example.com, b@example.com"


@pytest.mark.mockmail(options={"spacedog": {"template_steps": 100}})
def test_template_over_its_step_budget_is_refused(make_template, guest, mockmail):
    make_template(text="{% for i in 1..1000 %}x{% endfor %}")
    answer = guest.post(PATH, {})
    assert answer.refused == (400, "error rendering template property [text]", None)
    assert answer.error["cause"]["message"] == "the template takes too many steps (option template_steps)"


@pytest.mark.mockmail(options={"spacedog": {"template_characters": 100}})
def test_template_over_its_character_budget_is_refused(make_template, guest):
    make_template(text="x" * 101)
    assert guest.post(PATH, {}).error["cause"]["message"] == (
        "the template makes too long a text (option template_characters)"
    )


def test_rendering_leaves_no_thread_behind(make_template, guest):
    import threading

    make_template(text="{% for a in 1..1000 %}{% for b in 1..1000 %}x{% endfor %}{% endfor %}")
    before = threading.active_count()
    assert guest.post(PATH, {}).status == 400
    assert threading.active_count() == before


def test_jinja2_is_not_imported_before_a_template_is_rendered():
    import subprocess
    import sys

    code = "import sys, mockmail.vendors.spacedog; print('jinja2' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout == "False\n"
