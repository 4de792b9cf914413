"""A client of the control API, and of the vendors on the same port."""

from __future__ import annotations

from typing import Any

import pytest
from http_client import Response, send_request


class ControlClient:
    """Requests with a JSON document or none."""

    def __init__(self, url: str) -> None:
        self.url = url

    def ask(
        self, method: str, path: str, document: Any = None, headers: Any = None, body: bytes | None = None
    ) -> tuple[int, Any, Any]:
        """Return the status, the headers, and the body: read if it is JSON, else its bytes."""
        response: Response = send_request(self.url, method, path, body, json=document, headers=headers)
        is_json = "json" in response.headers.get("Content-Type", "") and response.body
        return response.status, response.headers, response.json if is_json else response.body

    def error(self, method: str, path: str, document: Any = None, **options: Any) -> tuple[int, str]:
        """Return the status and the text of a response that has nothing but an error."""
        status, _, content = self.ask(method, path, document, **options)
        assert list(content) == ["error"]
        return status, content["error"]

    def get(self, path: str) -> Any:
        """Return the document at a path below `/_mockmail/`."""
        status, _, content = self.ask("GET", f"/_mockmail/{path}")
        assert status == 200, content
        return content


@pytest.fixture
def control(mockmail) -> ControlClient:
    return ControlClient(mockmail.url)


@pytest.fixture
def ask_whole(control) -> Any:
    return control.ask
