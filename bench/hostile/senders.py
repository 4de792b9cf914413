"""Attacks on the vendors that only send: batches of almost 1 MB, and templates that are expensive to render."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from bench.hostile.target import Attack, Server, http

REFUSED = (400, 404, 413, 422)

# A loop in a loop in a loop over 100 items: a million steps, and a long text, if nobody counts them.
NESTED = "{{#each a}}{{#each ../a}}{{#each ../../a}}{{@index}}{{/each}}{{/each}}{{/each}}"
NESTED_JINJA = (
    "{% for x in params.a %}{% for y in params.a %}{% for z in params.a %}x{% endfor %}{% endfor %}{% endfor %}"
)
ITEMS = {"a": list(range(100))}


async def mailgun_batches_of_many_recipients(server: Server) -> None:
    """Send to 1,000 recipients with variables in long texts, and by a template of nested loops."""
    key = "Basic YXBpOmtleS0zYXg2eG5qcDI5amQ2ZmRzNGdjMzczc2d2anh0ZW9sMA=="

    async def call(path: str, fields: dict[str, str]) -> None:
        head = f"POST /mailgun/v3/example.com/{path}"
        body = urlencode(fields).encode()
        status, answer = await http(
            server, head, body, Authorization=key, Content_Type="application/x-www-form-urlencoded"
        )
        assert status in (200, *REFUSED), (head, status, answer[:300])

    people = [f"b{number}@example.org" for number in range(server.times(1000))]
    each = json.dumps({person: {"id": number, "a": [number] * 20} for number, person in enumerate(people)})
    message = {"from": "a@example.com", "to": ",".join(people), "recipient-variables": each}
    await call("messages", {**message, "text": "x " * 300_000, "subject": "x"})
    await call("messages", {**message, "text": "%recipient.id%" * 40_000, "subject": "x"})
    await call("messages", {**message, "text": "x", "subject": "%recipient.a%" * 5000})
    await call("messages", {**message, "text": "x", "subject": "%" * 200_000, "html": "%recipient." * 40_000})
    await call("templates", {"name": "nested", "template": NESTED})
    await call("templates", {"name": "long", "template": "{{id}} " * 100_000})
    for template in ("nested", "long"):
        variables = json.dumps(ITEMS)
        await call("messages", {**message, "subject": "x", "template": template, "t:variables": variables})


async def sendgrid_batches_of_many_personalizations(server: Server) -> None:
    """Send 1,000 personalizations of a long text, with substitutions and by templates of nested loops."""

    async def call(path: str, document: dict[str, Any]) -> dict[str, Any]:
        return await _json(server, f"POST /sendgrid/v3/{path}", document, Authorization="Bearer SG.xxxxxxxx.yyyyyyyy")

    people = [{"to": [{"email": f"b{number}@example.org"}]} for number in range(server.times(1000))]
    message = {"from": {"email": "a@example.com"}, "subject": "x"}
    text = [{"type": "text/plain", "value": "x " * 400_000}]
    await call("mail/send", {**message, "personalizations": people, "content": text})
    replaced = [{**person, "substitutions": {f"-{key}-": "x" * 20 for key in range(20)}} for person in people]
    text = [{"type": "text/plain", "value": "-1- " * 20_000}]
    await call("mail/send", {**message, "personalizations": replaced, "content": text})
    for content in (NESTED, "{{id}} " * 100_000):
        template = (await call("templates", {"name": "x", "generation": "dynamic"}))["id"]
        version = {"name": "x", "active": 1, "subject": "x", "html_content": content, "plain_content": content}
        await call(f"templates/{template}/versions", version)
        given = [{**person, "dynamic_template_data": ITEMS} for person in people]
        await call("mail/send", {**message, "personalizations": given, "template_id": template})


async def ses_batches_of_many_entries(server: Server) -> None:
    """Send to 50 entries by templates of nested loops and of long texts."""

    async def call(path: str, document: dict[str, Any]) -> dict[str, Any]:
        signed = (
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/ses/aws4_request,"
            f" SignedHeaders=host;x-amz-date, Signature={'0' * 64}"
        )
        return await _json(server, f"POST /ses/v2/email/{path}", document, Authorization=signed)

    for name, content in {"nested": NESTED, "long": "{{id}} " * 60_000}.items():
        await call("templates", {"TemplateName": name, "TemplateContent": {"Subject": "x", "Html": content}})
        given = {"Template": {"TemplateName": name, "TemplateData": json.dumps(ITEMS)}}
        entries = [{"Destination": {"ToAddresses": [f"b{number}@example.org"]}} for number in range(50)]
        bulk = {"FromEmailAddress": "a@example.com", "DefaultContent": given, "BulkEmailEntries": entries}
        await call("outbound-bulk-emails", bulk)


async def resend_batches_of_many_messages(server: Server) -> None:
    """Send batches of 100 messages: many recipients, tags, headers and long texts, and templates of long texts."""

    async def call(path: str, document: object) -> dict[str, Any]:
        return await _json(server, f"POST /resend/{path}", document, Authorization="Bearer re_xxxxxxxxx")

    message = {"from": "a@example.com", "to": ["b@example.org"], "subject": "x"}
    people = [f"b{number}@example.org" for number in range(50)]
    for given in (
        {"text": "x " * 4500},
        {"text": "x", "to": people, "cc": people, "bcc": people},
        {"text": "x", "headers": {f"X-{number}": "x" for number in range(500)}},
        {"text": "x", "tags": [{"name": f"x{number}", "value": "x"} for number in range(200)]},
        {"html": "<a " * 3000},
    ):
        await call("emails/batch", [message | given] * 100)
    variables = [{"key": f"V{number}", "type": "string", "fallback_value": "x" * 1000} for number in range(50)]
    created = await call("templates", {"name": "long", "html": "{{{V1}}}" * 100_000, "variables": variables})
    await call(f"templates/{created.get('id')}/publish", {})
    await call("emails/batch", [{**message, "template": {"id": created.get("id")}}] * 100)


async def brevo_batches_of_many_versions(server: Server) -> None:
    """Send 1,000 versions of long texts with parameters, and of nested loops."""

    async def call(document: dict[str, Any]) -> None:
        await _json(server, "POST /brevo/v3/smtp/email", document, api_key="xkeysib-xxxxxxxxx")

    versions = [{"to": [{"email": f"b{number}@example.org"}]} for number in range(server.times(1000))]
    message = {"sender": {"email": "a@example.com"}, "subject": "x", "params": ITEMS, "messageVersions": versions}
    for html in ("x " * 400_000, "{{ params.a }}" * 40_000, NESTED_JINJA, "{% if params.a %}" * 20_000, "{{" * 300_000):
        await call({**message, "htmlContent": html})


async def _json(server: Server, head: str, document: object, **headers: str) -> dict[str, Any]:
    body = json.dumps(document).encode()
    status, answer = await http(server, head, body, Content_Type="application/json", **headers)
    assert status in (200, 201, 202, *REFUSED), (head, status, answer[:300])
    found = json.loads(answer or b"{}")
    return found if isinstance(found, dict) else {}


ATTACKS = (
    Attack(mailgun_batches_of_many_recipients, memory=200),
    Attack(sendgrid_batches_of_many_personalizations, memory=200),
    Attack(ses_batches_of_many_entries, memory=200),
    Attack(resend_batches_of_many_messages),
    Attack(brevo_batches_of_many_versions, memory=200),
)
