"""`…/spam/settings`: the spam settings of mailboxes of both kinds and of domains (docs/wire/rackspace.md 3)."""

from __future__ import annotations

from mockmail.vendors.rackspace import views
from mockmail.vendors.rackspace.authentication import RackspaceCall
from mockmail.vendors.rackspace.errors import invalid_value
from mockmail.vendors.rackspace.filtering import domain_settings, exchange_settings, rs_settings
from mockmail.vendors.rackspace.handlers.domains import domain_of
from mockmail.vendors.rackspace.handlers.mailboxes import mailbox_of
from mockmail.vendors.rackspace.handlers.rs_mailboxes import rs_mailbox_of
from mockmail.vendors.rackspace.parameters import is_address
from mockmail.vendors.rackspace.records import DomainSpamSettings, RsSpamSettings, SpamSettings
from mockmail.vendors.rackspace.spam_parameters import DomainSpamSettingsForm, RsSpamSettingsForm, SpamSettingsForm


def show_settings(call: RackspaceCall, _: None) -> views.Document:
    """Return an Exchange mailbox's settings; the XML root begins with a capital letter."""
    settings = exchange_settings(call.world, mailbox_of(call))
    names = ("filterLevel", "sendToDomainQuarantine", "quarantineOwner")
    return views.Document("MailboxSpamSettings", {name: getattr(settings, name) for name in names})


def edit_settings(call: RackspaceCall, params: SpamSettingsForm) -> None:
    """Change an Exchange mailbox's settings.

    Without a filter nothing goes to the domain's quarantine; with one, only if the request says so.
    """
    settings = exchange_settings(call.world, mailbox_of(call))
    owner = settings.quarantineOwner if params.quarantineOwner is None else params.quarantineOwner
    if params.removeQuarantineOwner:
        owner = ""
    if owner and not is_address(owner):
        raise invalid_value("quarantineowner")
    changed = settings.replace(
        filterLevel=params.filterlevel,
        sendToDomainQuarantine=params.filterlevel != "off" and bool(params.sendToDomainQuarantine),
        quarantineOwner=owner,
    )
    call.records(SpamSettings).put(changed)


def show_rs_settings(call: RackspaceCall, _: None) -> views.Document:
    """Return a Rackspace Email mailbox's settings."""
    return views.rs_spam_settings(rs_settings(call.world, rs_mailbox_of(call)))


def edit_rs_settings(call: RackspaceCall, params: RsSpamSettingsForm) -> None:
    """Change a Rackspace Email mailbox's settings; a missing field changes nothing."""
    mailbox = rs_mailbox_of(call)
    old = rs_settings(call.world, mailbox)
    own = {name: getattr(old, name) for name in RsSpamSettings.__struct_fields__ if name not in ("domain", "mailbox")}
    changed = RsSpamSettings(domain=mailbox.domain, mailbox=mailbox.name, **{**own, **params.changes()})
    call.records(RsSpamSettings).put(changed)


def show_domain_settings(call: RackspaceCall, _: None) -> views.Document:
    """Return a domain's settings."""
    return views.domain_spam_settings(domain_settings(call.world, domain_of(call).name))


def edit_domain_settings(call: RackspaceCall, params: DomainSpamSettingsForm) -> None:
    """Change a domain's settings; a missing field changes nothing.

    With overrideUserSettings the domain's mailboxes lose their own settings.
    """
    domain = domain_of(call)
    call.records(DomainSpamSettings).put(domain_settings(call.world, domain.name).replace(**params.changes()))
    if params.overrideUserSettings:
        for model in (SpamSettings, RsSpamSettings):
            settings = call.records(model)
            for own in settings.find("domain", domain.key):
                settings.remove(own.key)
