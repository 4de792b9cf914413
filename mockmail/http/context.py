"""One request on its way through the pipeline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mockmail.core.exchange import WireRequest
from mockmail.core.faults import Fault
from mockmail.core.journal import Exchange
from mockmail.core.operation import Operation
from mockmail.core.vendor import Call, Vendor
from mockmail.core.world import World
from mockmail.http.target import Target


@dataclass(slots=True)
class RequestContext:
    """What the steps know of a request so far.

    vendor: the one that answers, found at the latest by resemblance.
    fault: the injected fault that this call met.
    """

    request: WireRequest
    target: Target
    world: World
    exchange: Exchange
    started: float
    vendor: Vendor | None = None
    operation: Operation | None = None
    path: Mapping[str, str] = field(default_factory=dict)
    call: Call[Any] | None = None
    params: Any = None
    result: Any = None
    fault: Fault | None = None
