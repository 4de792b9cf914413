"""Mailgun's operations, and what is not served."""

from __future__ import annotations

from mockmail.core.operation import Evidence, NotEmulated, Operation, operations_of
from mockmail.vendors.mailgun.authentication import SENDING
from mockmail.vendors.mailgun.handlers import (
    domains,
    events,
    messages,
    mime_messages,
    stored,
    suppressions,
    templates,
    webhooks,
)
from mockmail.vendors.mailgun.parameters import (
    DomainChange,
    DomainPage,
    EventSearch,
    NewMessage,
    NewMimeMessage,
    NewSuppression,
    Page,
    Resending,
    TemplateChange,
    TemplateChoice,
    WebhookChange,
)

DOCUMENTATION = "mailgun/documentation"


_operation = operations_of(f"{DOCUMENTATION}; docs/wire/mailgun.md {{}}")
_confirmed = operations_of(
    f"anymail/django-anymail, {DOCUMENTATION}; docs/wire/mailgun.md {{}}", evidence=Evidence.CONFIRMED
)
"""Makes the operations that django-anymail's recorded responses confirm."""


def _suppressions(noun: str, path: str) -> tuple[Operation, ...]:
    root = f"/v3/{{domain}}/{path}"
    return (
        _operation(f"{noun}.list", f"GET {root}", suppressions.index, 7, Page),
        _operation(f"{noun}.create", f"POST {root}", suppressions.create, 7, NewSuppression),
        _operation(f"{noun}.clear", f"DELETE {root}", suppressions.clear, 7),
        _operation(f"{noun}.show", f"GET {root}/{{address}}", suppressions.show, 7),
        _operation(f"{noun}.delete", f"DELETE {root}/{{address}}", suppressions.delete, 7),
    )


def _v4(path: str) -> dict[str, tuple[str, ...]]:
    return {"aliases": (path.replace("/v3/", "/v4/"),)}


DOMAIN = "/v3/domains/{domain}"
STORED = f"{DOMAIN}/messages/{{key}}"
HOOKS = f"{DOMAIN}/webhooks"
TEMPLATES = "/v3/{domain}/templates"
TEMPLATE = f"{TEMPLATES}/{{template}}"
VERSION = f"{TEMPLATE}/versions/{{version}}"

OPERATIONS = (
    _confirmed("message.send", "POST /v3/{domain}/messages", messages.send, 4, NewMessage, requires=SENDING),
    _operation(
        "message.send_mime",
        "POST /v3/{domain}/messages.mime",
        mime_messages.send,
        4,
        NewMimeMessage,
        requires=SENDING,
    ),
    _operation("message.show", f"GET {STORED}", stored.show, 6),
    _operation("message.send_again", f"POST {STORED}", stored.send_again, 6, Resending),
    _operation(
        "message.attachment",
        f"GET {STORED}/attachments/{{attachment}}",
        stored.attachment,
        6,
        evidence=Evidence.ASSUMED,
    ),
    _operation("message.drop_scheduled", "DELETE /v3/{domain}/envelopes", stored.drop_scheduled, 6),
    _confirmed("event.list", "GET /v3/{domain}/events", events.index, 6, EventSearch),
    _operation("event.page", "GET /v3/{domain}/events/{page}", events.page, 6),
    _operation("template.list", f"GET {TEMPLATES}", templates.index, 5, Page),
    _operation("template.create", f"POST {TEMPLATES}", templates.create, 5, TemplateChange),
    _operation("template.clear", f"DELETE {TEMPLATES}", templates.clear, 5),
    _operation("template.show", f"GET {TEMPLATE}", templates.show, 5, TemplateChoice),
    _operation("template.edit", f"PUT {TEMPLATE}", templates.edit, 5, TemplateChange),
    _operation("template.delete", f"DELETE {TEMPLATE}", templates.delete, 5),
    _operation("template.list_versions", f"GET {TEMPLATE}/versions", templates.list_versions, 5, Page),
    _operation("template.create_version", f"POST {TEMPLATE}/versions", templates.create_version, 5, TemplateChange),
    _operation("template.show_version", f"GET {VERSION}", templates.show_version, 5),
    _operation("template.edit_version", f"PUT {VERSION}", templates.edit_version, 5, TemplateChange),
    _operation("template.delete_version", f"DELETE {VERSION}", templates.delete_version, 5),
    *_suppressions("bounce", "bounces"),
    *_suppressions("unsubscribe", "unsubscribes"),
    *_suppressions("complaint", "complaints"),
    _operation("domain.list", "GET /v3/domains", domains.index, 8, DomainPage, **_v4("/v3/domains")),
    _operation("domain.create", "POST /v3/domains", domains.create, 8, DomainChange, **_v4("/v3/domains")),
    _operation("domain.show", f"GET {DOMAIN}", domains.show, 8, **_v4(DOMAIN)),
    _operation("domain.edit", f"PUT {DOMAIN}", domains.edit, 8, DomainChange, **_v4(DOMAIN)),
    _operation("domain.delete", f"DELETE {DOMAIN}", domains.delete, 8, **_v4(DOMAIN)),
    _operation("domain.verify", f"PUT {DOMAIN}/verify", domains.verify, 8, **_v4(f"{DOMAIN}/verify")),
    _operation("webhook.list", f"GET {HOOKS}", webhooks.index, 9),
    _operation("webhook.create", f"POST {HOOKS}", webhooks.create, 9, WebhookChange),
    _operation("webhook.show", f"GET {HOOKS}/{{webhook}}", webhooks.show, 9),
    _operation("webhook.edit", f"PUT {HOOKS}/{{webhook}}", webhooks.edit, 9, WebhookChange),
    _operation("webhook.delete", f"DELETE {HOOKS}/{{webhook}}", webhooks.delete, 9),
)

FIGURES = "figures over days say nothing in a test; the events say what happened"
HOSTING = "mockmail receives no mail for Mailgun"
ACCOUNT = "it manages the account; a test seeds what it needs"

NOT_EMULATED = tuple(
    NotEmulated(name=name, method="*", path=path, reason=reason)
    for name, path, reason in (
        ("whitelist", "/v3/{domain}/whitelists", "an address that must get mail can be removed from the bounces"),
        ("bounce.import", "/v3/{domain}/bounces/import", "an array of up to 1000 addresses is posted to the list"),
        ("unsubscribe.import", "/v3/{domain}/unsubscribes/import", "an array is posted to the list"),
        ("complaint.import", "/v3/{domain}/complaints/import", "an array is posted to the list"),
        ("tag", "/v3/{domain}/tags", FIGURES),
        ("stats", "/v3/{domain}/stats", FIGURES),
        ("aggregate", "/v3/{domain}/aggregates", FIGURES),
        ("domain.credentials", f"{DOMAIN}/credentials", "mockmail's SMTP sink takes any credentials"),
        ("domain.connection", f"{DOMAIN}/connection", "no connection to another server is made"),
        ("domain.tracking", f"{DOMAIN}/tracking", "links and pictures are not rewritten"),
        ("domain.ips", f"{DOMAIN}/ips", ACCOUNT),
        ("domain.keys", f"{DOMAIN}/keys", ACCOUNT),
        ("domain.queues", f"{DOMAIN}/sending_queues", "nothing waits but scheduled messages, which `envelopes` drops"),
        ("route", "/v3/routes", HOSTING),
        ("list", "/v3/lists", "mailing lists need mail that is received"),
        ("ip", "/v3/ips", ACCOUNT),
        ("ip_pool", "/v3/ip_pools", ACCOUNT),
        ("address", "/v4/address", "validation asks other servers about an address"),
        ("inbox", "/v4/inbox", "inbox placement needs mailboxes at other providers"),
    )
)
