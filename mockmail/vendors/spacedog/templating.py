"""Check a caller's parameters against a mail template's model, and render the template's properties.

services/.../PebbleTemplating.java; docs/wire/spacedog.md 7.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mockmail.vendors.spacedog.authentication import SpaceDogCall
from mockmail.vendors.spacedog.errors import Cause, IllegalArgument, NotFound, ServerFailure
from mockmail.vendors.spacedog.options import Options
from mockmail.vendors.spacedog.outgoing import Mail
from mockmail.vendors.spacedog.records import DataObject
from mockmail.vendors.spacedog.schemas import is_type
from mockmail.vendors.spacedog.views import object_document

if TYPE_CHECKING:
    from mockmail.vendors.spacedog.pebble import TemplateError

SIMPLE_TYPES = {
    "string": "String",
    "integer": "Integer",
    "long": "Long",
    "float": "Float",  # no number of a JSON document is one
    "double": "Double",
    "boolean": "Boolean",
    "array": "ArrayList",
    "object": "LinkedHashMap",
}
"""The Java class that each type of a model accepts."""


def context_of(call: SpaceDogCall, model: Mapping[str, str] | None, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the variables of a template. Raise IllegalArgument, NotFound or ServerFailure."""
    if not parameters:
        return {}
    if not model:
        raise IllegalArgument("no parameter authorized for this template")
    return {name: _checked(call, model.get(name), name, value) for name, value in parameters.items()}


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


def _checked(call: SpaceDogCall, type_name: str | None, name: str, value: Any) -> Any:
    from mockmail.vendors.spacedog.pebble import from_json, java_class

    if type_name is None:
        raise IllegalArgument(f"parameter [{name}] is not authorized")
    if type_name in SIMPLE_TYPES:
        if value is None:
            raise ServerFailure("", "java.lang.NullPointerException")
        simple_name = java_class(from_json(value)).rpartition(".")[2]
        if simple_name != SIMPLE_TYPES[type_name]:
            raise IllegalArgument(f"parameter value type [{name}][{simple_name}] invalid")
        return value
    if not is_type(call, type_name):
        raise IllegalArgument(f"parameter type [{name}][{type_name}] not found")
    if not isinstance(value, str):
        raise IllegalArgument(f"parameter value [{name}][{_shown(value)}] is invalid")
    found = call.records(DataObject).get(f"{call.caller.backend}/{type_name}/{value}")
    if found is None:
        raise NotFound(f"object [{value}] of type [{type_name}] not found")
    return object_document(found)


def _shown(value: Any) -> str:
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)[:1000]


def _cause(error: TemplateError) -> Cause:
    return Cause(error.message, error.java_type, _cause(error.cause) if error.cause else None)
