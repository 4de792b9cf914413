"""Mailgun's documents: domains, templates, suppressions, stored messages (docs/wire/mailgun.md 5 to 8)."""

from __future__ import annotations

from email.utils import format_datetime
from typing import Any

from mockmail.core.mail.message import Message
from mockmail.core.senders.records import Identity, SentMessage, Suppression, Template, TemplateVersion
from mockmail.core.state.records import read_timestamp

Document = dict[str, Any]


def date(text: str) -> str:
    """Return a time as Mailgun writes it in most documents."""
    return format_datetime(read_timestamp(text), usegmt=True)


def date_utc(text: str) -> str:
    """Return a time as Mailgun writes it in the documents of templates."""
    return f"{date(text).removesuffix('GMT')}UTC"


def domain_document(domain: Identity) -> Document:
    """Return a domain."""
    details = domain.details
    state = details.get("state") or ("active" if domain.verified else "unverified")
    return {
        "created_at": date(domain.created),
        "id": domain.id,
        "is_disabled": state == "disabled",
        "name": domain.name,
        "smtp_login": f"postmaster@{domain.name}",
        "spam_action": details.get("spam_action", "disabled"),
        "state": state,
        "type": details.get("type", "custom"),
        "web_scheme": details.get("web_scheme", "http"),
        "wildcard": details.get("wildcard", False),
    }


def dns_documents(domain: Identity) -> Document:
    """Return the DNS records that a domain needs."""
    valid = "valid" if domain.verified else "unknown"
    receiving = [
        {"priority": "10", "record_type": "MX", "valid": valid, "value": f"mx{letter}.mailgun.org"} for letter in "ab"
    ]
    sending = (
        ("TXT", domain.name, "v=spf1 include:mailgun.org ~all"),
        ("TXT", f"k1._domainkey.{domain.name}", "k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQ"),
        ("CNAME", f"email.{domain.name}", "mailgun.org"),
    )
    return {
        "receiving_dns_records": receiving,
        "sending_dns_records": [
            {"record_type": kind, "valid": valid, "name": name, "value": value} for kind, name, value in sending
        ],
    }


def template_document(template: Template) -> Document:
    """Return a template without its versions."""
    return {
        "name": template.name,
        "description": template.details.get("description", ""),
        "createdAt": date_utc(template.created),
    }


def version_document(version: TemplateVersion, *, with_content: bool = False) -> Document:
    """Return a version of a template."""
    return {
        "tag": version.id,
        **({"template": version.html or ""} if with_content else {}),
        "engine": "handlebars",
        "createdAt": date_utc(version.created),
        "comment": version.details.get("comment", ""),
        "active": version.active,
        **({"headers": version.details["headers"]} if version.details.get("headers") else {}),
    }


def suppression_document(suppression: Suppression) -> Document:
    """Return a suppressed address."""
    return {"address": suppression.address, **suppression.details, "created_at": date(suppression.created)}


def stored_document(message: SentMessage, content: Message, *, as_mime: bool) -> Document:
    """Return a stored message, with its MIME text or with its parts."""
    headers = content.headers
    document: Document = {
        "recipients": ", ".join(recipient.address for recipient in message.recipients),
        "sender": message.envelope_sender,
        "from": message.sender,
        "subject": message.subject,
        "Message-Id": message.request,
        "message-headers": [[name, value] for name, value in headers.items()],
        **{name: headers[name] for name in ("From", "To", "Cc", "Subject", "Date", "Reply-To") if name in headers},
    }
    if as_mime:
        return {**document, "body-mime": content.raw.decode("utf-8", "replace")}
    url, found = message.details.get("url", ""), content.attachments
    return {
        **document,
        "body-plain": content.text,
        "body-html": str(content.html),
        "stripped-text": content.text.strip(),
        "stripped-html": content.html.strip(),
        "attachments": [
            {
                "url": f"{url}/attachments/{number}",
                "name": each.filename or "",
                "size": len(each.content),
                "content-type": each.content_type,
            }
            for number, each in enumerate(found)
        ],
        "content-id-map": {
            f"<{each.content_id}>": f"{url}/attachments/{number}"
            for number, each in enumerate(found)
            if each.content_id
        },
    }
