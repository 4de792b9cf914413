"""The OpenAPI document of a vendor, made from its table of operations."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from mockmail._version import __version__
from mockmail.control.openapi import SCHEMAS, VERSION
from mockmail.core.operation import Operation
from mockmail.core.vendor import Vendor
from mockmail.wire.parameters import Parameter, parameters

_IN_QUERY = ("GET", "DELETE")
_NAME = re.compile(r"{(\w+)(\*?)}")

Json = dict[str, Any]


def describe_vendor(vendor: Vendor) -> Json:
    """Return the OpenAPI 3.1 document of a vendor's operations.

    It describes their parameters, which are checked, but not their responses, which are in the vendor's own formats.
    """
    components: Json = {}
    paths: dict[str, Json] = {}
    for operation in vendor.operations:
        for number, template in enumerate(operation.templates):
            for method in operation.methods:
                called = operation.name if not number and method == operation.methods[0] else ""
                described = _operation(vendor, operation, template, method, components)
                described["operationId"] = called or f"{operation.name}_{method.lower()}_{number}"
                paths.setdefault(_NAME.sub(r"{\1}", template), {})[method.lower()] = described
    tags = dict.fromkeys(_tag(operation) for operation in vendor.operations)
    return {
        "openapi": VERSION,
        "info": {
            "title": vendor.title,
            "version": __version__,
            "description": f"The operations of {vendor.title} that mockmail serves.",
        },
        "servers": [
            {"url": f"/{vendor.name}", "description": "The default sandbox."},
            {
                "url": f"/~{{sandbox}}/{vendor.name}",
                "description": "Another sandbox.",
                "variables": {"sandbox": {"default": "mine", "description": "the name of a sandbox"}},
            },
        ],
        "tags": [{"name": name} for name in tags],
        "paths": paths,
        "components": {"schemas": components},
        "x-not-emulated": [dataclasses.asdict(operation) for operation in vendor.not_emulated],
    }


def _operation(vendor: Vendor, operation: Operation, template: str, method: str, components: Json) -> Json:
    facts = [f"Evidence: {operation.evidence.value}.", f"Source: {operation.source}."]
    if operation.requires is not None:
        facts.append(f"The caller needs: {operation.requires}.")
    described: Json = {
        "summary": operation.summary,
        "description": " ".join(facts),
        "tags": [_tag(operation)],
        "parameters": [_in_path(name, star) for name, star in _NAME.findall(template)],
        "responses": {
            "2XX": {"description": "Success, in the vendor's own format."},
            "default": {"description": "A refusal, in the vendor's own format."},
        },
    }
    model = operation.params
    if model is None:
        return described
    if method not in _IN_QUERY:
        described["requestBody"] = {"content": {vendor.body_type: {"schema": _type_schema(model, components)}}}
    elif _is_model(model):
        named = {parameter["name"] for parameter in described["parameters"]}
        described["parameters"] += [found for found in _in_query(model, components) if found["name"] not in named]
    return described


def _tag(operation: Operation) -> str:
    return operation.name.partition(".")[0]


def _in_path(name: str, star: str) -> Json:
    rest = {"description": "all remaining segments of the path, possibly none"} if star else {}
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}, **rest}


def _in_query(model: Any, components: Json) -> Iterator[Json]:
    for known in parameters(model):
        yield {"name": known.name, "in": "query", "required": known.required, "schema": _schema(known, components)}


def _model_schema(model: type[Any], components: Json) -> Json:
    if model.__name__ not in components:
        components[model.__name__] = described = {"type": "object", "properties": {}}
        known = parameters(model)
        described["properties"] = {each.name: _schema(each, components) for each in known}
        if required := [each.name for each in known if each.required]:
            described["required"] = required
    return {"$ref": f"{SCHEMAS}{model.__name__}"}


def _schema(known: Parameter, components: Json) -> Json:
    element = _element(known, components)
    if known.nullable_elements:
        element = {"anyOf": [element, {"type": "null"}]}
    if known.container is tuple:
        element = {"type": "array", "items": element}
    elif known.container is dict:
        element = {"type": "object", "additionalProperties": element}
    return {"anyOf": [element, {"type": "null"}]} if known.nullable else element


def _element(known: Parameter, components: Json) -> Json:
    bounds = {
        "maxLength": known.bounds.max_length,
        "minLength": 1 if known.bounds.not_blank else None,
        "minimum": known.bounds.minimum,
        "maximum": known.bounds.maximum,
    }
    schema = _type_schema(known.type, components)
    return schema | {name: bound for name, bound in bounds.items() if bound is not None}


def _type_schema(kind: Any, components: Json) -> Json:
    if _is_model(kind):
        return _model_schema(kind, components)
    if kind is object or hasattr(kind, "read"):
        return {}
    [schema], found = msgspec.json.schema_components([kind], ref_template=f"{SCHEMAS}{{name}}")
    components |= found
    return schema


def _is_model(kind: Any) -> bool:
    """Return whether the binder reads a type; a class with `read` reads the request, and its handler checks it."""
    return dataclasses.is_dataclass(kind) and not hasattr(kind, "read")
