"""Brevo's templates: stored, rendered, previewed and tested."""

from __future__ import annotations

import pytest
from brevo.core.api_error import ApiError

from mockmail.core.senders import templates
from mockmail.vendors.brevo.rendering import Renderer, TemplateError
from mockmail.vendors.brevo.template_parser import MOST_TAGS, Parser

ORDER = {
    "template_name": "Order",
    "subject": "Order {{ params.order.id }}",
    "sender": {"email": "shop@example.com", "name": "Shop"},
    "html_content": "<ul>{% for item in params.order.items %}<li>{{ item.name }}</li>{% endfor %}</ul>",
    "is_active": True,
    "reply_to": "help@example.com",
}


@pytest.fixture
def api(client):
    return client.transactional_emails


def test_template_is_sent_with_values(api, mockmail):
    template = api.create_smtp_template(**ORDER).id

    api.send_transac_email(
        template_id=template,
        to=[{"email": "jane@example.org"}],
        params={"order": {"id": 7, "items": [{"name": "<Mac>"}, {"name": "tea"}]}},
        text_content="ignored",
    )

    message = mockmail.inbox.wait_for(to="jane@example.org")
    assert (message.from_, message.subject) == ("Shop <shop@example.com>", "Order 7")
    assert message.html.strip() == "<ul><li><Mac></li><li>tea</li></ul>"
    assert message.headers["Reply-To"] == "help@example.com"
    assert "ignored" not in message.text
    assert api.get_email_event_report(template_id=template).events[0].template_id == template


def test_fields_of_the_request_win_over_those_of_the_template(api, mockmail):
    template = api.create_smtp_template(**ORDER).id

    api.send_transac_email(
        template_id=template,
        to=[{"email": "jane@example.org"}],
        sender={"email": "me@example.com"},
        subject="Mine",
        reply_to={"email": "me@example.com"},
    )

    message = mockmail.inbox[0]
    assert (message.from_, message.subject) == ("me@example.com", "Mine")
    assert message.headers["Reply-To"] == "me@example.com"


def test_template_is_listed_shown_changed_and_removed(api):
    first = api.create_smtp_template(**ORDER).id
    second = api.create_smtp_template(**ORDER | {"template_name": "Other", "is_active": False}).id

    api.update_smtp_template(first, subject="New", tag="orders")

    shown = api.get_smtp_template(first)
    assert (shown.name, shown.subject, shown.tag, shown.is_active) == ("Order", "New", "orders", True)
    assert (shown.sender.email, shown.reply_to, shown.html_content) == (
        "shop@example.com",
        "help@example.com",
        ORDER["html_content"],
    )
    assert [each.id for each in api.get_smtp_templates().templates] == [second, first]
    assert [each.id for each in api.get_smtp_templates(template_status=True).templates] == [first]
    with pytest.raises(ApiError) as active:
        api.delete_smtp_template(first)
    api.update_smtp_template(first, is_active=False)
    api.delete_smtp_template(first)
    with pytest.raises(ApiError) as gone:
        api.get_smtp_template(first)
    assert (active.value.status_code, gone.value.status_code) == (400, 404)


def test_inactive_template_is_not_sent_and_can_be_tried(api, mockmail):
    template = api.create_smtp_template(**ORDER | {"is_active": False}).id

    with pytest.raises(ApiError) as raised:
        api.send_transac_email(template_id=template, to=[{"email": "jane@example.org"}])
    api.send_test_template(template, email_to=["a@example.org", "b@example.org"])

    assert raised.value.body == {"code": "invalid_parameter", "message": "Template is not active"}
    assert [message.envelope.recipients for message in mockmail.inbox] == [("a@example.org",), ("b@example.org",)]
    assert api.get_smtp_template(template).test_sent is True


def test_preview_is_rendered_with_values_or_for_a_contact(post, api):
    template = api.create_smtp_template(**ORDER | {"html_content": "Dear {{ contact.EMAIL }}{{ params.a }}"}).id

    preview = {"templateId": template, "params": {"order": {"id": 1}, "a": "x"}}
    with_values = post("/smtp/template/preview", preview).json
    for_contact = post("/smtp/template/preview", {"templateId": template, "email": "jane@example.org"}).json

    assert with_values == {
        "html": "Dear x",
        "subject": "Order 1",
        "fromEmail": "shop@example.com",
        "fromName": "Shop",
        "previewText": "",
        "usedFeedNames": [],
    }
    assert (for_contact["html"], for_contact["subject"]) == ("Dear jane@example.org", "Order ")


RAW = {"templateName": "A", "subject": "B", "sender": {"email": "a@example.com"}, "htmlContent": "<p>long enough</p>"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"templateName": None, "name": "A"}, "Template name is missing"),
        ({"subject": ""}, "subject is missing"),
        ({"sender": None}, "sender is missing"),
        ({"sender": {"email": "nobody"}}, "valid sender email required"),
        ({"htmlContent": None}, "htmlContent is missing"),
        ({"htmlContent": "x" * 10}, "htmlContent must have more than 10 characters"),
    ],
)
def test_template_that_brevo_refuses(post, change, message):
    refused = post("/smtp/templates", RAW | change)

    assert (refused.status, refused.json["message"]) == (400, message)


def test_unknown_templates_are_not_found(call, post):
    for method, path in (("GET", ""), ("PUT", ""), ("DELETE", ""), ("POST", "/sendTest")):
        found = call(method, f"/smtp/templates/9{path}", {"emailTo": ["a@example.org"]} if method != "GET" else None)
        assert (found.status, found.json["code"]) == (404, "document_not_found")
    assert post("/smtp/template/preview", {"templateId": 9}).status == 404


def test_template_that_cannot_be_rendered_is_accepted_and_then_given_up(api, mockmail):
    sent = api.send_transac_email(
        sender={"email": "app@example.com"},
        to=[{"email": "jane@example.org"}],
        subject="x",
        html_content="{% if params.a %}never closed",
    )

    [error, _] = api.get_email_event_report(message_id=sent.message_id).events
    assert (error.event, error.reason) == ("error", "Template rendering failed: a block is not closed: if")
    assert len(mockmail.inbox) == 0


PARAMS = {
    "name": "jane",
    "age": 7,
    "tags": ["a", "b"],
    "empty": [],
    "items": {"k": 1},
    "vip": True,
    "price": 1.5,
    "nothing": None,
}


@pytest.mark.parametrize(
    ("source", "rendered"),
    [
        ("{{ params.name }}{{params.age}}{{ params.price }}{{ params.vip }}", "jane71.5true"),
        ("[{{ params.missing.deep }}{{ params.nothing }}{{ other }}]", "[]"),
        ("{{ params.items.k }}{{ params.tags.1 }}{{ params.tags.9 }}", "1b"),
        ('{{ params.missing|default:"you" }} {{ params.missing | default : params.age }}', "you 7"),
        ("{{ params.nothing|default_if_none:'-' }}{{ params.empty|default:'none' }}", "-none"),
        ("{{ params.name|upper|lower|title }} {{ params.name|capfirst }} {{ params.name|safe }}", "Jane Jane jane"),
        (
            "{{ params.tags|join:', ' }} {{ params.tags|length }} {{ params.tags|first }}{{ params.tags|last }}",
            "a, b 2 ab",
        ),
        ("{% if params.age == 7 and not params.empty %}yes{% else %}no{% endif %}", "yes"),
        ("{% if params.age > 9 or params.name != 'jane' %}a{% elif params.age <= 7 %}b{% endif %}", "b"),
        ("{% if 'a' in params.tags %}in{% endif %}{% if 'z' in params.name %}not{% endif %}", "in"),
        ("{% if params.name < 9 %}x{% endif %}{% if params.age >= 7.0 %}y{% endif %}", "y"),
        (
            "{% for a in params.tags %}{{ forloop.counter }}{{ a }}{% if not forloop.last %},{% endif %}{% endfor %}",
            "1a,2b",
        ),
        ("{% for x in params.empty %}x{% empty %}none{% endfor %}{% for x in params.missing %}x{% endfor %}", "none"),
        ("{% for a in params.tags %}{% for b in params.tags %}{{ a }}{{ b }} {% endfor %}{% endfor %}", "aa ab ba bb "),
        ("a{# a comment #}b {{ not closed", "ab {{ not closed"),
        ("<style>a{b:c}</style> {% not closed", "<style>a{b:c}</style> {% not closed"),
    ],
)
def test_template_language(source, rendered):
    assert Renderer().render(source, PARAMS, {}) == rendered


@pytest.mark.parametrize(
    "source",
    [
        "{% if %}x{% endif %}",
        "{% if a b %}x{% endif %}",
        "{% if a == %}x{% endif %}",
        "{% if a and %}x{% endif %}",
        "{% if a %}x",
        "{% endif %}",
        "{% else %}",
        "{% if a %}{% endfor %}",
        "{% for a %}x{% endfor %}",
        "{% include 'x' %}",
        "{{ }}",
        "{{ a b }}",
        "{{ a|lost }}",
        "{{ 'a }}",
        "{% if a %}" * 51,
    ],
)
def test_template_that_is_broken(source):
    with pytest.raises(TemplateError):
        Renderer().render(source, {}, {})


@pytest.mark.parametrize(
    "source",
    [
        "{% for a in params.many %}{% for b in params.many %}x{% endfor %}{% endfor %}",
        "{% for a in params.many %}{{ params.long }}{% endfor %}",
        "{% for a in params.many %}{% if params.long == params.long %}{% endif %}{% endfor %}",
        "{% for a in params.many %}{% if 'x' in params.many %}{% endif %}{% endfor %}",
        "{% for a in params.many %}{% if params.long|upper %}{% endif %}{% endfor %}",
        "{{ params.many|join:params.long }}",
    ],
)
def test_work_of_a_template_is_bounded(source):
    params = {"many": ["y"] * 20_000, "long": "x" * 20_000}

    with pytest.raises(TemplateError, match=r"(take|make|has) more than"):
        Renderer().render(source, params, {})


@pytest.mark.parametrize("source", ["{{ params.nested }}", "{{ params.nested|upper|length }}"])
def test_lists_in_a_list_count_as_much_as_they_cost(source, monkeypatch):
    monkeypatch.setattr(templates, "LARGEST_OUTPUT", 1000)

    with pytest.raises(TemplateError, match="make more than 1000 characters"):
        Renderer().render(source, {"nested": [[[]] * 25]}, {})


@pytest.mark.parametrize("text", ["{{", "{%", "{#", "{{ a", "{{{%{#"])
def test_each_kind_of_tag_that_is_not_closed_is_searched_once(text):
    searches = []

    class Source(str):
        __slots__ = ()

        def find(self, *arguments):
            searches.append(arguments)
            return super().find(*arguments)

    source = Source(text * 2000)

    assert Parser().parse(source) == [source]
    assert len(searches) <= 3


def test_tags_of_a_request_are_bounded():
    parser = Parser()

    parser.parse("{{ a }}" * (MOST_TAGS // 2))
    parser.parse("{# a #}" * (MOST_TAGS // 2))

    with pytest.raises(TemplateError, match=f"have more than {MOST_TAGS} tags"):
        parser.parse("{{ a }}")


@pytest.mark.parametrize("condition", ["a or " * (MOST_TAGS // 2), "a==" * (MOST_TAGS // 2 + 1)])
def test_parts_of_a_condition_are_bounded(condition):
    with pytest.raises(TemplateError, match=f"more than {MOST_TAGS}"):
        Parser().parse("{% if " + condition + "a %}{% endif %}")
