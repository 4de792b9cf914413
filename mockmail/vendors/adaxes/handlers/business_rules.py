"""Business rules: actions that Adaxes performs before an operation; its result lists them (docs/wire/adaxes.md 4.1).

A rule says something in the operation's log, cancels it, or sends it for approval. How the log looks is documented
(adaxes.com/sdk/REST_OperationResult); which rules there are is for the state to say.
"""

from __future__ import annotations

from dataclasses import dataclass

from mockmail.core.vendor import Call
from mockmail.vendors.adaxes import moments
from mockmail.vendors.adaxes.authentication import VENDOR
from mockmail.vendors.adaxes.identity import is_within
from mockmail.vendors.adaxes.options import Options
from mockmail.vendors.adaxes.records import ApprovalRequest, BusinessRule, DirectoryObject
from mockmail.vendors.adaxes.result import Message, MessageType, OperationResult, ResultType, failure

SOURCE = "Business Rules"
APPROVAL_ACTION = "Send this operation for approval."
SUBMITTED = "Request submitted for approval."
CANCEL_ACTION = "Cancel this operation."
OTHER_ACTION = "Run a program or PowerShell script."
CANCELLED = "The operation was cancelled by a business rule."


@dataclass(frozen=True, slots=True)
class Log:
    """What the rules had to say of an operation. suspended: the result of one that waits for approval."""

    messages: tuple[Message, ...] = ()
    suspended: OperationResult | None = None


def run(call: Call[DirectoryObject, Options], target: str, dn: str | None = None) -> Log:
    """Run the rules for the call's operation on an object, or on the container of a new one.

    dn: what the result tells as the object's. Raises the failure of an operation that a rule cancels.
    """
    rules = [rule for rule in _rules(call) if not rule.scope or is_within(target, rule.scope)]
    if not rules:
        return Log()
    messages = _log_of(rules)
    cancelled = next((rule.cancel for rule in rules if rule.cancel is not None), None)
    if cancelled is not None:
        raise failure(call.options, cancelled or CANCELLED, dn, messages)
    if any(rule.approval for rule in rules):
        _submit(call, target)
        return Log(messages, OperationResult(type=ResultType.SUSPENDED, messages=messages, dn=dn))
    return Log(messages)


def _rules(call: Call[DirectoryObject, Options]) -> list[BusinessRule]:
    """The rules for an operation, in the order in which they were added; those for any operation come last."""
    records = call.world.store.records(VENDOR, BusinessRule)
    if not len(records):
        return []
    return [*records.find("operation", (call.operation.requires or "").lower()), *records.find("operation", "*")]


def _log_of(rules: list[BusinessRule]) -> tuple[Message, ...]:
    """What the operation says itself, and then what the rules did."""
    told = [rule for rule in rules if not rule.hidden]
    own = [message for rule in rules if rule.hidden for message in rule.logged]
    return (*own, _told(told)) if told else tuple(own)


def _told(rules: list[BusinessRule]) -> Message:
    """Three levels: that there are rules, what each does, and what came of it."""
    count = f"{len(rules)} rule{'' if len(rules) == 1 else 's'} encountered while processing your request"
    return Message(
        source=SOURCE, text=count, type=MessageType.INFORMATION, inner=tuple(_told_by(rule) for rule in rules)
    )


def _told_by(rule: BusinessRule) -> Message:
    action = OTHER_ACTION
    inner = rule.logged
    if rule.cancel is not None:
        action = CANCEL_ACTION
    elif rule.approval:
        action = APPROVAL_ACTION
        inner = (*inner, Message(text=SUBMITTED, type=MessageType.APPROVAL_REQUIRED))
    return Message(
        source=f"'Business Rule {rule.name}'",
        text=rule.action or action,
        type=MessageType.TRIGGERED_OPERATION,
        inner=inner,
    )


def _submit(call: Call[DirectoryObject, Options], target: str) -> None:
    """Keep a request for whoever approves it, which the REST API has no call for."""
    call.world.store.records(VENDOR, ApprovalRequest).add(
        ApprovalRequest(
            guid=call.world.ids.uuid(),
            operation=call.operation.requires or "",
            target=target,
            requestor=call.caller.dn,
            createdAtUtc=moments.written(call.world.clock.now()),
        )
    )
