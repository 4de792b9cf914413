"""The criteria for requests, as the calls about requests and Python take them."""

from __future__ import annotations

import dataclasses
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType, field

from mockmail.control.route import Fields, Timeout, TimeoutStatus
from mockmail.core.errors import is_mistake
from mockmail.core.journal import Journal, State
from mockmail.core.registry import Registry
from mockmail.core.request_criteria import RequestCriteria
from mockmail.core.rules import MOST_CONDITIONS
from mockmail.core.world import World

__tracebackhide__ = is_mistake

MOST_LISTED = 1000

MOST_ORDERED = 100
"""The most operations of an expected order."""

Completeness = Annotated[
    State,
    Meta(description="complete, or in_progress for requests without a response", extra_json_schema={"type": "string"}),
]
Direction = Annotated[
    Literal["incoming", "outgoing"],
    Meta(description="incoming to vendors, or outgoing to webhooks", extra_json_schema={"type": "string"}),
]
ListLimit = Annotated[int, Meta(ge=0, le=MOST_LISTED, description="how many requests to list")]


class ListQuery(Fields, frozen=True, kw_only=True):
    """The number of requests to list."""

    limit: ListLimit = 100


class RequestDirection(Fields, frozen=True, kw_only=True):
    """The direction of a request; each has ids of its own."""

    direction: Direction = "incoming"


class RequestSearch(RequestDirection, frozen=True, kw_only=True):
    """The criteria for requests; a request must match every given field."""

    vendor: Annotated[str | None, Meta(description="a vendor's name")] = None
    operation: Annotated[str | None, Meta(description="an operation's name")] = None
    method: Annotated[str | None, Meta(description="an HTTP method")] = None
    path: Annotated[str | None, Meta(description="a part of the path")] = None
    status: Annotated[int, Meta(ge=0, le=999, description="an HTTP status")] | UnsetType = UNSET
    after: Annotated[int, Meta(ge=0, description="the id of a request; only later ones match")] = 0


class RequestQuery(RequestSearch, frozen=True, kw_only=True):
    """The requests to list."""

    limit: ListLimit = 100
    state: Completeness = "complete"


class RequestCriteriaBody(RequestSearch, frozen=True, kw_only=True):
    """The criteria for requests, with those for their parameters."""

    where: Annotated[
        Annotated[dict[str, Any], Meta(max_length=MOST_CONDITIONS)] | None,
        Meta(description="an object of parameters and the values that they must have"),
    ] = None


class RequestFilter(RequestCriteriaBody, frozen=True, kw_only=True):
    """The requests to find in Python."""

    state: Completeness = "complete"


class RequestWait(RequestCriteriaBody, frozen=True, kw_only=True):
    """The requests to wait for, and the timeout."""

    count: Annotated[int, Meta(ge=1, le=MOST_LISTED, description="how many requests to wait for")] = 1
    timeout: Timeout = 5.0
    timeout_status: TimeoutStatus = 408


class Expectation(RequestCriteriaBody, frozen=True, kw_only=True):
    """The requests that must have come. Without `count`, at least one must match."""

    count: Annotated[Annotated[int, Meta(ge=0)] | None, Meta(description="how many requests must match")] = None
    order: Annotated[
        list[str],
        Meta(
            max_length=MOST_ORDERED,
            description="operations that must have been called in this order; others may come in between",
        ),
    ] = field(default_factory=list)


def criteria_of(vendors: Registry, given: RequestSearch, **more: Any) -> RequestCriteria:
    """Return the criteria that are described, and more. Raise UnknownName."""
    vendors.check_names(given.vendor, given.operation)
    names = [field.name for field in dataclasses.fields(RequestCriteria)]
    named = {name: value for name in names if (value := getattr(given, name, UNSET)) is not UNSET}
    return RequestCriteria(**named | more)


def journal_of(world: World, given: RequestDirection) -> Journal:
    """Return the journal to search: that of the requests to vendors, or of those to webhooks."""
    return world.outgoing if given.direction == "outgoing" else world.journal
