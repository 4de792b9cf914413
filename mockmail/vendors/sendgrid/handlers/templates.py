"""`/v3/templates`: dynamic and legacy templates, and their versions (docs/wire/sendgrid.md 5)."""

from __future__ import annotations

from itertools import islice
from typing import Any

import msgspec

from mockmail.core.mail.html_text import read_html
from mockmail.core.senders.records import Template, TemplateVersion, template_key
from mockmail.core.senders.templates import Renderer, TemplateError
from mockmail.core.state.records import read_timestamp
from mockmail.vendors.sendgrid.account_parameters import NewTemplate, TemplateName, TemplatePage, VersionChange
from mockmail.vendors.sendgrid.authentication import SendGridCall
from mockmail.vendors.sendgrid.errors import SendGridError, not_found
from mockmail.vendors.sendgrid.rendering import RULES
from mockmail.wire.json_dialect import JsonResponse

Document = dict[str, Any]

GENERATIONS = ("legacy", "dynamic")
MOST_VERSIONS = 300
NO_CONTENT = JsonResponse(None, 204)


def create(call: SendGridCall, params: NewTemplate) -> Any:
    """Add a template without versions."""
    if params.generation not in GENERATIONS:
        raise SendGridError("generation must be legacy or dynamic", "generation")
    template = _new(call, params.name, params.generation)
    return JsonResponse(_document(call.records(Template).put(template)), 201)


def index(call: SendGridCall, params: TemplatePage) -> Document:
    """List the templates of one generation or both, the newest first."""
    wanted = {name.strip() for name in params.generations.split(",")}
    found = (each for each in reversed(call.records(Template)) if each.details["generation"] in wanted)
    if params.page_size is None:
        return {"templates": [_document(template) for template in found]}
    if params.page_token and not any(each.id == params.page_token for each in found):
        raise SendGridError("invalid page token", "page_token")
    page = list(islice(found, params.page_size + 1))
    shown = page[: params.page_size]
    url = "https://api.sendgrid.com/v3/templates"
    query = f"generations={params.generations:.30}&page_size={params.page_size}"
    metadata: Document = {"self": f"{url}?{query}", "count": len(shown)}
    if len(page) > len(shown):
        metadata["next"] = f"{url}?{query}&page_token={shown[-1].id}"
    return {"result": [_document(template) for template in shown], "_metadata": metadata}


def show(call: SendGridCall, params: None) -> Document:
    """Return a template with its versions."""
    return _document(_find(call))


def edit(call: SendGridCall, params: TemplateName) -> Document:
    """Rename a template."""
    template = _find(call)
    return _document(_store(call, template.replace(name=params.name or template.name)))


def duplicate(call: SendGridCall, params: TemplateName) -> Any:
    """Copy a template with its versions."""
    template = _find(call)
    copy = _new(call, params.name or f"{template.name} Copy", template.details["generation"])
    versions = [msgspec.structs.replace(version, id=call.world.ids.uuid()) for version in template.versions]
    return JsonResponse(_document(call.records(Template).put(copy.replace(versions=tuple(versions)))), 201)


def delete(call: SendGridCall, params: None) -> Any:
    """Remove a template with its versions."""
    call.records(Template).remove(_find(call).key)
    return NO_CONTENT


def create_version(call: SendGridCall, params: VersionChange) -> Any:
    """Add a version to a template; the first one is active."""
    template = _find(call)
    if not params.name:
        raise SendGridError("name is required", "name")
    if len(template.versions) >= MOST_VERSIONS:
        raise SendGridError(f"a template may have {MOST_VERSIONS} versions")
    new = TemplateVersion(id=call.world.ids.uuid(), active=False, details={"generates": True, "editor": "code"})
    version = _changed(call, template, new, params)
    is_active = params.active == 1 or not template.versions
    stored = template.replace(versions=(*template.versions, version))
    stored = _store(call, _activated(stored, version.id) if is_active else stored)
    return JsonResponse(_version_document(stored, stored.versions[-1]), 201)


def show_version(call: SendGridCall, params: None) -> Document:
    """Return a version of a template."""
    template = _find(call)
    return _version_document(template, _find_version(call, template))


def edit_version(call: SendGridCall, params: VersionChange) -> Document:
    """Change a version of a template."""
    template = _find(call)
    version = _changed(call, template, _find_version(call, template), params)
    if params.active == 0:
        version = msgspec.structs.replace(version, active=False)
    versions = tuple(version if each.id == version.id else each for each in template.versions)
    template = template.replace(versions=versions)
    template = _store(call, _activated(template, version.id) if params.active == 1 else template)
    return _version_document(template, _find_version(call, template))


def activate_version(call: SendGridCall, params: None) -> Document:
    """Make a version the active one."""
    template = _find(call)
    template = _store(call, _activated(template, _find_version(call, template).id))
    return _version_document(template, _find_version(call, template))


def delete_version(call: SendGridCall, params: None) -> Any:
    """Remove a version of a template."""
    template = _find(call)
    gone = _find_version(call, template)
    _store(call, template.replace(versions=tuple(each for each in template.versions if each.id != gone.id)))
    return NO_CONTENT


def _new(call: SendGridCall, name: str, generation: str) -> Template:
    ids, now = call.world.ids, call.world.clock.now().isoformat()
    template_id = f"d-{ids.hexadecimal(32)}" if generation == "dynamic" else ids.uuid()
    return Template(id=template_id, name=name, created=now, updated=now, details={"generation": generation})


def _find(call: SendGridCall) -> Template:
    found = call.records(Template).get(template_key("", call.path["template"].lower()))
    if found is None:
        raise not_found("template not found")
    return found


def _find_version(call: SendGridCall, template: Template) -> TemplateVersion:
    for version in template.versions:
        if version.id == call.path["version"].lower():
            return version
    raise not_found("template version not found")


def _store(call: SendGridCall, template: Template) -> Template:
    return call.records(Template).put(template.replace(updated=call.world.clock.now().isoformat()))


def _activated(template: Template, version_id: str) -> Template:
    versions = [msgspec.structs.replace(each, active=each.id == version_id) for each in template.versions]
    return template.replace(versions=tuple(versions))


def _changed(
    call: SendGridCall, template: Template, version: TemplateVersion, params: VersionChange
) -> TemplateVersion:
    """Return a version with its changes. Raise SendGridError for content that cannot be rendered."""
    generates = params.generate_plain_content
    generates = version.details["generates"] if generates is None else generates
    html = version.html if params.html_content is None else params.html_content
    text = version.text if params.plain_content is None else params.plain_content
    if generates and html and (not text or params.html_content is not None) and not params.plain_content:
        text = read_html(html).text
    subject = version.subject if params.subject is None else params.subject
    if template.details["generation"] == "dynamic":
        _check({"subject": subject, "html_content": html, "plain_content": text})
    editor = params.editor or version.details["editor"]
    if editor not in ("code", "design"):
        raise SendGridError("editor must be code or design", "editor")
    test_data = version.details.get("test_data") if params.test_data is None else params.test_data
    return msgspec.structs.replace(
        version,
        name=params.name or version.name,
        subject=subject,
        html=html,
        text=text,
        created=call.world.clock.now().isoformat(),
        details={"generates": generates, "editor": editor, **({"test_data": test_data} if test_data else {})},
    )


def _check(contents: dict[str, str | None]) -> None:
    renderer = Renderer(RULES)
    for field, source in contents.items():
        try:
            renderer.check(source or "")
        except TemplateError as error:
            raise SendGridError(f"{field} is no valid Handlebars: {error}", field) from error


def _document(template: Template) -> Document:
    return {
        "id": template.id,
        "name": template.name,
        "generation": template.details["generation"],
        "updated_at": _time(template.updated or template.created),
        "versions": [_version_document(template, version) for version in template.versions],
    }


def _version_document(template: Template, version: TemplateVersion) -> Document:
    details = version.details
    return {
        "id": version.id,
        "template_id": template.id,
        "active": int(version.active),
        "name": version.name,
        "html_content": version.html or "",
        "plain_content": version.text or "",
        "generate_plain_content": details.get("generates", True),
        "subject": version.subject,
        "updated_at": _time(version.created or template.created),
        "editor": details.get("editor", "code"),
        **({"test_data": details["test_data"]} if "test_data" in details else {}),
    }


def _time(text: str) -> str:
    return f"{read_timestamp(text):%Y-%m-%d %H:%M:%S}"
