"""Translate Pebble's tags into jinja2's nodes (pebble v2.2.3, parser/ParserImpl and tokenParser/)."""

from __future__ import annotations

from collections.abc import Callable

from jinja2 import nodes

from mockmail.vendors.spacedog.pebble.errors import (
    COMPILING,
    COMPILING_BODY,
    DEEPEST_TAGS,
    Budget,
    pebble_error,
    too_deep,
)
from mockmail.vendors.spacedog.pebble.expressions import Arguments, ExpressionParser, check_depth
from mockmail.vendors.spacedog.pebble.lexer import Kind, TokenStream

NOT_EMULATED = ("extends", "import", "include")
"""SpaceDog's loader takes the name of a template as its text, so there is nothing to extend or include."""

Body = list[nodes.Node]


def parse(text: str, budget: Budget) -> nodes.Template:
    """Return the node tree of a template, ready for jinja2. Raise TemplateError."""
    return _Parser(TokenStream(text, budget), budget).template()


class _Parser:
    def __init__(self, stream: TokenStream, budget: Budget) -> None:
        self._stream = stream
        self._budget = budget
        self._expressions = ExpressionParser(stream, budget)
        self._escaping: list[str | None] = ["html"]  # the strategies of the open tags; None: do not escape
        self._definitions: Body = []  # macros and blocks, known to the whole template
        self._macros: set[str] = set()
        self._depth = 0
        self._tags: dict[str, Callable[[], Body]] = {
            "if": self._if,
            "for": self._for,
            "set": self._set,
            "block": self._block,
            "macro": self._macro,
            "filter": self._filter,
            "flush": self._flush,
            "parallel": lambda: self._last_section("endparallel"),
            "cache": self._cache,
            "autoescape": self._autoescape,
        }

    def template(self) -> nodes.Template:
        body = self._body()
        return nodes.Template([*self._definitions, *body], lineno=1)

    def _body(self, *ends: str) -> Body:
        self._depth += 1
        if self._depth > DEEPEST_TAGS:
            raise too_deep("tags")
        found: Body = []
        while not self._stream.at(Kind.EOF):
            if self._stream.at(Kind.TEXT):
                text = nodes.Const(self._stream.next().value)
                found.append(nodes.Output([self._expressions.operation("text", text)]))
            elif self._stream.skip(Kind.PRINT_START):
                found.append(self._print(self._expressions.expression()))
                self._stream.expect(Kind.PRINT_END)
            else:
                self._stream.expect(Kind.EXECUTE_START)
                if self._stream.at(Kind.NAME, *ends) and ends:
                    break
                found += self._tag()
        self._depth -= 1
        return found

    def _tag(self) -> Body:
        if not self._stream.at(Kind.NAME):
            raise self._stream.error("A block must start with a tag name.")
        name = self._stream.current.value
        if name in NOT_EMULATED:
            raise self._stream.error(f"the tag {name} is not emulated: templates are known by their text alone")
        if name not in self._tags:
            raise self._stream.error(f'Unexpected tag name "{name}"')
        self._stream.next()
        self._budget.step(COMPILING)
        return self._tags[name]()

    def _print(self, expression: nodes.Expr) -> nodes.Output:
        if isinstance(expression, nodes.CondExpr) and expression.expr2 is not None:
            expression.expr1, expression.expr2 = self._escaped(expression.expr1), self._escaped(expression.expr2)
        else:
            expression = self._escaped(expression)
        return nodes.Output([self._expressions.operation("print", expression)])

    def _escaped(self, expression: nodes.Expr) -> nodes.Expr:
        strategy = self._escaping[-1]
        literal = isinstance(expression, nodes.Const) and isinstance(expression.value, str)
        block = isinstance(expression, nodes.Filter) and expression.name == "block"
        if strategy is None or literal or block:
            return expression
        return self._expressions.operation("escape", expression, nodes.Const(strategy))

    def _section(self, *ends: str) -> Body:
        self._stream.expect(Kind.EXECUTE_END)
        return self._body(*ends)

    def _last_section(self, end: str) -> Body:
        body = self._section(end)
        self._end(end)
        return body

    def _end(self, name: str) -> None:
        self._stream.expect(Kind.NAME, name)
        self._stream.expect(Kind.EXECUTE_END)

    def _if(self) -> Body:
        first = self._branch()
        while self._stream.skip(Kind.NAME, "elseif"):
            first.elif_.append(self._branch())
        if self._stream.skip(Kind.NAME, "else"):
            first.else_ = self._section("endif")
        self._end("endif")
        return [first]

    def _branch(self) -> nodes.If:
        line = nodes.Const(self._stream.current.line)
        condition = self._expressions.operation("condition", self._expressions.expression(), line)
        return nodes.If(condition, self._section("elseif", "else", "endif"), [], [])

    def _for(self) -> Body:
        line = nodes.Const(self._stream.current.line)
        name = self._stream.new_name()
        self._stream.expect(Kind.NAME, "in")
        items = self._expressions.operation("iterate", self._expressions.expression(), nodes.Const(name), line)
        body, otherwise = self._section("else", "endfor"), list[nodes.Node]()
        if self._stream.skip(Kind.NAME, "else"):
            # A loop over null runs neither its body nor `else`.
            empty = self._expressions.operation("was empty", nodes.Const(None))
            otherwise = [nodes.If(empty, self._section("endfor"), [], [])]
        self._end("endfor")
        nothing = nodes.Output([self._expressions.operation("text", nodes.Const(""))])
        return [nodes.For(nodes.Name("_", "store"), items, body or [nothing], otherwise, None, False)]

    def _set(self) -> Body:
        name = self._stream.new_name()
        self._stream.expect(Kind.PUNCTUATION, "=")
        value = self._expressions.operation("set", self._expressions.expression(), nodes.Const(name))
        self._stream.expect(Kind.EXECUTE_END)
        return [nodes.ExprStmt(value)]

    def _block(self) -> Body:
        name = self._stream.next()
        if name.kind not in (Kind.NAME, Kind.STRING):
            raise self._stream.error("A block needs a name.")
        body = self._section("endblock")
        self._stream.expect(Kind.NAME, "endblock")
        if self._stream.at(Kind.NAME, name.value) or self._stream.at(Kind.STRING, name.value):
            self._stream.next()
        self._stream.expect(Kind.EXECUTE_END)
        self._define("block", name.value, Arguments([], {}), body)
        return [nodes.Output([self._expressions.operation("block", nodes.Const(name.value))])]

    def _macro(self) -> Body:
        name = self._stream.expect(Kind.NAME).value
        if name in self._macros:
            raise pebble_error(f"More than one macro can not share the same name: {name}", "?", None)
        self._macros.add(name)
        parameters = self._parameters()
        self._define("macro", name, parameters, self._last_section("endmacro"))
        return []

    def _parameters(self) -> Arguments:
        found = Arguments([], {})
        self._stream.expect(Kind.PUNCTUATION, "(")
        for _ in self._stream.items(")"):
            name = self._stream.new_name()
            given = self._stream.skip(Kind.PUNCTUATION, "=")
            found.named[name] = self._expressions.expression() if given else nodes.Const(None)
        return found

    def _define(self, kind: str, name: str, parameters: Arguments, body: Body) -> None:
        self._budget.step(COMPILING_BODY)
        python_name = f"{kind}{len(self._definitions)}"
        reference = nodes.Name(python_name, "load")
        defaults = [nodes.Pair(nodes.Const(parameter), value) for parameter, value in parameters.named.items()]
        known = self._expressions.operation(f"define {kind}", reference, nodes.Const(name), nodes.Dict(defaults))
        self._definitions += [nodes.Macro(python_name, [], [], body), nodes.ExprStmt(known)]

    def _filter(self) -> Body:
        chain = self._expressions.filter_invocation(None)
        while self._stream.skip(Kind.OPERATOR, "|"):
            chain = self._expressions.filter_invocation(chain)
        check_depth(chain)
        # The body is escaped once, after the filters.
        body = self._escaped_section(None, "endfilter")
        if self._escaping[-1] is not None:
            chain = self._expressions.operation("escape", chain, nodes.Const(self._escaping[-1]))
        return [nodes.FilterBlock(body, self._expressions.operation("print", chain))]

    def _flush(self) -> Body:
        self._stream.expect(Kind.EXECUTE_END)
        return []

    def _cache(self) -> Body:
        name = self._expressions.operation("cache name", self._expressions.expression())
        self._stream.next()
        body = self._body("endcache")
        self._end("endcache")
        return [nodes.ExprStmt(name), *body]

    def _autoescape(self) -> Body:
        active = not self._stream.at(Kind.NAME) or self._stream.next().value.lower() == "true"
        strategy = self._stream.next().value if self._stream.at(Kind.STRING) else "html"
        return self._escaped_section(strategy if active else None, "endautoescape")

    def _escaped_section(self, strategy: str | None, end: str) -> Body:
        self._escaping.append(strategy)
        body = self._last_section(end)
        self._escaping.pop()
        return body
