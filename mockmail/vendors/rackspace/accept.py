"""Choose the format of an answer from the Accept header (docs/wire/rackspace.md 1.4)."""

from __future__ import annotations

from enum import Enum

from mockmail.wire.headers import media_ranges


class Format(Enum):
    """A format of answers, by its media type."""

    XML = "text/xml; charset=utf-8"
    JSON = "application/json; charset=utf-8"


DEFAULT = Format.JSON
"""The format for a request without Accept; no source says which it is."""


def accepted(accept: str) -> Format | None:
    """Return the format that an Accept header prefers, or None if it takes neither.

    Anything with `json` or `xml` in its name will do: clients send `json`, `txt/xml` and `application/xml` too.
    """
    best: tuple[float, Format] | None = None
    for name, quality in media_ranges(accept):
        found = _named(name)
        if found is not None and quality > 0 and (best is None or quality > best[0]):
            best = (quality, found)
    return DEFAULT if not accept.strip() else best[1] if best else None


def _named(name: str) -> Format | None:
    if "json" in name:
        return Format.JSON
    if "xml" in name:
        return Format.XML
    return DEFAULT if name in ("*", "*/*", "application/*") else Format.XML if name == "text/*" else None
