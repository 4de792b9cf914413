"""`/api/2.0/smtpsettings/smtp`: show, save and reset.

Sources: ONLYOFFICE API documentation, "Save the SMTP settings"; docs/wire/onlyoffice.md 4.
"""

from __future__ import annotations

from typing import Any

from mockmail.core.vendor import Call
from mockmail.core.world import World
from mockmail.vendors.onlyoffice.authentication import Caller
from mockmail.vendors.onlyoffice.errors import ARGUMENT_NULL, bad_argument
from mockmail.vendors.onlyoffice.options import Options
from mockmail.vendors.onlyoffice.parameters import SmtpSettingsDto
from mockmail.vendors.onlyoffice.records import PORTAL, VENDOR, SmtpSettings

DEFAULT_PORT = 25
DEFAULT_NAME = "ONLYOFFICE Postman"
"""What an empty display name reads as, once it was stored."""


def show(call: Call[Caller, Options], params: None) -> dict[str, Any]:
    """The settings in force."""
    stored = call.world.store.records(VENDOR, SmtpSettings).get(PORTAL)
    if stored is not None:
        return _document(stored)
    if call.options.standalone:
        return _document(_installation(), is_default=True)
    return _nothing()


def save(call: Call[Caller, Options], params: SmtpSettingsDto) -> dict[str, Any]:
    """Store the settings in place of what was there, without trying them. The password is never shown."""
    settings = _settings(call, params)
    stored = settings.replace(senderDisplayName=settings.senderDisplayName or DEFAULT_NAME)
    call.world.store.records(VENDOR, SmtpSettings).put(stored)
    return _document(settings)


def reset(call: Call[Caller, Options], params: None) -> dict[str, Any]:
    """Forget what was stored; as often as one likes."""
    call.world.store.records(VENDOR, SmtpSettings).remove(PORTAL)
    return show(call, params)


def in_force(world: World) -> SmtpSettings:
    """The settings that mail is sent with: with nothing stored, the installation's own, whatever `show` says."""
    return world.store.records(VENDOR, SmtpSettings).get(PORTAL) or _installation()


def _installation() -> SmtpSettings:
    """What an installation is delivered with; the credentials are stand-ins."""
    return SmtpSettings(
        host="notify.onlyoffice.info",
        port=DEFAULT_PORT,
        senderAddress="postman@notify.onlyoffice.info",
        senderDisplayName=DEFAULT_NAME,
        credentialsUserName="postman",
        credentialsUserPassword="postman",  # a stand-in: the vendor's own is nobody else's business
        enableAuth=True,
    )


def _settings(call: Call[Caller, Options], params: SmtpSettingsDto) -> SmtpSettings:
    """The settings of a request: `useNtlm` and `isDefaultSettings` count for nothing. Raises ServerException."""
    host, address, name = params.host, params.senderAddress, params.senderDisplayName
    if not host:
        raise bad_argument(call.options, "Empty smtp host.", "host")
    if not address:
        raise bad_argument(call.options, "Empty sender address.", "senderAddress")
    if name is None:
        raise bad_argument(call.options, "Value cannot be null.", "senderDisplayName", ARGUMENT_NULL)
    if params.enableAuth and not params.credentialsUserName:
        raise bad_argument(call.options, "Empty user name.", "userName")
    if params.enableAuth and not params.credentialsUserPassword:
        raise bad_argument(call.options, "Empty password.", "password")
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


def _document(settings: SmtpSettings, *, is_default: bool = False) -> dict[str, Any]:
    user = settings.credentialsUserName
    return {
        "host": settings.host,
        "port": settings.port,
        "senderAddress": settings.senderAddress,
        "senderDisplayName": settings.senderDisplayName,
        **({} if user is None else {"credentialsUserName": user}),
        "credentialsUserPassword": "",
        "enableSSL": settings.enableSSL,
        "enableAuth": settings.enableAuth,
        "useNtlm": False,
        "isDefaultSettings": is_default,
    }


def _nothing() -> dict[str, Any]:
    """What a cloud portal shows with nothing stored."""
    return {
        "port": 0,
        "credentialsUserPassword": "",
        "enableSSL": False,
        "enableAuth": False,
        "useNtlm": False,
        "isDefaultSettings": True,
    }
