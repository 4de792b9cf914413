"""Files that are there in full or not at all, and JSON that a person can read, edit and compare."""

from __future__ import annotations

import json
import math
import os
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from mockmail.core.errors import DataFolderError, StorageFull

ADVICE = "mend it, or move the file away to start without it"


def write_whole(path: Path, text: str) -> None:
    """Write a file so that whoever reads it sees all of the old or all of the new. Raises StorageFull."""
    draft = path.with_name(f".{path.name}.new")
    try:
        with draft.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        _settle(path.parent)
    except OSError as error:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise StorageFull(f"{path}: cannot be written ({error.strerror})") from error


def read_whole(path: Path) -> bytes:
    """A file's content; nothing where there is no file. Raises DataFolderError."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise DataFolderError(f"{path}: cannot be read ({error.strerror}); {ADVICE}") from error


def json_text(value: object) -> str:
    """A value as JSON on one line, letters of all languages as they are."""
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair, which came in escaped and goes out so
        return json.dumps(value)
    return text


def json_object(octets: bytes, where: str) -> dict[str, Any]:
    """The object that JSON describes. Raises DataFolderError, also for a name that stands twice in an object."""
    try:
        document = json.loads(octets, object_pairs_hook=without_twins)
    except (ValueError, RecursionError) as error:
        raise DataFolderError(f"{where}: is not JSON ({error}); {ADVICE}") from error
    if not isinstance(document, dict):
        raise DataFolderError(f"{where}: expected a JSON object, came {octets[:40]!r}; {ADVICE}")
    return document


def without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object of its names and values (`object_pairs_hook`). Raises ValueError for a name that is there twice."""
    document = dict(pairs)
    if len(document) < len(pairs):
        twin = next(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
        raise ValueError(f"the name {twin!r} stands twice in one object")
    return document


def strict_json(text: str | bytes) -> Any:
    """What JSON describes, and can say again: no name may stand twice in an object, and no number be NaN or infinite.

    Raises ValueError, RecursionError.
    """
    return json.loads(text, object_pairs_hook=without_twins, parse_constant=_refuse, parse_float=_finite)


def _finite(number: str) -> float:
    value = float(number)
    if math.isinf(value):
        raise ValueError(f"{number[:40]} is beyond the bounds of a number")
    return value


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no number of JSON")


def table_of_objects(value: object, where: str) -> dict[str, Any]:
    """A value that is an object. Raises DataFolderError."""
    if not isinstance(value, dict):
        raise DataFolderError(f"{where}: expected an object, came {value!r:.80}; {ADVICE}")
    return value


def texts(value: object, where: str) -> list[str]:
    """A value that is an array of strings. Raises DataFolderError."""
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise DataFolderError(f"{where}: expected an array of strings, came {value!r:.80}; {ADVICE}")
    return value


def state_text(generation: int, facts: Mapping[str, Any], tables: Mapping[str, Mapping[str, Any]], version: int) -> str:
    """A whole state: a line for each document."""
    rows = []
    for table in sorted(tables):
        documents = ",\n".join(f"   {json_text(key)}: {json_text(one)}" for key, one in tables[table].items())
        rows.append(f"  {json_text(table)}: {{\n{documents}\n  }}" if documents else f"  {json_text(table)}: {{}}")
    head = f' "format": {version},\n "generation": {generation},\n "facts": {json_text(dict(sorted(facts.items())))},\n'
    return "{\n" + head + ' "tables": {\n' + ",\n".join(rows) + "\n }\n}\n"


def _settle(folder: Path) -> None:
    """See that a new name of a file outlives the machine's end too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
