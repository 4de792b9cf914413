"""The paths of the compatible APIs. The dispatcher imports this module, and the rest with the first such request."""

from __future__ import annotations

from collections.abc import Sequence

MAILPIT = ("messages", "message", "search", "send", "tags", "info", "webui", "chaos", "events")
"""The third segments of `/api/v1/`. MailHog's first version shares `messages` and has `events`."""

MAILHOG = ("messages", "search", "jim", "websocket", "outgoing-smtp")
"""The third segments of `/api/v2/`."""

PROBES = ("livez", "readyz")


def is_compatible(segments: Sequence[str]) -> bool:
    """Return whether a path without a sandbox belongs to the compatible APIs, unless a vendor or a stub claims it."""
    match segments:
        case ("api", "v1", noun, *_):
            return noun in MAILPIT
        case ("api", "v2", noun, *_):
            return noun in MAILHOG
        case ("view", name):
            return name == "latest" or name.endswith((".html", ".txt"))
        case ("api", "events"):
            return True
        case (probe,):
            return probe in PROBES
    return False
