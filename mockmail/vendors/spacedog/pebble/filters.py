"""Pebble's filters and tests (pebble v2.2.3, extension/core/ and extension/escaper/)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from urllib.parse import quote_plus

from mockmail.vendors.spacedog.pebble.errors import TemplateError, cast, illegal_argument, java_class, wrong_class
from mockmail.vendors.spacedog.pebble.formats import STRATEGIES, format_number, reformat_date
from mockmail.vendors.spacedog.pebble.run import Run
from mockmail.vendors.spacedog.pebble.values import BigInteger, Entry, Integer, Safe, as_long, is_key, is_number, joined


def is_empty(value: Any) -> bool:
    """Return whether a value is null, a blank text, or an empty list or map."""
    if isinstance(value, str):
        return not value.strip()
    return value is None or (isinstance(value, list | dict) and not value)


def _is_even(value: Any, name: str = "even") -> bool:
    if value is None:
        raise illegal_argument(f'Can not pass null value to "{name}" test.')
    if not isinstance(value, int) or isinstance(value, bool | BigInteger):
        raise wrong_class(value, "java.lang.Long")
    return value % 2 == 0


TESTS: Mapping[str, Callable[[Any], bool]] = MappingProxyType(
    {
        "empty": is_empty,
        "even": _is_even,
        "odd": lambda value: not _is_even(value, "odd"),
        "iterable": lambda value: isinstance(value, list),
        "map": lambda value: isinstance(value, dict),
        "null": lambda value: value is None,
        "defined": lambda value: value is not None,
    }
)


ELLIPSIS = "..."
PIECE = 10_000  # characters that are escaped at a time

_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter.

    apply: called with the `Run`, the value and the arguments, each None if it is missing.
    arguments: their names; None to ignore all arguments.
    takes_null: False to return null for null without calling `apply`.
    """

    apply: Callable[..., Any]
    arguments: tuple[str, ...] | None = None
    takes_null: bool = False


def _on_text(change: Callable[[str], str], cost: int = 3) -> Filter:
    def apply(run: Run, value: Any) -> Any:
        text = _text(value)
        run.budget.make(cost * len(text))
        return change(text)

    return Filter(apply)


def _text(value: Any) -> str:
    text: str = cast(value, str, "java.lang.String")
    return text


def _abbreviate(run: Run, value: Any, width: Any) -> Any:
    text = _text(value)
    if type(width) is not int:
        raise wrong_class(width, "java.lang.Long")
    if width < 0:
        raise TemplateError("Invalid argument to abbreviate filter; must be greater than zero")
    if len(text) < width or len(text) <= len(ELLIPSIS):
        return text
    return text[:width] if width <= len(ELLIPSIS) else text[: width - len(ELLIPSIS)] + ELLIPSIS


def _abs(run: Run, value: Any) -> Any:
    if value is None:
        raise illegal_argument('Can not pass null value to "abs" filter.')
    if type(value) not in (int, float):
        raise wrong_class(value, "java.lang.Double")
    return abs(value)


def _capitalized(text: str) -> str:
    head = len(text) - len(text.lstrip())
    return text[:head] + text[head : head + 1].title() + text[head + 1 :]


def _titled(text: str) -> str:
    return _WORD.sub(lambda word: word.group()[0].title() + word.group()[1:], text)


def _date(run: Run, value: Any, wanted: Any, existing: Any) -> Any:
    if existing is None:
        raise wrong_class(value, "java.util.Date")
    text, formats = _text(value), (_text(existing), _text(wanted))
    run.budget.step(sum(map(len, formats)))
    run.budget.make(len(text))
    return Safe(reformat_date(text, *formats))


def _default(run: Run, value: Any, default: Any) -> Any:
    return default if is_empty(value) else value


def _first(run: Run, value: Any) -> Any:
    if not cast(value, str | list, "java.util.Collection"):
        raise TemplateError("", "java.util.NoSuchElementException")
    return value[0]


def _last(run: Run, value: Any) -> Any:
    if value == "":
        raise wrong_class(value, "java.util.Collection")
    found = cast(value, str | list, "java.util.Collection")
    return found[-1] if found else None


def _join(run: Run, value: Any, separator: Any) -> Any:
    parts = [run.text(part) for part in cast(value, list, "java.util.Collection")]
    return joined(parts, "" if separator is None else _text(separator), run.budget)


def _length(run: Run, value: Any) -> Any:
    return Integer(len(value)) if isinstance(value, str | list | dict) else Integer(0)


def _numberformat(run: Run, value: Any, pattern: Any) -> Any:
    if not is_number(value):
        raise wrong_class(value, "java.lang.Number")
    if isinstance(value, int):
        run.budget.step(value.bit_length() // 100)
    return format_number(value) if pattern is None else format_number(value, _text(pattern))


def _slice(run: Run, value: Any, from_index: Any, to_index: Any) -> Any:
    start, end = _index(from_index, "fromIndex") or 0, _index(to_index, "toIndex")
    if start < 0:
        raise illegal_argument("fromIndex must be greater than 0")
    if not isinstance(value, list | str):
        kinds = "Slice filter can only be applied to String, List and array inputs."
        raise illegal_argument(f"{kinds} Actual type was: {java_class(value)}")
    if end is not None and end > len(value):
        raise illegal_argument(f"toIndex must be smaller than input size: {len(value)}")
    if start >= (len(value) + 1 if end is None else end):
        raise illegal_argument("toIndex must be greater than fromIndex")
    run.budget.make(len(value))
    return value[start:end]


def _index(value: Any, name: str) -> int | None:
    if value is not None and not is_number(value):
        raise illegal_argument(f"Argument {name} must be a number. Actual type: {java_class(value)}")
    return None if value is None else as_long(value)


def _sorted(*, reverse: bool) -> Filter:
    def apply(run: Run, value: Any) -> Any:
        kinds = {type(item) for item in cast(value, list, "java.util.List")}
        run.budget.step(len(value))
        if len(kinds) > 1 or not kinds <= {str, int, float, bool, Integer}:
            raise wrong_class(value[0], "java.lang.Comparable")
        run.charge(*value)
        return sorted(value, reverse=reverse)

    return Filter(apply)


def _merge(run: Run, value: Any, items: Any) -> Any:
    if value is None and items is None:
        raise illegal_argument("The two arguments to be merged are null")
    if value is None or items is None:
        return items if value is None else value
    if not isinstance(value, dict | list):
        raise illegal_argument("The object being filtered is not a Map/List/Array")
    if not isinstance(items, dict | list):
        kind = "Map" if isinstance(value, dict) else "List"
        message = f"Currently, only Maps and Lists can be merged with a {kind}. Arg2: {java_class(items)}"
        raise TemplateError(message, "java.lang.UnsupportedOperationException")
    run.budget.step(len(value) + len(items))
    if isinstance(value, list):
        return value + (items if isinstance(items, list) else [Entry(*pair) for pair in items.items()])
    run.charge(*items)
    return value | (items if isinstance(items, dict) else {map_key(item): item for item in items})


def map_key(value: Any) -> Any:
    """Return the value if it can be a key of a map. Raise TemplateError."""
    if not is_key(value):
        raise TemplateError("a list or a map as a key of a map is not emulated")
    return value


def _replace(run: Run, value: Any, pairs: Any) -> Any:
    if value is None:
        raise TemplateError("", "java.lang.NullPointerException")
    if pairs is None:
        raise illegal_argument("The argument 'replace_pairs' is required.")
    text = run.text(value)
    for old, new in cast(pairs, dict, "java.util.Map").items():
        before, after = run.text(old), run.text(new)
        run.budget.make(len(text) + text.count(before) * len(after))
        text = text.replace(before, after)
    return text


def _escape(run: Run, value: Any, strategy: Any) -> Any:
    if value is None or isinstance(value, Safe):
        return value
    name = "html" if strategy is None else _text(strategy)
    if name not in STRATEGIES:
        raise TemplateError(f"Unknown escaping strategy [{name}]")
    return Safe(_in_pieces(run, run.text(value), STRATEGIES[name]))


def _in_pieces(run: Run, text: str, change: Callable[[str], str]) -> str:
    pieces = []
    for at in range(0, len(text), PIECE):
        piece = text[at : at + PIECE]
        pieces.append(change(piece))
        run.budget.make(max(len(piece), len(pieces[-1])))
    return "".join(pieces)


def _urlencode(run: Run, value: Any) -> Any:
    return _in_pieces(run, _text(value), _form_encoded)


def _form_encoded(text: str) -> str:
    return quote_plus(text, safe="*-._", errors="replace").replace("~", "%7E")


def _raw(run: Run, value: Any) -> Any:
    return Safe(value) if isinstance(value, str) else value


FILTERS: Mapping[str, Filter] = MappingProxyType(
    {
        "abbreviate": Filter(_abbreviate, ("length",)),
        "abs": Filter(_abs, takes_null=True),
        "capitalize": _on_text(_capitalized),
        "date": Filter(_date, ("format", "existingFormat")),
        "default": Filter(_default, ("default",), takes_null=True),
        "first": Filter(_first),
        "join": Filter(_join, ("separator",)),
        "last": Filter(_last),
        "length": Filter(_length, takes_null=True),
        "lower": _on_text(str.lower),
        "merge": Filter(_merge, ("items",), takes_null=True),
        "numberformat": Filter(_numberformat, ("format",)),
        "replace": Filter(_replace, ("replace_pairs",), takes_null=True),
        "rsort": _sorted(reverse=True),
        "slice": Filter(_slice, ("fromIndex", "toIndex")),
        "sort": _sorted(reverse=False),
        "title": _on_text(_titled, cost=16),
        "trim": _on_text(lambda text: text.strip("".join(map(chr, range(33))))),
        "upper": _on_text(str.upper),
        "urlencode": Filter(_urlencode),
        "escape": Filter(_escape, ("strategy",), takes_null=True),
        "raw": Filter(_raw, takes_null=True),
    }
)
