"""Mailgun's templates: stored, versioned, and rendered when a message is sent; and its domains."""

from __future__ import annotations

import json

import pytest

TEMPLATES = "/v3/example.com/templates"


@pytest.fixture
def store(call):
    """Return a function that stores a template."""

    def post(template, name="order", **fields):
        return call("POST", TEMPLATES, data={"name": name, "template": template, **fields})

    return post


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("Dear {{name}}", "Dear Jane &amp; Bob"),
        ("Dear {{{name}}}", "Dear Jane & Bob"),
        ("{{#if name}}yes{{else}}no{{/if}}", "yes"),
        ("{{#unless name}}yes{{else}}no{{/unless}}", "no"),
        ("{{#each items}}{{this}},{{/each}}", "a,b,"),
        ("{{#with user}}{{id}}{{/with}}", "7"),
        ('{{#equal user.id "7"}}same{{else}}other{{/equal}}', "same"),
        ("{{unknown}}.", "."),
    ],
)
def test_template_is_rendered(store, send, mockmail, template, expected):
    store(template)
    values = {"name": "Jane & Bob", "items": ["a", "b"], "user": {"id": 7}}

    send(text=None, template="order", **{"t:variables": json.dumps(values)})

    assert mockmail.inbox[0].html.strip() == expected


def test_values_come_from_variables_and_a_header_too(store, send, mockmail):
    store("{{a}} {{b}} {{c.d}}")

    send(
        text=None,
        template="order",
        **{"t:variables": '{"a": 1}', "h:X-Mailgun-Variables": '{"b": 2}', "v:c": '{"d": 3}'},
    )

    assert mockmail.inbox[0].html.strip() == "1 2 3"


def test_headers_of_the_template_and_its_text_are_used(store, send, mockmail):
    headers = {"From": "Shop <shop@example.com>", "Subject": "Hello {{name}}", "Reply-To": "help@example.com"}
    store("<p>Dear {{name}}</p>", headers=json.dumps(headers))
    values = {"t:variables": '{"name": "Jane"}', "t:text": "yes"}

    send(**{"from": None, "subject": None, "text": None, "template": "order", **values})

    message = mockmail.inbox[0]
    assert (message.from_, message.subject) == ("Shop <shop@example.com>", "Hello Jane")
    assert message.headers["Reply-To"] == "help@example.com"
    assert (message.text.strip(), message.html.strip()) == ("Dear Jane", "<p>Dear Jane</p>")


def test_template_without_a_sender_is_sent_by_the_postmaster(store, send, mockmail):
    store("x")

    send(**{"from": None, "text": None, "template": "order"})

    assert mockmail.inbox[0].from_ == "postmaster@example.com"


def test_version_is_chosen_by_its_tag(store, send, call, mockmail):
    store("first", tag="v1")
    added = call("POST", f"{TEMPLATES}/order/versions", data={"tag": "v2", "template": "second"})
    send(text=None, template="order", **{"t:version": "v2"})
    call("PUT", f"{TEMPLATES}/order/versions/v2", data={"active": "yes", "template": "changed"})

    send(text=None, template="order")

    assert added.json()["message"] == "new version of the template has been stored"
    assert [message.html.strip() for message in mockmail.inbox] == ["second", "changed"]
    versions = call("GET", f"{TEMPLATES}/order/versions").json()["template"]["versions"]
    assert [(version["tag"], version["active"]) for version in versions] == [("v1", False), ("v2", True)]
    call("DELETE", f"{TEMPLATES}/order/versions/v2")
    assert call("GET", f"{TEMPLATES}/order/versions/v2").json() == {"message": "version not found"}


@pytest.mark.parametrize(
    ("template", "fields"),
    [("{{#nope a b}}x{{/nope}}", {}), ("x", {"template": "unknown"}), ("x", {"t:version": "unknown"})],
)
def test_message_whose_template_fails_is_accepted_and_fails(store, send, call, mockmail, *, template, fields):
    assert store(template).status_code == 200

    assert send(**{"text": None, "template": "order", **fields}).status_code == 200

    assert len(mockmail.inbox) == 0
    events = call("GET", "/v3/example.com/events").json()["items"]
    assert [event["event"] for event in events] == ["failed", "accepted"]
    assert events[0]["severity"] == "permanent"


def test_each_recipient_of_a_batch_has_a_rendered_template(store, send, mockmail):
    store("Dear {{name}}")
    variables = {"jane@example.org": {"name": "Jane"}, "bob@example.org": {"name": "Bob"}}

    send(
        to=list(variables),
        text=None,
        template="order",
        **{"recipient-variables": json.dumps(variables), "v:name": "%recipient.name%"},
    )

    assert [message.html.strip() for message in mockmail.inbox] == ["Dear Jane", "Dear Bob"]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"name": ""}, "'name' parameter is missing"),
        ({"name": "a b"}, "'name' parameter may have letters, digits and the characters . _ - ~ only"),
        ({"tag": "ü"}, "'tag' parameter may have letters, digits and the characters . _ - ~ only"),
        ({"headers": "["}, "'headers' parameter is not a valid JSON"),
        ({"name": "Order"}, "template with name 'order' already exists"),
    ],
)
def test_template_that_mailgun_refuses(store, fields, message):
    store("x")

    refused = store(**{"template": "x", "name": "new", **fields})

    assert (refused.status_code, refused.json()) == (400, {"message": message})


def test_template_that_cannot_be_parsed_is_refused(store):
    refused = store("{{#if a}}")

    assert refused.status_code == 400
    assert refused.json()["message"].startswith("The template cannot be parsed: ")


@pytest.mark.parametrize(("fields", "name"), [({"tag": "v2"}, "template"), ({"template": "x"}, "tag")])
def test_version_without_a_field_is_refused(store, call, fields, name):
    store("x")

    refused = call("POST", f"{TEMPLATES}/order/versions", data=fields)

    assert refused.json() == {"message": f"'{name}' parameter is missing"}


def test_template_has_forty_versions_at_most(store, call):
    store("x")
    statuses = [
        call("POST", f"{TEMPLATES}/order/versions", data={"tag": f"v{number}", "template": "x"}).status_code
        for number in range(40)
    ]

    assert statuses == [*[200] * 39, 400]
    assert call("POST", f"{TEMPLATES}/order/versions", data={"tag": "v1", "template": "x"}).status_code == 400


def test_templates_are_listed_in_pages(store, call):
    for name in ("a", "b", "c"):
        store("x", name=name)

    page = call("GET", TEMPLATES, params={"limit": 2}).json()
    following = call("GET", f"/{page['paging']['next'].split('/', 3)[3]}").json()

    assert [[item["name"] for item in each["items"]] for each in (page, following)] == [["a", "b"], ["c"]]
    assert set(page["paging"]) == {"first", "last", "next", "prev"}


def test_template_of_another_domain_is_not_found(store, call):
    store("x")
    sandbox = "sandbox8a1cbb1d7f4d4ea1b9c3.mailgun.org"

    assert call("GET", f"/v3/{sandbox}/templates/order").json() == {"message": "template not found"}


class TestDomains:
    """Domains of the account."""

    def test_new_domain_is_verified_when_asked(self, call):
        created = call("POST", "/v3/domains", data={"name": "New.example", "wildcard": "true"}).json()
        verified = call("PUT", "/v4/domains/new.example/verify").json()
        edited = call("PUT", "/v3/domains/new.example", data={"spam_action": "tag"}).json()

        assert (created["domain"]["name"], created["domain"]["state"]) == ("new.example", "unverified")
        assert created["sending_dns_records"][0]["valid"] == "unknown"
        assert verified["domain"]["state"] == "active"
        assert verified["message"] == "Domain DNS records have been updated"
        assert (edited["domain"]["spam_action"], edited["domain"]["wildcard"]) == ("tag", True)

    def test_domains_are_listed_by_their_state(self, call):
        call("POST", "/v3/domains", data={"name": "new.example"})

        every = call("GET", "/v3/domains").json()
        new = call("GET", "/v4/domains", params={"state": "unverified"}).json()

        assert (every["total_count"], [item["name"] for item in new["items"]]) == (3, ["new.example"])
        assert call("GET", "/v3/domains", params={"limit": 1, "skip": 2}).json()["items"] == new["items"]

    @pytest.mark.parametrize(
        ("name", "message"),
        [
            (None, "'name' parameter is missing"),
            ("a b", "'name' parameter is not a valid domain"),
            ("localhost", "'name' parameter is not a valid domain"),
            ("example.com", "This domain name is already taken"),
        ],
    )
    def test_domain_that_mailgun_refuses(self, call, name, message):
        refused = call("POST", "/v3/domains", data={"name": name} if name else {})

        assert (refused.status_code, refused.json()) == (400, {"message": message})

    @pytest.mark.parametrize("limit", ["0", "1001", "x"])
    def test_limit_out_of_bounds_is_refused(self, call, limit):
        assert call("GET", "/v3/domains", params={"limit": limit}).status_code == 400
