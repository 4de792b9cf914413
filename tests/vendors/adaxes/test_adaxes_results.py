"""The layout of operation results, nested messages included."""

from __future__ import annotations

from mockmail.vendors.adaxes.options import Options
from mockmail.vendors.adaxes.records import Message, MessageType
from mockmail.vendors.adaxes.views import ResultType, operation_result
from mockmail.wire.json_text import read_json, write_json


def test_result_of_a_suspended_operation_nests_its_messages():
    approval = Message(text="Sent for approval.", messageType=MessageType.APPROVAL_REQUIRED)
    rule = Message(
        source="'Rule'", text="Ask first.", messageType=MessageType.TRIGGERED_OPERATION, innerMessages=(approval,)
    )

    result = operation_result(Options(), ResultType.SUSPENDED, messages=(rule,), dn="CN=x")

    assert read_json(write_json(result)) == {
        "resultType": 2,
        "innerMessages": [
            {
                "source": "'Rule'",
                "text": "Ask first.",
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
