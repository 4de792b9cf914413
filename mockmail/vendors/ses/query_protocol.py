"""Version 1's Query protocol: a form with dotted names, and XML (docs/wire/ses.md 3)."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import Any

from lxml import etree

from mockmail.core.exchange import WireRequest
from mockmail.wire.forms import BrokenForm, urlencoded
from mockmail.wire.parameters import parameters
from mockmail.wire.xml_templates import without_forbidden_characters

NAMESPACES: dict[Any, str] = {None: "http://ses.amazonaws.com/doc/2010-12-01/"}
ACTION = "/#Action="
"""The path of an operation of version 1 is this and its name."""

MOST_DEPTH = 12
_ACTION = re.compile(rb"(?:\A|&)Action=([A-Za-z0-9]{1,64})(?=&|\Z)")


class Entries(dict[str, Any]):
    """A map, which XML has as `entry` elements with `key` and `value`."""


def action_of(request: WireRequest) -> str:
    """Return the name of the action that a form asks for; empty without one."""
    found = _ACTION.search(request.body)
    return "" if found is None else found[1].decode()


def path_of_action(request: WireRequest) -> str:
    """Return the path of the operation that a form names."""
    return ACTION + action_of(request)


def read_form(model: type[Any], body: bytes) -> dict[str, Any]:
    """Return the values of a form, as objects and arrays where the model has them. Raise BrokenForm."""
    root: dict[str, Any] = {}
    for field in urlencoded(body):
        parts, node = field.name.split("."), root
        if len(parts) > MOST_DEPTH:
            raise BrokenForm(f"a name has more than {MOST_DEPTH} parts")
        for part in parts[:-1]:
            node = node.setdefault(part, {})
            if not isinstance(node, dict):
                raise BrokenForm(f"{field.name:.200} is below a name that has a value")
        node[parts[-1]] = field.value
    return _shaped(model, root)


def document(action: str, result: Any, request_id: str) -> bytes:
    """Return the response to an action. result: its document; None for an action without one."""
    root = etree.Element(f"{action}Response", nsmap=NAMESPACES)
    if result is not None:
        _write(etree.SubElement(root, f"{action}Result"), result)
    _write(etree.SubElement(root, "ResponseMetadata"), {"RequestId": request_id})
    return etree.tostring(root)


def error_document(code: str, message: str, request_id: str, *, is_client: bool) -> bytes:
    """Return the response to an action that failed. is_client: whether the client made the error."""
    root = etree.Element("ErrorResponse", nsmap=NAMESPACES)
    kind = "Sender" if is_client else "Receiver"
    _write(root, {"Error": {"Type": kind, "Code": code, "Message": message}, "RequestId": request_id})
    return etree.tostring(root)


def _shaped(model: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    known = {parameter.name: parameter for parameter in parameters(model)}
    shaped = dict(values)
    for name in known.keys() & values.keys():
        parameter, value = known[name], values[name]
        if parameter.container is tuple:
            members = value.get("member") if isinstance(value, dict) else value
            elements = _in_order(members) if isinstance(members, dict) else value
            value = [] if elements == "" else elements
        if dataclasses.is_dataclass(parameter.type):
            if isinstance(value, list):
                value = [_shaped(parameter.type, each) if isinstance(each, dict) else each for each in value]
            elif isinstance(value, dict):
                value = _shaped(parameter.type, value)
        shaped[name] = value
    return shaped


def _in_order(members: Mapping[str, Any]) -> list[Any]:
    numbered = [(int(name), value) for name, value in members.items() if name.isdecimal() and len(name) < 10]  # noqa: PLR2004
    return [value for _, value in sorted(numbered, key=lambda pair: pair[0])]


def _write(element: etree._Element, value: Any) -> None:
    if isinstance(value, Entries):
        for key, entry in value.items():
            _write(etree.SubElement(element, "entry"), {"key": key, "value": entry})
    elif isinstance(value, dict):
        for name, member in value.items():
            if member is not None:
                _write(etree.SubElement(element, name), member)
    elif isinstance(value, list | tuple):
        for member in value:
            _write(etree.SubElement(element, "member"), member)
    elif isinstance(value, bool):
        element.text = "true" if value else "false"
    else:
        element.text = without_forbidden_characters(str(value))
