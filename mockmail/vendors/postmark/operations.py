"""Postmark's operations, and what is not served."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mockmail.core.operation import Evidence, NotEmulated, Operation
from mockmail.vendors.postmark.handlers import bounces, email, messages, suppressions, templates, webhooks
from mockmail.vendors.postmark.parameters import (
    BounceSearch,
    Email,
    MessageSearch,
    NewTemplate,
    NewWebhook,
    SuppressionChange,
    SuppressionSearch,
    TemplateChange,
    TemplatedBatch,
    TemplatedEmail,
    TemplateSearch,
    TemplateValidation,
    WebhookChange,
    WebhookSearch,
)

CLIENTS = "postmarker, ActiveCampaign/postmark.js"


def _operation(name: str, request: str, handler: Callable[..., Any], section: int, params: Any = None) -> Operation:
    method, _, path = request.partition(" ")
    return Operation(
        name=name,
        methods=(method,),
        path=path,
        handler=handler,
        params=params,
        evidence=Evidence.CONFIRMED,
        source=f"{CLIENTS}; docs/wire/postmark.md {section}",
    )


OPERATIONS = (
    _operation("email.send", "POST /email", email.send, 4, Email),
    _operation("email.send_batch", "POST /email/batch", email.send_batch, 4, list),
    _operation("email.send_template", "POST /email/withTemplate", email.send_with_template, 4, TemplatedEmail),
    _operation(
        "email.send_template_batch",
        "POST /email/batchWithTemplates",
        email.send_batch_with_templates,
        4,
        TemplatedBatch,
    ),
    _operation("template.create", "POST /templates", templates.create, 5, NewTemplate),
    _operation("template.list", "GET /templates", templates.index, 5, TemplateSearch),
    _operation("template.validate", "POST /templates/validate", templates.validate, 5, TemplateValidation),
    _operation("template.show", "GET /templates/{template}", templates.show, 5),
    _operation("template.edit", "PUT /templates/{template}", templates.edit, 5, TemplateChange),
    _operation("template.delete", "DELETE /templates/{template}", templates.delete, 5),
    _operation("message.list", "GET /messages/outbound", messages.index, 6, MessageSearch),
    _operation("message.details", "GET /messages/outbound/{message}/details", messages.details, 6),
    _operation("message.dump", "GET /messages/outbound/{message}/dump", messages.dump, 6),
    _operation("bounce.stats", "GET /deliverystats", bounces.delivery_stats, 6),
    _operation("bounce.list", "GET /bounces", bounces.index, 6, BounceSearch),
    _operation("bounce.tags", "GET /bounces/tags", bounces.tags, 6),
    _operation("bounce.show", "GET /bounces/{bounce}", bounces.show, 6),
    _operation("bounce.dump", "GET /bounces/{bounce}/dump", bounces.dump, 6),
    _operation("bounce.activate", "PUT /bounces/{bounce}/activate", bounces.activate, 6),
    _operation(
        "suppression.list",
        "GET /message-streams/{stream}/suppressions/dump",
        suppressions.dump,
        7,
        SuppressionSearch,
    ),
    _operation(
        "suppression.create",
        "POST /message-streams/{stream}/suppressions",
        suppressions.create,
        7,
        SuppressionChange,
    ),
    _operation(
        "suppression.delete",
        "POST /message-streams/{stream}/suppressions/delete",
        suppressions.delete,
        7,
        SuppressionChange,
    ),
    _operation("webhook.list", "GET /webhooks", webhooks.index, 9, WebhookSearch),
    _operation("webhook.create", "POST /webhooks", webhooks.create, 9, NewWebhook),
    _operation("webhook.show", "GET /webhooks/{webhook}", webhooks.show, 9),
    _operation("webhook.edit", "PUT /webhooks/{webhook}", webhooks.edit, 9, WebhookChange),
    _operation("webhook.delete", "DELETE /webhooks/{webhook}", webhooks.delete, 9),
)

NOT_EMULATED = tuple(
    NotEmulated(name=name, method="*", path=path, reason=reason)
    for name, path, reason in (
        ("email.bulk", "/email/bulk", "Postmark serves it only to accounts that it approved"),
        ("server", "/server", "not emulated so far"),
        ("domain", "/domains", "not emulated so far"),
        ("sender", "/senders", "not emulated so far"),
        ("stats", "/stats", "figures over days say nothing in a test"),
    )
)
