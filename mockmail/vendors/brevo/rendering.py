"""Render Brevo's templates, within the bounds that all vendors' templates have (docs/wire/brevo.md 5)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import ge, gt, le, lt
from typing import Any

from mockmail.core.senders import templates
from mockmail.core.senders.template_parser import TemplateError
from mockmail.core.senders.templates import TemplateRules, is_truthy, text_of
from mockmail.vendors.brevo.template_parser import (
    Comparison,
    Condition,
    Constant,
    Expression,
    For,
    If,
    Operand,
    Parser,
)

__all__ = ["Renderer", "TemplateError", "has_tags"]


OF_AN_ELEMENT = 4
"""The characters that cost as much as an element of a list."""

OF_A_LIST = 40
"""Those that cost as much as a list in a list."""


def has_tags(source: str) -> bool:
    """Return whether a text may have anything to render."""
    return "{{" in source or "{%" in source or "{#" in source


class Renderer:
    """Renders the templates of one request: each is parsed once, and all share the bounds on steps and output."""

    def __init__(self) -> None:
        self._parser = Parser()
        self._parsed: dict[str, list[Any]] = {}
        self._bounds = templates.Renderer(TemplateRules())

    def render(self, source: str, params: Mapping[str, Any], contact: Mapping[str, Any]) -> str:
        """Return a template with its values; those that are missing are empty. Raise TemplateError."""
        if not has_tags(source):
            return source
        nodes = self._parsed.get(source)
        if nodes is None:
            nodes = self._parsed[source] = self._parser.parse(source)
        out: list[str] = []
        self._write(nodes, {"params": params, "contact": contact}, out)
        return "".join(out)

    def _write(self, nodes: list[Any], scope: Mapping[str, Any], out: list[str]) -> None:
        for node in nodes:
            if isinstance(node, If):
                self._bounds.count("")
                self._write(self._chosen(node, scope), scope, out)
            elif isinstance(node, For):
                self._loop(node, scope, out)
            else:
                text = node if isinstance(node, str) else self._text(node, scope)
                self._bounds.count(text)
                out.append(text)

    def _text(self, expression: Expression, scope: Mapping[str, Any]) -> str:
        value = self._value(expression, scope)
        if isinstance(value, list):
            self._count_length(value)
        return text_of(value)

    def _loop(self, loop: For, scope: Mapping[str, Any], out: list[str]) -> None:
        items = self._value(loop.items, scope)
        if isinstance(items, Mapping):
            items = list(items)
        if not isinstance(items, list) or not items:
            self._write(loop.otherwise, scope, out)
            return
        for number, item in enumerate(items):
            self._bounds.count("")
            last = len(items) - 1
            place = {"counter": number + 1, "counter0": number, "first": number == 0, "last": number == last}
            forloop = {**place, **{name.capitalize(): value for name, value in place.items()}}
            self._write(loop.body, {**scope, loop.name: item, "forloop": forloop}, out)

    def _chosen(self, block: If, scope: Mapping[str, Any]) -> list[Any]:
        for condition, body in block.branches:
            if self._holds(condition, scope):
                return body
        return block.otherwise

    def _holds(self, condition: Condition, scope: Mapping[str, Any]) -> bool:
        return any(all(self._is_true(each, scope) for each in alternative) for alternative in condition)

    def _is_true(self, comparison: Comparison, scope: Mapping[str, Any]) -> bool:
        left = self._value(comparison.left, scope)
        self._count_length(left)
        if comparison.right is None:
            return is_truthy(left) != comparison.negated
        right = self._value(comparison.right, scope)
        self._count_length(right)
        return _compare(left, comparison.operator, right) != comparison.negated

    def _value(self, expression: Expression, scope: Mapping[str, Any]) -> Any:
        value = _look_up(expression.operand, scope)
        for name, argument in expression.filters:
            function = FILTERS.get(name)
            if function is None:
                raise TemplateError(f"there is no filter {name!r:.80}")
            self._count_length(value)
            value = function(value, None if argument is None else _look_up(argument, scope))
        return value

    def _count_length(self, value: Any) -> None:
        """Count a step that may read a whole value."""
        self._bounds.count(" " * _size(value))


def _size(value: Any) -> int:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, list):
        return OF_AN_ELEMENT * len(value) + sum(OF_A_LIST + _size(each) for each in value if isinstance(each, list))
    return 0


def _look_up(operand: Operand, scope: Mapping[str, Any]) -> Any:
    if isinstance(operand, Constant):
        return operand.value
    value: Any = scope
    for part in operand.parts:
        if isinstance(value, Mapping):
            value = value.get(part)
        elif isinstance(value, list) and part.isdecimal() and len(part) < len("1000000000"):
            value = value[int(part)] if int(part) < len(value) else None
        else:
            return None
    return value


def _compare(left: Any, operator: str, right: Any) -> bool:
    if operator == "in":
        return (
            not isinstance(left, list | dict) and left in right
            if isinstance(right, list)
            else isinstance(right, str) and text_of(left) in right
        )
    if operator in ("==", "!="):
        is_equal = left is right if isinstance(left, list | dict) else left == right
        return bool(is_equal) == (operator == "==")
    is_number = isinstance(left, int | float) and isinstance(right, int | float)
    if not is_number and not (isinstance(left, str) and isinstance(right, str)):
        return False
    return bool(ORDERS[operator](left, right))


ORDERS: dict[str, Callable[[Any, Any], Any]] = {"<": lt, "<=": le, ">": gt, ">=": ge}


def _joined(value: Any, separator: Any) -> Any:
    if not isinstance(value, list):
        return value
    text = text_of(separator)
    if len(text) * len(value) > templates.LARGEST_OUTPUT:
        raise TemplateError(f"a joined list has more than {templates.LARGEST_OUTPUT} characters")
    return text.join(map(text_of, value))


def _at(position: int) -> Callable[[Any, Any], Any]:
    return lambda value, _: value[position] if isinstance(value, list | str) and value else ""


FILTERS: dict[str, Callable[[Any, Any], Any]] = {
    "default": lambda value, other: value if is_truthy(value) else other,
    "default_if_none": lambda value, other: other if value is None else value,
    "upper": lambda value, _: text_of(value).upper(),
    "lower": lambda value, _: text_of(value).lower(),
    "title": lambda value, _: text_of(value).title(),
    "capfirst": lambda value, _: text_of(value)[:1].upper() + text_of(value)[1:],
    "length": lambda value, _: len(value) if isinstance(value, list | str | dict) else 0,
    "join": _joined,
    "first": _at(0),
    "last": _at(-1),
    "safe": lambda value, _: value,
}
"""The filters of the template language that are served."""
