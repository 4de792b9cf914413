"""The contract between the core and a vendor.

A vendor is a package. Its `vendor.py` describes it in a few lines and imports nothing else of the package, so that a
server starts fast. The rest is imported at first use, from modules with the same names in every vendor:

operations.py      `OPERATIONS`, and `NOT_EMULATED` for those that are not served
records.py         the types of its records, each with a table
options.py         `Options`, the switches (a vendor without switches has no such file)
authentication.py  `authenticate(call)`, and the `Caller` that it returns;
                   where the vendor needs them, `authorize(call)` and `client_of(request)`
dialect.py         `DIALECT`, an instance of a `Dialect`
errors.py          its refusals; `NAMED_ERRORS`, those that a fault can show by name (optional)
hosting.py         `HOSTING`, for a vendor that hosts mailboxes
sender.py          `SENDER`, for a vendor that keeps what it sends (`core/senders/`)
seed.json          the state that the vendor's page describes: `{table: [records]}`
examples.json      a request for each operation, which succeeds with the seed (optional)
"""

from __future__ import annotations

import errno
import importlib
import json
import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from multidict import CIMultiDictProxy

from mockmail.core.errors import LimitReached, Problem, VendorError
from mockmail.core.exchange import WireRequest, WireResponse
from mockmail.core.operation import NotEmulated, Operation

if TYPE_CHECKING:
    from mockmail.core.mail.delivery import Hosting
    from mockmail.core.senders.sender import Sender
    from mockmail.core.state.records import Record
    from mockmail.core.state.typed_records import Records
    from mockmail.core.world import World

log = logging.getLogger("mockmail.core")

CallerT = TypeVar("CallerT")
OptionsT = TypeVar("OptionsT")
R = TypeVar("R", bound="Record")

PREFLIGHT = "preflight"
"""The journal's name for a CORS preflight, which is not an operation of any vendor's page."""

SHARED_RECORDS = "mockmail.core.senders.records"

HTTP_ERRORS = frozenset(range(400, 600))


def option(default: Any, help: str) -> Any:  # noqa: A002  # the name that users of argparse know
    """Return the field of an option, for the dataclass `Options`. help: shown to users."""
    return field(default=default, metadata={"help": help})


def switch(help: str) -> Any:  # noqa: A002  # as in `option`
    """Return the field of an option that is off by default. help: shown to users."""
    return option(default=False, help=help)


@dataclass(frozen=True, slots=True)
class NoOptions:
    """The options of a vendor that has none."""


@dataclass(frozen=True, slots=True)
class NamedError:
    """One of a vendor's own errors, which a fault can show.

    make: returns the error with a text. message: its text, unless the fault has one.
    """

    make: Callable[[str], VendorError]
    message: str


@dataclass(slots=True)
class Call(Generic[CallerT, OptionsT]):
    """One call of an operation, as its handler sees it.

    path: the values of the path template's names.
    options: the vendor's options in this sandbox.
    caller: as the vendor's authentication returned it.
    """

    world: World
    vendor: Vendor
    operation: Operation
    request: WireRequest
    path: Mapping[str, str]
    options: OptionsT
    caller: CallerT

    def records(self, model: type[R]) -> Records[R]:
        """Return the vendor's records of one kind."""
        return self.world.store.records(self.vendor.name, model)


@dataclass(frozen=True, slots=True)
class CommittedRefusal:
    """Returned by a handler that refuses a call and keeps its writes, such as a count of failed logins.

    A refusal that is raised rolls the handler's writes back.
    """

    error: VendorError


class Dialect(ABC, Generic[CallerT, OptionsT]):
    """Reads a vendor's requests and writes its responses. No other part of a vendor sees bytes.

    Each method must handle any input; input that it cannot read is the vendor's own error.
    """

    @abstractmethod
    def decode(self, call: Call[CallerT, OptionsT]) -> Any:
        """Return the operation's parameters (`call.operation.params`) from the request.

        Raise VendorError for a request that this vendor refuses, Problem for one that any HTTP service refuses.
        """

    @abstractmethod
    def encode(self, call: Call[CallerT, OptionsT], result: Any) -> WireResponse:
        """Return the response to a call that succeeded."""

    @abstractmethod
    def refuse(
        self, request: WireRequest, operation: Operation | None, error: VendorError, options: OptionsT
    ) -> WireResponse:
        """Return the response to a call that one of the vendor's rules refused."""

    @abstractmethod
    def problem(
        self, request: WireRequest, operation: Operation | None, problem: Problem, options: OptionsT
    ) -> WireResponse:
        """Return the response to a request that any HTTP service refuses: 404, 405, 413, 415, 429, 5xx, faults.

        operation: None if the request did not reach one.
        """


class Vendor:
    """One vendor's API. `vendor.py` derives it, sets the attributes below, and makes the instance `VENDOR`.

    Nothing about a call is kept on the instance: state belongs to a World, and one process serves many.

    name: the package's name, and the first segment of `/{name}/...`.
    title: what the vendor calls its product.
    path_roots: the first segments of its natural paths, none for `/`; () lets the core find them by importing the
        operations.
    credentials: of the default seed, by the names that a client of the vendor uses.
    environment: variables for a client of the vendor; `{url}` stands for the base URL, which ends in `/{name}`.
    server_header: the `Server` header of the vendor's responses.
    body_type: the media type of its requests' bodies, for its OpenAPI document.
    case_insensitive: whether its paths may be written in any case.
    hosts_mailboxes: whether it has a `hosting.py`. sends: whether it has a `sender.py`.
    hosts: the vendor's real hosts, for the forward proxy; `*.example.com` for all names of a domain, `*` for any text.
    fault_statuses: the HTTP statuses that its clients can ever see on an error; others cannot be injected.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    path_roots: ClassVar[tuple[str, ...]] = ()
    credentials: ClassVar[Mapping[str, str]] = {}
    environment: ClassVar[Mapping[str, str]] = {}
    server_header: ClassVar[str] = "mockmail"
    body_type: ClassVar[str] = "application/json"
    case_insensitive: ClassVar[bool] = False
    hosts_mailboxes: ClassVar[bool] = False
    sends: ClassVar[bool] = False
    hosts: ClassVar[tuple[str, ...]] = ()
    fault_statuses: ClassVar[Collection[int]] = HTTP_ERRORS

    def __repr__(self) -> str:
        return f"<Vendor {self.name}>"

    @cached_property
    def operations(self) -> Sequence[Operation]:
        """Return the operations that are served."""
        return self._load("operations", "OPERATIONS")  # type: ignore[no-any-return]

    @cached_property
    def not_emulated(self) -> Sequence[NotEmulated]:
        """Return the operations of the vendor that mockmail does not serve."""
        return self._load("operations", "NOT_EMULATED", ())  # type: ignore[no-any-return]

    @cached_property
    def is_usable(self) -> bool:
        """Return whether the operations can be imported; log once why not."""
        try:
            self.operations  # noqa: B018  # the access imports them
        except LimitReached:  # a later import may succeed
            raise
        except Exception:
            log.exception("the operations of vendor %s cannot be imported; its paths are not served", self.name)
            return False
        return True

    @cached_property
    def models(self) -> Sequence[type[Record]]:
        """Return the types of the vendor's records: the classes with a table that its module `records` defines.

        The records of `core/senders/` that the module imports count too.
        Raise Problem (500) if the module cannot be imported.
        """
        module = f"{self._package}.records"
        try:
            names = self._load("records", "__dict__", {})
        except LimitReached:
            raise
        except Exception as error:
            log.exception("the records of vendor %s cannot be imported", self.name)
            raise Problem(
                500,
                f"the records of the vendor {self.name} cannot be imported ({type(error).__name__}: {error}); correct"
                f" {module}, whose traceback is in the log, or serve without this vendor",
            ) from error
        found = [value for value in names.values() if isinstance(value, type)]
        return [model for model in found if model.__module__ in (module, SHARED_RECORDS) and hasattr(model, "table")]

    @cached_property
    def options_type(self) -> type[Any]:
        """Return the class of the vendor's options, a frozen dataclass; each field's metadata has a `help`."""
        return self._load("options", "Options", NoOptions)  # type: ignore[no-any-return]

    @cached_property
    def dialect(self) -> Dialect[Any, Any]:
        """Return the vendor's dialect."""
        return self._load("dialect", "DIALECT")  # type: ignore[no-any-return]

    @cached_property
    def named_errors(self) -> Mapping[str, NamedError]:
        """Return the vendor's own errors that a fault can show, by name."""
        return self._load("errors", "__dict__", {}).get("NAMED_ERRORS", {})  # type: ignore[no-any-return]

    @cached_property
    def hosting(self) -> Hosting | None:
        """Return the mailboxes that the vendor hosts; None without any."""
        return self._load("hosting", "HOSTING") if self.hosts_mailboxes else None

    @cached_property
    def sender(self) -> Sender:
        """Return the vendor's `Sender`. Only a vendor whose `sends` is true has one."""
        return self._load("sender", "SENDER")  # type: ignore[no-any-return]

    def seed(self) -> Mapping[str, Any]:
        """Return the state that the vendor's documentation describes: `{table: [records]}`. Raise LimitReached."""
        return self._read_json("seed.json")

    def examples(self) -> Mapping[str, Any]:
        """Return `{"headers": {}, "examples": {operation: request}}`. Raise LimitReached.

        headers: of every request, besides its own. A request has `method`, `path` below the vendor's root, and may have
        `headers`, `body`, and `after`: the operations whose examples must be sent before.
        """
        return self._read_json("examples.json") or {"headers": {}, "examples": {}}

    def example_headers(self, world: World, user_agent: str) -> Mapping[str, str]:
        """Return further headers of every example, for a vendor whose credentials depend on the time or the client."""
        return {}

    def authenticate(self, call: Call[Any, Any]) -> Any:
        """Return the caller, whom the journal shows as `str(caller)`. Raise VendorError for bad credentials."""
        return self._authenticate(call)

    def authorize(self, call: Call[Any, Any]) -> None:
        """Raise VendorError if the caller may not do this, for vendors that decide it after decoding."""
        if "authorize" in self._authentication:
            self._authentication["authorize"](call)

    def client_of(self, request: WireRequest) -> str:
        """Return the client that a rate limit counts, before authentication; the address unless the vendor decides."""
        if "client_of" in self._authentication:
            return self._authentication["client_of"](request)  # type: ignore[no-any-return]
        return request.peer

    def preflight(self, request: WireRequest) -> WireResponse | None:
        """Return the response to a CORS preflight, or None for any other request."""
        return None

    def claims(self, headers: CIMultiDictProxy[str]) -> bool | None:
        """Return True for the headers of a request to this vendor, False for one to another vendor, else None.

        Called only for a path that several vendors serve. Decide by something that no other vendor's clients send: a
        header with credentials, a host, the scope of a signature.
        """
        return None

    def serves_host(self, host: str, world: World) -> bool:
        """Return whether `/` at this `Host` is the vendor's. At any other host it leads to the web page."""
        return False

    def environment_at(self, base_url: str) -> dict[str, str]:
        """Return the environment variables for a client of the vendor at `base_url`."""
        return {name: value.replace("{url}", base_url) for name, value in self.environment.items()}

    def client_url(self, server_url: str) -> str:
        """Return the base URL that a client of the vendor takes, on a server (or sandbox) at `server_url`."""
        base = f"{server_url}/{self.name}"
        return next((value for value in self.environment_at(base).values() if value.startswith(base)), base)

    @cached_property
    def _authenticate(self) -> Callable[[Call[Any, Any]], Any]:
        return self._load("authentication", "authenticate")  # type: ignore[no-any-return]

    @cached_property
    def _authentication(self) -> Mapping[str, Any]:
        return self._load("authentication", "__dict__", {})  # type: ignore[no-any-return]

    @property
    def _package(self) -> str:
        return type(self).__module__.removesuffix(".vendor")

    def _read_json(self, name: str) -> Mapping[str, Any]:
        try:
            file = files(self._package).joinpath(name)
            return json.loads(file.read_text("utf-8")) if file.is_file() else {}
        except OSError as error:
            raise self._unreadable(name, error) from error

    def _unreadable(self, file: str, error: OSError) -> LimitReached:
        advice = "allow mockmail more open files" if error.errno in (errno.EMFILE, errno.ENFILE) else "try later"
        return LimitReached(f"{file} of the vendor {self.name} cannot be read ({error.strerror}): {advice}")

    def _load(self, module: str, name: str, default: Any = None) -> Any:
        """Return a name of one of the package's modules, or the default, if there is one, for a missing module.

        Raise LimitReached if the module's file cannot be read now.
        """
        qualified = f"{self._package}.{module}"
        try:
            return getattr(importlib.import_module(qualified), name)
        except ModuleNotFoundError as error:
            if default is None or error.name != qualified:
                raise
            return default
        except OSError as error:
            raise self._unreadable(f"{module}.py", error) from error
