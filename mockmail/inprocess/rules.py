"""The faults, stubs and SMTP faults of a MockMail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from msgspec import UNSET, UnsetType

from mockmail.core.errors import is_mistake
from mockmail.core.faults import Fault, TransportFault
from mockmail.core.limits import Limit
from mockmail.core.registry import Registry
from mockmail.core.rules import HasId, LogNormalDelay, UniformDelay
from mockmail.core.world import World
from mockmail.inprocess.bridge import LoopBridge

if TYPE_CHECKING:
    from mockmail.core.smtp_faults import SmtpFault, SmtpStage
    from mockmail.core.stubs import Stub

__tracebackhide__ = is_mistake

Delay = float | UniformDelay | LogNormalDelay | Mapping[str, Any]
"""Seconds, or a random delay as over HTTP: `{"distribution": "uniform", "low": 0.1, "high": 2}`."""

T = TypeVar("T")


class Faults:
    """The injected faults of a MockMail."""

    def __init__(self, bridge: LoopBridge, vendors: Registry) -> None:
        self._bridge = bridge
        self._vendors = vendors

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._bridge.call(lambda world: list(world.faults)))

    def add(
        self,
        vendor: str,
        *,
        operation: str = "*",
        status: int | None = None,
        error: str | None = None,
        message: str = "",
        headers: Mapping[str, str] | None = None,
        where: Mapping[str, str] | None = None,
        caller: str | None = None,
        times: int | None = 1,
        after: int = 0,
        probability: float = 1.0,
        delay: Delay = 0.0,
        transport: str | TransportFault | None = None,
        throttle: int | None = None,
        when: Literal["before", "after"] | None = None,
    ) -> Fault:
        """Let calls of an operation (a name, or a pattern such as `mailbox.*`) fail, and return the fault.

        status: the status of the vendor's error. error: the name of one of the vendor's own errors.
        delay: seconds before the response, or a random delay. transport: a value of `TransportFault`.
        throttle: bytes a second of `dribble`. when: `before` or `after` the handler.
        where: patterns of parameters' values. caller: a pattern of the authenticated caller.
        times: how many calls fail, None for all. after: how many calls succeed first. probability: of each other call.
        Raise UnknownName for an unknown operation, InvalidFault or InvalidValue for a fault that no call could meet.
        """
        from mockmail.control.faults import NewFault, make_fault

        given = {
            "vendor": vendor,
            "operation": operation,
            "status": status,
            "error": error,
            "message": message,
            "headers": {} if headers is None else headers,
            "where": {} if where is None else where,
            "caller": caller,
            "times": times,
            "after": after,
            "probability": probability,
            "delay": delay,
            "transport": transport.value if isinstance(transport, TransportFault) else transport,
            "throttle": throttle,
            "when": when,
        }
        fault = make_fault(self._vendors, _checked(given, NewFault))
        return self._bridge.call(lambda world: world.faults.add(fault))

    def limit(
        self, vendor: str, calls: int, *, window: float = 60.0, operation: str = "*", methods: tuple[str, ...] = ()
    ) -> Limit:
        """Allow each client `calls` calls in a window of seconds. Raise UnknownName, InvalidValue."""
        from mockmail.control.limits import RateLimit, make_limit

        given = {"vendor": vendor, "calls": calls, "window": window, "operation": operation, "methods": methods}
        limit = make_limit(self._vendors, _checked(given, RateLimit))
        return self._bridge.call(lambda world: world.limits.add(limit))

    def remove(self, fault: Fault | Limit | int) -> None:
        """Remove a fault, the fault with this id, or a limit. Do nothing if it does not exist."""
        if isinstance(fault, Limit):
            self._bridge.call(lambda world: world.limits.remove(fault.id))
        else:
            self._bridge.call(lambda world: world.faults.remove(_id_of(fault)))

    def clear(self) -> None:
        """Remove all faults, limits and SMTP faults, and reset the SMTP server's rules."""
        self._bridge.call(lambda world: world.clear_faults())

    def unused(self) -> list[Fault]:
        """Return the faults that no call has met."""
        return self._bridge.call(lambda world: world.faults.unused())


class Stubs:
    """The stubs of a MockMail: responses that are given in place of a vendor's own."""

    def __init__(self, bridge: LoopBridge, vendors: Registry) -> None:
        self._bridge = bridge
        self._vendors = vendors

    def __iter__(self) -> Iterator[Stub]:
        return iter(self._bridge.call(lambda world: list(world.stubs)))

    def add(
        self,
        vendor: str | None = None,
        *,
        operation: str | None = None,
        method: str | None = None,
        path: str | None = None,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        xml: str | None = None,
        text: str | None = None,
        base64: str | None = None,
        responses: Sequence[Mapping[str, Any]] = (),
        where: Mapping[str, str] | None = None,
        caller: str | None = None,
        times: int | UnsetType | None = UNSET,
        after: int = 0,
    ) -> Stub:
        """Respond to calls of a vendor's operation, or to requests for a path, and return the stub; it has an `id`.

        path: a template such as `/v9/things/{id}`, without the prefixes of sandbox and vendor. method: any by default.
        status, headers, and one of json, xml, text and base64: the response.
        responses: several responses, each a dict of these names, given in turn.
        where: patterns of parameters' values. caller: a pattern of the authenticated caller.
        times: how many calls it responds to, None for all; by default all, or one for each of `responses`.
        after: how many calls the vendor responds to first.
        Raise UnknownName for an unknown operation, InvalidValue for a stub that no request could get.
        """
        from mockmail.control.stubs import NewStub, make_stub

        given = {
            "vendor": vendor,
            "operation": operation,
            "method": method,
            "path": path,
            "status": status,
            "headers": {} if headers is None else headers,
            "json": json,
            "xml": xml,
            "text": text,
            "base64": base64,
            "responses": responses,
            "where": {} if where is None else where,
            "caller": caller,
            "after": after,
            **({} if times is UNSET else {"times": times}),
        }
        new = _checked(given, NewStub)

        def add(world: World) -> Stub:
            return make_stub(self._vendors, world.stubs, new, world.settings.stub_bytes)

        return self._bridge.call(add)

    def remove(self, stub: Stub | int) -> None:
        """Remove a stub, or the one with this id. Do nothing if it does not exist."""
        self._bridge.call(lambda world: world.stubs.remove(_id_of(stub)))

    def clear(self) -> None:
        """Remove all stubs."""
        self._bridge.call(lambda world: world.stubs.clear())

    def unused(self) -> list[Stub]:
        """Return the stubs that responded to no request."""
        return self._bridge.call(lambda world: world.stubs.unused())


class SmtpFaults:
    """The SMTP faults of a MockMail: failures of the SMTP server, for clients and for vendors that use a relay."""

    def __init__(self, bridge: LoopBridge) -> None:
        self._bridge = bridge

    def __iter__(self) -> Iterator[SmtpFault]:
        return iter(self._bridge.call(lambda world: list(world.smtp_faults)))

    def add(
        self,
        stage: SmtpStage,
        *,
        sender: str | None = None,
        recipient: str | None = None,
        content: str | None = None,
        code: int | None = None,
        status: str | None = None,
        text: str = "",
        delay: Delay = 0.0,
        throttle: int | None = None,
        disconnect: bool = False,
        times: int | None = 1,
        after: int = 0,
        probability: float = 1.0,
    ) -> SmtpFault:
        """Let a stage of SMTP dialogues fail, and return the fault.

        sender, recipient: patterns of an address. content: consecutive words of the message.
        code, status, text: the reply; status is the enhanced one, such as `4.3.0`.
        delay: seconds before the reply, or a random delay. throttle: bytes a second for the rest of the connection.
        disconnect: close the connection, after the reply if there is a code.
        times: how often it fails, None for every time. after: how often it succeeds first. probability: of each other.
        Raise InvalidFault or InvalidValue for a fault that no dialogue could meet.
        """
        from mockmail.control.smtp import NewSmtpFault, make_smtp_fault

        given = {
            "stage": stage,
            "sender": sender,
            "recipient": recipient,
            "content": content,
            "code": code,
            "status": status,
            "text": text,
            "delay": delay,
            "throttle": throttle,
            "disconnect": disconnect,
            "times": times,
            "after": after,
            "probability": probability,
        }
        fault = make_smtp_fault(_checked(given, NewSmtpFault))
        return self._bridge.call(lambda world: world.smtp_faults.add(fault))

    def remove(self, fault: SmtpFault | int) -> None:
        """Remove an SMTP fault, or the one with this id. Do nothing if it does not exist."""
        self._bridge.call(lambda world: world.smtp_faults.remove(_id_of(fault)))

    def clear(self) -> None:
        """Remove all SMTP faults."""
        self._bridge.call(lambda world: world.smtp_faults.clear())

    def unused(self) -> list[SmtpFault]:
        """Return the SMTP faults that no dialogue has met."""
        return self._bridge.call(lambda world: world.smtp_faults.unused())


def _id_of(rule: HasId | int) -> int:
    return rule if isinstance(rule, int) else rule.id


def _checked(given: Mapping[str, Any], model: type[T]) -> T:
    """Return the values as a body of the control API, checked with the same errors."""
    from mockmail.core.validation import convert

    return convert(given, model)
