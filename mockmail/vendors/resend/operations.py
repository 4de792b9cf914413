"""Resend's operations, and what is not served."""

from __future__ import annotations

from mockmail.core.operation import Evidence, NotEmulated, operations_of
from mockmail.vendors.resend.authentication import FULL_ACCESS
from mockmail.vendors.resend.handlers import (
    api_keys,
    attachments,
    domains,
    emails,
    sent_emails,
    suppressions,
    templates,
    webhooks,
)
from mockmail.vendors.resend.paging import Page
from mockmail.vendors.resend.parameters import (
    ApiKeyChange,
    DomainChange,
    Email,
    EmailChange,
    NewApiKey,
    NewDomain,
    NewSuppression,
    SuppressionBatch,
    SuppressionSearch,
    TemplateChange,
    WebhookChange,
)

CLIENTS = "resend/resend-node, resend/resend-openapi"

_sending = operations_of(f"{CLIENTS}; docs/wire/resend.md {{}}", evidence=Evidence.CONFIRMED)
"""Makes the operations that a key for sending may call."""

_operation = operations_of(f"{CLIENTS}; docs/wire/resend.md {{}}", evidence=Evidence.CONFIRMED, requires=FULL_ACCESS)

OPERATIONS = (
    _sending("email.send", "POST /emails", emails.send, 3, Email),
    _sending("email.send_batch", "POST /emails/batch", emails.send_batch, 4, list),
    _operation("email.list", "GET /emails", sent_emails.index, 5, Page),
    _operation("email.show", "GET /emails/{email}", sent_emails.show, 5),
    _operation("email.edit", "PATCH /emails/{email}", sent_emails.edit, 5, EmailChange),
    _operation("email.attachments", "GET /emails/{email}/attachments", attachments.index, 5, Page),
    _operation("email.attachment", "GET /emails/{email}/attachments/{attachment}", attachments.show, 5),
    _operation("email.cancel", "POST /emails/{email}/cancel", sent_emails.cancel, 5),
    _operation("template.create", "POST /templates", templates.create, 6, TemplateChange, not_secret=("key",)),
    _operation("template.list", "GET /templates", templates.index, 6, Page),
    _operation("template.show", "GET /templates/{template}", templates.show, 6),
    _operation("template.edit", "PATCH /templates/{template}", templates.edit, 6, TemplateChange, not_secret=("key",)),
    _operation("template.delete", "DELETE /templates/{template}", templates.delete, 6),
    _operation("template.publish", "POST /templates/{template}/publish", templates.publish, 6),
    _operation("template.duplicate", "POST /templates/{template}/duplicate", templates.duplicate, 6),
    _operation("domain.create", "POST /domains", domains.create, 7, NewDomain),
    _operation("domain.list", "GET /domains", domains.index, 7, Page),
    _operation("domain.show", "GET /domains/{domain}", domains.show, 7),
    _operation("domain.edit", "PATCH /domains/{domain}", domains.edit, 7, DomainChange),
    _operation("domain.delete", "DELETE /domains/{domain}", domains.delete, 7),
    _operation("domain.verify", "POST /domains/{domain}/verify", domains.verify, 7),
    _operation("api_key.create", "POST /api-keys", api_keys.create, 7, NewApiKey, secrets=("token",)),
    _operation("api_key.list", "GET /api-keys", api_keys.index, 7, Page),
    _operation("api_key.edit", "PATCH /api-keys/{api_key}", api_keys.edit, 7, ApiKeyChange),
    _operation("api_key.delete", "DELETE /api-keys/{api_key}", api_keys.delete, 7),
    _operation("suppression.create", "POST /suppressions", suppressions.create, 8, NewSuppression),
    _operation("suppression.list", "GET /suppressions", suppressions.index, 8, SuppressionSearch),
    _operation(
        "suppression.create_batch", "POST /suppressions/batch/add", suppressions.create_batch, 8, SuppressionBatch
    ),
    _operation(
        "suppression.delete_batch", "POST /suppressions/batch/remove", suppressions.delete_batch, 8, SuppressionBatch
    ),
    _operation("suppression.show", "GET /suppressions/{suppression}", suppressions.show, 8),
    _operation("suppression.delete", "DELETE /suppressions/{suppression}", suppressions.delete, 8),
    _operation("webhook.create", "POST /webhooks", webhooks.create, 10, WebhookChange, secrets=("signing_secret",)),
    _operation("webhook.list", "GET /webhooks", webhooks.index, 10, Page),
    _operation("webhook.show", "GET /webhooks/{webhook}", webhooks.show, 10, secrets=("signing_secret",)),
    _operation("webhook.edit", "PATCH /webhooks/{webhook}", webhooks.edit, 10, WebhookChange),
    _operation("webhook.delete", "DELETE /webhooks/{webhook}", webhooks.delete, 10),
)

MARKETING = "it is for marketing mail; a test of what an application sends does without"

NOT_EMULATED = tuple(
    NotEmulated(name=name, method="*", path=path, reason=reason)
    for name, path, reason in (
        ("email.share", "/emails/{email}/share", "it makes a link to a page of Resend"),
        ("email.metrics", "/emails/metrics", "figures over days say nothing in a test"),
        ("email.receiving", "/emails/receiving", "mockmail receives no mail for Resend"),
        ("domain.claim", "/domains/claim", "it takes a domain over from another account"),
        ("domain.claim_status", "/domains/{domain}/claim", "it takes a domain over from another account"),
        ("webhook.events", "/webhooks/{webhook}/events", "the requests made to a webhook are in mockmail's journal"),
        ("webhook.secret", "/webhooks/{webhook}/signing-secret/rotate", "a test can make another webhook"),
        ("log", "/logs", "the requests are in mockmail's journal"),
        ("oauth", "/oauth", "it is for applications that act for other accounts"),
        ("contact", "/contacts", MARKETING),
        ("contact_property", "/contact-properties", MARKETING),
        ("audience", "/audiences", MARKETING),
        ("segment", "/segments", MARKETING),
        ("topic", "/topics", MARKETING),
        ("broadcast", "/broadcasts", MARKETING),
        ("automation", "/automations", MARKETING),
        ("event", "/events", MARKETING),
    )
)
