"""Show requests to a reader, with secrets masked: in the errors of waits and of `verify`, and in a test's report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from mockmail.core.journal import Exchange
from mockmail.core.masking_rules import MASK
from mockmail.core.request_criteria import RequestCriteria, has_value
from mockmail.wire.masking import Masking

SHOWN = 5
"""The number of requests that an error lists."""

SHOWN_NAMES = 50
"""The most names of parameters that an error lists."""

LONGEST_VALUE = 100
"""The most characters of a parameter's name or value that a line shows."""


def request_line(exchange: Exchange, masking: Masking) -> str:
    """Return one line about a request and its response."""
    status = exchange.status or "in progress"
    called = f"{exchange.vendor or '-'} {exchange.operation or 'unmatched'}"
    return f"#{exchange.id} {exchange.method} {masking(exchange).path} -> {status} ({called})"


def request_lines(exchange: Exchange, masking: Masking) -> list[str]:
    """Return the line about a request, and lines that say why it was refused or failed."""
    masked = masking(exchange)
    lines = [request_line(exchange, masking)]
    if exchange.fault is not None:
        lines.append(f"    fault: {exchange.fault}")
    if exchange.refusal is not None:
        lines.append(f"    refused: {masked.refusal}")
    if exchange.unmatched and masked.nearest:
        lines.append(f"    nearest: {masked.nearest[0]}")
    if exchange.crash is not None:
        lines.append(f"    crashed: {(masked.crash or '').strip().splitlines()[-1]}")
    return lines


def describe_requests(requests: Sequence[Exchange], criteria: RequestCriteria, masking: Masking) -> str:
    """Return lines about the last requests after the criteria's id, each with the reason why it does not match."""
    arrived = [exchange for exchange in requests if exchange.id > criteria.after]
    if not arrived:
        return "No request arrived."
    shown = arrived[-SHOWN:]
    lines = [
        line for exchange in shown for line in (request_line(exchange, masking), *_reasons(exchange, criteria, masking))
    ]
    return f"The last {len(shown)} of {len(arrived)} requests:\n" + "\n".join(f"  {line}" for line in lines)


def _reasons(exchange: Exchange, criteria: RequestCriteria, masking: Masking) -> list[str]:
    """Return why the `where` of the criteria does not match a request that they cover otherwise."""
    where = criteria.where
    if where is None or callable(where) or not criteria.covers(exchange):
        return []
    params, shown, reasons = exchange.params, masking(exchange).params, []
    for name, wanted in where.items():
        if name not in params:
            reasons.append(f"    {name:.{LONGEST_VALUE}} is missing; there are {_names(params)}")
        elif not has_value(params[name], wanted):
            sent = shown.get(name, MASK)
            expected = MASK if MASK in str(sent) else repr(wanted)
            reasons.append(f"    {name:.{LONGEST_VALUE}} is {sent!r:.{LONGEST_VALUE}}, not {expected:.{LONGEST_VALUE}}")
    return reasons


def _names(params: Mapping[str, Any]) -> str:
    shown = [f"{name:.{LONGEST_VALUE}}" for name in islice(params, SHOWN_NAMES)]
    more = f" and {len(params) - SHOWN_NAMES} more" if len(params) > SHOWN_NAMES else ""
    return f"{', '.join(shown) or 'no parameters'}{more}"
