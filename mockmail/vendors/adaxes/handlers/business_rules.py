"""Business rules: actions that Adaxes performs before an operation; its result lists them (docs/wire/adaxes.md 4.1).

A rule adds messages to the operation's log, cancels it, or sends it for approval. The form of the log is documented
(adaxes.com/sdk/REST_OperationResult); the rules are records of the state.
"""

from __future__ import annotations

from mockmail.core.state.records import Document
from mockmail.vendors.adaxes.authentication import AdaxesCall
from mockmail.vendors.adaxes.errors import OperationFailed
from mockmail.vendors.adaxes.identifiers import is_within
from mockmail.vendors.adaxes.records import ApprovalRequest, BusinessRule, Message, MessageType
from mockmail.vendors.adaxes.views import ResultType, operation_result
from mockmail.wire.json_text import dotnet_timestamp

SOURCE = "Business Rules"
APPROVAL_ACTION = "Send this operation for approval."
SUBMITTED = "Request submitted for approval."
CANCEL_ACTION = "Cancel this operation."
OTHER_ACTION = "Run a program or PowerShell script."
CANCELLED = "The operation was cancelled by a business rule."


def run(call: AdaxesCall, target: str, dn: str | None = None) -> tuple[tuple[Message, ...], Document | None]:
    """Run the rules for the call's operation. Raise OperationFailed if a rule cancels it.

    Return the messages of the rules, and the result of an operation that waits for approval; None if it does not.
    target: the DN of the operation's object. dn: the DN that the result reports.
    """
    operation, rules = call.operation.requires or "", call.records(BusinessRule)
    found = [*rules.find("operation", operation.lower()), *rules.find("operation", "*")]
    matching = [rule for rule in found if not rule.scope or is_within(target, rule.scope)]
    messages = _messages(matching)
    cancelled = next((rule.cancel for rule in matching if rule.cancel is not None), None)
    if cancelled is not None:
        raise OperationFailed(cancelled or CANCELLED, messages, dn)
    if not any(rule.approval for rule in matching):
        return messages, None
    request = ApprovalRequest(
        guid=call.world.ids.uuid(),
        operation=operation,
        target=target,
        requestor=call.caller.account.dn,
        createdAtUtc=dotnet_timestamp(call.world.clock.now()),
    )
    call.records(ApprovalRequest).add(request)
    return messages, operation_result(call.options, ResultType.SUSPENDED, messages=messages, dn=dn)


def _messages(rules: list[BusinessRule]) -> tuple[Message, ...]:
    of_hidden_rules = [message for rule in rules if rule.hidden for message in rule.log]
    named = tuple(_message_of(rule) for rule in rules if not rule.hidden)
    if not named:
        return tuple(of_hidden_rules)
    count = f"{len(named)} rule{'' if len(named) == 1 else 's'} encountered while processing your request"
    return (*of_hidden_rules, Message(source=SOURCE, text=count, innerMessages=named))


def _message_of(rule: BusinessRule) -> Message:
    action = OTHER_ACTION
    inner = rule.log
    if rule.cancel is not None:
        action = CANCEL_ACTION
    elif rule.approval:
        action = APPROVAL_ACTION
        inner = (*inner, Message(text=SUBMITTED, messageType=MessageType.APPROVAL_REQUIRED))
    return Message(
        source=f"'Business Rule {rule.name}'",
        text=rule.action or action,
        messageType=MessageType.TRIGGERED_OPERATION,
        innerMessages=inner,
    )
