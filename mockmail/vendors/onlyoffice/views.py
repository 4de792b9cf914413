"""Responses: the documents that show records, and the `fields` filter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from mockmail.vendors.onlyoffice.records import API_KEY_PREFIX, ApiKey, SmtpSettings, SmtpTest, User

MAX_QUERY_FIELDS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The result of a handler that returns more than a document.

    response: the `response` member; None leaves it out.
    count: the `count` member; None for the length of the response.
    cookies: the values of `Set-Cookie` headers.
    """

    response: Any = None
    count: int | None = None
    cookies: tuple[str, ...] = ()


def api_key_document(key: ApiKey, creator: User | None) -> dict[str, Any]:
    """Return an API key without the secret part, which only the response to its creation shows."""
    postfix = key.apiKey[-4:]
    return {
        "id": key.id,
        "name": key.name,
        "key": f"{API_KEY_PREFIX}***{postfix}",
        "keyPostfix": postfix,
        "permissions": list(key.permissions),
        **({} if key.lastUsed is None else {"lastUsed": key.lastUsed}),
        "createOn": key.createOn,
        "createBy": {
            "id": key.createBy,
            "displayName": "" if creator is None else creator.display_name,
            "hasAvatar": False,
            "isAnonim": False,
        },
        **({} if key.expiresAt is None else {"expiresAt": key.expiresAt}),
        "isActive": key.isActive,
    }


def settings_document(settings: SmtpSettings, *, is_default: bool = False) -> dict[str, Any]:
    """Return SMTP settings without the password."""
    user = settings.credentialsUserName
    return {
        "host": settings.host,
        "port": settings.port,
        "senderAddress": settings.senderAddress,
        "senderDisplayName": settings.senderDisplayName,
        **({} if user is None else {"credentialsUserName": user}),
        "credentialsUserPassword": "",
        "enableSSL": settings.enableSSL,
        "enableAuth": settings.enableAuth,
        "useNtlm": False,
        "isDefaultSettings": is_default,
    }


def empty_settings_document() -> dict[str, Any]:
    """Return the SMTP settings of a cloud portal that has stored none."""
    return {
        "port": 0,
        "credentialsUserPassword": "",
        "enableSSL": False,
        "enableAuth": False,
        "useNtlm": False,
        "isDefaultSettings": True,
    }


def job_document(job: SmtpTest) -> dict[str, Any]:
    """Return the state of the job that sends a test message."""
    return {name: getattr(job, name) for name in ("completed", "id", "error", "status", "percents")}


def filter_fields(query: str, response: Any) -> Any:
    """Return an object, or each object of a list, with the members that the query names; other values unchanged.

    `fields=host,port` names two members; so do `fields=host&fields=port` and `fields[]=host&fields[]=port`.
    `createBy.id` names a member of a member. Member names are case-sensitive, `fields` is not
    (DocSpace-server, DynamicIgnoreResolver.cs).
    """
    names = _named_fields(query)
    return response if names is None else _filtered(response, names, "")


def _named_fields(query: str) -> Sequence[str] | None:
    if "fields" not in query.lower():
        return None
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=MAX_QUERY_FIELDS, errors="replace")
    except ValueError:  # more than MAX_QUERY_FIELDS
        return None
    array = [value for name, value in pairs if name.lower() == "fields[]"]
    values = array or [value for name, value in pairs if name.lower() == "fields"]
    if not array and len(values) == 1:
        return values[0].split(",")
    return values or None


def _filtered(value: Any, names: Sequence[str], parent: str) -> Any:
    if isinstance(value, list | tuple):
        return [_filtered(element, names, parent) for element in value]
    if not isinstance(value, Mapping):
        return value
    shown = {}
    for member, inner in value.items():
        path = f"{parent}.{member}" if parent else member
        if any(path == name or path.startswith(f"{name}.") or name.startswith(f"{path}.") for name in names):
            shown[member] = _filtered(inner, names, path)
    return shown
