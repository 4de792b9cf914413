"""What has a body: loops, blocks and macros."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockmail.vendors.spacedog.pebble.errors import wrong_class
from mockmail.vendors.spacedog.pebble.functions import entries
from mockmail.vendors.spacedog.pebble.run import Body, Run
from mockmail.vendors.spacedog.pebble.values import Integer, Safe


def rounds(run: Run, value: Any, name: str, line: int) -> Iterator[Any]:
    """The rounds of a loop, each with its variables set."""
    run.was_empty = False
    if value is None:
        return
    if not isinstance(value, list | dict):
        raise run.error(f"Not an iterable object. Value = [{run.text(value)}]", line)
    items = value if isinstance(value, list) else entries(value)
    run.was_empty = not items
    shadows = run.scopes.knows_here("loop") or run.scopes.knows_here(name)
    if items and shadows:
        with run.scopes.inner():
            yield from _rounds(run, items, name)
    else:
        yield from _rounds(run, items, name)


def _rounds(run: Run, items: list[Any], name: str) -> Iterator[Any]:
    loop: dict[str, Any] = {"length": Integer(len(items))}
    for number, item in enumerate(items):
        run.budget.step()
        loop["first"], loop["last"] = number == 0, number == len(items) - 1
        loop["revindex"], loop["index"] = Integer(len(items) - number - 1), Integer(number)
        run.scopes.put("loop", loop)
        run.scopes.put(name, item)
        yield item


def was_empty(run: Run, value: None) -> bool:
    """Whether the loop that just ended had a list, and nothing in it."""
    return run.was_empty


def render_block(run: Run, name: Any) -> str:
    """What stands in a block."""
    if not isinstance(name, str):
        raise wrong_class(name, "java.lang.String")
    if name not in run.blocks:
        return ""
    with run.deeper():
        return run.blocks[name]()


def define_block(run: Run, body: Body, name: str, defaults: Mapping[str, Any]) -> None:
    """Make a block known."""
    run.blocks[name] = body


def define_macro(run: Run, body: Body, name: str, defaults: Mapping[str, Any]) -> None:
    """Make a macro known."""
    run.macros[name] = (body, defaults)


def call_macro(run: Run, name: str, positional: list[Any], named: Mapping[str, Any], line: int) -> Any:
    """What a macro makes, which counts as escaped."""
    if name not in run.macros:
        raise run.error(f"Function or Macro [{name}] does not exist.", None)
    body, defaults = run.macros[name]
    given = by_name(run, tuple(defaults), positional, named, line)
    with run.deeper(), run.scopes.inner(defaults, local=True), run.scopes.inner(given):
        return Safe(body())


def by_name(
    run: Run, names: tuple[str, ...] | None, positional: list[Any], named: Mapping[str, Any], line: int
) -> dict[str, Any]:
    """Arguments by their names; those of what takes none are not looked at."""
    if names is None:
        return {}
    if len(positional) > len(names):
        message = (
            f"The argument at position {len(names) + 1} is not allowed. Only {len(names)} argument(s) are allowed."
        )
        raise run.error(message, line)
    unknown = [name for name in named if name not in names]
    if unknown:
        raise run.error(f"The following named argument does not exist: {unknown[0]}", line)
    return {**dict(zip(names, positional, strict=False)), **named}
