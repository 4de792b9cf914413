"""The XML of PHP's Zend_Rest_Server: a tree of names and values, with PHP's idea of what they look like.

- `None` and the empty string are a start and an end tag, an empty list or mapping is one empty tag;
- `True` and `False` are 1 and 0; a float is written as PHP 7 prints it, in at most 14 digits;
- a list's elements are `key_0`, `key_1` ...; a mapping's integer keys are `key_N` too;
- the whole tree stands on one line behind the declaration, and a newline ends it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import copy
from functools import lru_cache
from typing import Any

from lxml import etree

from mockmail.wire.xml import sayable, serialized

DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,255}")


def document(method: str, content: Mapping[str, Any]) -> bytes:
    """A `Zend_Rest_Server` answer: `<api generator="zend" version="1.0">` around an element named for the method."""
    root = copy(_envelope(method))
    _fill(root[0], content)
    return serialized(root, DECLARATION) + b"\n"


def fault(method: str, message: str, *, known: bool = True) -> bytes:
    """What `Zend_Rest_Server` answers to an exception: `response` with the message, then `status`.

    known: whether the method is one of the served class; one that is not is the root element itself.
    """
    root = copy(_envelope(method)) if known else _root(method)
    _fill(root[0] if known else root, {"response": {"message": message}, "status": "failed"})
    return serialized(root, DECLARATION) + b"\n"


def is_name(text: str) -> bool:
    """Whether a text can be an element's name."""
    return _NAME.fullmatch(text) is not None


def text_of(value: object) -> str:
    """A scalar as PHP turns it into a string."""
    if isinstance(value, str):
        return sayable(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return php_float(value)
    return sayable(str(value))


def php_float(value: float) -> str:
    """A float as PHP prints it with `precision=14`: 0.5, 1.0E-5, 3."""
    digits, exponent, power = f"{value:.14G}".partition("E")
    if not exponent:
        return digits
    return f"{digits if '.' in digits else digits + '.0'}E{int(power):+d}"


def _fill(element: etree._Element, value: object) -> None:
    if isinstance(value, dict):
        _fill_row(element, value)
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            _fill(etree.SubElement(element, f"key_{number}"), inner)
    else:
        element.text = text_of(value)


def _fill_row(element: etree._Element, row: dict[str | int, object]) -> None:
    element.extend(copy(_blank(tuple(row))))
    for child, value in zip(element, row.values(), strict=True):
        kind = type(value)  # the two that most values are, before what asks about all kinds
        if kind is str:
            child.text = value if value.isprintable() else sayable(value)  # type: ignore[attr-defined,arg-type,assignment]
        elif kind is int:
            child.text = str(value)
        else:
            _fill(child, value)


@lru_cache(maxsize=256)
def _blank(names: tuple[str | int, ...]) -> etree._Element:
    """An element with these children, to be copied: a third of the cost of making each one anew."""
    blank = etree.Element("blank")
    for name in names:
        etree.SubElement(blank, f"key_{name}" if isinstance(name, int) else name)
    return blank


@lru_cache(maxsize=256)
def _envelope(method: str) -> etree._Element:
    root = _root("api")
    etree.SubElement(root, method)
    return root


def _root(name: str) -> etree._Element:
    return etree.Element(name, generator="zend", version="1.0")
