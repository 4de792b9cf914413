"""Read JSON strictly, and write JSON that SQLite can store."""

from __future__ import annotations

import json
import math
from collections import Counter
from typing import Any


def json_text(value: object) -> str:
    """Return a value as JSON on one line. Raise TypeError for a value that JSON cannot express.

    Characters of all languages stay as they are; only half a surrogate pair is written as an escape.
    """
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value)
    return text


def strict_json(text: str | bytes) -> Any:
    """Return the value of a JSON text. An object must not have a name twice, and a number must be finite.

    Raise ValueError, RecursionError.
    """
    return json.loads(text, object_pairs_hook=_with_unique_names, parse_constant=_refuse, parse_float=_finite)


def _with_unique_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) < len(pairs):
        repeated = next(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
        raise ValueError(f"an object has the name {repeated!r} twice")
    return document


def _finite(number: str) -> float:
    value = float(number)
    if math.isinf(value):
        raise ValueError(f"{number[:40]} is beyond the bounds of a number")
    return value


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not a JSON number")
