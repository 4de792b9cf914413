"""The layout of operation results, nested messages included."""

from __future__ import annotations

from mockmail.vendors.adaxes.options import Options
from mockmail.vendors.adaxes.result import Message, MessageType, OperationResult, ResultType


def test_a_suspended_operation_nests_its_messages():
    waiting = Message(text="Sent for approval.", type=MessageType.APPROVAL_REQUIRED)
    rule = Message(
        source="'Rule'", text="ControlRequest first.", type=MessageType.TRIGGERED_OPERATION, inner=(waiting,)
    )
    result = OperationResult(type=ResultType.SUSPENDED, messages=(rule,), dn="CN=x")
    assert result.document(Options()) == {
        "resultType": 2,
        "innerMessages": [
            {
                "source": "'Rule'",
                "text": "ControlRequest first.",
                "messageType": 3,
                "innerMessages": [
                    {"source": None, "text": "Sent for approval.", "messageType": 4, "innerMessages": []}
                ],
            }
        ],
        "exception": None,
        "actualObjectDN": "CN=x",
        "extraInfo": {},
    }
