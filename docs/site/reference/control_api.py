"""The calls of the control API, from its own OpenAPI document."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from docs.site.reference.markdown import code, plain, table
from mockmail.control.api import all_routes
from mockmail.control.openapi import SCHEMAS, describe
from mockmail.server.discovery import discover

Document = Mapping[str, Any]


def page() -> str:
    """Return the page."""
    document = describe(all_routes(), next(iter(discover(only=["atmail"]).vendors)))
    schemas = document["components"]["schemas"]
    parts = [
        "# Calls of the control API\n",
        (
            "`/_mockmail/openapi.json` describes the same as OpenAPI 3.1. [The control API](../control.md) explains"
            " sandboxes, access and secrets. The header `X-Mockmail-Sandbox` chooses a sandbox for each call.\n"
        ),
    ]
    for tag in document["tags"]:
        parts.append(f"## {tag['name']}\n\n{plain(_sentence(tag['description']))}\n")
        parts += [
            _call(method, path, operation, schemas)
            for path, methods in document["paths"].items()
            for method, operation in methods.items()
            if tag["name"] in operation["tags"]
        ]
    parts.append(f"## Errors\n\n{table(('status', 'meaning', 'for example'), _errors(document))}")
    parts.append("## Documents\n")
    parts += [_schema(name, schemas[name]) for name in sorted(schemas)]
    return "\n".join(parts)


def _call(method: str, path: str, operation: Document, schemas: Document) -> str:
    parts = [f"### {method.upper()} {path}\n", f"{plain(operation['summary'])}\n"]
    parameters = [
        (code(given["name"]), given["in"], plain(_words(given)), code(_default(given["schema"])))
        for given in operation["parameters"]
        if "name" in given
    ]
    if parameters:
        parts.append(table(("parameter", "in", "meaning", "default"), parameters))
    if "requestBody" in operation:
        parts.append(f"Body: {_body(operation['requestBody']['content'])}.\n")
    statuses = [
        (status, plain(response["description"]), _content(response))
        for status, response in operation["responses"].items()
        if "description" in response
    ]
    return "\n".join([*parts, table(("status", "meaning", "body"), statuses)])


def _body(content: Document) -> str:
    if "application/json" not in content:
        return f"a file, {' or '.join(map(code, content))}"
    described = content["application/json"]
    return f"{_type(described['schema'])}, such as {code(json.dumps(described['example']))}"


def _errors(document: Document) -> Iterator[tuple[str, str, str]]:
    for name, response in document["components"]["responses"].items():
        [content] = response["content"].values()
        yield name.removeprefix("refused"), plain(response["description"]), plain(content["example"]["error"])


def _schema(name: str, schema: Document) -> str:
    required = schema.get("required", ())
    rows = [
        (code(field), _type(value), "yes" if field in required else "", plain(value.get("description", "")))
        for field, value in schema.get("properties", {}).items()
    ]
    words = " ".join(schema.get("description", "").split())
    described = table(("field", "type", "always", "meaning"), rows) if rows else ""
    return f"### {name}\n\n{plain(words)}\n\n{described}"


def _content(response: Document) -> str:
    shown = [
        _type(content["schema"]) if content.get("schema") else code(media_type)
        for media_type, content in response.get("content", {}).items()
    ]
    return ", ".join(shown)


def _words(given: Document) -> str:
    return str(given.get("description") or given["schema"].get("description") or "")


def _default(schema: Document) -> str:
    return json.dumps(schema["default"]) if schema.get("default") is not None else ""


def _type(schema: Document) -> str:
    """Return a type in words, with a link to the document that it names."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(SCHEMAS)
        return f"[{name}](#{name.lower()})"
    if "anyOf" in schema:
        return " or ".join(map(_type, schema["anyOf"]))
    if "enum" in schema or "const" in schema:
        return ", ".join(code(json.dumps(value)) for value in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        items = schema.get("items")
        return f"array of {_type(items)}" if isinstance(items, Mapping) and items else "array"
    return str(schema.get("type", "any JSON"))


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"
