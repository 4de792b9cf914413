"""SendGrid's operations, and what is not served."""

from __future__ import annotations

from typing import Any

from mockmail.core.operation import Evidence, NotEmulated, Operation
from mockmail.vendors.sendgrid import account_parameters as fields
from mockmail.vendors.sendgrid.authentication import MAIL_SEND
from mockmail.vendors.sendgrid.handlers import (
    account,
    groups,
    mail,
    messages,
    scheduled,
    senders,
    suppressions,
    templates,
    webhooks,
)
from mockmail.vendors.sendgrid.parameters import Mail

VERBS = {"GET": "read", "POST": "create", "PATCH": "update", "PUT": "update", "DELETE": "delete"}


def _operations(section: int, scope: str, *rows: tuple[Any, ...], **more: Any) -> tuple[Operation, ...]:
    """Return operations of rows with a name, a request, a handler and, if any, the parameters.

    scope: without the verb; empty for operations that every key may call.
    """
    operations = []
    for row in rows:
        method = row[1].partition(" ")[0]
        requires = f"{scope}.{VERBS[method]}" if scope else None
        source = f"docs/wire/sendgrid.md {section}"
        operations.append(Operation.of(*row, root="/v3", source=source, requires=requires, **more))
    return tuple(operations)


MAIL = Operation(
    name="mail.send",
    methods=("POST",),
    path="/v3/mail/send",
    handler=mail.send,
    params=Mail,
    evidence=Evidence.CONFIRMED,
    source="docs/wire/sendgrid.md 4 (any, kd, obs)",
    requires=MAIL_SEND,
)

BATCHES = _operations(
    6,
    "mail.batch",
    ("batch.create", "POST /mail/batch", scheduled.create_batch),
    ("batch.show", "GET /mail/batch/{batch}", scheduled.show_batch),
)

SCHEDULED = _operations(
    6,
    "user.scheduled_sends",
    ("scheduled_send.create", "POST /user/scheduled_sends", scheduled.create, fields.NewScheduledSend),
    ("scheduled_send.list", "GET /user/scheduled_sends", scheduled.index),
    ("scheduled_send.show", "GET /user/scheduled_sends/{batch}", scheduled.show),
    ("scheduled_send.edit", "PATCH /user/scheduled_sends/{batch}", scheduled.edit, fields.StatusChange),
    ("scheduled_send.delete", "DELETE /user/scheduled_sends/{batch}", scheduled.delete),
)

TEMPLATES = _operations(
    5,
    "templates",
    ("template.create", "POST /templates", templates.create, fields.NewTemplate),
    ("template.list", "GET /templates", templates.index, fields.TemplatePage),
    ("template.show", "GET /templates/{template}", templates.show),
    ("template.edit", "PATCH /templates/{template}", templates.edit, fields.TemplateName),
    ("template.duplicate", "POST /templates/{template}", templates.duplicate, fields.TemplateName),
    ("template.delete", "DELETE /templates/{template}", templates.delete),
    not_secret=("page_token",),
)

_VERSIONS = "/templates/{template}/versions"
VERSIONS = _operations(
    5,
    "templates.versions",
    ("version.create", f"POST {_VERSIONS}", templates.create_version, fields.VersionChange),
    ("version.show", f"GET {_VERSIONS}/{{version}}", templates.show_version),
    ("version.edit", f"PATCH {_VERSIONS}/{{version}}", templates.edit_version, fields.VersionChange),
    ("version.delete", f"DELETE {_VERSIONS}/{{version}}", templates.delete_version),
    ("version.activate", f"POST {_VERSIONS}/{{version}}/activate", templates.activate_version),
)


def _list(name: str, noun: str) -> tuple[Operation, ...]:
    path = f"/suppression/{name}"
    return _operations(
        7,
        f"suppression.{name}",
        (f"{noun}.list", f"GET {path}", suppressions.index, fields.SuppressionPage),
        (f"{noun}.delete_several", f"DELETE {path}", suppressions.delete_several, fields.SuppressionRemoval),
        (f"{noun}.show", f"GET {path}/{{email}}", suppressions.show),
        (f"{noun}.delete", f"DELETE {path}/{{email}}", suppressions.delete),
    )


_UNSUBSCRIBES, _GLOBAL = "/suppression/unsubscribes", "/asm/suppressions/global"
SUPPRESSIONS = (
    *_list("bounces", "bounce"),
    *_list("blocks", "block"),
    *_list("spam_reports", "spam_report"),
    *_list("invalid_emails", "invalid_email"),
    *_operations(
        7,
        "suppression.unsubscribes",
        ("unsubscribe.list", f"GET {_UNSUBSCRIBES}", suppressions.index, fields.SuppressionPage),
    ),
    *_operations(
        7,
        "asm.suppressions.global",
        ("unsubscribe.create", f"POST {_GLOBAL}", suppressions.create_global, fields.Recipients),
        ("unsubscribe.show", f"GET {_GLOBAL}/{{email}}", suppressions.show_global),
        ("unsubscribe.delete", f"DELETE {_GLOBAL}/{{email}}", suppressions.delete_global),
    ),
)

_IN_GROUP = "/asm/groups/{group}/suppressions"
GROUPS = (
    *_operations(
        7,
        "asm.groups",
        ("group.create", "POST /asm/groups", groups.create, fields.GroupChange),
        ("group.list", "GET /asm/groups", groups.index, fields.GroupFilter),
        ("group.show", "GET /asm/groups/{group}", groups.show),
        ("group.edit", "PATCH /asm/groups/{group}", groups.edit, fields.GroupChange),
        ("group.delete", "DELETE /asm/groups/{group}", groups.delete),
    ),
    *_operations(
        7,
        "asm.groups.suppressions",
        ("group.add", f"POST {_IN_GROUP}", groups.add_recipients, fields.Recipients),
        ("group.recipients", f"GET {_IN_GROUP}", groups.list_recipients),
        ("group.search", f"POST {_IN_GROUP}/search", groups.search_recipients, fields.Recipients),
        ("group.remove", f"DELETE {_IN_GROUP}/{{email}}", groups.remove_recipient),
    ),
    *_operations(
        7,
        "asm.suppressions",
        ("group.all_recipients", "GET /asm/suppressions", groups.list_all),
        ("group.recipient", "GET /asm/suppressions/{email}", groups.show_recipient),
    ),
)

MESSAGES = (
    *_operations(
        8,
        "messages",
        ("message.list", "GET /messages", messages.index, fields.MessageQuery),
        ("message.show", "GET /messages/{message}", messages.show),
    ),
    *_operations(
        8,
        "",
        ("log.search", "POST /logs", messages.search_logs, fields.MessageQuery),
        ("log.show", "GET /logs/{message}", messages.show_log),
    ),
)

SENDERS = _operations(
    8,
    "",
    ("sender.create", "POST /verified_senders", senders.create_sender, fields.SenderChange),
    ("sender.list", "GET /verified_senders", senders.list_senders),
    ("sender.edit", "PATCH /verified_senders/{sender}", senders.edit_sender, fields.SenderChange),
    ("sender.delete", "DELETE /verified_senders/{sender}", senders.delete_sender),
    ("sender.resend", "POST /verified_senders/resend/{sender}", senders.resend_verification),
    ("sender.verify", "GET /verified_senders/verify/{token}", senders.verify_sender),
    ("sender.steps", "GET /verified_senders/steps_completed", senders.show_steps),
)

DOMAINS = _operations(
    8,
    "whitelabel",
    ("domain.create", "POST /whitelabel/domains", senders.create_domain, fields.NewDomain),
    ("domain.list", "GET /whitelabel/domains", senders.list_domains, fields.DomainPage),
    ("domain.show", "GET /whitelabel/domains/{domain}", senders.show_domain),
    ("domain.edit", "PATCH /whitelabel/domains/{domain}", senders.edit_domain, fields.DomainChange),
    ("domain.delete", "DELETE /whitelabel/domains/{domain}", senders.delete_domain),
    ("domain.validate", "POST /whitelabel/domains/{domain}/validate", senders.validate_domain),
)

_HOOKS = "/user/webhooks/event/settings"
WEBHOOKS = _operations(
    9,
    "user.webhooks.event.settings",
    ("webhook.create", f"POST {_HOOKS}", webhooks.create, fields.WebhookChange),
    ("webhook.list", f"GET {_HOOKS}/all", webhooks.index),
    ("webhook.show", f"GET {_HOOKS}/{{webhook}}", webhooks.show),
    ("webhook.edit", f"PATCH {_HOOKS}/{{webhook}}", webhooks.edit, fields.WebhookChange),
    ("webhook.delete", f"DELETE {_HOOKS}/{{webhook}}", webhooks.delete),
    ("webhook.key", f"GET {_HOOKS}/signed/{{webhook}}", webhooks.show_key),
    ("webhook.sign", f"PATCH {_HOOKS}/signed/{{webhook}}", webhooks.sign, fields.Signing),
    ("webhook.test", "POST /user/webhooks/event/test", webhooks.test, fields.WebhookTest),
    secrets=("oauth_client_secret",),
    not_secret=("oauth_token_url",),
)

API_KEYS = _operations(
    8,
    "api_keys",
    ("api_key.create", "POST /api_keys", account.create_key, fields.ApiKeyFields),
    ("api_key.list", "GET /api_keys", account.list_keys),
    ("api_key.show", "GET /api_keys/{api_key}", account.show_key),
    ("api_key.rename", "PATCH /api_keys/{api_key}", account.rename_key, fields.ApiKeyName),
    ("api_key.edit", "PUT /api_keys/{api_key}", account.edit_key, fields.ApiKeyFields),
    ("api_key.delete", "DELETE /api_keys/{api_key}", account.delete_key),
    secrets=("api_key",),
)

ACCOUNT = _operations(
    8,
    "",
    ("scope.list", "GET /scopes", account.list_scopes),
    ("account.show", "GET /user/account", account.show_account),
    ("account.username", "GET /user/username", account.show_username),
    ("account.email", "GET /user/email", account.show_email),
)

OPERATIONS = (
    MAIL,
    *BATCHES,
    *SCHEDULED,
    *TEMPLATES,
    *VERSIONS,
    *SUPPRESSIONS,
    *GROUPS,
    *MESSAGES,
    *SENDERS,
    *DOMAINS,
    *WEBHOOKS,
    *API_KEYS,
    *ACCOUNT,
)

MARKETING = "it is for marketing mail; a test of what an application sends does without"
FIGURES = "figures over days say nothing in a test"
SEVERAL = "mockmail has one account, without subusers, teammates and addresses of servers"

NOT_EMULATED = tuple(
    NotEmulated(name=name, method="*", path=f"/v3{path}", reason=reason)
    for name, path, reason in (
        ("marketing", "/marketing", MARKETING),
        ("contact", "/contactdb", MARKETING),
        ("campaign", "/campaigns", MARKETING),
        ("design", "/designs", MARKETING),
        ("stats", "/stats", FIGURES),
        ("category_stats", "/categories", FIGURES),
        ("geo_stats", "/geo", FIGURES),
        ("device_stats", "/devices", FIGURES),
        ("client_stats", "/clients", FIGURES),
        ("mailbox_stats", "/mailbox_providers", FIGURES),
        ("browser_stats", "/browsers", FIGURES),
        ("message.download", "/messages/download", "the messages are in mockmail's inbox"),
        ("subuser", "/subusers", SEVERAL),
        ("teammate", "/teammates", SEVERAL),
        ("sso", "/sso", SEVERAL),
        ("ip", "/ips", SEVERAL),
        ("access", "/access_settings", SEVERAL),
        ("inbound", "/user/webhooks/parse", "mockmail receives no mail for SendGrid"),
        ("webhook.policy", "/user/webhooks/security", "requests to webhooks are signed by their own settings"),
        ("link", "/whitelabel/links", "mockmail leaves links alone"),
        ("reverse_dns", "/whitelabel/ips", SEVERAL),
        ("mail_setting", "/mail_settings", "a message has its settings of its own"),
        ("tracking_setting", "/tracking_settings", "a message has its settings of its own"),
        ("partner_setting", "/partner_settings", "mockmail calls no partner"),
        ("alert", "/alerts", FIGURES),
        ("validation", "/validations", "mockmail knows no addresses of others"),
    )
)
