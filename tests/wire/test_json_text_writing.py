"""JSON as it is written."""

from __future__ import annotations

from mockmail.wire.json_text import write_json


def test_json_is_compact_in_the_order_of_names_and_in_utf_8():
    written = write_json({"b": [1, None, True, 0.5], "a": {"ä": "通\n"}})
    assert written == '{"b":[1,null,true,0.5],"a":{"ä":"通\\n"}}'.encode()


def test_half_a_surrogate_pair_becomes_a_question_mark():
    assert write_json(["\ud800"]) == b'["?"]'
