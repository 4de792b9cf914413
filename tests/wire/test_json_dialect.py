"""The base of JSON dialects: what it takes as a JSON object, and what it answers."""

from __future__ import annotations

import json

import pytest
from multidict import CIMultiDict

from mockmail.core.exchange import WireRequest
from mockmail.wire.json_dialect import JsonDialect, NotAnObject, UnsupportedMediaType
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
