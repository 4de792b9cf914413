"""Postmark's documents of servers, streams, domains and sender signatures (docs/wire/postmark.md 8, 11, 12)."""

from __future__ import annotations

from typing import Any

from mockmail.core.senders.records import Identity
from mockmail.vendors.postmark.records import Server, Stream
from mockmail.vendors.postmark.views import Document, timestamp_of

SERVER_SETTINGS: Document = {
    "Color": "Red",
    "SmtpApiActivated": True,
    "RawEmailEnabled": False,
    "InboundHookUrl": "",
    "BounceHookUrl": "",
    "OpenHookUrl": "",
    "DeliveryHookUrl": "",
    "ClickHookUrl": "",
    "PostFirstOpenOnly": False,
    "InboundDomain": "",
    "InboundSpamThreshold": 0,
    "TrackOpens": False,
    "TrackLinks": "None",
    "IncludeBounceContentInHook": False,
    "EnableSmtpApiErrorHooks": False,
}
"""The settings of a new server."""

RETURN_PATH = "pm.mtasv.net"


def server_document(server: Server) -> Document:
    """Return a server with its settings and its token."""
    inbound = server.token.replace("-", "").lower()
    return {
        "ID": server.id,
        "Name": server.name,
        "ApiTokens": [server.token],
        "ServerLink": f"https://postmarkapp.com/servers/{server.id}/streams",
        "DeliveryType": server.deliveryType,
        "InboundAddress": f"{inbound}@inbound.postmarkapp.com",
        "InboundHash": inbound,
        **SERVER_SETTINGS,
        **server.settings,
    }


def stream_document(stream: Stream) -> Document:
    """Return a message stream."""
    return {
        "ID": stream.id,
        "ServerID": stream.server,
        "Name": stream.name,
        "Description": stream.description,
        "MessageStreamType": stream.type,
        "CreatedAt": timestamp_of(stream.created),
        "UpdatedAt": timestamp_of(stream.updated) if stream.updated else None,
        "ArchivedAt": timestamp_of(stream.archived) if stream.archived else None,
        "ExpectedPurgeDate": None,
        "SubscriptionManagementConfiguration": {"UnsubscribeHandlingType": stream.unsubscribes},
    }


def domain_summary(domain: Identity) -> Document:
    """Return a domain in a list."""
    return {
        "Name": domain.name,
        "SPFVerified": True,
        "DKIMVerified": domain.verified,
        "WeakDKIM": False,
        "ReturnPathDomainVerified": bool(domain.details.get("return_path_verified")),
        "ID": int(domain.id),
    }


def domain_document(domain: Identity) -> Document:
    """Return a domain with its DNS records."""
    return {"ID": int(domain.id), "Name": domain.name, **_dns(domain, domain.name)}


def sender_summary(sender: Identity) -> Document:
    """Return a sender signature in a list."""
    return {
        "Domain": sender.name.rpartition("@")[2],
        "EmailAddress": sender.name,
        "ReplyToEmailAddress": sender.details.get("reply_to", ""),
        "Name": sender.details.get("name", ""),
        "Confirmed": sender.verified,
        "ID": int(sender.id),
    }


def sender_document(sender: Identity) -> Document:
    """Return a sender signature with the DNS records of its domain."""
    note = {"ConfirmationPersonalNote": sender.details.get("note", "")}
    return {**sender_summary(sender), **_dns(sender, sender.name.rpartition("@")[2]), **note}


def _dns(identity: Identity, domain: str) -> Document:
    selector = "".join(character for character in identity.created[:19] if character.isdigit())
    host, key = f"{selector}pm._domainkey.{domain}", "k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQ"
    is_pending = not identity.verified
    details: dict[str, Any] = identity.details
    return {
        "SPFVerified": True,
        "SPFHost": domain,
        "SPFTextValue": "v=spf1 a mx include:spf.mtasv.net ~all",
        "DKIMVerified": identity.verified,
        "WeakDKIM": False,
        "DKIMHost": "" if is_pending else host,
        "DKIMTextValue": "" if is_pending else key,
        "DKIMPendingHost": host if is_pending else "",
        "DKIMPendingTextValue": key if is_pending else "",
        "DKIMRevokedHost": "",
        "DKIMRevokedTextValue": "",
        "SafeToRemoveRevokedKeyFromDNS": False,
        "DKIMUpdateStatus": "Pending" if is_pending else "Verified",
        "ReturnPathDomain": details.get("return_path", ""),
        "ReturnPathDomainVerified": bool(details.get("return_path_verified")),
        "ReturnPathDomainCNAMEValue": RETURN_PATH,
    }
