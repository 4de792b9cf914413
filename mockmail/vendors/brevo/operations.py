"""Brevo's operations, and what is not served."""

from __future__ import annotations

from mockmail.core.operation import Evidence, NotEmulated, operations_of
from mockmail.vendors.brevo.handlers import (
    account,
    blocked_contacts,
    emails,
    events,
    senders,
    sent_emails,
    templates,
    webhooks,
)
from mockmail.vendors.brevo.parameters import (
    BlockedSearch,
    BouncesToDelete,
    Email,
    EmailSearch,
    EventSearch,
    NewDomain,
    OneTimePassword,
    Preview,
    SampleRecipients,
    ScheduleSearch,
    SenderChange,
    TemplateChange,
    TemplateSearch,
    WebhookChange,
    WebhookSearch,
)

_operation = operations_of("docs/wire/brevo.md {}", root="/v3", evidence=Evidence.CONFIRMED)
"""Its sections name what confirms the operation, too, in parentheses."""


OPERATIONS = (
    _operation("email.send", "POST /smtp/email", emails.send, "3 (sdk, any)", Email),
    _operation("email.cancel", "DELETE /smtp/email/{identifier}", sent_emails.cancel, "4 (sdk)"),
    _operation(
        "email.schedule_status",
        "GET /smtp/emailStatus/{identifier}",
        sent_emails.schedule_status,
        "4 (sdk)",
        ScheduleSearch,
    ),
    _operation("email.list", "GET /smtp/emails", sent_emails.index, "6 (sdk)", EmailSearch),
    _operation("email.show", "GET /smtp/emails/{uuid}", sent_emails.show, "6 (sdk)"),
    _operation("email.forget", "DELETE /smtp/log/{identifier}", sent_emails.forget, "6 (sdk)"),
    _operation("event.list", "GET /smtp/statistics/events", events.index, "6 (sdk)", EventSearch),
    _operation("template.create", "POST /smtp/templates", templates.create, "5 (sdk)", TemplateChange),
    _operation("template.list", "GET /smtp/templates", templates.index, "5 (sdk)", TemplateSearch),
    _operation("template.show", "GET /smtp/templates/{template}", templates.show, "5 (sdk)"),
    _operation("template.edit", "PUT /smtp/templates/{template}", templates.edit, "5 (sdk)", TemplateChange),
    _operation("template.delete", "DELETE /smtp/templates/{template}", templates.delete, "5 (sdk)"),
    _operation(
        "template.send_test",
        "POST /smtp/templates/{template}/sendTest",
        templates.send_test,
        "5 (sdk)",
        SampleRecipients,
    ),
    _operation("template.preview", "POST /smtp/template/preview", templates.preview, "5 (sdk)", Preview),
    _operation("blocked_contact.list", "GET /smtp/blockedContacts", blocked_contacts.index, "7 (sdk)", BlockedSearch),
    _operation("blocked_contact.delete", "DELETE /smtp/blockedContacts/{email}", blocked_contacts.delete, "7 (sdk)"),
    _operation(
        "blocked_contact.delete_hard_bounces",
        "POST /smtp/deleteHardbounces",
        blocked_contacts.delete_hard_bounces,
        "7 (sdk)",
        BouncesToDelete,
    ),
    _operation("sender.list", "GET /senders", senders.index, "8 (sdk)"),
    _operation("sender.create", "POST /senders", senders.create, "8 (sdk)", SenderChange),
    _operation("sender.edit", "PUT /senders/{sender}", senders.edit, "8 (sdk)", SenderChange),
    _operation("sender.delete", "DELETE /senders/{sender}", senders.delete, "8 (sdk)"),
    _operation("sender.validate", "PUT /senders/{sender}/validate", senders.validate, "8 (sdk)", OneTimePassword),
    _operation("domain.list", "GET /senders/domains", senders.index_domains, "8 (sdk)"),
    _operation("domain.create", "POST /senders/domains", senders.create_domain, "8 (sdk)", NewDomain),
    _operation("domain.show", "GET /senders/domains/{domain}", senders.show_domain, "8 (sdk)"),
    _operation("domain.delete", "DELETE /senders/domains/{domain}", senders.delete_domain, "8 (sdk)"),
    _operation(
        "domain.authenticate", "PUT /senders/domains/{domain}/authenticate", senders.authenticate_domain, "8 (sdk)"
    ),
    _operation(
        "webhook.create",
        "POST /webhooks",
        webhooks.create,
        "9 (sdk)",
        WebhookChange,
        secrets=("token", "@key"),
        not_secret=("key",),
    ),
    _operation("webhook.list", "GET /webhooks", webhooks.index, "9 (sdk)", WebhookSearch),
    _operation("webhook.show", "GET /webhooks/{webhook}", webhooks.show, "9 (sdk)"),
    _operation(
        "webhook.edit",
        "PUT /webhooks/{webhook}",
        webhooks.edit,
        "9 (sdk)",
        WebhookChange,
        secrets=("token", "@key"),
        not_secret=("key",),
    ),
    _operation("webhook.delete", "DELETE /webhooks/{webhook}", webhooks.delete, "9 (sdk)"),
    _operation("account.show", "GET /account", account.show, "6 (sdk)"),
)

MARKETING = "it is for marketing; a test of what an application sends does without"
OTHER = "it is another product of Brevo than e-mail"
FIGURES = "figures over days say nothing in a test"
BLOCKED_DOMAINS = 'a test arranges it: outcomes.add("*@example.org", "suppressed")'

NOT_EMULATED = tuple(
    NotEmulated(name=name, method="*", path=f"/v3{path}", reason=reason)
    for name, path, reason in (
        ("report.aggregated", "/smtp/statistics/aggregatedReport", FIGURES),
        ("report.days", "/smtp/statistics/reports", FIGURES),
        ("blocked_domain", "/smtp/blockedDomains", BLOCKED_DOMAINS),
        ("sender.ips", "/senders/ips", "mockmail sends from no address of its own"),
        ("sender.own_ips", "/senders/{sender}/ips", "mockmail sends from no address of its own"),
        ("webhook.export", "/webhooks/export", "the requests made to a webhook are in mockmail's journal"),
        ("contact", "/contacts", MARKETING),
        ("campaign", "/emailCampaigns", MARKETING),
        ("sms_campaign", "/smsCampaigns", MARKETING),
        ("whatsapp_campaign", "/whatsappCampaigns", MARKETING),
        ("feed", "/feeds", MARKETING),
        ("event.track", "/events", MARKETING),
        ("ecommerce", "/ecommerce", MARKETING),
        ("coupon", "/couponCollections", MARKETING),
        ("loyalty", "/loyalty", MARKETING),
        ("sms", "/transactionalSMS", OTHER),
        ("whatsapp", "/whatsapp", OTHER),
        ("crm", "/crm", OTHER),
        ("company", "/companies", OTHER),
        ("conversation", "/conversations", OTHER),
        ("payment", "/payments", OTHER),
        ("object", "/objects", OTHER),
        ("inbound", "/inbound", "mockmail receives no mail for Brevo"),
        ("process", "/processes", "no operation that is served runs in the background"),
        ("organization", "/organization", "it is for the users of an account"),
        ("corporate", "/corporate", "it is for accounts with other accounts below them"),
    )
)
