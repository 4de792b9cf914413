"""Which of its two formats Rackspace answers in (docs/wire/rackspace.md 1.4)."""

from __future__ import annotations

from enum import Enum
from functools import lru_cache


class Format(Enum):
    """A format of answers, by its media type."""

    XML = "text/xml; charset=utf-8"
    JSON = "application/json; charset=utf-8"


DEFAULT = Format.JSON
"""Where a request does not say; no source does either."""


@lru_cache(maxsize=64)
def accepted(accept: str) -> Format | None:
    """The format that an Accept header wants most; None where it wants neither.

    Anything with `json` or `xml` in its name will do: clients send `json`, `txt/xml` and `application/xml` too.
    """
    best: tuple[float, Format] | None = None
    for text in accept.lower().split(","):
        name, *parameters = (part.strip() for part in text.split(";"))
        quality = _quality(parameters)
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


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
