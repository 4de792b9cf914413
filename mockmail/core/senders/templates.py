"""Render templates of the Handlebars family, as several vendors have them: one core, with switches for each dialect."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape as escape_html
from typing import Any

from mockmail.core.senders.template_parser import Block, Invocation, Literal, PathTo, TemplateError, Value, parse

__all__ = ["MissingVariable", "Renderer", "TemplateError", "TemplateRules", "is_truthy", "text_of"]

MOST_STEPS = 100_000
"""The most nodes, arguments of helpers, and parts of values that the renders of one request visit."""

LARGEST_OUTPUT = 10 << 20
"""The most characters that the renders of one request write, or give to helpers."""

Condition = Callable[[Sequence[Any]], bool]
Function = Callable[[Sequence[Any], Mapping[str, Any]], Any]


class MissingVariable(TemplateError):
    """A template names a variable that the data does not have. name: the variable."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the data has no {name!r:.80}")
        self.name = name


def handlebars_escape(text: str) -> str:
    """Return a text escaped as Handlebars does."""
    return escape_html(text, quote=True).replace("`", "&#x60;").replace("=", "&#x3D;")


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateRules:
    """The differences between the vendors' template languages.

    escape: how `{{x}}` is escaped in HTML; None for not at all. `{{{x}}}` and `{{&x}}` never are.
    missing_is_error: whether a missing variable raises MissingVariable; else it is empty.
    iterates_sections: whether `{{#list}}` repeats its body; else it only makes the list the context.
    conditions: block helpers that decide on their arguments, such as `equals`. functions: helpers that return a value.
    """

    escape: Callable[[str], str] | None = handlebars_escape
    missing_is_error: bool = False
    iterates_sections: bool = True
    conditions: Mapping[str, Condition] = field(default_factory=dict)
    functions: Mapping[str, Function] = field(default_factory=dict)


class Renderer:
    """Renders the templates of one request: each is parsed once, and all share the bounds on steps and output.

    share: the part of the bounds that each message has, for a request whose messages begin with `next_message`.
    """

    def __init__(self, rules: TemplateRules, *, share: float = 1) -> None:
        self.rules = rules
        self._parsed: dict[str, list[Any]] = {}
        self._steps = 0
        self._size = 0
        self._most_steps = int(MOST_STEPS * share)
        self._largest = int(LARGEST_OUTPUT * share)

    def next_message(self) -> None:
        """Count the steps and the output of another message from here on."""
        self._steps = self._size = 0

    def check(self, source: str) -> None:
        """Raise TemplateError for a template that cannot be parsed."""
        self._nodes(source)

    def render(self, source: str, data: Any, *, html: bool, private: Mapping[str, Any] | None = None) -> str:
        """Return a template with its values. html: whether values are escaped. private: values such as `@content`.

        Raise TemplateError for a broken template or one over a bound, MissingVariable.
        """
        nodes = self._nodes(source)
        run = _Run(self, html=html and self.rules.escape is not None)
        run.write(nodes, [data], {"root": data, **(private or {})})
        return "".join(run.out)

    def variables(self, source: str) -> list[str]:
        """Return the first parts of all paths in a template, each once, in order. Raise TemplateError."""
        found: dict[str, None] = {}
        _collect(self._nodes(source), found, is_helper={*_BLOCKS, *self.rules.conditions, *self.rules.functions})
        return list(found)

    def count(self, text: str) -> None:
        """Count a step and its output. Raise TemplateError over a bound."""
        self._steps += 1
        self._size += len(text)
        if self._steps > self._most_steps:
            raise TemplateError(f"the templates of a request take more than {self._most_steps} steps")
        if self._size > self._largest:
            raise TemplateError(f"the templates of a request make more than {self._largest} characters")

    def count_value(self, value: Any) -> None:
        """Count a value that is read, with all its parts. Raise TemplateError over a bound."""
        self.count(value if isinstance(value, str) else "")
        if isinstance(value, list):
            for each in value:
                self.count_value(each)

    def _nodes(self, source: str) -> list[Any]:
        nodes = self._parsed.get(source)
        if nodes is None:
            nodes = self._parsed[source] = parse(source)
        return nodes


class _Run:
    def __init__(self, renderer: Renderer, *, html: bool) -> None:
        self._renderer = renderer
        self._rules = renderer.rules
        self._html = html
        self.out: list[str] = []

    def write(self, nodes: list[Any], contexts: list[Any], private: Mapping[str, Any]) -> None:
        for node in nodes:
            text = ""
            if isinstance(node, str):
                text = node
            elif isinstance(node, Value):
                value = self._value(node.expression, contexts, private, is_output=True)
                if isinstance(value, list):
                    self._renderer.count_value(value)
                text = text_of(value)
                if self._html and not node.raw and self._rules.escape is not None:
                    text = self._rules.escape(text)
            self._renderer.count(text)
            if isinstance(node, Block):
                self._block(node, contexts, private)
            else:
                self.out.append(text)

    def _block(self, block: Block, contexts: list[Any], private: Mapping[str, Any]) -> None:
        expression = block.expression
        name = expression.path.text if isinstance(expression.path, PathTo) else ""
        if name in self._rules.conditions:
            arguments = self._arguments(expression.arguments, contexts, private)
            chosen = block.body if self._rules.conditions[name](arguments) != block.inverted else block.otherwise
            self.write(chosen, contexts, private)
        elif name in _BLOCKS and expression.arguments:
            value = self._value(expression.arguments[0], contexts, private)
            self._built_in(name, block, value, contexts, private)
        else:
            self._section(block, self._value(expression, contexts, private), contexts, private)

    def _built_in(self, name: str, block: Block, value: Any, contexts: list[Any], private: Mapping[str, Any]) -> None:
        if name in ("if", "unless"):
            chosen = block.body if is_truthy(value) == (name == "if") else block.otherwise
            self.write(chosen, contexts, private)
        elif not is_truthy(value):
            self.write(block.otherwise, contexts, private)
        elif name == "with":
            self.write(block.body, [*contexts, value], private)
        else:
            self._each(block, value, contexts, private)

    def _section(self, block: Block, value: Any, contexts: list[Any], private: Mapping[str, Any]) -> None:
        if is_truthy(value) == block.inverted:
            self.write(block.otherwise, contexts, private)
        elif block.inverted or value is True:
            self.write(block.body, contexts, private)
        elif isinstance(value, list) and self._rules.iterates_sections:
            self._each(block, value, contexts, private)
        else:
            self.write(block.body, [*contexts, value], private)

    def _each(self, block: Block, value: Any, contexts: list[Any], private: Mapping[str, Any]) -> None:
        if isinstance(value, dict):
            pairs: list[tuple[Any, Any]] = list(value.items())
        else:
            pairs = list(enumerate(value)) if isinstance(value, list) else []
        for number, (key, each) in enumerate(pairs):
            self._renderer.count("")
            place = {"index": number, "key": key, "first": number == 0, "last": number == len(pairs) - 1}
            self.write(block.body, [*contexts, each], {**private, **place})
        if not pairs:
            self.write(block.otherwise, contexts, private)

    def _value(
        self, expression: Any, contexts: list[Any], private: Mapping[str, Any], *, is_output: bool = False
    ) -> Any:
        if isinstance(expression, Literal):
            return expression.value
        if isinstance(expression, PathTo):
            return self._look_up(expression, contexts, private, is_output=is_output)
        path = expression.path
        function = self._rules.functions.get(path.text) if isinstance(path, PathTo) else None
        if function is not None:
            self._renderer.count("")
            named = self._arguments(expression.named.values(), contexts, private)
            arguments = self._arguments(expression.arguments, contexts, private)
            return function(arguments, dict(zip(expression.named, named, strict=True)))
        if expression.arguments or expression.named:
            condition = self._rules.conditions.get(path.text) if isinstance(path, PathTo) else None
            if condition is None:
                raise TemplateError(f"there is no helper {getattr(path, 'text', '')!r:.80}")
            return condition(self._arguments(expression.arguments, contexts, private))
        return self._value(path, contexts, private, is_output=is_output)

    def _arguments(self, expressions: Iterable[Any], contexts: list[Any], private: Mapping[str, Any]) -> list[Any]:
        values = []
        for expression in expressions:
            values.append(self._value(expression, contexts, private))
            self._renderer.count_value(values[-1])
        return values

    def _look_up(self, path: PathTo, contexts: list[Any], private: Mapping[str, Any], *, is_output: bool) -> Any:
        if path.data:
            value: Any = private
        elif path.up >= len(contexts):
            return None
        else:
            value = contexts[-1 - path.up]
        for part in path.parts:
            if isinstance(value, Mapping) and part in value:
                value = value[part]
            elif isinstance(value, list) and part.isdecimal() and len(part) < 10 and int(part) < len(value):  # noqa: PLR2004
                value = value[int(part)]
            elif isinstance(value, list) and part == "length":
                value = len(value)
            elif is_output and self._rules.missing_is_error:
                raise MissingVariable(path.text)
            else:
                return None
        return value


_BLOCKS = frozenset({"if", "unless", "each", "with"})


def is_truthy(value: Any) -> bool:
    """Return whether a value counts as true: all but null, false, 0, "" and an empty list."""
    return not (value is None or value is False or value in (0, "") or value == [])


def text_of(value: Any) -> str:
    """Return the text of a JSON value, as JavaScript writes it."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if math.isfinite(value) and value == int(value) else repr(value)
    if isinstance(value, list):
        return ",".join(map(text_of, value))
    return "[object Object]" if isinstance(value, dict) else str(value)


def _collect(nodes: Sequence[Any], found: dict[str, None], is_helper: set[str]) -> None:
    for node in nodes:
        if isinstance(node, Value | Block):
            _collect_names(node.expression, found, is_helper)
        if isinstance(node, Block):
            _collect([*node.body, *node.otherwise], found, is_helper)


def _collect_names(expression: Any, found: dict[str, None], is_helper: set[str]) -> None:
    if isinstance(expression, Invocation):
        for each in (expression.path, *expression.arguments, *expression.named.values()):
            _collect_names(each, found, is_helper)
    elif (
        isinstance(expression, PathTo) and expression.parts and not expression.data and expression.text not in is_helper
    ):
        found[expression.parts[0]] = None
