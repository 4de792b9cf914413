"""SES's operations, and what is not served.

Those of version 1 are all `POST /`: the form says which one it is, so that their paths have its name behind a `#`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from mockmail.core.operation import Evidence, NotEmulated, Operation, operations_of
from mockmail.vendors.ses import parameters as v2
from mockmail.vendors.ses import query_parameters as v1
from mockmail.vendors.ses.authentication import ANYBODY
from mockmail.vendors.ses.handlers import (
    account,
    certificates,
    configuration_sets,
    emails,
    identities,
    insights,
    query_records,
    query_sending,
    suppressions,
    templates,
)
from mockmail.vendors.ses.query_protocol import ACTION, path_of_action
from mockmail.vendors.ses.sns import CERTIFICATE

SETS = "/v2/email/configuration-sets"
SUPPRESSED = "/v2/email/suppression/addresses"
PAGE_TOKEN = ("NextToken",)
TEMPLATE = "/v2/email/templates/{template}"


_operation = operations_of("docs/wire/ses.md {} (m2)", evidence=Evidence.CONFIRMED, not_secret=PAGE_TOKEN)


def _action(name: str, handler: Callable[..., Any], section: int, params: Any = None) -> Operation:
    words = re.sub("(?<!^)([A-Z])", r"_\1", name).lower()
    return Operation(
        name=f"v1.{words}",
        methods=("POST",),
        path=f"{ACTION}{name}",
        handler=handler,
        params=params,
        evidence=Evidence.CONFIRMED,
        source=f"docs/wire/ses.md {section} (m1)",
        not_secret=PAGE_TOKEN,
    )


OPERATIONS = (
    _operation("email.send", "POST /v2/email/outbound-emails", emails.send, 4, v2.Email),
    _operation("email.send_bulk", "POST /v2/email/outbound-bulk-emails", emails.send_bulk, 4, v2.BulkEmail),
    _operation("template.create", "POST /v2/email/templates", templates.create, 5, v2.NewTemplate),
    _operation("template.list", "GET /v2/email/templates", templates.index, 5, v2.Page),
    _operation("template.show", f"GET {TEMPLATE}", templates.show, 5),
    _operation("template.edit", f"PUT {TEMPLATE}", templates.edit, 5, v2.NewTemplate),
    _operation("template.delete", f"DELETE {TEMPLATE}", templates.delete, 5),
    _operation("template.render", f"POST {TEMPLATE}/render", templates.render_template, 5, v2.Rendering),
    _operation("identity.create", "POST /v2/email/identities", identities.create, 6, v2.NewIdentity),
    _operation("identity.list", "POST /v2/email/list-identities", identities.index, 6, v2.Page),
    _operation("identity.show", "GET /v2/email/identities/{identity}", identities.show, 6),
    _operation("identity.delete", "DELETE /v2/email/identities/{identity}", identities.delete, 6),
    _operation("account.show", "GET /v2/email/account", account.show, 6),
    _operation("account.edit_sending", "PUT /v2/email/account/sending", account.edit_sending, 6, v2.Sending),
    _operation(
        "account.edit_suppression",
        "PUT /v2/email/account/suppression",
        account.edit_suppression,
        6,
        v2.SuppressedReasons,
    ),
    _operation("account.edit_details", "POST /v2/email/account/details", account.edit_details, 6, v2.AccountDetails),
    _operation("suppression.create", f"PUT {SUPPRESSED}", suppressions.create, 6, v2.NewSuppression),
    _operation("suppression.list", f"GET {SUPPRESSED}", suppressions.index, 6, v2.SuppressionSearch),
    _operation("suppression.show", f"GET {SUPPRESSED}/{{address}}", suppressions.show, 6),
    _operation("suppression.delete", f"DELETE {SUPPRESSED}/{{address}}", suppressions.delete, 6),
    _operation("configuration_set.create", f"POST {SETS}", configuration_sets.create, 6, v2.NewConfigurationSet),
    _operation(
        "configuration_set.list", "POST /v2/email/list-configuration-sets", configuration_sets.index, 6, v2.Page
    ),
    _operation("configuration_set.show", f"GET {SETS}/{{configuration_set}}", configuration_sets.show, 6),
    _operation("configuration_set.delete", f"DELETE {SETS}/{{configuration_set}}", configuration_sets.delete, 6),
    _operation(
        "configuration_set.edit_sending",
        f"PUT {SETS}/{{configuration_set}}/sending",
        configuration_sets.edit_sending,
        6,
        v2.Sending,
    ),
    _operation(
        "event_destination.create",
        f"POST {SETS}/{{configuration_set}}/event-destinations",
        configuration_sets.create_destination,
        6,
        v2.NewEventDestination,
    ),
    _operation(
        "event_destination.list",
        f"GET {SETS}/{{configuration_set}}/event-destinations",
        configuration_sets.destinations,
        6,
    ),
    _operation(
        "event_destination.edit",
        f"PUT {SETS}/{{configuration_set}}/event-destinations/{{destination}}",
        configuration_sets.edit_destination,
        6,
        v2.NewEventDestination,
    ),
    _operation(
        "event_destination.delete",
        f"DELETE {SETS}/{{configuration_set}}/event-destinations/{{destination}}",
        configuration_sets.delete_destination,
        6,
    ),
    _operation("message.insights", "GET /v2/email/insights/{message}", insights.show, 6),
    Operation(
        name="sns.certificate",
        methods=("GET",),
        path=f"/{CERTIFICATE}",
        handler=certificates.show,
        evidence=Evidence.ASSUMED,
        source="docs/wire/ses.md 8",
        requires=ANYBODY,
    ),
    Operation(
        name="v1.unknown",
        methods=("POST",),
        path="/",
        handler=query_records.refuse,
        evidence=Evidence.ASSUMED,
        source="docs/wire/ses.md 3",
        dispatch=path_of_action,
    ),
    _action("SendEmail", query_sending.send_email, 4, v1.QueryEmail),
    _action("SendRawEmail", query_sending.send_raw_email, 4, v1.QueryRawEmail),
    _action("SendTemplatedEmail", query_sending.send_templated_email, 4, v1.QueryTemplatedEmail),
    _action("SendBulkTemplatedEmail", query_sending.send_bulk_templated_email, 4, v1.QueryBulkEmail),
    _action("CreateTemplate", query_records.create_template, 5, v1.QueryTemplate),
    _action("UpdateTemplate", query_records.update_template, 5, v1.QueryTemplate),
    _action("GetTemplate", query_records.get_template, 5, v1.TemplateName),
    _action("ListTemplates", query_records.list_templates, 5, v1.QueryPage),
    _action("DeleteTemplate", query_records.delete_template, 5, v1.TemplateName),
    _action("TestRenderTemplate", query_records.render_template, 5, v1.TemplateName),
    _action("VerifyEmailIdentity", query_records.verify_email_identity, 6, v1.IdentityName),
    _action("VerifyEmailAddress", query_records.verify_email_address, 6, v1.IdentityName),
    _action("VerifyDomainIdentity", query_records.verify_domain_identity, 6, v1.IdentityName),
    _action("VerifyDomainDkim", query_records.verify_domain_dkim, 6, v1.IdentityName),
    _action("ListIdentities", query_records.list_identities, 6, v1.QueryPage),
    _action(
        "GetIdentityVerificationAttributes", query_records.get_identity_verification_attributes, 6, v1.IdentityNames
    ),
    _action("DeleteIdentity", query_records.delete_identity, 6, v1.IdentityName),
    _action("SetIdentityNotificationTopic", query_records.set_identity_notification_topic, 6, v1.NotificationTopic),
    _action(
        "GetIdentityNotificationAttributes", query_records.get_identity_notification_attributes, 6, v1.IdentityNames
    ),
    _action("GetSendQuota", query_records.get_send_quota, 6),
    _action("GetSendStatistics", query_records.get_send_statistics, 6),
    _action("GetAccountSendingEnabled", query_records.get_account_sending_enabled, 6),
    _action("UpdateAccountSendingEnabled", query_records.update_account_sending_enabled, 6, v1.Enabled),
    _action("CreateConfigurationSet", query_records.create_configuration_set, 6, v1.NewSet),
    _action("ListConfigurationSets", query_records.list_configuration_sets, 6, v1.QueryPage),
    _action("DescribeConfigurationSet", query_records.describe_configuration_set, 6, v1.SetName),
    _action("DeleteConfigurationSet", query_records.delete_configuration_set, 6, v1.SetName),
    _action(
        "CreateConfigurationSetEventDestination",
        query_records.create_configuration_set_event_destination,
        6,
        v1.NewDestination,
    ),
    _action(
        "UpdateConfigurationSetEventDestination",
        query_records.update_configuration_set_event_destination,
        6,
        v1.NewDestination,
    ),
    _action(
        "DeleteConfigurationSetEventDestination",
        query_records.delete_configuration_set_event_destination,
        6,
        v1.SetName,
    ),
)

RECEIVING = "mockmail receives no mail for SES"
DELIVERABILITY = "no mail leaves mockmail, so that it has no reputation"
ADMINISTRATION = "it changes how AWS treats an account, not what an application sends"
MARKETING = "it is for marketing mail; a test of what an application sends does without"
NO_TOPICS = "mockmail has no SNS: a record of `webhooks` subscribes a URL, without a confirmation"
SELDOM = "applications seldom use it; ask for it if yours does"

NOT_EMULATED = (
    *(
        NotEmulated(name=name, method="*", path=f"/v2/email/{path}", reason=reason)
        for name, path, reason in (
            ("dedicated_ip", "dedicated-ips", DELIVERABILITY),
            ("dedicated_ip_pool", "dedicated-ip-pools", DELIVERABILITY),
            ("deliverability_dashboard", "deliverability-dashboard", DELIVERABILITY),
            ("vdm", "vdm", DELIVERABILITY),
            ("account.vdm", "account/vdm", DELIVERABILITY),
            ("metrics", "metrics", "figures over days say nothing in a test"),
            ("import_job", "import-jobs", "it reads files from S3"),
            ("export_job", "export-jobs", "it writes files to S3"),
            ("tenant", "tenants", ADMINISTRATION),
            ("multi_region_endpoint", "multi-region-endpoints", ADMINISTRATION),
            ("reputation", "reputation", DELIVERABILITY),
            ("contact_list", "contact-lists", MARKETING),
            ("custom_verification", "custom-verification-email-templates", SELDOM),
            ("send_custom_verification", "outbound-custom-verification-emails", SELDOM),
            ("identity.policy", "identities/{identity}/policies", ADMINISTRATION),
            ("identity.dkim", "identities/{identity}/dkim", SELDOM),
            ("identity.feedback", "identities/{identity}/feedback", SELDOM),
            ("identity.mail_from", "identities/{identity}/mail-from", SELDOM),
            ("identity.configuration_set", "identities/{identity}/configuration-set", SELDOM),
            ("identity.certificate", "identity/certificates", ADMINISTRATION),
            ("configuration_set.delivery", "configuration-sets/{configuration_set}/delivery-options", DELIVERABILITY),
            ("configuration_set.tracking", "configuration-sets/{configuration_set}/tracking-options", SELDOM),
            (
                "configuration_set.reputation",
                "configuration-sets/{configuration_set}/reputation-options",
                DELIVERABILITY,
            ),
            ("configuration_set.suppression", "configuration-sets/{configuration_set}/suppression-options", SELDOM),
            ("configuration_set.archiving", "configuration-sets/{configuration_set}/archiving-options", ADMINISTRATION),
            ("configuration_set.vdm", "configuration-sets/{configuration_set}/vdm-options", DELIVERABILITY),
            ("account.delivery", "account/delivery", ADMINISTRATION),
            ("account.dedicated_ip", "account/dedicated-ips", DELIVERABILITY),
            ("account.pricing", "account/pricing-attributes", ADMINISTRATION),
            ("address_insights", "email-address-insights", DELIVERABILITY),
            ("tag", "tags", ADMINISTRATION),
        )
    ),
    *(
        NotEmulated(name=f"v1_{name}", method="POST", path=f"{ACTION}{name}", reason=reason)
        for name, reason in (
            ("SendBounce", RECEIVING),
            ("CreateReceiptRule", RECEIVING),
            ("CreateReceiptRuleSet", RECEIVING),
            ("DescribeActiveReceiptRuleSet", RECEIVING),
            ("ListReceiptRuleSets", RECEIVING),
            ("SetActiveReceiptRuleSet", RECEIVING),
            ("CreateReceiptFilter", RECEIVING),
            ("ListReceiptFilters", RECEIVING),
            ("PutIdentityPolicy", ADMINISTRATION),
            ("ListIdentityPolicies", ADMINISTRATION),
            ("SetIdentityMailFromDomain", SELDOM),
            ("GetIdentityDkimAttributes", SELDOM),
            ("SetIdentityDkimEnabled", SELDOM),
            ("CreateCustomVerificationEmailTemplate", SELDOM),
            ("SendCustomVerificationEmail", SELDOM),
            ("CreateConfigurationSetTrackingOptions", SELDOM),
        )
    ),
    *(
        NotEmulated(name=f"sns_{name}", method="POST", path=f"{ACTION}{name}", reason=NO_TOPICS)
        for name in ("CreateTopic", "Subscribe", "ConfirmSubscription", "ListSubscriptions", "Unsubscribe", "Publish")
    ),
)
