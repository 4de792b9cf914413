"""Which of the two names of JSON an answer has: what `Accept` says, as ASP.NET reads it."""

from __future__ import annotations

JSON = "application/json; charset=utf-8"
TEXT_JSON = "text/json; charset=utf-8"
PROBLEM_JSON = "application/problem+json; charset=utf-8"

_NAMES = {"application/json": JSON, "application/*": JSON, "text/json": TEXT_JSON, "text/*": TEXT_JSON}


def answer_type(accept: str | None) -> str:
    """The content type of an answer; whatever is not JSON is JSON all the same, and never 406.

    `*/*` anywhere makes the header count for nothing, as ASP.NET has it for browsers.
    """
    if accept is None or accept in ("application/json", "*/*"):
        return JSON
    ranges = [one.strip().lower() for one in accept.split(",", 50)[:50]]
    if any(one.startswith("*/*") for one in ranges):
        return JSON
    named = sorted(ranges, key=_quality, reverse=True)
    for one in named:
        name = _NAMES.get(one.partition(";")[0].strip())
        if name is not None and _quality(one) > 0:
            return name
    return JSON


def _quality(media_range: str) -> float:
    for parameter in media_range.split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
