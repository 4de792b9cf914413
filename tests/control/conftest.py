"""A client of the control API, and of the vendors beside it."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

import pytest


@pytest.fixture
def ask_whole(mockmail) -> Any:
    """Asks with a JSON document or nothing; gives the status, the headers and what came: JSON read, else its bytes."""

    def ask(method: str, path: str, document: Any = None) -> tuple[int, Any, Any]:
        body = None if document is None else json.dumps(document).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{mockmail.url}{path}", data=body, headers=headers, method=method)
        try:
            answer = urllib.request.urlopen(request, timeout=20)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            content = answer.read()
            is_json = "json" in answer.headers["Content-Type"]
            return answer.status, answer.headers, json.loads(content) if is_json else content

    return ask
