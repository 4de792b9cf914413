"""Parse templates of the Handlebars family into a tree. Each step reads its input once."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

MOST_DEPTH = 50
"""The deepest nesting of blocks and of sub-expressions."""

MOST_PARTS = 20_000
"""The most tags, and names, texts and brackets in tags, of a template."""

TOO_LONG = f"the template has more than {MOST_PARTS} tags and parts of tags"

_TOKEN = re.compile(r"\s*(?:([()])|\"([^\"]*)\"|'([^']*)'|([^\s()=\"']+=)|((?:\[[^\]]*\]|[^\s()=\"'\[])+))")
_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,15})?")
_STEPS_UP = re.compile(r"(?:\.\./*)+")
_PART = re.compile(r"\[([^\]]*)\]|([^./\[\]]+)")
_LITERALS = {"true": True, "false": False, "null": None, "undefined": None}


class TemplateError(ValueError):
    """A template cannot be parsed or rendered. The text says why, in English."""


@dataclass(slots=True)
class Literal:
    """A text, number, boolean or null."""

    value: Any


@dataclass(slots=True)
class PathTo:
    """A path to a value. up: how many contexts up it begins. data: whether it is one such as `@index`."""

    text: str
    parts: tuple[str, ...]
    up: int = 0
    data: bool = False


@dataclass(slots=True)
class Invocation:
    """A path, or a helper with its arguments. named: those in the form `name=value`."""

    path: PathTo | Literal
    arguments: list[Any] = field(default_factory=list)
    named: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Value:
    """A tag that becomes a value. raw: whether it is never escaped. source: as written."""

    expression: Invocation
    raw: bool
    source: str


@dataclass(slots=True)
class Block:
    """A block. inverted: one that begins with `^`. body, otherwise: what is before and after `{{else}}`."""

    expression: Invocation
    inverted: bool = False
    body: list[Any] = field(default_factory=list)
    otherwise: list[Any] = field(default_factory=list)
    chained: bool = False


Node = str | Value | Block


class _Parser:
    def __init__(self, source: str) -> None:
        self.root: list[Any] = []
        self._open: list[tuple[Block, list[Any]]] = []
        self._target = self.root
        self._source = source
        self._strip = False
        self._room = MOST_PARTS

    def parse(self) -> list[Any]:
        """Return the nodes of the template."""
        source, at = self._source, 0
        while True:
            start = source.find("{{", at)
            self._text(source[at:] if start < 0 else source[at:start], source.startswith("{{~", start))
            if start < 0:
                break
            at = self._tag(start)
        if self._open:
            raise TemplateError(f"the block {self._open[-1][0].expression.path.text!r} is not closed")  # type: ignore[union-attr]
        return self.root

    def _text(self, text: str, strips_next: bool) -> None:
        if self._strip:
            text = text.lstrip()
        if strips_next:
            text = text.rstrip()
        self._strip = False
        if text:
            self._target.append(text)

    def _tag(self, start: int) -> int:
        """Read the tag at `start`; return where it ends."""
        source = self._source
        is_triple = source.startswith("{{{", start)
        opening = "{{!--" if source.startswith("{{!--", start) else "{{{" if is_triple else "{{"
        closing = "--}}" if opening == "{{!--" else "}}}" if is_triple else "}}"
        end = source.find(closing, start + len(opening))
        if end < 0:
            raise TemplateError(f"the tag at character {start} is not closed with {closing}")
        inner = source[start + len(opening) : end].strip()
        end += len(closing)
        if opening == "{{!--" or inner.startswith("!"):
            return end
        if inner.startswith("~"):
            inner = inner[1:].strip()
        if inner.endswith("~"):
            inner, self._strip = inner[:-1].strip(), True
        self._act(inner, source[start:end], is_triple=is_triple)
        return end

    def _act(self, inner: str, tag: str, *, is_triple: bool) -> None:
        self._room -= 1
        if self._room < 0:
            raise TemplateError(TOO_LONG)
        sign = inner[:1]
        if is_triple or sign == "&":
            self._target.append(Value(self._expression(inner.lstrip("& ")), raw=True, source=tag))
        elif sign == "#" or (sign == "^" and len(inner) > 1):
            self._begin(Block(self._expression(inner[1:]), inverted=sign == "^"))
        elif sign == "/":
            self._end(inner[1:].strip())
        elif inner in ("^", "else") or inner.startswith("else "):
            self._else(inner[5:].strip())
        elif sign == ">":
            raise TemplateError(f"partials are not supported: {tag:.80}")
        else:
            self._target.append(Value(self._expression(inner), raw=False, source=tag))

    def _expression(self, text: str) -> Invocation:
        tokens = _Tokens(text, self._room)
        self._room -= len(tokens)
        expression = tokens.invocation(0)
        if tokens.peek() is not None:
            raise TemplateError(f"unexpected ')' in {text!r:.80}")
        return expression

    def _begin(self, block: Block) -> None:
        if len(self._open) >= MOST_DEPTH:
            raise TemplateError(f"blocks are nested deeper than {MOST_DEPTH}")
        if not isinstance(block.expression.path, PathTo):
            raise TemplateError("a block needs a name")
        self._target.append(block)
        self._open.append((block, self._target))
        self._target = block.body

    def _else(self, chained: str) -> None:
        if not self._open:
            raise TemplateError("else stands outside of a block")
        block, _ = self._open[-1]
        self._target = block.otherwise
        if chained:
            self._begin(Block(self._expression(chained), chained=True))

    def _end(self, name: str) -> None:
        while self._open:
            block, self._target = self._open.pop()
            if block.chained:
                continue
            opened = block.expression.path.text if isinstance(block.expression.path, PathTo) else ""
            if name not in (opened, ""):
                raise TemplateError(f"the block {opened!r:.80} is closed as {name!r:.80}")
            return
        raise TemplateError(f"{name!r:.80} is closed and was not opened")


def parse(source: str) -> list[Any]:
    """Return the nodes of a template. Raise TemplateError."""
    return _Parser(source).parse()


class _Tokens:
    def __init__(self, text: str, most: int) -> None:
        self._text = text
        self._tokens: list[tuple[str, str]] = []
        at = 0
        stripped = text.rstrip()
        while at < len(stripped):
            match = _TOKEN.match(stripped, at)
            if match is None:
                raise TemplateError(f"{text.strip()!r:.80} cannot be read from character {at} on")
            number = match.lastindex or 0
            self._tokens.append((("", "paren", "text", "text", "name", "word")[number], match[number]))
            at = match.end()
            if len(self._tokens) > most:
                raise TemplateError(TOO_LONG)
        self._at = 0

    def __len__(self) -> int:
        return len(self._tokens)

    def peek(self) -> tuple[str, str] | None:
        """Return the next token, or None."""
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def invocation(self, depth: int) -> Invocation:
        """Read a path or a helper with its arguments, up to `)` or the end."""
        if depth > MOST_DEPTH:
            raise TemplateError(f"sub-expressions are nested deeper than {MOST_DEPTH}")
        if self.peek() in (None, ("paren", ")")):
            raise TemplateError("a tag is empty")
        first = self._argument(depth)
        if isinstance(first, Invocation):
            raise TemplateError("a tag cannot begin with a sub-expression")
        found = Invocation(first)
        while self.peek() not in (None, ("paren", ")")):
            kind, text = self.peek() or ("", "")
            if kind == "name":
                self._at += 1
                found.named[text[:-1]] = self._argument(depth)
            else:
                found.arguments.append(self._argument(depth))
        return found

    def _argument(self, depth: int) -> Any:
        token = self.peek()
        if token is None or token == ("paren", ")") or token[0] == "name":
            raise TemplateError(f"a value is missing in {self._text.strip()!r:.80}")
        self._at += 1
        kind, text = token
        if kind == "text":
            return Literal(text)
        if kind == "paren":
            inner = self.invocation(depth + 1)
            if self.peek() != ("paren", ")"):
                raise TemplateError(f"a ')' is missing in {self._text.strip()!r:.80}")
            self._at += 1
            return inner
        if text in _LITERALS:
            return Literal(_LITERALS[text])
        if _NUMBER.fullmatch(text):
            return Literal(float(text) if "." in text else int(text))
        return _path(text)


def _path(text: str) -> PathTo:
    steps_up = _STEPS_UP.match(text)
    end = steps_up.end() if steps_up is not None else 0
    up, rest = text.count("..", 0, end), text[end:]
    data = rest.startswith("@")
    rest = rest[1:] if data else rest
    parts = [match[1] if match[1] is not None else match[2] for match in _PART.finditer(rest)]
    if parts and parts[0] == "this":
        del parts[0]
    return PathTo(text, tuple(parts), up, data)
