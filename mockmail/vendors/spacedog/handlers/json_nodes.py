"""JSON bodies as SpaceDog's Json8 checks them, with its words for what is wrong."""

from __future__ import annotations

from typing import Any

from mockmail.vendors.spacedog.bodies import JsonBody
from mockmail.vendors.spacedog.errors import Cause, IllegalArgument

PARSE_EXCEPTION = "com.fasterxml.jackson.core.JsonParseException"


def node(body: JsonBody) -> Any:
    """Any JSON value. Raises IllegalArgument for no body and for a broken one."""
    if not body.text:
        raise IllegalArgument("[JSON] is null or empty")
    if body.broken is not None:
        raise _undecodable(body, body.broken)
    return body.value


def object_(body: JsonBody) -> dict[str, Any]:
    """A JSON object."""
    value = node(body)
    if not isinstance(value, dict):
        raise IllegalArgument(f"not a json object but [{node_type(value)}]")
    return value


def map_(body: JsonBody) -> dict[str, Any]:
    """A JSON object, or nothing for `null`."""
    value = node(body)
    if value is not None and not isinstance(value, dict):
        raise _undecodable(body, "Can not deserialize instance of java.util.LinkedHashMap")
    return value or {}


def text_of(document: dict[str, Any], name: str) -> str:
    """A field that must be a text with something in it."""
    value = document.get(name)
    if value is None or value == "":
        raise IllegalArgument(f"property [{name}] is missing")
    if not isinstance(value, str):
        kind = node_type(value).capitalize()
        raise IllegalArgument(f"property [{name}] must be of type [String] instead of [{kind}]")
    return value


def as_text(value: Any) -> str:
    """A scalar as text; anything else has none."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else ""


def node_type(value: Any) -> str:
    """What Jackson calls a kind of JSON value."""
    if isinstance(value, bool):
        return "BOOLEAN"
    kinds = {str: "STRING", int: "NUMBER", float: "NUMBER", list: "ARRAY", dict: "OBJECT"}
    return kinds.get(type(value), "NULL")


def _undecodable(body: JsonBody, reason: str) -> IllegalArgument:
    return IllegalArgument(f"error deserializing JSON string [{body.text}]", cause=Cause(reason, PARSE_EXCEPTION))
