"""Resend's templates: stored, published, and sent with values."""

from __future__ import annotations

import pytest
from resend.exceptions import ResendError

VARIABLES = [
    {"key": "PRODUCT", "type": "string"},
    {"key": "PRICE", "type": "number", "fallback_value": 25},
]
ORDER = {
    "name": "Order",
    "alias": "order-confirmation",
    "from": "Shop <shop@example.com>",
    "subject": "{{{PRODUCT}}} ordered",
    "html": "<p>{{{PRODUCT}}} for {{{ PRICE }}}, {{PRICE}} {{#if PRICE}}</p>",
    "variables": VARIABLES,
}


@pytest.fixture
def order(client):
    template = client.Templates.create(ORDER)["id"]
    client.Templates.publish(template)
    return template


def test_published_template_is_sent_with_values_and_fallbacks(client, mockmail, order):
    client.Emails.send(
        {"to": "jane@example.org", "template": {"id": "order-confirmation", "variables": {"PRODUCT": "<Mac>"}}}
    )

    message = mockmail.inbox.wait_for(to="jane@example.org")
    assert (message.from_, message.subject) == ("Shop <shop@example.com>", "<Mac> ordered")
    assert message.html.strip() == "<p><Mac> for 25, {{PRICE}} {{#if PRICE}}</p>"


def test_fields_of_the_request_win_over_those_of_the_template(client, mockmail, order):
    client.Emails.send(
        {
            "from": "me@example.com",
            "to": "jane@example.org",
            "subject": "Mine",
            "template": {"id": order, "variables": {"PRODUCT": "x", "PRICE": 1.5}},
        }
    )

    assert (mockmail.inbox[0].from_, mockmail.inbox[0].subject) == ("me@example.com", "Mine")
    assert "x for 1.5" in mockmail.inbox[0].html


def test_change_is_sent_only_after_its_publication(client, mockmail, order):
    to = {"to": "jane@example.org", "template": {"id": order, "variables": {"PRODUCT": "x"}}}

    client.Templates.update({"id": order, "html": "<p>new</p>"})
    client.Emails.send(to)
    changed = client.Templates.get(order)
    client.Templates.publish(order)
    client.Emails.send(to)

    assert [message.html.strip()[:6] for message in mockmail.inbox] == ["<p>x f", "<p>new"]
    assert (changed["html"], changed["status"], changed["has_unpublished_versions"]) == (
        "<p>new</p>",
        "published",
        True,
    )
    assert client.Templates.get(order)["has_unpublished_versions"] is False


def test_template_is_shown_listed_copied_and_removed(client, order):
    copy = client.Templates.duplicate(order)["id"]

    shown = client.Templates.get("order-confirmation")
    assert [(found["id"], found["status"]) for found in client.Templates.list()["data"]] == [
        (copy, "draft"),
        (order, "published"),
    ]
    assert (shown["id"], shown["from"], shown["reply_to"]) == (order, "Shop <shop@example.com>", None)
    assert [(each["key"], each["type"], each["fallback_value"]) for each in shown["variables"]] == [
        ("PRODUCT", "string", None),
        ("PRICE", "number", 25),
    ]
    assert client.Templates.remove(order)["deleted"] is True
    with pytest.raises(ResendError, match="Template not found"):
        client.Templates.get("order-confirmation")


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"template": {"id": "nothing"}}, (404, "Template not found")),
        ({"html": "x"}, (422, "The `template` field cannot be used together with `html` or `text`.")),
        ({"template": {"id": "order-confirmation"}}, (422, "Missing value of the template variable `PRODUCT`.")),
        (
            {"template": {"id": "order-confirmation", "variables": {"PRODUCT": 1}}},
            (422, "Invalid `variables` field. The value of `PRODUCT` must be of the type string."),
        ),
        ({"template": {}}, (422, "Missing `template.id` field.")),
    ],
)
def test_send_that_does_not_fit_the_template_is_refused(post, mockmail, order, change, error):
    email = {"to": "jane@example.org", "template": {"id": order, "variables": {"PRODUCT": "x"}}}

    refused = post("/emails", email | change)

    assert (refused.status, refused.json["message"]) == error
    assert len(mockmail.inbox) == 0


def test_draft_is_not_sent(client):
    template = client.Templates.create(ORDER)["id"]

    with pytest.raises(ResendError, match="The template is not published"):
        client.Emails.send({"to": "jane@example.org", "template": {"id": template}})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": ""}, "Missing `name` field."),
        ({"html": None}, "Missing `html` field."),
        (
            {"variables": [{"key": "EMAIL", "type": "string"}]},
            "Invalid `variables` field. The key `EMAIL` is reserved.",
        ),
        (
            {"variables": [{"key": "A-B", "type": "string"}]},
            "Invalid `variables` field. A key must have up to 50 letters, digits and underscores, not `A-B`.",
        ),
        (
            {"variables": [{"key": "A", "type": "date"}]},
            "Invalid `variables` field. The type must be one of string, number, boolean, object, list.",
        ),
        (
            {"variables": [{"key": "A", "type": "number", "fallback_value": True}]},
            "Invalid `variables` field. The value of `A` must be of the type number.",
        ),
        ({"variables": [{"key": "A", "type": "number"}] * 51}, "A template may have up to 50 variables."),
        ({"alias": "Taken"}, "The alias `Taken` is that of another template."),
    ],
)
def test_template_that_resend_refuses(post, change, message):
    post("/resend/templates", {"name": "Other", "html": "x", "alias": "taken"})

    refused = post("/resend/templates", ORDER | change)

    assert (refused.status, refused.json["message"]) == (422, message)


def test_rendered_template_is_bounded(post, monkeypatch):
    monkeypatch.setattr("mockmail.vendors.resend.rendering.LARGEST_OUTPUT", 1000)
    template = post("/resend/templates", {"name": "Long", "html": "{{{A}}}" * 10}).json["id"]
    post(f"/resend/templates/{template}/publish")
    email = {"from": "a@example.com", "to": "b@example.org", "subject": "x"}

    def send(length):
        return post("/emails", email | {"template": {"id": template, "variables": {"A": "x" * length}}}).status

    def send_batch(count):
        mail = email | {"template": {"id": template, "variables": {"A": "x" * 50}}}
        return post("/emails/batch", [mail] * count).status

    assert (send(100), send(101), send_batch(2), send_batch(3)) == (200, 422, 200, 422)
