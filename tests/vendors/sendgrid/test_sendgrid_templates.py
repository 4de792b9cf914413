"""SendGrid's templates: stored, versioned and rendered."""

from __future__ import annotations

import pytest
from sendgrid.helpers.mail import Mail

from mockmail.core.senders.records import TemplateVersion
from mockmail.core.senders.templates import Renderer
from mockmail.vendors.sendgrid.rendering import RULES, Substitutions, TemplateError, Text

DYNAMIC = {"name": "welcome", "generation": "dynamic"}
VERSION = {"name": "1", "subject": "Hello {{name}}", "html_content": "<p>{{name}}</p>"}


@pytest.fixture
def template(post):
    """Return the id of a dynamic template with one version."""
    made = post("/v3/templates", DYNAMIC).json
    post(f"/v3/templates/{made['id']}/versions", VERSION)
    return made["id"]


def message(template, data=None, **fields):
    return {
        "personalizations": [{"to": [{"email": "jane@example.org"}], "dynamic_template_data": data or {}}],
        "from": {"email": "app@example.com"},
        "template_id": template,
    } | fields


def rendered(source, data):
    return Renderer(RULES).render(source, data, html=True)


@pytest.mark.parametrize(
    ("source", "data", "text"),
    [
        ("{{a}}{{{a}}}", {"a": "<"}, "&lt;<"),
        ("[{{a.b}}]", {}, "[]"),
        ('{{insert a "default=you"}}', {}, "you"),
        ('{{insert a "default=you"}}', {"a": "Jane"}, "Jane"),
        ('{{#equals a "3"}}yes{{else}}no{{/equals}}', {"a": 3}, "yes"),
        ("{{#notEquals a b}}yes{{/notEquals}}", {"a": 1, "b": 2}, "yes"),
        ("{{#greaterThan a 2}}yes{{else}}no{{/greaterThan}}", {"a": "10"}, "yes"),
        ("{{#lessThan a 2}}yes{{else}}no{{/lessThan}}", {"a": "x"}, "no"),
        ("{{#and a b}}yes{{else}}no{{/and}}", {"a": 1}, "no"),
        ("{{#or a b}}yes{{else}}no{{/or}}", {"a": 1}, "yes"),
        ("{{#greaterThan (length a) 1}}many{{/greaterThan}}", {"a": [1, 2]}, "many"),
        ("{{#each a}}{{@index}}{{this}}{{@root.b}} {{/each}}", {"a": ["x", "y"], "b": "!"}, "0x! 1y! "),
        ("{{#if a}}1{{else if b}}2{{else}}3{{/if}}", {"b": 1}, "2"),
        ('{{formatDate a "MMMM DD, YYYY h:mm:ss A"}}', {"a": "2020-01-09T15:04:05Z"}, "January 09, 2020 3:04:05 PM"),
        ('{{formatDate a "YYYY-MM-DD HH:mm" "-0800"}}', {"a": "2020-01-01T02:00:00Z"}, "2019-12-31 18:00"),
        ('{{formatDate a "YYYY"}}', {"a": "soon"}, "soon"),
        ('{{formatDate a "YYYY" "-2400"}}', {"a": "0001-01-01T00:00:00Z"}, "0001-01-01T00:00:00Z"),
    ],
)
def test_template_is_rendered_as_sendgrid_does(source, data, text):
    assert rendered(source, data) == text


def test_message_has_the_subject_and_bodies_of_the_template(client, mockmail, template):
    mail = Mail(from_email="app@example.com", to_emails="jane@example.org", subject="Other")
    mail.template_id = template
    mail.dynamic_template_data = {"name": "Ann & Bob"}

    client.send(mail)

    arrived = mockmail.inbox.wait_for(to="jane@example.org")
    assert (arrived.subject, arrived.html.strip()) == ("Hello Ann & Bob", "<p>Ann &amp; Bob</p>")
    assert arrived.text.strip() == "Ann & Bob"


def test_legacy_template_encloses_the_content(post, mockmail):
    made = post("/v3/templates", {"name": "old"}).json
    version = {"name": "1", "subject": "[App] <%subject%>", "html_content": "<h1>App</h1><%body%>"}
    post(f"/v3/templates/{made['id']}/versions", version)
    content = [{"type": "text/html", "value": "<p>-name-</p>"}]
    mail = message(made["id"], subject="Hello", content=content)
    del mail["personalizations"][0]["dynamic_template_data"]
    mail["personalizations"][0]["substitutions"] = {"-name-": "Jane"}

    assert post("/v3/mail/send", mail).status == 202

    arrived = mockmail.inbox[0]
    assert (arrived.subject, arrived.html.strip()) == ("[App] Hello", "<h1>App</h1><p>Jane</p>")


def test_template_that_cannot_be_rendered_drops_the_message(call, post, mockmail, template):
    version = {"name": "2", "subject": "x", "html_content": "{{#each a}}{{nothing a}}{{/each}}", "active": 1}
    post(f"/v3/templates/{template}/versions", version)

    statuses = [post("/v3/mail/send", message(each, {"a": [1]})).status for each in (template, f"d-{'0' * 32}")]

    assert (statuses, len(mockmail.inbox)) == ([202, 202], 0)
    missing, broken = call("POST", "/v3/logs", {"query": 'status="dropped"'}).json["messages"]
    assert broken["reason"] == "Template error: there is no helper 'nothing'"
    assert missing["reason"] == f"Template error: the template d-{'0' * 32} does not exist or has no active version"


def test_version_that_is_no_handlebars_is_refused(post, template):
    refused = post(f"/v3/templates/{template}/versions", VERSION | {"html_content": "{{#if a}}"})

    assert (refused.status, refused.json["errors"][0]["field"]) == (400, "html_content")


def test_one_version_is_active(call, post, template):
    second = post(f"/v3/templates/{template}/versions", VERSION | {"name": "2"}).json
    path = f"/v3/templates/{template}"

    at_first = [version["active"] for version in call("GET", path).json["versions"]]
    activated = post(f"{path}/versions/{second['id']}/activate").json
    then = [version["active"] for version in call("GET", path).json["versions"]]

    assert (at_first, activated["active"], then) == ([1, 0], 1, [0, 1])
    assert call("PATCH", f"{path}/versions/{second['id']}", {"subject": "New", "active": 0}).json["subject"] == "New"
    assert call("GET", f"{path}/versions/{second['id']}").json["active"] == 0
    assert call("DELETE", f"{path}/versions/{second['id']}").status == 204
    assert call("GET", f"{path}/versions/{second['id']}").status == 404


def test_templates_are_listed_in_pages_of_a_generation(call, post, template):
    other = post("/v3/templates", DYNAMIC | {"name": "other"}).json["id"]
    post("/v3/templates", {"name": "old"})

    page = call("GET", "/v3/templates?generations=dynamic&page_size=1").json
    token = page["_metadata"]["next"].rpartition("=")[2]
    rest = call("GET", f"/v3/templates?generations=dynamic&page_size=1&page_token={token}").json

    assert [each["id"] for each in page["result"]] == [other]
    assert [each["id"] for each in rest["result"]] == [template]
    assert "next" not in rest["_metadata"]
    assert [each["name"] for each in call("GET", "/v3/templates").json["templates"]] == ["old"]
    assert call("GET", "/v3/templates?page_size=1&page_token=x").status == 400


def test_template_is_renamed_copied_and_removed(call, post, template):
    path = f"/v3/templates/{template}"

    copy = post(path, {"name": "copy"}).json

    assert call("PATCH", path, {"name": "new"}).json["name"] == "new"
    assert (copy["name"], [version["subject"] for version in copy["versions"]]) == ("copy", ["Hello {{name}}"])
    assert copy["versions"][0]["id"] != call("GET", path).json["versions"][0]["id"]
    assert (call("DELETE", path).status, call("GET", path).status) == (204, 404)


def test_sections_are_replaced_in_the_values_of_substitutions():
    substitutions = Substitutions({"-a-": "see :one"}, {":one": "section 1"})

    assert substitutions.apply("-a-!") == "see section 1!"


def test_bounds_of_substitutions(monkeypatch):
    monkeypatch.setattr("mockmail.vendors.sendgrid.rendering.MOST_SEARCHED", 259)
    substitutions = Substitutions({"a": "b"}, None)

    assert substitutions.apply("12345678a") == "12345678b"
    with pytest.raises(TemplateError):
        substitutions.apply("1")


def test_bound_of_a_legacy_template(monkeypatch):
    monkeypatch.setattr("mockmail.vendors.sendgrid.rendering.LARGEST_OUTPUT", 20)
    version = TemplateVersion(id="1", html="<%body%><%body%>")

    text = Text("", None, "xx")
    text.enclose(version)
    assert text.html == "xxxx"
    with pytest.raises(TemplateError):
        Text("", None, "xxx").enclose(version)
