"""A vendor as django-anymail knows it: what the shared suite in `tests/vendors/anymail/` needs to know of it.

A vendor that sends has one in `tests/vendors/NAME/anymail_backend_of_NAME.py`: `BACKEND = AnymailBackend(...)`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from mockmail import MockMail

EVENTS = ("delivered", "bounced", "complained", "opened", "clicked", "unsubscribed")


@dataclass(frozen=True, kw_only=True)
class AnymailBackend:
    """One of django-anymail's backends.

    vendor: mockmail's name of it. backend: the module in `anymail.backends`.
    settings: returns the settings `ANYMAIL` for a server. wrong_key: the settings with a key that the vendor refuses.
    unsupported: the options that the backend refuses: `send_at`, `metadata`, `tags`, `track_opens`, `track_clicks`,
    `merge_metadata`.
    takes_inline_images: whether the backend does.
    options_in_headers: the headers that tags and metadata are sent as, if the vendor does not know of these options.
    add_template: stores a template with the subject `Hello {name}`, in the vendor's syntax, and returns its id.
    sets_template_subject: whether the message has the subject of its template.
    suppressed_status: the status of a recipient whose earlier message bounced; None if the send raises an error.
    refused_sender: a From address that the vendor refuses; None if it takes any.
    view: the class of the tracking webhook in `anymail.webhooks`, such as `postmark.PostmarkTrackingWebhookView`.
    add_webhook: adds a webhook for all kinds of events; returns the settings that the view verifies requests with.
    bounce_reason: the reason that the view gives for a bounce.
    events: the kind that the view makes of each kind of mockmail's; without those that the vendor does not tell.
    """

    vendor: str
    backend: str
    settings: Callable[[MockMail], dict[str, Any]]
    wrong_key: Mapping[str, Any]
    unsupported: frozenset[str] = frozenset()
    takes_inline_images: bool = True
    options_in_headers: Mapping[str, str] = field(default_factory=dict)
    add_template: Callable[[MockMail], str] | None = None
    sets_template_subject: bool = True
    suppressed_status: str | None = "rejected"
    refused_sender: str | None = "app@elsewhere.org"
    view: str
    add_webhook: Callable[[MockMail, str], dict[str, Any]]
    bounce_reason: str | None = "bounced"
    events: Mapping[str, str] = field(default_factory=lambda: dict(zip(EVENTS, EVENTS, strict=True)))


def backends() -> list[AnymailBackend]:
    """Return the backends of all vendors that have one, by name."""
    found = []
    for path in sorted(Path(__file__).parent.glob("vendors/*/anymail_backend_of_*.py")):
        spec = spec_from_file_location(path.stem, path)
        assert spec is not None
        assert spec.loader is not None
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        found.append(module.BACKEND)
    return found
