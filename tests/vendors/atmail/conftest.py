"""A client of atmail."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote_from_bytes, urlencode

import pytest
from http_client import Response, basic, send_request

API = "/admin/index.php/api"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class ZendResponse(Response):
    """`http` is the status code; `status`, `message` and `results` are in the body's `element`."""

    def __init__(self, status: int, reason: str, headers: Any, body: bytes) -> None:
        self.http, self.reason, self.headers, self.body = status, reason, headers, body

    @property
    def root(self) -> Any:
        return self.xml

    @property
    def element(self) -> Any:
        return self.root[0] if self.root.tag == "api" else self.root

    @property
    def status(self) -> str:
        return self.element.findtext("status")

    @property
    def message(self) -> str:
        return self.element.findtext("response/message")

    @property
    def results(self) -> Any:
        return tree(self.element.find("response/results"))

    @property
    def outcome(self) -> tuple[int, str, str]:
        return self.http, self.status, self.message


def tree(element: Any) -> Any:
    """Return an element's children as a dict, or its text. Repeated names are an error."""
    if not len(element):
        return element.text or ""
    assert len({child.tag for child in element}) == len(element)
    return {child.tag: tree(child) for child in element}


class Client:
    """An admin of the vendor."""

    def __init__(self, url: str, username: str = "admin", password: str = "changeme") -> None:
        self.url = url
        self.username = username
        self.password = password

    def as_(self, username: str, password: str) -> Client:
        return Client(self.url, username, password)

    def post(self, action: str, /, **parameters: object) -> ZendResponse:
        """Call an action with parameters as a form; a list is sent as PHP's `name[]`."""
        fields = []
        for name, value in parameters.items():
            values = [(f"{name}[]", element) for element in value] if isinstance(value, list) else [(name, value)]
            fields += values
        return self.send("POST", f"{API}/{action}/", urlencode(fields).encode(), FORM)

    def get(self, action: str, /) -> ZendResponse:
        return self.send("GET", f"{API}/{action}")

    def send(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str | None] | None = None
    ) -> ZendResponse:
        """Send a request; a header of None is left out."""
        given = {"Authorization": basic(self.username, self.password)} | (headers or {})
        escaped = quote_from_bytes(path.encode(), safe="/?&=%[]+~") if not path.isascii() else path
        return send_request(self.url, method, escaped, body, headers=given, response_class=ZendResponse)

    def new_account(self, username: str = "account1@yourdomain.com", **parameters: object) -> str:
        response = self.post("accounts/create", username=username, password="changeme", **parameters)
        assert response.status == "success", response.body
        return response.results["accounts"]["accountId"]

    def new_admin(self, username: str, **parameters: object) -> tuple[Client, int]:
        """Create an admin below this one and return its client and its id."""
        response = self.post("users/create", username=username, password="secret", **parameters)
        assert response.status == "success", response.body
        return self.as_(username, "secret"), int(response.results)

    def new_domain(self, name: str) -> int:
        response = self.post("domain/create", domainName=name)
        assert response.status == "success", response.body
        return int(response.results)

    def new_alias(self, name: str, to: str, kind: str = "Local") -> str:
        response = self.post("aliases/create", AliasName=name, AliasTo=to, AliasType=kind)
        assert response.status == "success", response.body
        return response.results["key_0"]["id"]


@pytest.fixture
def atmail(mockmail) -> Client:
    """The page's admin."""
    return Client(mockmail.url)
