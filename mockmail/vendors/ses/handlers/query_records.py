"""Version 1's actions on templates, identities, the account and configuration sets (docs/wire/ses.md 5 and 6)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mockmail.core.senders.records import Identity, SenderEvent, Template, template_key
from mockmail.core.state.records import read_timestamp
from mockmail.vendors.ses.authentication import SesCall
from mockmail.vendors.ses.errors import SesError
from mockmail.vendors.ses.handlers import account, configuration_sets, templates
from mockmail.vendors.ses.handlers.identities import add_identity
from mockmail.vendors.ses.parameters import (
    EventDestination,
    NewConfigurationSet,
    NewTemplate,
    Sending,
    SnsDestination,
    TemplateContent,
)
from mockmail.vendors.ses.query_parameters import (
    Enabled,
    IdentityName,
    IdentityNames,
    NewDestination,
    NewSet,
    NotificationTopic,
    QueryDestination,
    QueryPage,
    QueryTemplate,
    SetName,
    TemplateName,
    TemplateParts,
)
from mockmail.vendors.ses.query_protocol import Entries, action_of
from mockmail.vendors.ses.records import ConfigurationSet
from mockmail.vendors.ses.sending import account_of, find_configuration_set
from mockmail.vendors.ses.views import Document, iso, page_of

EVENT_WORDS = {
    "send": "SEND",
    "reject": "REJECT",
    "bounce": "BOUNCE",
    "complaint": "COMPLAINT",
    "delivery": "DELIVERY",
    "open": "OPEN",
    "click": "CLICK",
    "renderingFailure": "RENDERING_FAILURE",
}
"""Version 2's types of events, by version 1's words for them."""


def refuse(call: SesCall, params: None) -> None:
    """Refuse an action that SES does not have, or that mockmail does not serve."""
    action = action_of(call.request)
    error = SesError(f"Could not find operation {action} for version 2010-12-01", "InvalidActionException")
    omitted = next((each for each in call.vendor.not_emulated if each.path.endswith(f"={action}")), None)
    raise error if omitted is None else error.because(f"{action} is not emulated: {omitted.reason}")


def create_template(call: SesCall, params: QueryTemplate) -> Document:
    """Store a template."""
    return templates.create(call, NewTemplate(name=params.template.name, content=_content(params.template)))


def update_template(call: SesCall, params: QueryTemplate) -> Document:
    """Replace the texts of a template."""
    return templates.replace_content(call, params.template.name, _content(params.template))


def get_template(call: SesCall, params: TemplateName) -> Document:
    """Return one template."""
    found = templates.find_template(call, params.name)
    version = found.version
    texts = ("", None, None) if version is None else (version.subject, version.text, version.html)
    parts = dict(zip(("SubjectPart", "TextPart", "HtmlPart"), texts, strict=True))
    return {"Template": {"TemplateName": found.id, **{name: text for name, text in parts.items() if text}}}


def list_templates(call: SesCall, params: QueryPage) -> Document:
    """List the templates."""
    found = call.records(Template)

    def view(template: Template) -> Document:
        return {"Name": template.id, "CreatedTimestamp": iso(template.created)}

    return page_of("TemplatesMetadata", found, params, view)


def delete_template(call: SesCall, params: TemplateName) -> Document:
    """Remove a template, if there is one."""
    call.records(Template).remove(template_key("", params.name))
    return {}


def render_template(call: SesCall, params: TemplateName) -> Document:
    """Return the message that a template makes of values."""
    return templates.rendered(call, params.name, params.data)


def verify_email_identity(call: SesCall, params: IdentityName) -> Document:
    """Add an address; it is verified from then on."""
    if "@" not in params.address:
        raise SesError(f"Invalid email address {params.address:.320}.")
    add_identity(call, params.address)
    return {}


def verify_email_address(call: SesCall, params: IdentityName) -> None:
    """Add an address, as the older name of the action does."""
    verify_email_identity(call, params)


def verify_domain_identity(call: SesCall, params: IdentityName) -> Document:
    """Add a domain; it is verified from then on."""
    if "@" in params.domain:
        raise SesError(f"Invalid domain name {params.domain:.320}.")
    identity = add_identity(call, params.domain)
    return {"VerificationToken": _tokens(identity)[0]}


def verify_domain_dkim(call: SesCall, params: IdentityName) -> Document:
    """Add a domain and return its tokens for DKIM."""
    return {"DkimTokens": _tokens(add_identity(call, params.domain))}


def list_identities(call: SesCall, params: QueryPage) -> Document:
    """List the identities, of one kind if it is given."""
    kinds = {"EmailAddress": True, "Domain": False}
    if params.kind not in (None, *kinds):
        raise SesError(f"Invalid identity type {params.kind:.80}.")
    wanted = kinds.get(params.kind or "")
    found = [each for each in call.records(Identity) if wanted is None or ("@" in each.name) == wanted]
    return page_of("Identities", found, params, lambda identity: identity.name)


def get_identity_verification_attributes(call: SesCall, params: IdentityNames) -> Document:
    """Return which of some identities are verified."""
    found = [(name, call.records(Identity).get(name.lower())) for name in params.names]
    attributes = Entries()
    for name, identity in found:
        if identity is not None:
            token = {} if "@" in name else {"VerificationToken": _tokens(identity)[0]}
            attributes[name] = {"VerificationStatus": "Success" if identity.verified else "Pending", **token}
    return {"VerificationAttributes": attributes}


def delete_identity(call: SesCall, params: IdentityName) -> Document:
    """Remove an identity, if there is one."""
    call.records(Identity).remove(params.identity.lower())
    return {}


def set_identity_notification_topic(call: SesCall, params: NotificationTopic) -> Document:
    """Choose the topic that is told of an identity's bounces, complaints or deliveries."""
    if params.kind not in ("Bounce", "Complaint", "Delivery"):
        raise SesError(f"Invalid notification type {params.kind:.80}.")
    identity = call.records(Identity).get(params.identity.lower())
    if identity is None:
        raise SesError(f"Identity {params.identity:.320} does not exist.")
    topics = {**identity.details.get("topics", {}), params.kind: params.topic or None}
    call.records(Identity).put(identity.replace(details={**identity.details, "topics": topics}))
    return {}


def get_identity_notification_attributes(call: SesCall, params: IdentityNames) -> Document:
    """Return the topics that are told of identities' bounces, complaints and deliveries."""
    attributes = Entries()
    for name in params.names:
        identity = call.records(Identity).get(name.lower())
        if identity is not None:
            topics = identity.details.get("topics", {})
            attributes[name] = {
                **{f"{kind}Topic": topics.get(kind) for kind in ("Bounce", "Complaint", "Delivery")},
                "ForwardingEnabled": True,
            }
    return {"NotificationAttributes": attributes}


def get_send_quota(call: SesCall, params: None) -> Any:
    """Return how much may be sent and was sent."""
    return account.with_quota(call, lambda quota: quota)


def get_send_statistics(call: SesCall, params: None) -> Any:
    """Return the number of deliveries, bounces and complaints of each 15 minutes."""
    counted: dict[str, dict[str, int]] = {}
    columns = {"accepted": "DeliveryAttempts", "bounced": "Bounces", "complained": "Complaints"}

    def count(event: SenderEvent) -> bool:
        if event.kind in columns:
            at = read_timestamp(event.at)
            start = at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0).isoformat()
            point = counted.setdefault(start, dict.fromkeys((*columns.values(), "Rejects"), 0))
            point[columns[event.kind]] += 1
        return True

    def total() -> Document:
        return {"SendDataPoints": [{"Timestamp": iso(start), **point} for start, point in sorted(counted.items())]}

    return account.newest_first(call.records(SenderEvent), count, total)


def get_account_sending_enabled(call: SesCall, params: None) -> Document:
    """Return whether the account may send."""
    return {"Enabled": account_of(call).sending}


def update_account_sending_enabled(call: SesCall, params: Enabled) -> None:
    """Allow or stop sending."""
    account.edit_sending(call, Sending(enabled=params.enabled))


def create_configuration_set(call: SesCall, params: NewSet) -> Document:
    """Create a configuration set."""
    return configuration_sets.create(call, NewConfigurationSet(name=params.configuration_set.name))


def list_configuration_sets(call: SesCall, params: QueryPage) -> Document:
    """List the configuration sets."""
    found = call.records(ConfigurationSet)
    return page_of("ConfigurationSets", found, params, lambda each: {"Name": each.name})


def describe_configuration_set(call: SesCall, params: SetName) -> Document:
    """Return a configuration set with its event destinations."""
    found = find_configuration_set(call, params.name)
    words = {kind: word for word, kind in EVENT_WORDS.items()}
    destinations = [
        {
            "Name": name,
            "Enabled": each.get("Enabled", False),
            "MatchingEventTypes": [words[kind] for kind in each.get("MatchingEventTypes", ()) if kind in words],
            "SNSDestination": {"TopicARN": each["SnsDestination"]["TopicArn"]} if "SnsDestination" in each else None,
        }
        for name, each in found.destinations.items()
    ]
    return {"ConfigurationSet": {"Name": found.name}, "EventDestinations": destinations}


def delete_configuration_set(call: SesCall, params: SetName) -> Document:
    """Remove a configuration set."""
    call.records(ConfigurationSet).remove(find_configuration_set(call, params.name).name)
    return {}


def create_configuration_set_event_destination(call: SesCall, params: NewDestination) -> Document:
    """Add an event destination."""
    return _store_destination(call, params, is_new=True)


def update_configuration_set_event_destination(call: SesCall, params: NewDestination) -> Document:
    """Replace an event destination."""
    return _store_destination(call, params, is_new=False)


def delete_configuration_set_event_destination(call: SesCall, params: SetName) -> Document:
    """Remove an event destination."""
    found = find_configuration_set(call, params.name)
    return configuration_sets.remove_destination(call, found, params.destination)


def _store_destination(call: SesCall, params: NewDestination, *, is_new: bool) -> Document:
    found, given = find_configuration_set(call, params.name), params.destination
    return configuration_sets.store_destination(call, found, given.name, _destination(given), is_new=is_new)


def _destination(given: QueryDestination) -> EventDestination:
    unknown = [kind for kind in given.kinds if kind not in EVENT_WORDS]
    if unknown:
        raise SesError(f"{unknown[0]:.80} is not an event type.")
    destination = EventDestination(enabled=given.enabled, kinds=tuple(EVENT_WORDS[kind] for kind in given.kinds))
    return destination if given.sns is None else replace(destination, sns=SnsDestination(topic=given.sns.topic))


def _content(parts: TemplateParts) -> TemplateContent:
    return TemplateContent(subject=parts.subject, text=parts.text, html=parts.html)


def _tokens(identity: Identity) -> list[str]:
    return list(identity.details.get("tokens", ())) or [identity.name]
