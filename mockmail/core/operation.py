"""Operations as data: routing, journal, faults, documentation and command line all refer to them by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mockmail.core.exchange import WireRequest


class Evidence(Enum):
    """The evidence for an operation's behaviour."""

    ASSUMED = "assumed"
    """The vendor's page leaves it open; decided here, and said so in the vendor's README."""
    DOCUMENTED = "documented"
    """The vendor's page shows it."""
    CONFIRMED = "confirmed"
    """The vendor's source, its own client or a live server shows it too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation of a vendor's API.

    name: `noun.verb`, unique within the vendor, the same in routing, journal, faults and documentation.
    methods: the HTTP methods it serves; GET includes HEAD.
    path: a template: `{name}` is one segment, a last `{name*}` is all remaining segments, possibly none.
    aliases: further templates of the same operation.
    handler: called as `handler(call, params)` inside a transaction. Returns the result for the dialect, a `Send` or
        `Later` for the pipeline to perform, or a `CommittedRefusal`; raises a VendorError to refuse and roll back.
    params: the type that the dialect decodes the request into.
    source: the citation of where its behaviour is written down.
    requires: the right that the caller needs, in the vendor's own terms.
    secrets: the values of its requests and responses that are masked when they are shown. `NAME`: the parameter, member
        or element with this name, case-insensitive, at any depth. `@MEMBER`: the values of an object in which this
        member is the name of a secret. `*`: the whole body of a request. `{NAME}`: the whole body of a request, or
        of the response to a GET, if this part of the path is the name of a secret.
    not_secret: names that look like those of secrets, and are not.
    dispatch: for a path whose requests name their operation in the body: returns the path of that operation, which
        begins with `/#`, such as `/#Action=SendEmail`. This operation serves the requests that name none.
    """

    name: str
    methods: tuple[str, ...]
    path: str
    handler: Callable[..., Any]
    params: Any = None
    evidence: Evidence = Evidence.DOCUMENTED
    source: str
    requires: str | None = None
    aliases: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    not_secret: tuple[str, ...] = ()
    dispatch: Callable[[WireRequest], str] | None = None

    @classmethod
    def of(
        cls, name: str, request: str, handler: Callable[..., Any], params: Any = None, *, root: str = "", **more: Any
    ) -> Operation:
        """Return an operation of one method.

        request: the method and the path, such as `GET /emails/{email}`. root: begins the path. more: the other fields.
        """
        method, _, path = request.partition(" ")
        return cls(name=name, methods=(method,), path=f"{root}{path}", handler=handler, params=params, **more)

    @property
    def templates(self) -> tuple[str, ...]:
        """Return the path and its aliases."""
        return (self.path, *self.aliases)

    @property
    def summary(self) -> str:
        """Return the first sentence of the handler's docstring, without its citation."""
        line = (self.handler.__doc__ or "").partition("\n")[0]
        return line.partition(" (")[0].rstrip(".")


def operations_of(source: str, **shared: Any) -> Callable[..., Operation]:
    """Return a function that makes operations with a common source and other `shared` fields.

    It is called as `make(name, request, handler, section, params)`, with further fields by name; the first three and
    params are those of `Operation.of`. source: the citation, with `{}` for the section.
    """

    def make(
        name: str, request: str, handler: Callable[..., Any], section: int | str, params: Any = None, **more: Any
    ) -> Operation:
        return Operation.of(name, request, handler, params, source=source.format(section), **{**shared, **more})

    return make


@dataclass(frozen=True, slots=True, kw_only=True)
class NotEmulated:
    """An operation that the vendor has and mockmail does not serve.

    method: `*` for every method; such an entry also covers the paths below its own.
    aliases: further templates of the same operation.
    reason: the journal shows it with each call of the operation.
    """

    name: str
    method: str
    path: str
    reason: str
    aliases: tuple[str, ...] = ()

    @property
    def templates(self) -> tuple[str, ...]:
        """Return the path and its aliases."""
        return (self.path, *self.aliases)
