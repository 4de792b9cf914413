"""Translate Pebble's expressions into jinja2's nodes (pebble v2.2.3, parser/ExpressionParser).

Each operator is a filter of the environment, so that Java's meaning of it applies and nothing is computed while jinja2
compiles; only `and`, `or`, `not` and `?:` are jinja2's own, around operands that are checked to be Booleans.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from jinja2 import nodes

from mockmail.vendors.spacedog.pebble.errors import COMPILING, DEEPEST_EXPRESSION, Budget, TemplateError, too_deep
from mockmail.vendors.spacedog.pebble.lexer import Kind, Token, TokenStream

BINARY = {
    "or": 10, "and": 15, "is": 20, "is not": 20, "contains": 20, "==": 30, "equals": 30, "!=": 30, ">": 30, "<": 30,
    ">=": 30, "<=": 30, "+": 40, "-": 40, "*": 60, "/": 60, "%": 60, "|": 100, "~": 110, "..": 120,
}  # fmt: skip
UNARY = {"not": 5, "+": 500, "-": 500}
CONSTANTS = {"true": True, "TRUE": True, "false": False, "FALSE": False}
NULLS = ("none", "NONE", "null", "NULL")


@dataclass(slots=True)
class Arguments:
    """The arguments of a call."""

    positional: list[nodes.Expr]
    named: dict[str, nodes.Expr]

    def nodes(self) -> list[nodes.Expr]:
        """Return the arguments as two nodes: a list and a dict."""
        pairs = [nodes.Pair(nodes.Const(name), value) for name, value in self.named.items()]
        return [nodes.List(self.positional), nodes.Dict(pairs)]


class ExpressionParser:
    """Reads expressions from a token stream; its methods raise TemplateError."""

    def __init__(self, stream: TokenStream, budget: Budget) -> None:
        self._stream = stream
        self._budget = budget
        self._nested = 0

    def expression(self, lowest: int = 0) -> nodes.Expr:
        """Read an expression whose operators have at least this precedence."""
        self._budget.step(COMPILING)
        self._nested += 1
        if self._nested > DEEPEST_EXPRESSION:
            raise too_deep("expressions")
        left = self._operand()
        while self._stream.at(Kind.OPERATOR) and BINARY.get(self._stream.current.value, -1) >= lowest:
            left = self._binary(left, self._stream.next())
        if lowest == 0 and self._stream.skip(Kind.PUNCTUATION, "?"):
            chosen = self.expression()
            self._stream.expect(Kind.PUNCTUATION, ":")
            left = nodes.CondExpr(self.operation("boolean or null", left), chosen, self.expression())
        self._nested -= 1
        if self._nested == 0:
            check_depth(left)
        return left

    def operation(self, name: str, operand: nodes.Expr | None, *arguments: nodes.Expr) -> nodes.Filter:
        """Return a node that calls an operation of `operations.py`."""
        self._budget.step(COMPILING)
        return nodes.Filter(operand, name, list(arguments), [], None, None, lineno=self._stream.current.line)

    def filter_invocation(self, operand: nodes.Expr | None) -> nodes.Filter:
        """Read a filter's name and arguments, applied to an operand (None: the body of a `filter` tag)."""
        name = self._stream.expect(Kind.NAME)
        arguments = self.arguments() if self._stream.at(Kind.PUNCTUATION, "(") else Arguments([], {})
        return self.operation("filter", operand, nodes.Const(name.value), *arguments.nodes(), nodes.Const(name.line))

    def arguments(self) -> Arguments:
        """Read the arguments of a call, in parentheses."""
        found = Arguments([], {})
        self._stream.expect(Kind.PUNCTUATION, "(")
        for _ in self._stream.items(")"):
            if self._stream.at(Kind.PUNCTUATION, "=", ahead=1):
                name = self._stream.new_name()
                self._stream.expect(Kind.PUNCTUATION, "=")
                found.named[name] = self.expression()
            elif found.named:
                raise self._stream.error("Positional arguments must be declared before any named arguments.")
            else:
                found.positional.append(self.expression())
        return found

    def _operand(self) -> nodes.Expr:
        stream = self._stream
        if stream.at(Kind.OPERATOR, *UNARY):
            return self._unary(stream.next())
        if stream.skip(Kind.PUNCTUATION, "("):
            inner = self.expression()
            stream.expect(Kind.PUNCTUATION, ")")
            return self._postfix(inner)
        if stream.skip(Kind.PUNCTUATION, "["):
            return self.operation("value", nodes.List([self.expression() for _ in stream.items("]")]))
        if stream.skip(Kind.PUNCTUATION, "{"):
            return self._map()
        return self._postfix(self._simple(stream.next()))

    def _unary(self, operator: Token) -> nodes.Expr:
        operand = self.expression(UNARY[operator.value])
        if operator.value == "not":
            return nodes.Not(self.operation("boolean", operand))
        return self.operation("signed", operand, nodes.Const(operator.value))

    def _binary(self, left: nodes.Expr, operator: Token) -> nodes.Expr:
        sign = operator.value
        if sign == "|":
            return self.filter_invocation(left)
        if sign in ("is", "is not"):
            return self._test(left, negated=sign == "is not")
        right = self.expression(BINARY[sign] + 1)
        if sign in ("and", "or"):
            kind = nodes.And if sign == "and" else nodes.Or
            return kind(self.operation("boolean", left), self.operation("boolean", right))
        if sign == "~" and isinstance(left, nodes.Filter) and left.name == "concatenate":
            left.args.append(right)  # a long chain stays flat
            return left
        names = {"~": "concatenate", "..": "range", "contains": "contains"}
        if sign in names:
            return self.operation(names[sign], left, right)
        return self.operation("operator", left, nodes.Const("==" if sign == "equals" else sign), right)

    def _test(self, left: nodes.Expr, *, negated: bool) -> nodes.Expr:
        name = self._stream.expect(Kind.NAME)
        if self._stream.at(Kind.PUNCTUATION, "("):
            self.arguments()  # no test of Pebble's own takes any
        test = self.operation("test", left, nodes.Const(name.value), nodes.Const(name.line))
        return nodes.Not(test) if negated else test

    def _simple(self, token: Token) -> nodes.Expr:
        if token.kind is Kind.STRING:
            return nodes.Const(token.value)
        if token.kind is Kind.NUMBER:
            return self._number(token)
        if token.kind is not Kind.NAME:
            raise self._stream.error(f'Unexpected token "{token.kind.name}" of value "{token.value}"')
        if token.value in CONSTANTS:
            return nodes.Const(CONSTANTS[token.value])
        if token.value in NULLS:
            return nodes.Const(None)
        if self._stream.at(Kind.PUNCTUATION, "("):
            arguments = self.arguments()
            return self.operation("call", nodes.Const(token.value), *arguments.nodes(), nodes.Const(token.line))
        return self.operation("variable", nodes.Const(token.value))

    def _number(self, token: Token) -> nodes.Expr:
        if "." in token.value:
            number = float(token.value)
            if math.isfinite(number):
                return nodes.Const(number)
            # jinja2 compiles a constant by its name, and infinity has none in Python.
            return self.operation("operator", nodes.Const(1.0), nodes.Const("/"), nodes.Const(0.0))
        if len(token.value) > 19 or int(token.value) >= 1 << 63:  # noqa: PLR2004  # the digits of a Long
            raise TemplateError(f'For input string: "{token.value}"', "java.lang.NumberFormatException")
        return nodes.Const(int(token.value))

    def _postfix(self, node: nodes.Expr) -> nodes.Expr:
        while True:
            if self._stream.skip(Kind.PUNCTUATION, "."):
                name = self._stream.expect(Kind.NAME)
                called = self._stream.at(Kind.PUNCTUATION, "(")
                arguments = self.arguments() if called else Arguments([], {})
                if arguments.named:
                    raise self._stream.error("Can not use named arguments when calling a bean method")
                given = nodes.List(arguments.positional) if called else nodes.Const(None)
                node = self.operation("attribute", node, nodes.Const(name.value), given)
            elif self._stream.skip(Kind.PUNCTUATION, "["):
                key = self.expression()
                self._stream.expect(Kind.PUNCTUATION, "]")
                node = self.operation("attribute", node, key, nodes.Const(None))
            elif self._stream.at(Kind.PUNCTUATION, "("):
                raise self._stream.error("Only a name can be called")
            else:
                return node

    def _map(self) -> nodes.Expr:
        pairs: list[nodes.Expr] = []
        for _ in self._stream.items("}"):
            name = self.expression()
            self._stream.expect(Kind.PUNCTUATION, ":")
            pairs.append(nodes.List([name, self.expression()]))
        return self.operation("map", nodes.List(pairs))


def check_depth(expression: nodes.Expr) -> None:
    """Raise OverBudget if the operations of an expression nest too deep to be compiled."""
    waiting: list[tuple[nodes.Node, int]] = [(expression, 1)]
    while waiting:
        node, depth = waiting.pop()
        if depth > DEEPEST_EXPRESSION:
            raise too_deep("expressions")
        inner = depth + 1 if isinstance(node, nodes.Filter) else depth
        waiting += [(child, inner) for child in node.iter_child_nodes()]
