"""Postmark's operations, and what is not served."""

from __future__ import annotations

from mockmail.core.operation import Evidence, NotEmulated, operations_of
from mockmail.vendors.postmark.account_parameters import (
    DomainChange,
    NewDomain,
    NewServer,
    NewSignature,
    ServerChange,
    ServerSearch,
    SignatureChange,
    TemplatePush,
)
from mockmail.vendors.postmark.authentication import ACCOUNT
from mockmail.vendors.postmark.handlers import (
    bounces,
    domains,
    email,
    messages,
    servers,
    signatures,
    streams,
    suppressions,
    template_push,
    templates,
    tracking,
    webhooks,
)
from mockmail.vendors.postmark.parameters import (
    BounceSearch,
    Email,
    MessageSearch,
    NewStream,
    NewTemplate,
    NewWebhook,
    Page,
    StreamChange,
    StreamSearch,
    SuppressionChange,
    SuppressionSearch,
    TemplateChange,
    TemplatedBatch,
    TemplatedEmail,
    TemplateSearch,
    TemplateValidation,
    TrackingSearch,
    WebhookChange,
    WebhookSearch,
)

REC, ANY, JS, PY = "postmarker", "`anymail/django-anymail`", "`ActiveCampaign/postmark.js`", "postmark-python"
"""The sources of docs/wire/postmark.md 0: recorded responses of the service, and clients, two of them the vendor's."""


_operation = operations_of("{}", evidence=Evidence.CONFIRMED)
_account = operations_of("{}", evidence=Evidence.CONFIRMED, requires=ACCOUNT)


def _notes(section: int, *sources: str) -> str:
    return f"{', '.join(sources)}; docs/wire/postmark.md {section}"


_EMAIL = _notes(4, REC, ANY, JS, PY)
_TEMPLATES = _notes(5, REC, PY)
_MESSAGES = _notes(6, REC, PY)
_TRACKING = _notes(6, PY)
_SUPPRESSIONS = _notes(7, JS, PY)
_ACCOUNT = _notes(8, REC, PY)
_WEBHOOKS = _notes(9, PY)
_STREAMS = _notes(11, PY)
_SERVERS = _notes(12, REC, PY)
_PASSWORD, _TOKENS = ("password",), ("apiTokens",)

OPERATIONS = (
    _operation("email.send", "POST /email", email.send, _EMAIL, Email),
    _operation("email.send_batch", "POST /email/batch", email.send_batch, _EMAIL, list),
    _operation("email.send_template", "POST /email/withTemplate", email.send_with_template, _EMAIL, TemplatedEmail),
    _operation(
        "email.send_template_batch",
        "POST /email/batchWithTemplates",
        email.send_batch_with_templates,
        _EMAIL,
        TemplatedBatch,
    ),
    _operation("template.create", "POST /templates", templates.create, _TEMPLATES, NewTemplate),
    _operation("template.list", "GET /templates", templates.index, _TEMPLATES, TemplateSearch),
    _operation("template.validate", "POST /templates/validate", templates.validate, _TEMPLATES, TemplateValidation),
    _account("template.push", "PUT /templates/push", template_push.push, _notes(5, PY), TemplatePush),
    _operation("template.show", "GET /templates/{template}", templates.show, _TEMPLATES),
    _operation("template.edit", "PUT /templates/{template}", templates.edit, _TEMPLATES, TemplateChange),
    _operation("template.delete", "DELETE /templates/{template}", templates.delete, _TEMPLATES),
    _operation("message.list", "GET /messages/outbound", messages.index, _MESSAGES, MessageSearch),
    _operation("message.opens", "GET /messages/outbound/opens", tracking.opens, _TRACKING, TrackingSearch),
    _operation(
        "message.opens_of_one", "GET /messages/outbound/opens/{message}", tracking.opens_of_message, _TRACKING, Page
    ),
    _operation("message.clicks", "GET /messages/outbound/clicks", tracking.clicks, _TRACKING, TrackingSearch),
    _operation(
        "message.clicks_of_one", "GET /messages/outbound/clicks/{message}", tracking.clicks_of_message, _TRACKING, Page
    ),
    _operation("message.details", "GET /messages/outbound/{message}/details", messages.details, _MESSAGES),
    _operation("message.dump", "GET /messages/outbound/{message}/dump", messages.dump, _MESSAGES),
    _operation("bounce.stats", "GET /deliverystats", bounces.delivery_stats, _MESSAGES),
    _operation("bounce.list", "GET /bounces", bounces.index, _MESSAGES, BounceSearch),
    _operation("bounce.tags", "GET /bounces/tags", bounces.tags, _notes(6, REC)),
    _operation("bounce.show", "GET /bounces/{bounce}", bounces.show, _MESSAGES),
    _operation("bounce.dump", "GET /bounces/{bounce}/dump", bounces.dump, _MESSAGES),
    _operation("bounce.activate", "PUT /bounces/{bounce}/activate", bounces.activate, _MESSAGES),
    _operation(
        "suppression.list",
        "GET /message-streams/{stream}/suppressions/dump",
        suppressions.dump,
        _SUPPRESSIONS,
        SuppressionSearch,
    ),
    _operation(
        "suppression.create",
        "POST /message-streams/{stream}/suppressions",
        suppressions.create,
        _SUPPRESSIONS,
        SuppressionChange,
    ),
    _operation(
        "suppression.delete",
        "POST /message-streams/{stream}/suppressions/delete",
        suppressions.delete,
        _SUPPRESSIONS,
        SuppressionChange,
    ),
    _operation("stream.list", "GET /message-streams", streams.index, _STREAMS, StreamSearch),
    _operation("stream.create", "POST /message-streams", streams.create, _STREAMS, NewStream),
    _operation("stream.show", "GET /message-streams/{stream}", streams.show, _STREAMS),
    _operation("stream.edit", "PATCH /message-streams/{stream}", streams.edit, _STREAMS, StreamChange),
    _operation("stream.archive", "POST /message-streams/{stream}/archive", streams.archive, _STREAMS),
    _operation("stream.unarchive", "POST /message-streams/{stream}/unarchive", streams.unarchive, _STREAMS),
    _operation("webhook.list", "GET /webhooks", webhooks.index, _WEBHOOKS, WebhookSearch, secrets=_PASSWORD),
    _operation("webhook.create", "POST /webhooks", webhooks.create, _WEBHOOKS, NewWebhook, secrets=_PASSWORD),
    _operation("webhook.show", "GET /webhooks/{webhook}", webhooks.show, _WEBHOOKS, secrets=_PASSWORD),
    _operation("webhook.edit", "PUT /webhooks/{webhook}", webhooks.edit, _WEBHOOKS, WebhookChange, secrets=_PASSWORD),
    _operation("webhook.delete", "DELETE /webhooks/{webhook}", webhooks.delete, _WEBHOOKS),
    _operation("server.show_own", "GET /server", servers.show_own, _SERVERS, secrets=_TOKENS),
    _operation("server.edit_own", "PUT /server", servers.edit_own, _SERVERS, ServerChange, secrets=_TOKENS),
    _account("server.list", "GET /servers", servers.index, _notes(12, PY), ServerSearch, secrets=_TOKENS),
    _account("server.create", "POST /servers", servers.create, _notes(12, PY), NewServer, secrets=_TOKENS),
    _account("server.show", "GET /servers/{server}", servers.show, _notes(12, PY), secrets=_TOKENS),
    _account("server.edit", "PUT /servers/{server}", servers.edit, _notes(12, PY), ServerChange, secrets=_TOKENS),
    _account("server.delete", "DELETE /servers/{server}", servers.delete, _notes(12, PY)),
    _account("domain.list", "GET /domains", domains.index, _ACCOUNT, Page),
    _account("domain.create", "POST /domains", domains.create, _ACCOUNT, NewDomain),
    _account("domain.show", "GET /domains/{domain}", domains.show, _ACCOUNT),
    _account("domain.edit", "PUT /domains/{domain}", domains.edit, _ACCOUNT, DomainChange),
    _account("domain.delete", "DELETE /domains/{domain}", domains.delete, _ACCOUNT),
    _account("domain.verify_dkim", "PUT /domains/{domain}/verifyDkim", domains.verify_dkim, _notes(8, PY)),
    _account(
        "domain.verify_return_path",
        "PUT /domains/{domain}/verifyReturnPath",
        domains.verify_return_path,
        _notes(8, PY),
    ),
    _account("domain.verify_spf", "POST /domains/{domain}/verifyspf", domains.verify_spf, _ACCOUNT),
    _account("domain.rotate_dkim", "POST /domains/{domain}/rotatedkim", domains.rotate_dkim, _ACCOUNT),
    _account("sender.list", "GET /senders", signatures.index, _ACCOUNT, Page),
    _account("sender.create", "POST /senders", signatures.create, _ACCOUNT, NewSignature),
    _account("sender.show", "GET /senders/{signature}", signatures.show, _ACCOUNT),
    _account("sender.edit", "PUT /senders/{signature}", signatures.edit, _ACCOUNT, SignatureChange),
    _account("sender.delete", "DELETE /senders/{signature}", signatures.delete, _ACCOUNT),
    _account("sender.resend", "POST /senders/{signature}/resend", signatures.resend, _ACCOUNT),
    _account("sender.verify_spf", "POST /senders/{signature}/verifyspf", signatures.verify_spf, _notes(8, PY)),
)

NOT_EMULATED = tuple(
    NotEmulated(name=name, method="*", path=path, reason=reason)
    for name, path, reason in (
        ("email.bulk", "/email/bulk", "Postmark serves it only to accounts that it approved"),
        ("message.inbound", "/messages/inbound", "mockmail receives no mail for Postmark's inbound streams"),
        ("inbound_rule", "/triggers/inboundrules", "mockmail receives no mail for Postmark's inbound streams"),
        ("data_removal", "/data-removals", "a test removes its state by a reset"),
        ("sender.new_dkim", "/senders/{signature}/requestnewdkim", "Postmark advises against it"),
        ("stats", "/stats", "figures over days say nothing in a test"),
    )
)
