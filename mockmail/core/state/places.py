"""Where a document stands in a data folder, for whoever edited it."""

from __future__ import annotations

import json
from pathlib import Path

from mockmail.core.state.files import json_text, read_whole


def in_state(path: Path, table: str, key: str | None) -> str:
    """The file and, where it can be told, the line of a document in a whole state; key None: of the table."""
    lines = read_whole(path).decode("utf-8", "replace").splitlines()
    heads = [json_text(one) + ":" for one in (table, key) if one is not None]
    number = 0
    for head in heads:
        number = next((at for at, line in enumerate(lines[number:], number + 1) if line.lstrip().startswith(head)), 0)
        if not number:
            return str(path)
    return f"{path}, line {number}"


def in_log(path: Path, table: str, key: str | None) -> str | None:
    """The file and the last line of a log that writes a document; None where there is none. key None: of the table."""
    lines = read_whole(path).split(b"\n")
    for number in range(len(lines) - 1, 1, -1):
        documents = json.loads(lines[number - 1])["tables"].get(table)
        if documents is not None and (key is None or key in documents):
            return f"{path}, line {number}"
    return None
