"""The cookie `asc_auth_key`, in and out."""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime
from urllib.parse import quote, unquote

from mockmail.core.exchange import WireRequest

NAME = "asc_auth_key"


def session_cookie(request: WireRequest) -> str | None:
    """The value of the cookie; None without one. Its name is found in any case, as ASP.NET finds it."""
    header = request.headers.get("Cookie")
    if header is None:
        return None
    for pair in header.split(";"):
        name, separator, value = pair.partition("=")
        if separator and name.strip().lower() == NAME:
            return unquote(value.strip().strip('"'))
    return None


def set_cookie(request: WireRequest, token: str, expires: datetime | None) -> str:
    """`Set-Cookie` for a login (docs/wire/onlyoffice.md 2), with the attributes in ASP.NET's order."""
    until = f"; expires={format_datetime(expires, usegmt=True)}" if expires is not None else ""
    secure = "; secure" if request.base_url.startswith("https:") else ""
    return f"{NAME}={quote(token, safe='')}{until}; path=/{secure}; samesite=strict; httponly"


def clear_cookie(request: WireRequest) -> tuple[str, ...]:
    """`Set-Cookie` that takes the cookie away, where the client sent one."""
    if session_cookie(request) is None:
        return ()
    return (f"{NAME}=; expires=Thu, 01 Jan 1970 00:00:00 GMT; path=/",)
