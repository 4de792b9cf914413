"""`/v2/email/configuration-sets`: which events are published where (docs/wire/ses.md 6)."""

from __future__ import annotations

import re
from typing import Any

from mockmail.core.senders.lifecycle import MOST_WEBHOOKS
from mockmail.core.senders.records import Webhook
from mockmail.vendors.ses.authentication import SesCall
from mockmail.vendors.ses.errors import SesError, already_exists, not_found
from mockmail.vendors.ses.event_documents import TYPES
from mockmail.vendors.ses.parameters import EventDestination, NewConfigurationSet, NewEventDestination, Page, Sending
from mockmail.vendors.ses.records import ConfigurationSet
from mockmail.vendors.ses.sending import find_configuration_set
from mockmail.vendors.ses.sns import VALIDATED, notification
from mockmail.vendors.ses.views import Document, page_of
from mockmail.wire.parameters import document

MOST_DESTINATIONS = 10
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_TOPIC = re.compile(r"arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_.-]{1,256}")


def create(call: SesCall, params: NewConfigurationSet) -> Document:
    """Create a configuration set."""
    _check_name(params.name)
    if call.records(ConfigurationSet).get(params.name) is not None:
        raise already_exists(f"Configuration set <{params.name}> already exists.", "ConfigurationSetAlreadyExists")
    sending = params.sending is None or params.sending.enabled
    call.records(ConfigurationSet).put(ConfigurationSet(name=params.name, sending=sending))
    return {}


def index(call: SesCall, params: Page) -> Document:
    """List the names of the configuration sets."""
    found = call.records(ConfigurationSet)
    return page_of("ConfigurationSets", found, params, lambda each: each.name)


def show(call: SesCall, params: None) -> Document:
    """Return one configuration set."""
    found = _find(call)
    return {"ConfigurationSetName": found.name, "SendingOptions": {"SendingEnabled": found.sending}, "Tags": []}


def delete(call: SesCall, params: None) -> Document:
    """Remove a configuration set."""
    call.records(ConfigurationSet).remove(_find(call).name)
    return {}


def edit_sending(call: SesCall, params: Sending) -> Document:
    """Allow or stop sending with a configuration set."""
    call.records(ConfigurationSet).put(_find(call).replace(sending=params.enabled))
    return {}


def create_destination(call: SesCall, params: NewEventDestination) -> Document:
    """Add an event destination."""
    _check_name(params.name or "")
    return store_destination(call, _find(call), params.name or "", params.destination, is_new=True)


def destinations(call: SesCall, params: None) -> Document:
    """List the event destinations of a configuration set."""
    found = _find(call)
    return {"EventDestinations": [{"Name": name, **each} for name, each in found.destinations.items()]}


def edit_destination(call: SesCall, params: NewEventDestination) -> Document:
    """Replace an event destination."""
    return store_destination(call, _find(call), call.path["destination"], params.destination, is_new=False)


def delete_destination(call: SesCall, params: None) -> Document:
    """Remove an event destination."""
    return remove_destination(call, _find(call), call.path["destination"])


def remove_destination(call: SesCall, found: ConfigurationSet, name: str) -> Document:
    """Remove an event destination. Raise SesError."""
    if name not in found.destinations:
        raise _no_destination(found.name)
    left = {each: value for each, value in found.destinations.items() if each != name}
    call.records(ConfigurationSet).put(found.replace(destinations=left))
    return {}


def store_destination(
    call: SesCall, found: ConfigurationSet, name: str, destination: EventDestination, *, is_new: bool
) -> Document:
    """Store an event destination; tell the subscriptions of its topic that it works. Raise SesError."""
    if is_new and name in found.destinations:
        raise already_exists(
            f"An event destination with the name {name} already exists.", "EventDestinationAlreadyExists"
        )
    if not is_new and name not in found.destinations:
        raise _no_destination(found.name)
    if is_new and len(found.destinations) >= MOST_DESTINATIONS:
        raise SesError(
            f"A configuration set has at most {MOST_DESTINATIONS} event destinations.", "LimitExceededException"
        )
    for kind in destination.kinds or ():
        if kind not in TYPES:
            raise SesError(f"{kind:.80} is not an event type.")
    topic = None if destination.sns is None else destination.sns.topic
    if topic is not None and not _TOPIC.fullmatch(topic):
        raise SesError(f"SNS topic <{topic:.300}> not found.", code="InvalidSNSDestination")
    stored: dict[str, Any] = {key: value for key, value in document(destination).items() if value is not None}
    call.records(ConfigurationSet).put(found.replace(destinations={**found.destinations, name: stored}))
    if topic is not None:
        at = call.world.clock.now()
        for webhook in call.records(Webhook).page(0, MOST_WEBHOOKS):
            if webhook.enabled and webhook.scope == topic:
                request = notification(call.world, webhook, topic, at, VALIDATED, subject="")
                call.world.webhook_queue.put(call.vendor.name, [request])
    return {}


def _find(call: SesCall) -> ConfigurationSet:
    return find_configuration_set(call, call.path["configuration_set"])


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise SesError(f"Invalid name <{name:.80}>: only alphanumeric ASCII characters, '_' and '-' are allowed.")


def _no_destination(name: str) -> SesError:
    return not_found(f"No EventDestination found for {name}", "EventDestinationDoesNotExist")
