"""`/_mockmail/smtp`: the rules and faults of the SMTP server, for clients and for vendors that send through a relay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import Meta, field

from mockmail.control.faults import Delay, Probability, Throttle, Times, remove_rule
from mockmail.control.route import ControlRequest, ControlResponse, Fields, Removed, route
from mockmail.core.errors import InvalidValue, is_mistake
from mockmail.core.masking_rules import MASK
from mockmail.core.rules import MOST_CALLS, check_pattern, check_patterns
from mockmail.core.smtp_behaviour import SmtpBehaviour
from mockmail.core.smtp_faults import SmtpFault, SmtpStage, check_smtp_fault

__tracebackhide__ = is_mistake

MOST_ACCOUNTS = 10_000
"""The most accounts that AUTH accepts; a name and a password are no longer than a pattern."""


class SmtpRules(Fields, frozen=True, kw_only=True):
    """The rules of the SMTP server."""

    accounts: Annotated[
        dict[str, str] | None,
        Meta(
            description="an object of user names and passwords that AUTH accepts; null for any;"
            " the password `***` keeps the present one"
        ),
    ] = None
    require_auth: Annotated[bool, Meta(description="true to refuse mail without AUTH")] = False
    refused_senders: Annotated[
        list[str], Meta(description="patterns (`*@example.com`) of addresses that MAIL FROM refuses")
    ] = field(default_factory=list)
    refused_recipients: Annotated[list[str], Meta(description="patterns of addresses that RCPT TO refuses")] = field(
        default_factory=list
    )
    starttls: Annotated[bool, Meta(description="true to offer STARTTLS on a vendor's relay")] = True
    unreachable: Annotated[
        list[str], Meta(description="patterns (`mail.example.com:*`) of relays that cannot be reached")
    ] = field(default_factory=list)


class NewSmtpFault(Fields, frozen=True, kw_only=True):
    """An SMTP fault to add. `times: null` lets it fail every time."""

    stage: Annotated[SmtpStage, Meta(description="the stage of the dialogue")]
    sender: Annotated[str | None, Meta(description="a pattern of the address of MAIL FROM")] = None
    recipient: Annotated[str | None, Meta(description="a pattern of an address of RCPT TO")] = None
    content: Annotated[
        str | None, Meta(description="consecutive words of the message, as `text` in a search of messages")
    ] = None
    code: Annotated[
        Annotated[int, Meta(ge=400, le=599)] | None, Meta(description="the code of the reply, from 400 to 599")
    ] = None
    status: Annotated[
        str | None, Meta(description='the enhanced status of the reply, such as `4.3.0`; "" for none')
    ] = None
    text: Annotated[str, Meta(description="the text of the reply")] = ""
    delay: Delay = 0.0
    throttle: Annotated[
        Throttle | None, Meta(description="bytes a second of replies and messages, for the rest of the connection")
    ] = None
    disconnect: Annotated[bool, Meta(description="true to close the connection, after the reply if it has a code")] = (
        False
    )
    times: Annotated[Times | None, Meta(description="how often it fails; null for every time")] = 1
    after: Annotated[int, Meta(ge=0, le=MOST_CALLS, description="how often it succeeds first")] = 0
    probability: Probability = 1.0


class SmtpFaultState(NewSmtpFault, frozen=True, kw_only=True):
    """An SMTP fault, and how often it has failed."""

    id: int
    used: int


class SmtpFaultList(Fields, frozen=True, kw_only=True):
    """The SMTP faults of the sandbox."""

    faults: list[SmtpFaultState]


@route("GET", "smtp", responses={200: "The rules; passwords are masked."}, returns=SmtpRules)
async def show_smtp(request: ControlRequest) -> ControlResponse:
    """Show the rules, with passwords masked."""
    return _show(request.world.smtp)


@route(
    "PUT",
    "smtp",
    body=SmtpRules,
    responses={200: "The new rules.", 400: "The rules are invalid; `error` says why."},
    returns=SmtpRules,
    example={"refused_recipients": ["*@bad.example"]},
)
async def replace_smtp(request: ControlRequest) -> ControlResponse:
    """Replace the rules; omitted fields get their defaults. A masked password keeps the present one."""
    rules: SmtpRules = request.body
    for name in ("refused_senders", "refused_recipients", "unreachable"):
        check_patterns(name, getattr(rules, name))
    _check_accounts(rules.accounts or {})
    accounts = _unmasked(rules.accounts, request.world.smtp.accounts or {})
    request.world.smtp = SmtpBehaviour(**msgspec.structs.asdict(rules) | {"accounts": accounts})
    return _show(request.world.smtp)


@route("GET", "smtp/faults", returns=SmtpFaultList)
async def list_smtp_faults(request: ControlRequest) -> ControlResponse:
    """List every SMTP fault, with how often it has failed."""
    return ControlResponse(SmtpFaultList(faults=[SmtpFaultState.of(fault) for fault in request.world.smtp_faults]))


@route(
    "POST",
    "smtp/faults",
    body=NewSmtpFault,
    responses={201: "The fault.", 400: "No dialogue could meet this fault; `error` says why."},
    returns=SmtpFaultState,
    example={"stage": "rcpt", "recipient": "*@bad.example", "code": 450, "times": 2},
)
async def add_smtp_fault(request: ControlRequest) -> ControlResponse:
    """Add an SMTP fault; refuse one that no dialogue could meet."""
    fault = request.world.smtp_faults.add(make_smtp_fault(request.body))
    return ControlResponse(SmtpFaultState.of(fault), status=201)


@route("DELETE", "smtp/faults", returns=Removed)
async def clear_smtp_faults(request: ControlRequest) -> ControlResponse:
    """Remove all SMTP faults."""
    return ControlResponse(Removed(removed=request.world.smtp_faults.clear()))


@route("DELETE", "smtp/faults/{id}", responses={200: "Done.", 404: "There is no such fault."}, returns=Removed)
async def remove_smtp_fault(request: ControlRequest) -> ControlResponse:
    """Remove one SMTP fault."""
    return remove_rule(request, request.world.smtp_faults, "SMTP fault")


def make_smtp_fault(given: NewSmtpFault) -> SmtpFault:
    """Return the SMTP fault that is described. Raise InvalidFault for one that no dialogue could meet."""
    fault = SmtpFault(**msgspec.structs.asdict(given))
    check_smtp_fault(fault)
    return fault


def _check_accounts(accounts: Mapping[str, str]) -> None:
    if len(accounts) > MOST_ACCOUNTS:
        raise InvalidValue(f"accounts must be at most {MOST_ACCOUNTS}, not {len(accounts)}")
    for name, password in accounts.items():
        check_pattern("a name in accounts", name)
        check_pattern("a password in accounts", password)


def _unmasked(given: Mapping[str, str] | None, present: Mapping[str, str]) -> dict[str, str] | None:
    if given is None:
        return None
    unknown = next((name for name, password in given.items() if password == MASK and name not in present), None)
    if unknown is not None:
        raise InvalidValue(f"accounts: {unknown[:80]!r} has no password that {MASK} could keep: give its password")
    return {name: present[name] if password == MASK else password for name, password in given.items()}


def _show(behaviour: SmtpBehaviour) -> ControlResponse:
    rules = SmtpRules.of(behaviour)
    if rules.accounts is not None:
        rules = msgspec.structs.replace(rules, accounts=dict.fromkeys(rules.accounts, MASK))
    return ControlResponse(rules)


ROUTES = (
    show_smtp,
    replace_smtp,
    list_smtp_faults,
    add_smtp_fault,
    clear_smtp_faults,
    remove_smtp_fault,
)
