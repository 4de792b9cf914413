"""Postmark's operations, and what is not served."""

from __future__ import annotations

from mockmail.core.operation import Evidence, NotEmulated, Operation
from mockmail.vendors.postmark.handlers import email
from mockmail.vendors.postmark.parameters import Email

OPERATIONS = tuple(
    Operation(
        name=name,
        methods=("POST",),
        path=path,
        handler=handler,
        params=params,
        evidence=Evidence.CONFIRMED,
        source="postmarker, ActiveCampaign/postmark.js; docs/wire/postmark.md 4",
    )
    for name, path, handler, params in (
        ("email.send", "/email", email.send, Email),
        ("email.send_batch", "/email/batch", email.send_batch, list),
    )
)

NOT_EMULATED = tuple(
    NotEmulated(name=name, method="*", path=path, reason="only the send API is emulated so far")
    for name, path in (
        ("email.send_template", "/email/withTemplate"),
        ("email.send_template_batch", "/email/batchWithTemplates"),
        ("email.bulk", "/email/bulk"),
        ("template", "/templates"),
        ("message", "/messages"),
        ("bounce", "/bounces"),
        ("message_stream", "/message-streams"),
        ("server", "/server"),
        ("webhook", "/webhooks"),
        ("domain", "/domains"),
        ("sender", "/senders"),
        ("stats", "/stats"),
    )
)
