"""`/templates/push`: copy the templates of a server to another one (docs/wire/postmark.md 5)."""

from __future__ import annotations

from typing import Any

from mockmail.core.senders.records import Template
from mockmail.vendors.postmark.account_parameters import TemplatePush
from mockmail.vendors.postmark.authentication import AccountCall
from mockmail.vendors.postmark.errors import PostmarkError
from mockmail.vendors.postmark.handlers.templates import next_template_id
from mockmail.vendors.postmark.records import Server


def push(call: AccountCall, params: TemplatePush) -> Any:
    """Copy the templates with an alias from one server to another, or only say which ones would be copied."""
    scopes = []
    for number in (params.source, params.destination):
        if not number.isdecimal() or call.records(Server).first("id", int(number[:9])) is None:
            raise PostmarkError(f"The server with the ID '{number:.40}' was not found.", code=602)
        scopes.append(number)
    source, destination = scopes
    templates = call.records(Template)
    pushed = []
    for template in templates.find("scope", source):
        if not template.active or not template.alias:
            continue
        present = templates.first("alias", (destination, template.alias.lower()))
        number = "" if present is None else present.id
        if params.is_performed:
            number = number or next_template_id(call)
            templates.put(template.replace(scope=destination, id=number))
        pushed.append(
            {
                "Action": "Create" if present is None else "Edit",
                "TemplateId": int(number) if number else None,
                "Alias": template.alias,
                "Name": template.name,
                "TemplateType": template.details["type"],
            }
        )
    return {"TotalCount": len(pushed), "Templates": pushed}
