"""The contract between the core and a vendor."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from mockmail.core.errors import Problem, VendorError
from mockmail.core.exchange import WireRequest, WireResponse
from mockmail.core.operation import NotEmulated, Operation
from mockmail.core.state.records import Record

if TYPE_CHECKING:
    from mockmail.core.mail.delivery import Hosting
    from mockmail.core.routing import Router
    from mockmail.core.world import World

C = TypeVar("C")

PREFLIGHT = "preflight"
"""What the journal calls a browser's question whether it may call: no operation of any vendor's page."""


@dataclass(slots=True)
class Call(Generic[C]):
    """One call of an operation, as its handler sees it.

    path: the values of the path template's names.
    options: the vendor's options, an instance of its `options_type`.
    caller: who the vendor's authentication found.
    """

    world: World
    operation: Operation
    request: WireRequest
    path: Mapping[str, str]
    options: Any
    caller: C


@dataclass(frozen=True, slots=True)
class NoOptions:
    """The options of a vendor that has none."""


class Dialect(ABC):
    """How a vendor's wire looks: the only part of a vendor that sees bytes.

    Each of the four methods must answer for any input: what it cannot read is the vendor's own error.
    """

    @abstractmethod
    def decode(self, call: Call[Any]) -> Any:
        """The operation's parameters (`call.operation.params`) from the request.

        Raises VendorError for a request that the vendor refuses, Problem for one that any service refuses.
        """

    @abstractmethod
    def encode(self, call: Call[Any], result: Any) -> WireResponse:
        """The answer to a call that succeeded."""

    @abstractmethod
    def refuse(self, request: WireRequest, operation: Operation | None, error: VendorError) -> WireResponse:
        """The answer to a call that the vendor's rules refused."""

    @abstractmethod
    def problem(self, request: WireRequest, operation: Operation | None, problem: Problem) -> WireResponse:
        """The answer to what any service refuses: 404, 405, 413, 415, 429, 5xx, and injected faults.

        `operation` is None where the request did not reach one.
        """


class Vendor(ABC):
    """One vendor's API.

    A package brings one by having an instance named `VENDOR`. Nothing of a call is kept on the instance: state lives
    in the World, and a process serves many.

    name: its package's name, and the first segment of `/{name}/...`.
    title: what its makers call it.
    models: the records its state is made of.
    options_type: a frozen dataclass of switches, for what differs between the vendor's versions; each field's
        metadata has a `help`.
    server_header: what the vendor's servers say in `Server`.
    case_insensitive: whether its paths may be written in any case.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    operations: Sequence[Operation]
    not_emulated: Sequence[NotEmulated] = ()
    models: Sequence[type[Record]] = ()
    dialect: Dialect
    options_type: type[Any] = NoOptions
    hosting: Hosting | None = None
    server_header: ClassVar[str] = "mockmail"
    case_insensitive: ClassVar[bool] = False

    def __repr__(self) -> str:
        return f"<Vendor {self.name}: {len(self.operations)} operations>"

    @abstractmethod
    def seed(self) -> Mapping[str, Any]:
        """The world that the vendor's documentation describes: `{table: [documents]}`."""

    @abstractmethod
    def authenticate(self, call: Call[Any]) -> Any:
        """Who is calling. Raises VendorError when the vendor turns the credentials down."""

    def authorize(self, call: Call[Any], params: Any) -> None:  # noqa: B027  # most vendors check it all in authenticate
        """Whether the caller may do this with these parameters, where the vendor asks only after decoding."""

    @abstractmethod
    def credentials(self) -> Mapping[str, str]:
        """The credentials of the default seed, by what a client of the vendor calls them."""

    @abstractmethod
    def environment(self, base_url: str) -> Mapping[str, str]:
        """Environment variables for a client of this vendor at `base_url`, which ends in `/{name}`."""

    def client_of(self, request: WireRequest) -> str:
        """Whom a rate limit counts: unverified, before authentication."""
        return request.peer

    def preflight(self, request: WireRequest) -> WireResponse | None:
        """An answer that comes before routing (CORS preflight), where the vendor has one."""
        return None


class Registry:
    """The vendors of a server, by name, and the way to their operations. It is made once and does not change."""

    def __init__(self, vendors: Mapping[str, Vendor] | None = None) -> None:
        self.vendors: Mapping[str, Vendor] = dict(vendors or {})

    def __repr__(self) -> str:
        return f"<Registry: {', '.join(self.vendors) or 'no vendors'}>"

    def __iter__(self) -> Iterator[Vendor]:
        return iter(self.vendors.values())

    def get(self, name: str) -> Vendor | None:
        """The vendor of this name."""
        return self.vendors.get(name)

    @cached_property
    def router(self) -> Router:
        """The paths of all vendors."""
        from mockmail.core.routing import Router  # which knows vendors, as this module must not know routing to load

        return Router(list(self))
