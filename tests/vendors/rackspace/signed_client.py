"""A client of Rackspace by the vendor's wiki: plain HTTP and a signature."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from urllib.parse import urlencode

from http_client import Response, send_request

USER_KEY = "eGbq9/2hcZsRlr1JV1Pi"
SECRET_KEY = "QHOvchm/40czXhJ1OxfxK7jDHr3t"
USER_AGENT = "Rackspace Management Interface"


def signature(user_key: str, secret_key: str, user_agent: str, timestamp: str) -> str:
    digest = hashlib.sha1((user_key + user_agent + timestamp + secret_key).encode()).digest()
    return f"{user_key}:{timestamp}:{base64.b64encode(digest).decode()}"


class SignedResponse(Response):
    @property
    def fault(self) -> tuple[int, str, str]:
        """Return the status, the fault's name and its message, which must be the same in body and header."""
        [(name, fault)] = self.json.items()
        assert fault["code"] == self.status
        assert self.headers["x-error-message"] == fault["message"]
        return self.status, name, fault["message"]


@dataclass
class Client:
    """Calls operations below `/v1`, and accepts JSON by default."""

    base_url: str
    user_key: str = USER_KEY
    secret_key: str = SECRET_KEY
    timestamp: str = "20010308143725"
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **headers: str) -> SignedResponse:
        return self.call("GET", path, None, headers)

    def post(self, path: str, form: dict[str, str] | None = None, **headers: str) -> SignedResponse:
        return self.call("POST", path, form or {}, headers)

    def put(self, path: str, form: dict[str, str] | None = None, **headers: str) -> SignedResponse:
        return self.call("PUT", path, form or {}, headers)

    def delete(self, path: str, **headers: str) -> SignedResponse:
        return self.call("DELETE", path, None, headers)

    def ok(self, method: str, path: str, form: dict[str, str] | None = None) -> None:
        """Make a write that must succeed: 200 with an empty body."""
        reply = self.call(method, path, form, {})
        assert (reply.status, reply.body) == (200, b""), reply

    def call(self, method: str, path: str, form: dict[str, str] | None, headers: dict[str, str]) -> SignedResponse:
        body = None if form is None else urlencode(form).encode()
        return self.send(method, path, body, {"Content-Type": "application/x-www-form-urlencoded", **headers})

    def send(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> SignedResponse:
        given = {
            "User-Agent": USER_AGENT,
            "Accept": "application/json",
            "X-Api-Signature": signature(self.user_key, self.secret_key, USER_AGENT, self.timestamp),
            **self.headers,
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        sent = {name: value for name, value in given.items() if value}
        return send_request(self.base_url, method, path, body, headers=sent, response_class=SignedResponse)
