"""`/_mockmail/openapi.json`: the control API, described from its own table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from mockmail._version import __version__
from mockmail.control.route import Parameter, Route

NOT_JSON = 415

_ERROR = {"type": "object", "required": ["error"], "properties": {"error": {"type": "string"}}}
_REFUSALS = {
    400: "What was sent does not fit; `error` says where, and what would.",
    401: "A token is set, and none came, or another.",
    403: "A foreign Host, Origin or page (see the guard in docs/control.md).",
    415: "A form: bodies are JSON.",
    503: "There is no room, on the disk or for another sandbox: try later.",
}
"""What any call may be answered with."""


def describe(routes: Sequence[Route]) -> dict[str, Any]:
    """The OpenAPI 3.1 document of some routes."""
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(f"/_mockmail/{route.path}", {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "mockmail control API",
            "version": __version__,
            "description": "Every path may stand behind `/~NAME` to choose the sandbox NAME.",
        },
        "security": [{}, {"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "responses": {
                f"refused{status}": {"description": words, "content": {"application/json": {"schema": _ERROR}}}
                for status, words in _REFUSALS.items()
            },
        },
    }


def _operation(route: Route) -> dict[str, Any]:
    in_path = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", route.path)
    ]
    in_query = [
        {"name": one.name, "in": "query", "description": one.help, "schema": _schema(one)} for one in route.query
    ]
    described: dict[str, Any] = {
        "operationId": route.handler.__name__,
        "summary": route.summary,
        "parameters": [*in_path, *in_query],
        "responses": _responses(route),
    }
    if route.body or route.open_body:
        schema: dict[str, Any] = {"type": "object"}
        if route.body:
            schema["properties"] = {one.name: {**_schema(one), "description": one.help} for one in route.body}
            schema["additionalProperties"] = False
        described["requestBody"] = {"content": {"application/json": {"schema": schema}}}
    return described


def _responses(route: Route) -> dict[str, Any]:
    """What the route says of its answers, and what any call may be answered with besides."""
    own = {str(status): {"description": words} for status, words in route.answers.items()}
    common = {
        str(status): {"$ref": f"#/components/responses/refused{status}"}
        for status in _REFUSALS
        if str(status) not in own and (status != NOT_JSON or route.method != "GET")
    }
    return dict(sorted((own | common).items()))


def _schema(parameter: Parameter) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": parameter.kind}
    return schema if parameter.default is None else {**schema, "default": parameter.default}
