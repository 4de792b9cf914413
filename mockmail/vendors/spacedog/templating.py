"""Check a caller's parameters against a mail template's model, and render the template's properties.

services/.../PebbleTemplating.java; docs/wire/spacedog.md 7.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mockmail.core.world import World
from mockmail.vendors.spacedog.errors import Cause, IllegalArgument, NotFound, ServerFailure
from mockmail.vendors.spacedog.options import Options
from mockmail.vendors.spacedog.outgoing import Mail
from mockmail.vendors.spacedog.records import VENDOR, DataObject, object_key

if TYPE_CHECKING:
    from mockmail.vendors.spacedog.pebble import TemplateError

SIMPLE_TYPES = {
    "string": ("String",),
    "integer": ("Integer",),
    "long": ("Long",),
    "float": (),
    "double": ("Double",),
    "boolean": ("Boolean",),
    "array": ("ArrayList",),
    "object": ("LinkedHashMap",),
}
"""The Java classes that each type of a model accepts; no number of a JSON document is a Float."""


def context_of(
    world: World, backend: str, model: Mapping[str, str] | None, parameters: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the variables of a template. Raise IllegalArgument, NotFound or ServerFailure."""
    if not parameters:
        return {}
    if not model:
        raise IllegalArgument("no parameter authorized for this template")
    return {name: _checked(world, backend, model.get(name), name, value) for name, value in parameters.items()}


def render(template: Mapping[str, Any], context: Mapping[str, Any], options: Options) -> Mail:
    """Return the mail that a template makes. Raise IllegalArgument."""
    # jinja2 takes 40 ms to import, and most servers never render a template.
    from mockmail.vendors.spacedog.pebble import Budget, Engine, TemplateError, from_json

    engine = Engine(Budget(options.template_steps, options.template_characters))
    variables = {name: from_json(value) for name, value in context.items()}

    def text(name: str, source: str | None) -> str | None:
        try:
            return None if source is None else engine.render(source, variables)
        except TemplateError as error:
            message = f"error rendering template property [{name}]"
            raise IllegalArgument(message, cause=_cause(error)) from error

    def texts(name: str) -> tuple[str, ...] | None:
        sources = template[name]
        return None if sources is None else tuple(text(name, source) or "" for source in sources)

    return Mail(
        sender=text("from", template["from"]),
        to=texts("to"),
        cc=texts("cc"),
        bcc=texts("bcc"),
        subject=text("subject", template["subject"]),
        text=text("text", template["text"]),
        html=text("html", template["html"]),
    )


def _checked(world: World, backend: str, type_name: str | None, name: str, value: Any) -> Any:
    if type_name is None:
        raise IllegalArgument(f"parameter [{name}] is not authorized")
    if type_name in SIMPLE_TYPES:
        if value is None:
            raise ServerFailure("", "java.lang.NullPointerException")
        if java_class(value) not in SIMPLE_TYPES[type_name]:
            raise IllegalArgument(f"parameter value type [{name}][{java_class(value)}] invalid")
        return value
    objects = world.store.records(VENDOR, DataObject)
    if objects.count("type", (backend, type_name)) == 0:
        raise IllegalArgument(f"parameter type [{name}][{type_name}] not found")
    if not isinstance(value, str):
        raise IllegalArgument(f"parameter value [{name}][{_shown(value)}] is invalid")
    found = objects.get(object_key(backend, type_name, value))
    if found is None:
        raise NotFound(f"object [{value}] of type [{type_name}] not found")
    meta = found.source.get("meta")
    described = {"id": found.id, "type": found.type, "version": found.version}
    return {**found.source, "meta": {**(meta if isinstance(meta, dict) else {}), **described}}


def java_class(value: Any) -> str:
    """Return the Java class that Jackson makes of a JSON value."""
    if isinstance(value, bool):
        return "Boolean"
    if isinstance(value, int):
        if -(1 << 31) <= value < 1 << 31:
            return "Integer"
        return "Long" if -(1 << 63) <= value < 1 << 63 else "BigInteger"
    names = {str: "String", float: "Double", list: "ArrayList", dict: "LinkedHashMap"}
    return names.get(type(value), "null")


def _shown(value: Any) -> str:
    words = {None: "null", True: "true", False: "false"}
    return words[value] if value is None or isinstance(value, bool) else str(value)[:1000]


def _cause(error: TemplateError) -> Cause:
    return Cause(error.message, error.java_type, _cause(error.cause) if error.cause else None)
