"""The reference pages, made from the code that they describe."""

from __future__ import annotations

from docs.site.reference import command_line, control_api, errors, events, operations, python, sample_message, settings


def generated_pages() -> dict[str, str]:
    """Return the reference pages: their text by their path in the site."""
    return {
        "reference/python.md": python.page(),
        "reference/fixtures.md": python.fixtures_page(),
        "reference/command-line.md": command_line.page(),
        "reference/settings.md": settings.page(),
        "reference/control-api.md": control_api.page(),
        "reference/events.md": events.page(),
        "reference/errors.md": errors.page(),
        "reference/sample-message.md": sample_message.page(),
        **operations.pages(),
    }
