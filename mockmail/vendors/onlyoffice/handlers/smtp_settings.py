"""`/api/2.0/smtpsettings/smtp`: show, save and reset.

Sources: ONLYOFFICE API documentation, "Save the SMTP settings"; docs/wire/onlyoffice.md 4.
"""

from __future__ import annotations

from typing import Any

from mockmail.vendors.onlyoffice.authentication import SignedInCall
from mockmail.vendors.onlyoffice.errors import ARGUMENT_NULL, BadArgument
from mockmail.vendors.onlyoffice.parameters import SmtpSettingsDto
from mockmail.vendors.onlyoffice.records import PORTAL, SmtpSettings
from mockmail.vendors.onlyoffice.views import empty_settings_document, settings_document

DEFAULT_PORT = 25
DEFAULT_NAME = "ONLYOFFICE Postman"
"""Replaces an empty display name when settings are stored."""

INSTALLATION = SmtpSettings(
    host="notify.onlyoffice.info",
    port=DEFAULT_PORT,
    senderAddress="postman@notify.onlyoffice.info",
    senderDisplayName=DEFAULT_NAME,
    credentialsUserName="postman",
    credentialsUserPassword="postman",  # both credentials are placeholders
    enableAuth=True,
)
"""The settings of a new installation."""


def show(call: SignedInCall, params: None) -> dict[str, Any]:
    """Show the SMTP settings."""
    stored = call.records(SmtpSettings).get(PORTAL)
    if stored is not None:
        return settings_document(stored)
    if call.options.standalone:
        return settings_document(INSTALLATION, is_default=True)
    return empty_settings_document()


def save(call: SignedInCall, params: SmtpSettingsDto) -> dict[str, Any]:
    """Replace the SMTP settings. They are not tried, and the password is never shown."""
    # An empty name is stored as the default one, and returned as it was sent.
    settings = _settings(params)
    stored = settings.replace(senderDisplayName=settings.senderDisplayName or DEFAULT_NAME)
    call.records(SmtpSettings).put(stored)
    return settings_document(settings)


def reset(call: SignedInCall, params: None) -> dict[str, Any]:
    """Delete the stored SMTP settings, if there are any."""
    call.records(SmtpSettings).remove(PORTAL)
    return show(call, params)


def effective_settings(call: SignedInCall) -> SmtpSettings:
    """Return the settings that messages are sent with: the stored ones, else the installation's.

    Unlike `show`, this does not depend on the option `profile`.
    """
    return call.records(SmtpSettings).get(PORTAL) or INSTALLATION


def _settings(params: SmtpSettingsDto) -> SmtpSettings:
    # `useNtlm` and `isDefaultSettings` are ignored.
    host, address, name = params.host, params.senderAddress, params.senderDisplayName
    if not host:
        raise BadArgument("Empty smtp host.", "host")
    if not address:
        raise BadArgument("Empty sender address.", "senderAddress")
    if name is None:
        raise BadArgument("Value cannot be null.", "senderDisplayName", ARGUMENT_NULL)
    if params.enableAuth and not params.credentialsUserName:
        raise BadArgument("Empty user name.", "userName")
    if params.enableAuth and not params.credentialsUserPassword:
        raise BadArgument("Empty password.", "password")
    return SmtpSettings(
        host=host,
        port=DEFAULT_PORT if params.port is None else params.port,
        senderAddress=address,
        senderDisplayName=name,
        credentialsUserName=params.credentialsUserName if params.enableAuth else None,
        credentialsUserPassword=params.credentialsUserPassword if params.enableAuth else None,
        enableSSL=params.enableSSL,
        enableAuth=params.enableAuth,
    )
