"""Split a template into Pebble's tokens (pebble v2.2.3, lexer/LexerImpl)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from mockmail.vendors.spacedog.pebble.errors import Budget, TemplateError, pebble_error

OPERATORS = (
    "contains", "is not", "equals", "and", "not", "==", "!=", ">=", "<=", "..", "or", "is",
    ">", "<", "+", "-", "*", "/", "%", "|", "~",
)  # fmt: skip

_SPACE = r"[ \t\n\x0b\f\r]*"
_NEWLINE = "(?:\r\n|\n\r|\r|\n|\x85|\u2028|\u2029)?"  # removed directly after a closing delimiter
_START = re.compile(r"\{\{|\{%|\{#")
_PRINT_CLOSE = re.compile(rf"{_SPACE}-?\}}\}}{_NEWLINE}")
_EXECUTE_CLOSE = re.compile(rf"{_SPACE}-?%\}}{_NEWLINE}")
_COMMENT_CLOSE = re.compile(rf"#\}}{_NEWLINE}")
_TRIM_BEFORE = re.compile(r"-[ \t\n\x0b\f\r]+")
_TRIM_AFTER = re.compile(rf"{_SPACE}-(?:\}}\}}|%\}}|#\}})")
_VERBATIM = re.compile(rf"{_SPACE}verbatim{_SPACE}-?%\}}{_NEWLINE}")
_END_VERBATIM = re.compile(rf"\{{%(-)?{_SPACE}endverbatim{_SPACE}(-)?%\}}{_NEWLINE}")
_OPERATOR = "|".join(re.escape(sign) + ("(?![a-zA-Z])" if sign[-1].isalpha() else "") for sign in OPERATORS)
_TOKEN = re.compile(
    rf"(?P<OPERATOR>{_OPERATOR})"
    r"|(?P<NAME>[a-zA-Z_][a-zA-Z0-9_]*)"
    r"|(?P<NUMBER>[0-9]+(?:\.[0-9]+)?)"
    r"|(?P<PUNCTUATION>[()\[\]{}?:.,|=])"
    r"""|(?P<STRING>".*?(?<!\\)"|'.*?(?<!\\)')""",
    re.DOTALL,
)
_BLANKS = re.compile(r"\s*")
_CLOSING = {"(": ")", "[": "]", "{": "}"}


Kind = Enum(
    "Kind",
    "TEXT PRINT_START PRINT_END EXECUTE_START EXECUTE_END NAME NUMBER STRING OPERATOR PUNCTUATION EOF",
)
"""The kind of a token; its name appears in error messages."""


@dataclass(slots=True)
class Token:
    """A token. line: counted from 1."""

    kind: Kind
    value: str
    line: int


class _Lexer:
    def __init__(self, text: str, budget: Budget) -> None:
        self._text = text
        self._budget = budget
        self._at = 0
        self._line = 1
        self._counted = 0
        self._trim_next = False
        self._tokens: list[Token] = []

    def tokens(self) -> list[Token]:
        while self._at < len(self._text):
            self._data()
        self._push(Kind.EOF, "")
        return self._tokens

    def _data(self) -> None:
        self._budget.step()
        start = _START.search(self._text, self._at)
        end = start.start() if start else len(self._text)
        data = self._text[self._at : end]
        if self._trim_next:
            data, self._trim_next = data.lstrip(), False
        self._at = start.end() if start else end
        trim = _TRIM_BEFORE.match(self._text, self._at) if start else None
        if trim:
            data, self._at = data.rstrip(), trim.end()
        if data:
            self._push(Kind.TEXT, data)
        if start and start.group() == "{#":
            self._comment()
        elif start and start.group() == "{{":
            self._code(Kind.PRINT_START, Kind.PRINT_END, _PRINT_CLOSE)
        elif start and not self._verbatim():
            self._code(Kind.EXECUTE_START, Kind.EXECUTE_END, _EXECUTE_CLOSE)

    def _comment(self) -> None:
        close = _COMMENT_CLOSE.search(self._text, self._at)
        if close is None:
            raise self._error("Unclosed comment.")
        comment = self._text[self._at : close.start()]
        if len(comment) > 1 and comment.endswith("-") and comment[-2].isspace():
            self._trim_next = True
        self._at = close.end()

    def _verbatim(self) -> bool:
        opened = _VERBATIM.match(self._text, self._at)
        if opened is None:
            return False
        closed = _END_VERBATIM.search(self._text, opened.end())
        if closed is None:
            raise self._error("Unclosed verbatim tag.")
        text = self._text[opened.end() : closed.start()].lstrip()  # trimmed with or without a hyphen
        if closed.group(1):
            text = text.rstrip()
        self._trim_next = closed.group(2) is not None
        self._at = closed.end()
        if text:
            self._push(Kind.TEXT, text)
        return True

    def _code(self, start: Kind, end: Kind, close: re.Pattern[str]) -> None:
        self._push(start, "")
        brackets: list[str] = []
        while self._at < len(self._text):
            if _TRIM_AFTER.match(self._text, self._at):
                self._trim_next = True
            closed = None if brackets else close.match(self._text, self._at)
            if closed:
                self._push(end, closed.group())
                self._at = closed.end()
                return
            self._expression(brackets)
        if brackets:
            raise self._error(f'Unclosed "{brackets[-1]}"')

    def _expression(self, brackets: list[str]) -> None:
        blanks = _BLANKS.match(self._text, self._at)
        self._at = blanks.end() if blanks else self._at
        found = _TOKEN.match(self._text, self._at)
        if found is None:
            sign = self._text[self._at : self._at + 1]
            raise self._error(f"Unexpected character [{sign}]")
        kind, value = Kind[found.lastgroup or ""], found.group()
        if kind is Kind.PUNCTUATION:
            self._match_bracket(value, brackets)
        elif kind is Kind.STRING:
            value = value[1:-1].replace("\\" + value[0], value[0])
        self._push(kind, value)
        self._at = found.end()

    def _match_bracket(self, sign: str, brackets: list[str]) -> None:
        if sign in _CLOSING:
            brackets.append(sign)
        elif sign in ")]}":
            if not brackets:
                raise self._error(f'Unexpected "{sign}"')
            expected = _CLOSING[brackets.pop()]
            if sign != expected:
                raise self._error(f'Unclosed "{expected}"')

    def _push(self, kind: Kind, value: str) -> None:
        self._budget.step()
        self._tokens.append(Token(kind, value, self._here()))

    def _error(self, message: str) -> TemplateError:
        return pebble_error(message, self._text, self._here(), kind="ParserException")

    def _here(self) -> int:
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = max(self._counted, self._at)
        return self._line


RESERVED = ("true", "false", "null", "none")


class TokenStream:
    """A cursor over a template's tokens, which end with EOF. template: the text, which is also its name.

    Raise TemplateError for a text that cannot be split into tokens.
    """

    def __init__(self, template: str, budget: Budget) -> None:
        self._tokens = _Lexer(template, budget).tokens()
        self._at = 0
        self.template = template

    @property
    def current(self) -> Token:
        """Return the token at the cursor."""
        return self._tokens[self._at]

    def next(self) -> Token:
        """Return the current token and move on; the cursor stays at EOF."""
        token = self.current
        self._at = min(self._at + 1, len(self._tokens) - 1)
        return token

    def at(self, kind: Kind, *values: str, ahead: int = 0) -> bool:
        """Return whether a token ahead has this kind and, if values are given, one of them."""
        token = self._tokens[min(self._at + ahead, len(self._tokens) - 1)]
        return token.kind is kind and (not values or token.value in values)

    def skip(self, kind: Kind, *values: str) -> bool:
        """Move past the current token and return True if it matches; otherwise return False."""
        found = self.at(kind, *values)
        if found:
            self.next()
        return found

    def expect(self, kind: Kind, *values: str) -> Token:
        """Return the current token and move on. Raise TemplateError if it does not match."""
        if not self.at(kind, *values):
            token = self.current
            raise self.error(
                f'Unexpected token of value "{token.value}" and type {token.kind.name}, '
                f"expected token of type {kind.name}"
            )
        return self.next()

    def items(self, closing: str) -> Iterator[None]:
        """Stop at each item of a list with commas, and move past its closing bracket. Raise TemplateError."""
        if self.skip(Kind.PUNCTUATION, closing):
            return
        yield
        while not self.skip(Kind.PUNCTUATION, closing):
            self.expect(Kind.PUNCTUATION, ",")
            yield

    def new_name(self) -> str:
        """Return the name of the variable to assign and move on. Raise TemplateError if it is reserved."""
        if self.current.value in RESERVED:
            raise self.error(f"Can not assign a value to {self.current.value}")
        return self.expect(Kind.NAME).value

    def error(self, message: str) -> TemplateError:
        """Return a ParserException for the current line."""
        return pebble_error(message, self.template, self.current.line, kind="ParserException")
