"""Switches for behaviour that the page leaves open."""

from __future__ import annotations

from dataclasses import dataclass

from mockmail.core.vendor import option, switch


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The switches of atmail. README.md of this package gives the reasons for the defaults."""

    failed_status: int = option(200, "HTTP status of an ordinary `failed` response, such as `Account does not exist`")
    fault_status: int = option(400, "HTTP status of the fault form, such as accounts/update of an unknown account")
    require_all_of_user_create: bool = switch(
        "users/create demands quota, domainIds, roleId, and permissionIds unless roleId is set"
    )
    case_insensitive_parameters: bool = switch("parameter names are case-insensitive, as in Zend_Rest_Server itself")
    show_passwords: bool = switch("responses show passwords, random ones too, instead of CHANGEME")
    default_account_quota: int = option(1024, "MB of an account that is created without a quota")
    first_page: int = option(1, "the number of the first page of accounts/list in `start`: 0 or 1")
    default_volume: int = option(0, "accounts on a page of accounts/list without `volume`; 0 for all of them")
    full_name_of_existing_domain: bool = switch(
        "domain/create says `yourdomain.com is already existing.`, not `yourdomain is ...`"
    )
    alias_delete_needs_match: bool = switch("aliases/delete fails when no alias matches")
    plus_addressing: bool = switch("mail for name+tag@domain reaches name@domain, unless name+tag has its own account")
    disabled_accounts_receive: bool = switch("mail for an account with userStatus 1 is delivered")
    over_quota_is_refused: bool = switch("mail that exceeds an account's quota is refused with 552 5.2.2, not kept")
