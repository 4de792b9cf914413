"""`/v3/{domain}/templates`: stored templates and their versions (docs/wire/mailgun.md 5)."""

from __future__ import annotations

import re
from typing import Any

from mockmail.core.senders.records import Template, TemplateVersion, template_key
from mockmail.core.senders.templates import Renderer, TemplateError
from mockmail.vendors.mailgun.authentication import MailgunCall
from mockmail.vendors.mailgun.errors import MailgunError, parameter_error
from mockmail.vendors.mailgun.paging import list_document
from mockmail.vendors.mailgun.parameters import Page, TemplateChange, TemplateChoice
from mockmail.vendors.mailgun.rendering import RULES, json_object
from mockmail.vendors.mailgun.requests import find_domain
from mockmail.vendors.mailgun.views import template_document, version_document

MOST_VERSIONS = 40

_NAME = re.compile(r"[a-z0-9._~-]{1,255}")


def index(call: MailgunCall, params: Page) -> Any:
    """List the templates of a domain."""
    records = call.records(Template).find("scope", find_domain(call).name)
    return list_document(
        call, params, records, key=lambda each: each.name, document=template_document, pivot="p", back="prev"
    )


def show(call: MailgunCall, params: TemplateChoice) -> Any:
    """Return one template; with `active=yes`, with the content of its active version."""
    template = _find(call)
    version = template.version
    shown = template_document(template)
    if params.active and version is not None:
        shown["version"] = version_document(version, with_content=True)
    return {"template": shown}


def create(call: MailgunCall, params: TemplateChange) -> Any:
    """Store a template, with its first version if there is content."""
    domain = find_domain(call).name
    if not params.name:
        raise parameter_error(call.options, "name", "is missing")
    name = _checked_name(call, "name", params.name)
    if template_key(domain, name) in call.records(Template):
        raise MailgunError(f"template with name '{name}' already exists")
    version = None if params.template is None else _new_version(call, params, params.tag or "initial", active=True)
    template = Template(
        scope=domain,
        id=name,
        name=name,
        created=call.world.clock.now().isoformat(),
        versions=() if version is None else (version,),
        details={"description": params.description or ""},
    )
    call.records(Template).add(template)
    shown = template_document(template)
    if version is not None:
        shown["version"] = version_document(version)
    return {"template": shown, "message": "template has been stored"}


def edit(call: MailgunCall, params: TemplateChange) -> Any:
    """Change the description of a template."""
    template = _find(call)
    if params.description is not None:
        template = template.replace(details={**template.details, "description": params.description})
        call.records(Template).put(template)
    return {"template": {"name": template.name}, "message": "template has been updated"}


def delete(call: MailgunCall, params: None) -> Any:
    """Remove a template."""
    template = _find(call)
    call.records(Template).remove(template.key)
    return {"template": {"name": template.name}, "message": "template has been deleted"}


def clear(call: MailgunCall, params: None) -> Any:
    """Remove all templates of a domain."""
    for template in call.records(Template).find("scope", find_domain(call).name):
        call.records(Template).remove(template.key)
    return {"message": "templates have been deleted"}


def list_versions(call: MailgunCall, params: Page) -> Any:
    """List the versions of a template."""
    template = _find(call)
    listed = list_document(
        call, params, template.versions, key=lambda each: each.id, document=version_document, pivot="p", back="prev"
    )
    return {
        "template": {**template_document(template), "versions": listed["items"]},
        "paging": listed["paging"],
    }


def create_version(call: MailgunCall, params: TemplateChange) -> Any:
    """Add a version to a template."""
    template = _find(call)
    for name, value in (("template", params.template), ("tag", params.tag)):
        if not value:
            raise parameter_error(call.options, name, "is missing")
    is_active = bool(params.active) or not template.versions
    version = _new_version(call, params, params.tag or "", active=is_active)
    if any(each.id == version.id for each in template.versions):
        raise MailgunError(f"version with tag '{version.id}' already exists")
    if len(template.versions) >= MOST_VERSIONS:
        raise MailgunError(f"A template may have {MOST_VERSIONS} versions")
    template = _with_versions(call, template, [*template.versions, version])
    shown = {**template_document(template), "version": version_document(version)}
    return {"template": shown, "message": "new version of the template has been stored"}


def show_version(call: MailgunCall, params: None) -> Any:
    """Return one version of a template with its content."""
    template = _find(call)
    version = _find_version(call, template)
    return {"template": {**template_document(template), "version": version_document(version, with_content=True)}}


def edit_version(call: MailgunCall, params: TemplateChange) -> Any:
    """Change a version of a template."""
    template = _find(call)
    old = _find_version(call, template)
    given = {"comment": params.comment, "headers": _headers(params)}
    changed = TemplateVersion(
        id=old.id,
        html=old.html if params.template is None else params.template,
        active=old.active or bool(params.active),
        created=old.created,
        details={**old.details, **{name: value for name, value in given.items() if value is not None}},
    )
    _check(changed)
    _with_versions(call, template, [changed if each.id == old.id else each for each in template.versions])
    return _named(template, changed, "version has been updated")


def delete_version(call: MailgunCall, params: None) -> Any:
    """Remove a version of a template."""
    template = _find(call)
    version = _find_version(call, template)
    _with_versions(call, template, [each for each in template.versions if each.id != version.id])
    return _named(template, version, "version has been deleted")


def _named(template: Template, version: TemplateVersion, message: str) -> Any:
    return {"template": {"name": template.name, "version": {"tag": version.id}}, "message": message}


def _find(call: MailgunCall) -> Template:
    found = call.records(Template).get(template_key(find_domain(call).name, call.path["template"].lower()))
    if found is None:
        raise MailgunError("template not found", 404)
    return found


def _find_version(call: MailgunCall, template: Template) -> TemplateVersion:
    wanted = call.path["version"].lower()
    found = next((version for version in template.versions if version.id == wanted), None)
    if found is None:
        raise MailgunError("version not found", 404)
    return found


def _checked_name(call: MailgunCall, parameter: str, text: str) -> str:
    name = text.strip().lower()
    if not _NAME.fullmatch(name):
        raise parameter_error(call.options, parameter, "may have letters, digits and the characters . _ - ~ only")
    return name


def _new_version(call: MailgunCall, params: TemplateChange, tag: str, *, active: bool) -> TemplateVersion:
    version = TemplateVersion(
        id=_checked_name(call, "tag", tag),
        html=params.template,
        active=active,
        created=call.world.clock.now().isoformat(),
        details={"comment": params.comment or "", "headers": _headers(params) or {}},
    )
    _check(version)
    return version


def _headers(params: TemplateChange) -> dict[str, Any] | None:
    return None if params.headers is None else json_object(params.headers, "'headers' parameter is not a valid JSON")


def _check(version: TemplateVersion) -> None:
    try:
        Renderer(RULES).check(version.html or "")
    except TemplateError as error:
        raise MailgunError(f"The template cannot be parsed: {error}") from error


def _with_versions(call: MailgunCall, template: Template, versions: list[TemplateVersion]) -> Template:
    """Store a template with other versions, of which the last active one stays active."""
    active = [version.id for version in versions if version.active]
    wanted = next((name for name in active if template.version is None or name != template.version.id), None)
    wanted = wanted or (active[0] if active else None)
    changed = template.replace(
        updated=call.world.clock.now().isoformat(),
        versions=tuple(
            TemplateVersion(
                id=each.id,
                html=each.html,
                active=each.id == wanted,
                created=each.created,
                details=each.details,
            )
            for each in versions
        ),
    )
    call.records(Template).put(changed)
    return changed
