"""Choose the content type of an answer from the Accept header, as ASP.NET does."""

from __future__ import annotations

from operator import itemgetter

from mockmail.wire.headers import media_ranges

JSON = "application/json; charset=utf-8"
TEXT_JSON = "text/json; charset=utf-8"
PROBLEM_JSON = "application/problem+json; charset=utf-8"

_NAMES = {"application/json": JSON, "application/*": JSON, "text/json": TEXT_JSON, "text/*": TEXT_JSON}


def answer_type(accept: str | None) -> str:
    """Return the content type of an answer. A header that takes no JSON gets JSON, and never 406.

    With `*/*` anywhere the header is ignored, as ASP.NET does for browsers.
    """
    if accept is None or accept in ("application/json", "*/*"):
        return JSON
    ranges = media_ranges(accept)
    if any(name.startswith("*/*") for name, _ in ranges):
        return JSON
    accepted = [(name, quality) for name, quality in ranges if name in _NAMES and quality > 0]
    return _NAMES[max(accepted, key=itemgetter(1))[0]] if accepted else JSON
