"""Mailgun's wire: URL-encoded and multipart forms in, JSON out (docs/wire/mailgun.md 2 to 4)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mockmail.core.errors import VendorError
from mockmail.core.exchange import WireRequest, WireResponse
from mockmail.core.operation import Operation
from mockmail.core.vendor import Call
from mockmail.vendors.mailgun.errors import MailgunError, parameter_error
from mockmail.vendors.mailgun.parameters import File, NewMessage, NewMimeMessage, NewSuppression, Sending
from mockmail.wire.forms import BrokenForm, multipart_parts, urlencoded
from mockmail.wire.json_dialect import JsonDialect
from mockmail.wire.json_text import BrokenJson, write_json
from mockmail.wire.parameters import (
    TEXT_CONVERTERS,
    Absent,
    BindError,
    BindingRules,
    ErrorKind,
    Mismatch,
    bind,
    convert_integer,
)

MOST_FIELDS = 4000
"""The most fields of a form: a field for each of 1000 recipients, and others."""

TEXT = (("Content-Type", "text/plain; charset=utf-8"),)
MIME = "message"
"""The field with a MIME message, which mailgun.js sends without a file name."""

FILES = {NewMessage: ("attachment", "inline"), NewMimeMessage: (MIME,)}
"""The fields that are files."""

Values = dict[str, list[str]]


def _boolean(raw: str) -> bool:
    text = raw.strip().lower()
    if not text:
        raise Absent
    if text not in ("yes", "no", "true", "false"):
        raise Mismatch(ErrorKind.NOT_A_BOOLEAN)
    return text in ("yes", "true")


def _integer(raw: str) -> int:
    if not raw.strip():
        raise Absent
    return convert_integer(raw)


class MailgunDialect(JsonDialect):
    """Fields of forms in any of their encodings, and `message` for every refusal."""

    rate_limit = ("X-RateLimit-Remaining", "X-RateLimit-Reset")
    rules = BindingRules(converters={**TEXT_CONVERTERS, bool: _boolean, int: _integer}, repeated_values=True)

    def decode(self, call: Call[Any, Any]) -> Any:
        """Return the operation's parameters; a list of them for a JSON array. Raise MailgunError."""
        model, request = call.operation.params, call.request
        if model is None:
            return None
        try:
            if call.operation.methods[0] in ("GET", "DELETE"):
                return bind(model, self.values_of(request.query), self.rules)
            if issubclass(model, Sending):
                return self._sending(model, request)
            return self._form_or_json(model, request)
        except (BrokenForm, BrokenJson) as error:
            raise MailgunError(f"The request body cannot be read: {error}") from error
        except BindError as error:
            first = error.errors[0]
            text = "is not a file" if first.kind is ErrorKind.NOT_AN_OBJECT else first.kind.value
            raise parameter_error(call.options, first.name, text) from error

    def encode(self, call: Call[Any, Any], result: Any) -> WireResponse:
        """Return the result as JSON; a file unchanged."""
        if isinstance(result, File):
            return WireResponse(200, result.content, (("Content-Type", result.media_type),))
        return super().encode(call, result)

    def refuse(
        self, request: WireRequest, operation: Operation | None, error: VendorError, options: Any
    ) -> WireResponse:
        """Return the error's document; a text is in plain text."""
        if isinstance(error.document, str):
            return WireResponse(error.status, error.document.encode(), (*TEXT, *error.headers))
        return super().refuse(request, operation, error, options)

    def values_of(self, query: str) -> Values:
        """Return the values of each name in a query. Raise BrokenForm."""
        values: Values = {}
        for field in urlencoded(query.encode("utf-8", "replace"), limit=MOST_FIELDS):
            values.setdefault(field.name, []).append(field.value)
        return values

    def _sending(self, model: type[Sending], request: WireRequest) -> Sending:
        values, files = _form(request, FILES[model])
        by_prefix: dict[str, dict[str, str]] = {"h:": {}, "v:": {}}
        for name, texts in values.items():
            if name[:2] in by_prefix:
                by_prefix[name[:2]][name[2:]] = texts[-1]
        bound = bind(model, {name: texts for name, texts in values.items() if name not in by_prefix}, self.rules)
        changes: dict[str, Any] = {"headers": by_prefix["h:"], "variables": by_prefix["v:"]}
        if isinstance(bound, NewMessage):
            changes |= {"attachments": tuple(files["attachment"]), "inline": tuple(files["inline"])}
        else:
            changes["message"] = tuple(files["message"])
        return replace(bound, **changes)

    def _form_or_json(self, model: type[Any], request: WireRequest) -> Any:
        if request.content_type != "application/json":
            return bind(model, _form(request)[0], self.rules)
        value = self.read(request.body)
        if model is not NewSuppression and not isinstance(value, dict):
            raise BrokenForm("a JSON object is expected")
        items = [_texts(item) for item in (value if isinstance(value, list) else [value])]
        bound = [bind(model, item, self.rules) for item in items]
        return bound if isinstance(value, list) else bound[0]


def _texts(value: Any) -> Values:
    """Return the members of a JSON object as a form has them."""
    if not isinstance(value, dict):
        raise BrokenForm("a JSON object is expected")
    return {
        name: [each if isinstance(each, str) else write_json(each).decode() for each in _listed(member)]
        for name, member in value.items()
        if member is not None
    }


def _listed(member: Any) -> list[Any]:
    return member if isinstance(member, list) else [member]


def _form(request: WireRequest, file_fields: tuple[str, ...] = ()) -> tuple[Values, dict[str, list[File]]]:
    """Return the fields of a form and its files. Other content has none. Raise BrokenForm."""
    values: Values = {}
    files: dict[str, list[File]] = {name: [] for name in file_fields}
    if request.content_type == "multipart/form-data":
        content_type = request.headers.get("Content-Type", "")
        for name, part in multipart_parts(request.body, content_type, limit=MOST_FIELDS):
            if name in files and (part.filename is not None or name == MIME):
                files[name].append(
                    File(name=part.filename or "", content=part.content(), media_type=part.content_type.value)
                )
            else:
                values.setdefault(name, []).append(part.text())
    elif request.content_type in ("application/x-www-form-urlencoded", ""):
        for field in urlencoded(request.body, limit=MOST_FIELDS):
            values.setdefault(field.name, []).append(field.value)
    return values, files


DIALECT = MailgunDialect()
