"""A client for the control API and the vendors."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

import pytest


@pytest.fixture
def call_control(mockmail) -> Any:
    """Send a request; return the status, the headers and the body, which is decoded if it is JSON."""

    def call(method: str, path: str, document: Any = None) -> tuple[int, Any, Any]:
        body = None if document is None else json.dumps(document).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{mockmail.url}{path}", data=body, headers=headers, method=method)
        try:
            response = urllib.request.urlopen(request, timeout=20)
        except urllib.error.HTTPError as error:
            response = error
        with response:
            content = response.read()
            is_json = "json" in response.headers["Content-Type"]
            return response.status, response.headers, json.loads(content) if is_json else content

    return call
