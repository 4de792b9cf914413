"""The base of JSON dialects: reading bodies and writing responses."""

from __future__ import annotations

import json

import pytest
from multidict import CIMultiDict, CIMultiDictProxy

from mockmail.core.exchange import WireRequest
from mockmail.wire.json_dialect import JsonDialect, NotAnArray, NotAnObject, UnsupportedMediaType
from mockmail.wire.json_text import BrokenJson


class Dialect(JsonDialect):
    charsets = {"utf-8": "utf-8", "unicode": "utf-16"}  # noqa: RUF012  # a constant
    max_depth = 3
    codes = {400: "bad", 404: "missing", 500: "broken"}  # noqa: RUF012

    def decode(self, call):
        raise NotImplementedError

    def encode(self, call, result):
        raise NotImplementedError

    def refuse(self, request, operation, error):
        raise NotImplementedError

    def problem(self, request, operation, problem):
        raise NotImplementedError


class Strict(Dialect):
    other_charsets = None


def post(body, content_type="application/json"):
    headers = CIMultiDictProxy(CIMultiDict({"Content-Type": content_type}))
    return WireRequest("POST", "/", ("",), headers=headers, body=body)


def test_object_is_read_in_the_charset_that_the_request_names():
    assert Dialect().read_object(post('{"a": "ü"}'.encode())) == {"a": "ü"}
    body = '{"a": "ü"}'.encode("utf-16")
    assert Dialect().read_object(post(body, "application/json; charset=Unicode")) == {"a": "ü"}


def test_unknown_charset_is_utf8_or_refused():
    request = post('{"a": "ü"}'.encode(), "application/json; charset=latin-1")
    assert Dialect().read_object(request) == {"a": "ü"}
    with pytest.raises(UnsupportedMediaType):
        Strict().read_object(request)


@pytest.mark.parametrize("content_type", ["", "text/plain", "application/jsonp"])
def test_body_that_does_not_say_that_it_is_json_is_refused(content_type):
    with pytest.raises(UnsupportedMediaType):
        Dialect().read_object(post(b"{}", content_type))


@pytest.mark.parametrize("body", [b"", b"{", b"[[[[]]]]", b'{"a": NaN}'])
def test_body_that_is_not_json_or_too_deep_is_broken(body):
    with pytest.raises(BrokenJson):
        Dialect().read_object(post(body))


def test_json_that_is_not_an_object_is_refused_with_its_value():
    with pytest.raises(NotAnObject) as caught:
        Dialect().read_object(post(b"[1]"))
    assert caught.value.value == [1]


def test_operation_with_an_array_takes_it_unchanged_and_refuses_an_object():
    class Plain(Dialect):
        def refusal(self, error):
            return error

    assert Plain().bind(list, [1, {}]) == [1, {}]
    with pytest.raises(NotAnArray, match="expected a JSON array"):
        Plain().bind(list, {"a": 1})


def test_response_is_compact_json_with_the_content_type():
    answer = Dialect().response(404, {"a": ["ü"]})
    assert (answer.status, json.loads(answer.body)) == (404, {"a": ["ü"]})
    assert answer.headers == (("Content-Type", "application/json"),)


@pytest.mark.parametrize(("status", "code"), [(404, "missing"), (418, "bad"), (503, "broken")])
def test_code_of_a_status_falls_back_to_400_or_500(status, code):
    assert Dialect().code(status) == code
