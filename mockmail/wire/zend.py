"""The XML of PHP's Zend_Rest_Server: a tree of names and values, with PHP's idea of what they look like.

- `None` and the empty string are a start and an end tag, an empty list or mapping is one empty tag;
- `True` and `False` are 1 and 0; a float is written as PHP 7 prints it, in at most 14 digits;
- a list's elements are `key_0`, `key_1` ...; a mapping's integer keys are `key_N` too;
- the whole tree stands on one line behind the declaration, and a newline ends it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from copy import deepcopy
from functools import lru_cache
from typing import Any

from lxml import etree

from mockmail.wire.xml import sayable, serialized

DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'

_SHORT = 4
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,255}")


def document(method: str, content: Mapping[str, Any]) -> bytes:
    """A `Zend_Rest_Server` answer: `<api generator="zend" version="1.0">` around an element named for the method."""
    root = etree.Element("api", generator="zend", version="1.0")
    _fill(etree.SubElement(root, method), content)
    return serialized(root, DECLARATION) + b"\n"


def fault(method: str, message: str, *, known: bool = True) -> bytes:
    """What `Zend_Rest_Server` answers to an exception: `response` with the message, then `status`.

    known: whether the method is one of the served class; one that is not is the root element itself.
    """
    root = etree.Element("api" if known else method, generator="zend", version="1.0")
    _fill(etree.SubElement(root, method) if known else root, {"response": {"message": message}, "status": "failed"})
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
    """Long rows are copied from a blank one, at half the cost of making each element anew."""
    if len(row) > _SHORT:
        element.extend(deepcopy(_blank(tuple(row))))
        children: Iterable[etree._Element] = element
    else:
        children = [_named(element, name) for name in row]
    for child, value in zip(children, row.values(), strict=True):
        if isinstance(value, str):
            child.text = value if value.isprintable() else sayable(value)
        else:
            _fill(child, value)


def _named(element: etree._Element, name: str | int) -> etree._Element:
    return etree.SubElement(element, f"key_{name}" if isinstance(name, int) else name)


@lru_cache(maxsize=256)
def _blank(names: tuple[str | int, ...]) -> etree._Element:
    blank = etree.Element("blank")
    for name in names:
        _named(blank, name)
    return blank
