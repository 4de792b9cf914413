"""Parse Brevo's template language, which resembles Django's, into a tree (docs/wire/brevo.md 5).

Each step reads its input once. A tag that is not closed is text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from mockmail.core.senders.template_parser import MOST_DEPTH, TemplateError

MOST_TAGS = 20_000
"""The most tags and parts of conditions in the templates of one request."""

_OPENING = re.compile(r"\{[{%#]")
_CLOSING = {"{{": "}}", "{%": "%}", "{#": "#}"}
_LITERAL = r"\"[^\"]*+\"|'[^']*+'"
_FILTER = rf"\s*+\|\s*+(\w++)(?:\s*+:\s*+({_LITERAL}|[^\s|\"'<>=!]++))?"
_VALUE = re.compile(rf"({_LITERAL}|[^\s\"'<>=!|]++)((?:{_FILTER})*+)")
_FILTERS = re.compile(_FILTER)
_TOKEN = re.compile(rf"\s*+(?:(==|!=|<=|>=|<|>)|({_VALUE.pattern}))")
_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,15})?")
_CONSTANTS = {"true": True, "false": False, "True": True, "False": False, "None": None, "nil": None}
_FOR = re.compile(r"(\w++)\s++in\s++(\S++)")


@dataclass(slots=True)
class Constant:
    """A text, a number, a boolean or nothing."""

    value: Any


@dataclass(slots=True)
class Variable:
    """A path to a value, such as `params.order.id`."""

    parts: tuple[str, ...]


Operand = Constant | Variable


@dataclass(slots=True)
class Expression:
    """A value and its filters, each with an argument or None."""

    operand: Operand
    filters: list[tuple[str, Operand | None]] = field(default_factory=list)


@dataclass(slots=True)
class Comparison:
    """Two values and an operator, or one value that is true or not."""

    left: Expression
    operator: str = ""
    right: Expression | None = None
    negated: bool = False


Condition = list[list[Comparison]]
"""Alternatives, each of which is a list of comparisons that must all be true."""


@dataclass(slots=True)
class If:
    """Conditions, each with the nodes for it, and the nodes for none of them."""

    branches: list[tuple[Condition, list[Any]]]
    otherwise: list[Any] = field(default_factory=list)


@dataclass(slots=True)
class For:
    """The nodes for each element of a list, and those for an empty list."""

    name: str
    items: Expression
    body: list[Any] = field(default_factory=list)
    otherwise: list[Any] = field(default_factory=list)


class Parser:
    """Parses the templates of one request, which share the bound on tags."""

    def __init__(self) -> None:
        self._tags = 0

    def parse(self, source: str) -> list[Any]:
        """Return the nodes of a template: texts, Expression, If, For. Raise TemplateError."""
        tree = _Tree()
        for kind, text in _pieces(source):
            if kind == "text":
                tree.target.append(text)
                continue
            self._tags += 1 + text.count("|") + (text.count(" ") if kind == "{%" else 0)
            if self._tags > MOST_TAGS:
                raise TemplateError(f"the templates of a request have more than {MOST_TAGS} tags")
            if kind == "{{":
                tree.target.append(_expression(text))
            elif kind == "{%":
                tree.act(text)
        return tree.nodes()


def _pieces(source: str) -> Iterator[tuple[str, str]]:
    """Yield the texts and the tags of a template, each with its opening."""
    at = start = 0
    unclosed = set()
    while (found := _OPENING.search(source, start)) is not None:
        opening = found[0]
        end = -1 if opening in unclosed else source.find(_CLOSING[opening], found.end())
        if end < 0:
            unclosed.add(opening)
            start = found.end()
            continue
        if found.start() > at:
            yield "text", source[at : found.start()]
        yield opening, source[found.end() : end].strip()
        at = start = end + len(opening)
    if at < len(source):
        yield "text", source[at:]


class _Tree:
    def __init__(self) -> None:
        self._root: list[Any] = []
        self._open: list[tuple[If | For, list[Any]]] = []
        self.target = self._root

    def nodes(self) -> list[Any]:
        if self._open:
            raise TemplateError(f"a block is not closed: {type(self._open[-1][0]).__name__.lower()}")
        return self._root

    def act(self, tag: str) -> None:
        word, _, rest = tag.partition(" ")
        if word == "if":
            body: list[Any] = []
            self._begin(If([(_condition(rest), body)]), body)
        elif word == "for":
            found = _FOR.fullmatch(rest.strip())
            if found is None:
                raise TemplateError(f"a loop is written `for NAME in LIST`, not {tag!r:.80}")
            loop = For(found[1], _expression(found[2]))
            self._begin(loop, loop.body)
        elif word in ("elif", "else", "empty"):
            self._otherwise(word, rest)
        elif word in ("endif", "endfor"):
            if not self._open or (word == "endif") != isinstance(self._open[-1][0], If):
                raise TemplateError(f"{word} closes no block")
            self.target = self._open.pop()[1]
        else:
            raise TemplateError(f"there is no tag {word!r:.80}")

    def _begin(self, block: If | For, body: list[Any]) -> None:
        if len(self._open) >= MOST_DEPTH:
            raise TemplateError(f"blocks are nested deeper than {MOST_DEPTH}")
        self.target.append(block)
        self._open.append((block, self.target))
        self.target = body

    def _otherwise(self, word: str, rest: str) -> None:
        block = self._open[-1][0] if self._open else None
        if isinstance(block, If) and word == "elif":
            self.target = []
            block.branches.append((_condition(rest), self.target))
        elif block is not None and word == ("else" if isinstance(block, If) else "empty"):
            self.target = block.otherwise
        else:
            raise TemplateError(f"{word} stands outside of its block")


def _condition(text: str) -> Condition:
    alternatives: Condition = [[]]
    tokens, at = _tokens(text), 0
    if not tokens or tokens[-1] in ("and", "or"):
        raise TemplateError(f"the condition {text!r:.80} is not complete")
    while at < len(tokens):
        negated = False
        while at < len(tokens) and tokens[at] == "not":
            negated, at = not negated, at + 1
        comparison = Comparison(_expression(tokens[at] if at < len(tokens) else ""), negated=negated)
        at += 1
        if at < len(tokens) and tokens[at] in _OPERATORS:
            comparison.operator = tokens[at]
            comparison.right = _expression(tokens[at + 1] if at + 1 < len(tokens) else "")
            at += 2
        alternatives[-1].append(comparison)
        if at < len(tokens):
            if tokens[at] == "or":
                alternatives.append([])
            elif tokens[at] != "and":
                raise TemplateError(f"the condition {text!r:.80} cannot be read")
            at += 1
    return alternatives


_OPERATORS = frozenset({"==", "!=", "<=", ">=", "<", ">", "in"})


def _tokens(text: str) -> list[str]:
    tokens: list[str] = []
    at, text = 0, text.strip()
    while at < len(text):
        if len(tokens) > MOST_TAGS:
            raise TemplateError(f"a condition has more than {MOST_TAGS} parts")
        found = _TOKEN.match(text, at)
        if found is None:
            raise TemplateError(f"{text!r:.80} cannot be read from character {at} on")
        tokens.append(found[1] or found[2])
        at = found.end()
    return tokens


def _expression(text: str) -> Expression:
    found = _VALUE.fullmatch(text)
    if found is None:
        raise TemplateError(f"{text!r:.80} is not a value")
    filters: list[tuple[str, Operand | None]] = [
        (name, _operand(argument) if argument else None) for name, argument in _FILTERS.findall(found[2])
    ]
    return Expression(_operand(found[1]), filters)


def _operand(text: str) -> Operand:
    if text[0] in "\"'":
        return Constant(text[1:-1])
    if text in _CONSTANTS:
        return Constant(_CONSTANTS[text])
    if _NUMBER.fullmatch(text):
        return Constant(float(text) if "." in text else int(text))
    return Variable(tuple(text.split(".")))
