"""Write the XML of PHP's Zend_Rest_Server: a tree of names and values, with scalars as PHP prints them.

- `None` and the empty string are a start and an end tag, an empty list or mapping is one empty tag;
- `True` and `False` are 1 and 0; a float is written as PHP 7 prints it, in at most 14 digits;
- a list's elements are `key_0`, `key_1` ...; a mapping's integer keys are `key_N` too;
- the whole tree is on one line after the declaration, and a newline ends it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from mockmail.wire.xml_templates import empty_tag, envelope, escaped, row, without_forbidden_characters

DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'

ATTRIBUTES = (("generator", "zend"), ("version", "1.0"))

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,255}")


def document(method: str, content: Mapping[str, Any]) -> bytes:
    """Return a response: `<api generator="zend" version="1.0">` around an element named for the method."""
    return _written(("api", method), content)


def fault(method: str, message: str, *, known: bool = True) -> bytes:
    """Return the response to an exception: `response` with the message, then `status`.

    known: whether the served class has the method; an unknown method is the root element.
    """
    names = ("api", method) if known else (method,)
    return _written(names, {"response": {"message": message}, "status": "failed"})


def is_name(text: str) -> bool:
    """Return whether a text can be an element's name."""
    return _NAME.fullmatch(text) is not None


def text_of(value: object) -> str:
    """Return a scalar as PHP turns it into a string."""
    if isinstance(value, str):
        return without_forbidden_characters(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return php_float(value)
    return without_forbidden_characters(str(value))


def php_float(value: float) -> str:
    """Return a float as PHP prints it with `precision=14`: 0.5, 1.0E-5, 3."""
    digits, exponent, power = f"{value:.14G}".partition("E")
    if not exponent:
        return digits
    return f"{digits if '.' in digits else digits + '.0'}E{int(power):+d}"


def _written(names: tuple[str, ...], content: Mapping[str, Any]) -> bytes:
    before, after = envelope(names, ATTRIBUTES)
    return DECLARATION + f"{before}{_row(_pairs(content))}{after}\n".encode()


def _row(pairs: Iterable[tuple[str | int, object]]) -> str:
    names: list[str] = []
    texts: list[str] = []
    for name, value in pairs:
        element = f"key_{name}" if isinstance(name, int) else name
        kind = type(value)  # most values are texts and integers, which need no further checks
        if kind is str:
            texts.append(escaped(value))  # type: ignore[arg-type]
        elif kind is int:
            texts.append(str(value))
        elif isinstance(value, dict | list | tuple):
            if not value:
                element = empty_tag(element)
            else:
                texts.append(_row(_pairs(value)))
        else:
            texts.append(escaped(text_of(value)))
        names.append(element)
    return row(names, texts)


def _pairs(content: Any) -> Iterable[tuple[str | int, object]]:
    return content.items() if isinstance(content, dict) else enumerate(content)
