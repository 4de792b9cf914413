"""The OpenAPI document of the control API, made from the routes and their types."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from mockmail._version import __version__
from mockmail.control.route import JSON, Refusal, Route
from mockmail.core.sandboxes import NAME
from mockmail.http.target import SANDBOX_HEADER

VERSION = "3.1.0"
"""The version of OpenAPI, which takes JSON Schema as msgspec writes it."""

SCHEMAS = "#/components/schemas/"
_OF_BODIES = (408, 413, 415)
_FIRST_ERROR = 400

_REFUSALS = {
    400: (
        "The request is invalid; `error` names the field and the expected value.",
        "count must be an integer, not 'two'",
    ),
    401: (
        "The server needs a token; the request has none, or a wrong one.",
        "the control API needs a token: Authorization: Bearer TOKEN",
    ),
    403: (
        "The Host, Origin or page is not allowed (see docs/control.md, Access).",
        "pages of 'http://other.example' may not use the control API",
    ),
    408: ("The body did not arrive in time.", "the body did not arrive within 60 s"),
    413: ("The body has too many bytes or JSON values.", "the body has more than 100000 JSON values"),
    415: (
        "The body is not JSON, or has a Content-Encoding.",
        "send JSON with Content-Type: application/json, or no body; not a body with Content-Type: text/plain",
    ),
    503: (
        "The disk is full, or there are too many sandboxes or too large requests; try later.",
        "there are 1000 sandboxes, the most that max_sandboxes allows",
    ),
}
"""The errors that any call may return, each with an example."""

_ERROR = {"$ref": f"{SCHEMAS}{Refusal.__name__}"}

EXAMPLES = Path(__file__).with_name("response_examples.json")
"""Responses of a server, by the name of the operation; `tests/control/response_examples.py` records them."""

Schemas = Mapping[Any, Mapping[str, Any]]


def describe(routes: Sequence[Route], vendor: str) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of the routes. vendor: the one that examples name as `{vendor}`."""
    taken, of_requests = _schemas([type_ for route in routes for type_ in (route.query, route.body) if type_])
    given, of_responses = _schemas([Refusal, *(type_ for route in routes for type_ in _response_types(route))])
    renamed = {name: f"{name}Response" for name in of_responses.keys() & of_requests.keys()}
    given, of_responses = _renamed(given, renamed), _renamed(of_responses, renamed)
    examples = json.loads(EXAMPLES.read_text("utf-8"))
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        query = of_requests[route.query.__name__]
        operation = _operation(route, query, taken, vendor) | {
            "responses": _responses(route, given, examples.get(route.handler.__name__))
        }
        paths.setdefault(f"/_mockmail/{route.path}", {})[route.method.lower()] = operation
    queries = {route.query.__name__ for route in routes} - {route.body.__name__ for route in routes if route.body}
    schemas = {name: _with_defaults_in_words(schema) for name, schema in of_requests.items() if name not in queries}
    schemas |= {renamed.get(name, name): _complete(schema) for name, schema in of_responses.items()}
    return {
        "openapi": VERSION,
        "info": {
            "title": "mockmail control API",
            "version": __version__,
            "description": "Sets up mockmail and shows its results. docs/control.md explains each call.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [
            {"url": "/", "description": "The default sandbox, or the one that the header names."},
            {
                "url": "/~{sandbox}",
                "description": "Another sandbox.",
                "variables": {"sandbox": {"default": "mine", "description": "the name of a sandbox"}},
            },
        ],
        "security": [{}, {"token": []}],
        "tags": [{"name": name, "description": words} for name, words in _tags(routes).items()],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "The server's `--control-token`."}
            },
            "parameters": {"sandbox": _SANDBOX},
            "responses": {
                f"refused{status}": {"description": words, "content": _content(JSON, _ERROR, {"error": example})}
                for status, (words, example) in _REFUSALS.items()
            },
        },
    }


_SANDBOX = {
    "name": SANDBOX_HEADER,
    "in": "header",
    "description": "the sandbox; the default one without it. `/~NAME` in front of the path does the same.",
    "schema": {"type": "string", "pattern": f"^({NAME.pattern})?$"},
    "example": "mine",
}


def _schemas(types: Sequence[Any]) -> tuple[dict[Any, Any], dict[str, Any]]:
    unique = [known for known in dict.fromkeys(types) if known is not bytes]
    found, components = msgspec.json.schema_components(unique, ref_template=f"{SCHEMAS}{{name}}")
    return dict(zip(unique, found, strict=True)), components


def _response_types(route: Route) -> Iterator[Any]:
    if route.returns is not None:
        yield route.returns
    yield from route.fails_with.values()


def _renamed(schema: Any, names: Mapping[str, str]) -> Any:
    """Return a schema with references to components by their new names."""
    if isinstance(schema, dict):
        return {
            name: f"{SCHEMAS}{names.get(value.removeprefix(SCHEMAS), value.removeprefix(SCHEMAS))}"
            if name == "$ref"
            else _renamed(value, names)
            for name, value in schema.items()
        }
    return [_renamed(item, names) for item in schema] if isinstance(schema, list) else schema


def _with_defaults_in_words(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of an object in a body with each default in the field's description.

    Generators of clients, such as openapi-typescript, take a field with a default for one that is always there.
    """
    return {**schema, "properties": {name: _in_words(field) for name, field in schema.get("properties", {}).items()}}


def _in_words(field: Mapping[str, Any]) -> dict[str, Any]:
    words = [field["description"]] if "description" in field else []
    if field.get("default") is not None:
        words.append(f"default: {json.dumps(field['default'])}")
    kept = {name: value for name, value in field.items() if name != "default"}
    return kept | ({"description": "; ".join(words)} if words else {})


def _complete(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of an object in a response, which has each field that has a default too."""
    properties = schema.get("properties", {})
    required = schema.get("required", ())
    return {
        **schema,
        "properties": {
            name: {key: value for key, value in field.items() if key != "default"} for name, field in properties.items()
        },
        "required": [name for name, field in properties.items() if name in required or "default" in field],
    }


def _tags(routes: Sequence[Route]) -> dict[str, str]:
    """Return the tags, each with the text after the paths in the first line of its module."""
    modules = {_tag_of(route): sys.modules[route.handler.__module__] for route in routes}
    return {tag: (module.__doc__ or "").partition("\n")[0].partition(": ")[2] for tag, module in modules.items()}


def _tag_of(route: Route) -> str:
    return route.handler.__module__.rpartition(".")[2]


def _operation(route: Route, query: Mapping[str, Any], schemas: Schemas, vendor: str) -> dict[str, Any]:
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
        "tags": [_tag_of(route)],
        "parameters": [*in_path, *in_query, {"$ref": "#/components/parameters/sandbox"}],
    }
    if route.body is bytes:
        operation["requestBody"] = {"required": True, "content": {kind: {} for kind in route.body_types}}
    elif route.body is not None and issubclass(route.body, msgspec.Struct):
        example = {name: vendor if value == "{vendor}" else value for name, value in route.example.items()}
        operation["requestBody"] = {
            "required": any(field.required for field in msgspec.structs.fields(route.body)),
            "content": _content(JSON, schemas[route.body], example),
        }
    return operation


def _responses(route: Route, schemas: Schemas, example: Any) -> dict[str, Any]:
    own: dict[str, dict[str, Any]] = {str(status): {"description": words} for status, words in route.responses.items()}
    for status in route.responses:
        if status >= _FIRST_ERROR:
            schema = schemas[route.fails_with[status]] if status in route.fails_with else _ERROR
            own[str(status)]["content"] = _content(JSON, schema)
    success = own[str(next(iter(route.responses)))]
    if route.returns is bytes:
        success["content"] = {route.media_type: {}}
    elif route.returns is not None:
        success["content"] = _content(route.media_type, schemas[route.returns], example)
    common = {
        str(status): {"$ref": f"#/components/responses/refused{status}"}
        for status in _REFUSALS
        if str(status) not in own and (status not in _OF_BODIES or route.method != "GET")
    }
    return dict(sorted((own | common).items()))


def _content(media_type: str, schema: Mapping[str, Any], example: Any = None) -> dict[str, Any]:
    return {media_type: {"schema": schema} | ({} if example is None else {"example": example})}


def _without_null(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of a query parameter, which cannot be null."""
    merged = {name: value for name, value in schema.items() if name not in ("anyOf", "description")}
    for choice in schema.get("anyOf", ()):
        if choice != {"type": "null"}:
            merged |= choice
    if "enum" in merged:
        merged.setdefault("type", "string")  # msgspec leaves the type of a Literal out
    return {name: value for name, value in merged.items() if value is not None}
