"""Templates of both versions, and messages of them."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

FROM = "app@example.com"
TO = {"ToAddresses": ["jane@example.org"]}
CONTENT = {
    "Subject": "Hello {{name}}",
    "Text": "{{#if vip}}Dear {{else}}Hi {{/if}}{{user.nick}}",
    "Html": "<p>{{name}}</p>{{#each items}}<i>{{this}}</i>{{/each}}",
}
DATA = {"name": "J&J", "vip": True, "user": {"nick": "Jay"}, "items": ["a", "b"]}


def error_of(call, **params):
    with pytest.raises(ClientError) as error:
        call(**params)
    response = error.value.response
    return response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"], response["Error"]["Message"]


@pytest.fixture
def template(v2):
    """Store a template and return its name."""
    v2.create_email_template(TemplateName="welcome", TemplateContent=CONTENT)
    return "welcome"


def test_stored_template_is_the_same_in_both_versions(v1, v2, template):
    shown = v2.get_email_template(TemplateName=template)
    same = v1.get_template(TemplateName=template)["Template"]

    assert (shown["TemplateName"], shown["TemplateContent"]) == ("welcome", CONTENT)
    assert same == {
        "TemplateName": "welcome",
        "SubjectPart": CONTENT["Subject"],
        "TextPart": CONTENT["Text"],
        "HtmlPart": CONTENT["Html"],
    }


def test_templates_are_listed_in_pages(v1, v2):
    for number in range(3):
        v1.create_template(Template={"TemplateName": f"t{number}", "SubjectPart": "x"})

    first = v2.list_email_templates(PageSize=2)
    rest = v2.list_email_templates(PageSize=2, NextToken=first["NextToken"])

    assert [each["TemplateName"] for each in first["TemplatesMetadata"]] == ["t0", "t1"]
    assert [each["TemplateName"] for each in rest["TemplatesMetadata"]] == ["t2"]
    assert "NextToken" not in rest
    [*_, last] = v1.list_templates()["TemplatesMetadata"]
    assert last["Name"] == "t2"
    assert last["CreatedTimestamp"] == rest["TemplatesMetadata"][0]["CreatedTimestamp"]


@pytest.mark.parametrize("token", ["x", "LTE=", "ä"])
def test_wrong_token_of_a_page_is_refused(v2, token):
    assert error_of(v2.list_email_templates, NextToken=token)[:2] == (400, "InvalidNextTokenException")


def test_template_is_changed_and_removed(v1, v2, template):
    v2.update_email_template(TemplateName=template, TemplateContent={"Subject": "a", "Text": "b"})
    assert v2.get_email_template(TemplateName=template)["TemplateContent"] == {"Subject": "a", "Text": "b"}
    v1.update_template(Template={"TemplateName": template, "SubjectPart": "c"})
    assert v2.get_email_template(TemplateName=template)["TemplateContent"] == {"Subject": "c"}

    v2.delete_email_template(TemplateName=template)

    missing = "Template welcome does not exist"
    assert error_of(v2.get_email_template, TemplateName=template) == (404, "NotFoundException", missing)
    assert error_of(v2.delete_email_template, TemplateName=template) == (404, "NotFoundException", missing)
    assert error_of(v1.get_template, TemplateName=template) == (400, "TemplateDoesNotExist", missing)
    v1.delete_template(TemplateName=template)


def test_duplicate_template_is_refused(v1, v2, template):
    text = "Template welcome already exists."
    second = error_of(v2.create_email_template, TemplateName=template, TemplateContent=CONTENT)
    first = error_of(v1.create_template, Template={"TemplateName": template, "SubjectPart": "x"})

    assert second == (400, "AlreadyExistsException", text)
    assert first == (400, "AlreadyExists", text)


@pytest.mark.parametrize("source", ["{{#if x}}", "{{name", "{{> partial}}"])
def test_broken_template_is_refused(v1, v2, source):
    second = error_of(v2.create_email_template, TemplateName="t", TemplateContent={"Text": source})
    first = error_of(v1.create_template, Template={"TemplateName": "t", "SubjectPart": "x", "TextPart": source})

    assert second[:2] == (400, "BadRequestException")
    assert first[:2] == (400, "InvalidTemplate")


@pytest.mark.parametrize("name", ["a b", "a" * 65, ""])
def test_name_of_a_template_has_letters_digits_and_dashes(call, name):
    body = {"TemplateName": name, "TemplateContent": {"Subject": "x"}}

    assert call("POST", "/v2/email/templates", body).status == 400


def test_rendering_shows_the_message(v1, v2, template):
    data = json.dumps(DATA)
    rendered = v2.test_render_email_template(TemplateName=template, TemplateData=data)["RenderedTemplate"]
    same = v1.test_render_template(TemplateName=template, TemplateData=data)["RenderedTemplate"]

    for text in (rendered, same):
        assert "Subject: Hello J&J" in text
        assert "Dear Jay" in text
        assert "<p>J&J</p><i>a</i><i>b</i>" in text
        assert "From:" not in text


def test_rendering_refuses_a_missing_value_and_broken_data(v1, v2, template):
    missing = "Attribute 'name' is not present in the rendering data."
    broken = "Unable to parse template data (invalid JSON)."
    second, first = v2.test_render_email_template, v1.test_render_template

    assert error_of(second, TemplateName=template, TemplateData="{}") == (400, "BadRequestException", missing)
    assert error_of(first, TemplateName=template, TemplateData="{}") == (400, "MissingRenderingAttribute", missing)
    assert error_of(second, TemplateName=template, TemplateData="{x}") == (400, "BadRequestException", broken)
    assert error_of(first, TemplateName=template, TemplateData="[1]") == (400, "InvalidRenderingParameter", broken)


@pytest.mark.parametrize(
    "choice",
    [
        {"TemplateName": "welcome"},
        {"TemplateArn": "arn:aws:ses:us-east-1:123456789012:template/welcome"},
        {"TemplateContent": CONTENT},
    ],
)
def test_message_of_a_template_is_sent(mockmail, v2, template, choice):
    v2.send_email(
        FromEmailAddress=FROM,
        Destination=TO,
        Content={
            "Template": choice
            | {
                "TemplateData": json.dumps(DATA),
                "Headers": [{"Name": "X-Own", "Value": "yes"}],
                "Attachments": [{"RawContent": b"hi", "FileName": "a.txt"}],
            }
        },
    )

    [message] = mockmail.inbox
    assert (message.subject, message.text.strip()) == ("Hello J&J", "Dear Jay")
    assert message.html.strip() == "<p>J&J</p><i>a</i><i>b</i>"
    assert message.headers["X-Own"] == "yes"
    assert [each.filename for each in message.attachments] == ["a.txt"]


def test_templated_message_of_version_1_is_sent(mockmail, v1, template):
    v1.send_templated_email(Source=FROM, Destination=TO, Template=template, TemplateData=json.dumps(DATA))

    assert mockmail.inbox[0].subject == "Hello J&J"
    assert mockmail.ses.state()["messages"][0]["template"] == "welcome"


def test_message_with_a_missing_value_is_accepted_and_fails(mockmail, v1, v2, template):
    v1.send_templated_email(Source=FROM, Destination=TO, Template=template, TemplateData="{}")
    sent = v2.send_email(FromEmailAddress=FROM, Destination=TO, Content={"Template": {"TemplateName": template}})

    assert sent["MessageId"]
    assert len(mockmail.inbox) == 0
    events = mockmail.ses.state()["events"]
    reason = "Attribute 'name' is not present in the rendering data."
    assert [(each["kind"], each.get("reason", "")) for each in events] == [("accepted", ""), ("failed", reason)] * 2


def test_unknown_template_is_refused(v1, v2):
    content = {"Template": {"TemplateName": "none", "TemplateData": "{}"}}
    text = "Template none does not exist"
    second = error_of(v2.send_email, FromEmailAddress=FROM, Destination=TO, Content=content)
    first = error_of(v1.send_templated_email, Source=FROM, Destination=TO, Template="none", TemplateData="{}")

    assert second == (404, "NotFoundException", text)
    assert first == (400, "TemplateDoesNotExist", text)


def test_bulk_message_has_a_result_for_each_entry(mockmail, v2, template):
    def entry(address, **more):
        return {"Destination": {"ToAddresses": [address]}, **more}

    def replacing(data):
        return {"ReplacementEmailContent": {"ReplacementTemplate": {"ReplacementTemplateData": json.dumps(data)}}}

    sent = v2.send_bulk_email(
        FromEmailAddress=FROM,
        DefaultContent={"Template": {"TemplateName": template, "TemplateData": json.dumps(DATA)}},
        DefaultEmailTags=[{"Name": "kind", "Value": "news"}, {"Name": "of", "Value": "all"}],
        BulkEmailEntries=[
            entry("jane@example.org", **replacing({"name": "Jane", "user": {"age": 7}})),
            entry("nobody"),
            entry(
                "bob@example.org",
                ReplacementTags=[{"Name": "of", "Value": "bob"}],
                ReplacementHeaders=[{"Name": "X-Own", "Value": "bob"}],
            ),
        ],
    )

    first, second, third = sent["BulkEmailEntryResults"]
    assert (first["Status"], third["Status"]) == ("SUCCESS", "SUCCESS")
    assert second == {"Status": "INVALID_PARAMETER", "Error": "Missing final '@domain'"}
    assert [message.subject for message in mockmail.inbox] == ["Hello Jane", "Hello J&J"]
    assert mockmail.inbox[0].text.strip() == "Dear Jay"
    assert mockmail.inbox[1].headers["X-Own"] == "bob"
    records = {record["id"]: record["metadata"] for record in mockmail.ses.state()["messages"]}
    assert records == {
        first["MessageId"]: {"kind": "news", "of": "all"},
        third["MessageId"]: {"kind": "news", "of": "bob"},
    }


def test_bulk_message_of_version_1_has_a_status_for_each_destination(mockmail, v1, template):
    sent = v1.send_bulk_templated_email(
        Source=FROM,
        Template=template,
        DefaultTemplateData=json.dumps(DATA),
        Destinations=[
            {"Destination": TO, "ReplacementTemplateData": '{"name": "Jane"}'},
            {"Destination": {"ToAddresses": ["jane doe@example.org"]}},
        ],
    )

    first, second = sent["Status"]
    assert (first["Status"], bool(first["MessageId"])) == ("Success", True)
    assert second["Status"] == "InvalidParameterValue"
    assert [message.subject for message in mockmail.inbox] == ["Hello Jane"]


@pytest.mark.parametrize(("count", "is_taken"), [(50, True), (51, False)])
def test_bulk_message_has_at_most_50_entries(mockmail, v2, template, count, is_taken):
    params = {
        "FromEmailAddress": FROM,
        "DefaultContent": {"Template": {"TemplateName": template, "TemplateData": json.dumps(DATA)}},
        "BulkEmailEntries": [{"Destination": TO}] * count,
    }

    if is_taken:
        assert len(v2.send_bulk_email(**params)["BulkEmailEntryResults"]) == count
    else:
        assert error_of(v2.send_bulk_email, **params)[:2] == (400, "BadRequestException")
    assert len(mockmail.inbox) == (count if is_taken else 0)


def test_bulk_message_of_an_unknown_template_is_refused(v2):
    content = {"Template": {"TemplateName": "none", "TemplateData": "{}"}}

    error = error_of(
        v2.send_bulk_email, FromEmailAddress=FROM, DefaultContent=content, BulkEmailEntries=[{"Destination": TO}]
    )

    assert error == (404, "NotFoundException", "Template none does not exist")
