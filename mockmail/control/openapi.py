"""The OpenAPI document of the control API, made from the routes and their types."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from mockmail._version import __version__
from mockmail.control.route import Route

_OF_BODIES = (408, 413, 415)

_ERROR = {"type": "object", "required": ["error"], "properties": {"error": {"type": "string"}}}
_REFUSALS = {
    400: "The request is invalid; `error` says where, and what was expected.",
    401: "The server needs a token; the request has none, or a wrong one.",
    403: "The Host, Origin or page is not allowed (see the guard in docs/control.md).",
    408: "The body did not arrive in time.",
    413: "The body has too many bytes or JSON values.",
    415: "The body is not JSON, or has a Content-Encoding.",
    503: "The disk is full, or there are too many sandboxes or too large requests; try later.",
}
"""The errors that any call may return."""

Schemas = Mapping[Any, Mapping[str, Any]]


def describe(routes: Sequence[Route]) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of the routes."""
    types = list(dict.fromkeys(_types(routes)))
    found, components = msgspec.json.schema_components(types, ref_template="#/components/schemas/{name}")
    schemas = dict(zip(types, found, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        query = components[route.query.__name__]
        paths.setdefault(f"/_mockmail/{route.path}", {})[route.method.lower()] = _operation(route, query, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "mockmail control API",
            "version": __version__,
            "description": "Every path may have `/~NAME` in front of it to choose the sandbox NAME.",
        },
        "security": [{}, {"token": []}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "responses": {
                f"refused{status}": {"description": words, "content": {"application/json": {"schema": _ERROR}}}
                for status, words in _REFUSALS.items()
            },
        },
    }


def _types(routes: Sequence[Route]) -> Iterator[Any]:
    for route in routes:
        yield route.query
        yield from (found for found in (route.body, route.returns) if found is not None)


def _operation(route: Route, query: Mapping[str, Any], schemas: Schemas) -> dict[str, Any]:
    in_path = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", route.path)
    ]
    in_query = [
        {"name": name, "in": "query", "description": schema["description"], "schema": _without_null(schema)}
        for name, schema in query["properties"].items()
    ]
    operation: dict[str, Any] = {
        "operationId": route.handler.__name__,
        "summary": route.summary,
        "parameters": [*in_path, *in_query],
        "responses": _responses(route, schemas),
    }
    if route.body is not None:
        operation["requestBody"] = {"content": {"application/json": {"schema": schemas[route.body]}}}
    return operation


def _responses(route: Route, schemas: Schemas) -> dict[str, Any]:
    own: dict[str, dict[str, Any]] = {str(status): {"description": words} for status, words in route.responses.items()}
    if route.returns is not None:
        own[str(next(iter(route.responses)))]["content"] = {"application/json": {"schema": schemas[route.returns]}}
    common = {
        str(status): {"$ref": f"#/components/responses/refused{status}"}
        for status in _REFUSALS
        if str(status) not in own and (status not in _OF_BODIES or route.method != "GET")
    }
    return dict(sorted((own | common).items()))


def _without_null(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of a query parameter, which cannot be null."""
    merged = {name: value for name, value in schema.items() if name not in ("anyOf", "description")}
    for choice in schema.get("anyOf", ()):
        if choice != {"type": "null"}:
            merged |= choice
    return {name: value for name, value in merged.items() if value is not None}
